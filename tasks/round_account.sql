-- One row per submitted account of this round (at most one a dossier), beside the registry.
WITH last_commune AS (
    SELECT dossier_no,
        arg_max(
            coalesce(successor_code, benefit_interval.commune_code), (start_event, interval_no)
        ) AS last_commune
    FROM benefit_interval
    SEMI JOIN pending_account USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = benefit_interval.commune_code
        AND start_cycle <= last_month AND $cycle > last_month
    GROUP BY ALL
),

said_before AS (
    SELECT coalesce(successor_code, account_row.commune_code) AS commune_code,
        dossier_no, arg_max(fingerprint, event_no) AS last_said
    FROM account_row
    SEMI JOIN pending_account USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = account_row.commune_code
        AND cycle <= last_month AND $cycle > last_month
    WHERE is_taken
    GROUP BY ALL
)

SELECT
    pending_account.* REPLACE (person.name_fold AS own_fold),
    person.dossier_no IS NOT NULL AS is_known,
    last_commune,
    account_number IS NOT NULL AS has_number,
    if(in_list(number_cells, 'account_number'), length(account_number), NULL)::BIGINT
        AS number_digits,
    coalesce(last_said = fingerprint, FALSE) AS says_same
FROM pending_account
LEFT JOIN person USING (dossier_no)
LEFT JOIN last_commune USING (dossier_no)
LEFT JOIN said_before
    ON said_before.dossier_no = pending_account.dossier_no
    AND said_before.commune_code IS NOT DISTINCT FROM pending_account.commune_code
