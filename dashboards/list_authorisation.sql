-- One row per dossier of the cycle whose guardian or authorised person can no longer receive
-- (AC05), or whose authorisation lapses within 60 days after the last day of the cycle.
-- That day is the one on which AC05 is judged; a date known in part counts to its last day.
WITH asked AS (
    SELECT
        standing.dossier_no, standing.commune_code, standing.method, standing.holder_name,
        standing.phone, standing.authorisation_invalid,
        authorisation_no, authorisation_expires_on,
        holder.citizen_id IS NOT NULL AS is_holder_dead,
        if(
            standing.method = 'UY_QUYEN',
            date_diff('day', month_last_day($month), last_day_of(authorisation_expires_on)),
            NULL
        )::BIGINT AS days_left,
        last_day_of(authorisation_expires_on) + 1 AS first_day_without
    FROM standing
    JOIN account_row ON account_row.event_no = standing.account_event
    LEFT JOIN (
        SELECT DISTINCT citizen_id FROM person WHERE is_dead AND citizen_id IS NOT NULL
    ) AS holder ON holder.citizen_id = standing.holder_citizen_id
    WHERE standing.month = $month AND standing.method IN ('GIAM_HO', 'UY_QUYEN')
)

SELECT
    CASE
        WHEN authorisation_invalid OR days_left = 0 THEN 0
        WHEN days_left <= 30 THEN 30
        ELSE 60
    END::BIGINT AS days_group,
    asked.dossier_no, full_name, asked.commune_code,
    coalesce(name_vi, asked.commune_code) AS commune, village,
    method, holder_name, phone, authorisation_no, authorisation_expires_on, days_left,
    if(
        authorisation_invalid,
        month_text($month),
        printf('%04d-%02d', year(first_day_without), month(first_day_without))
    ) AS cash_from,
    CASE
        WHEN is_holder_dead THEN 'holder_dead'
        WHEN authorisation_invalid AND authorisation_no IS NULL THEN 'no_document'
        WHEN authorisation_invalid THEN 'lapsed'
        ELSE 'lapsing'
    END AS state
FROM asked
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE authorisation_invalid OR days_left <= 60
ORDER BY asked.commune_code, days_left NULLS FIRST, asked.dossier_no
