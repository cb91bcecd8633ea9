-- One row per benefit and month, of the three after the cycle, in which age alone moves it to
-- another band (DOI_HE_SO_TUOI) or past the last one (HET_TUOI): a decision to be signed.
-- `rate_ahead` holds the bands of those months; $age_lag is 1 where a band changes the month after.
WITH ahead AS (
    SELECT unnest(range($month::INTEGER + 1, $month::INTEGER + 4))::INTEGER AS month
),

born AS (
    SELECT
        *,
        left(birth_date, 4)::INTEGER AS birth_year,
        try_cast(substr(birth_date, 6, 2) AS INTEGER) AS birth_in_year
    FROM person
    WHERE NOT is_dead
),

running AS (
    SELECT
        ahead.month, benefit_interval.*, full_name, birth_date,
        -- A birth known by year only counts in the person's favour.
        12 * birth_year - 1 + coalesce(
            birth_in_year, if((ahead.month - 1) // 12 - birth_year > 50, 1, 12)
        ) AS born_before,
        12 * birth_year - 1 + coalesce(
            birth_in_year, if(ahead.month // 12 - birth_year > 50, 1, 12)
        ) AS born_then
    FROM benefit_interval
    JOIN born USING (dossier_no)
    JOIN ahead
        ON ahead.month >= from_month AND ahead.month < coalesce(stop_month, 2147483647)
    -- Who only starts in that month has nothing that could change.
    WHERE EXISTS (
        FROM benefit_interval AS earlier
        WHERE earlier.dossier_no = benefit_interval.dossier_no
            AND earlier.family = benefit_interval.family
            AND ahead.month - 1 >= earlier.from_month
            AND ahead.month - 1 < coalesce(earlier.stop_month, 2147483647)
    )
),

unit AS (
    SELECT running.dossier_no, running.family, running.month, arg_max(units, event_no) AS units
    FROM running
    JOIN unit_change USING (dossier_no, family)
    WHERE unit_change.from_month <= running.month
    GROUP BY ALL
)

SELECT
    if(later.category_code IS NULL, 'HET_TUOI', 'DOI_HE_SO_TUOI') AS reason,
    month_text(running.month) AS effective_month,
    running.dossier_no,
    full_name,
    birth_date,
    coalesce(name_vi, running.commune_code) AS commune,
    running.scheme,
    before.category_code AS category_before,
    later.category_code AS category_after,
    (before.unit_amount * coalesce(units, 1))::BIGINT AS amount_before,
    if(
        later.category_code IS NULL, 0, (later.unit_amount * coalesce(units, 1))::BIGINT
    ) AS amount_after
FROM running
JOIN rate_ahead AS before
    ON before.family = running.family
    AND before.month = running.month
    AND greatest(0, running.month - 1 - born_before - $age_lag) >= before.age_from
    AND greatest(0, running.month - 1 - born_before - $age_lag) < before.age_to
LEFT JOIN rate_ahead AS later
    ON later.family = running.family
    AND later.month = running.month
    AND greatest(0, running.month - born_then - $age_lag) >= later.age_from
    AND greatest(0, running.month - born_then - $age_lag) < later.age_to
LEFT JOIN unit
    ON unit.dossier_no = running.dossier_no
    AND unit.family = running.family
    AND unit.month = running.month
LEFT JOIN admin_unit
    ON admin_unit.commune_code = running.commune_code
    AND month_text(running.month) BETWEEN admin_unit.valid_from
    AND coalesce(admin_unit.valid_to, '9999-12')
WHERE later.category_code IS DISTINCT FROM before.category_code
ORDER BY running.month, running.commune_code, running.dossier_no, running.family
