-- One row per commune and kind of work that the month's lists leave to it, with how many dossiers.
WITH asked AS (
    SELECT
        commune_code, dossier_no,
        if(cash_reason = 'no_account', 'no_account', 'account_unusable') AS work
    FROM standing
    WHERE month = $month AND channel = 'cash' AND hold_rule IS NULL
        AND cash_reason IN ('no_account', 'account_unusable', 'identity')
    UNION ALL
    SELECT standing.commune_code, dossier_no, 'held'
    FROM held
    JOIN standing USING (month, dossier_no)
    WHERE month = $month
    UNION ALL
    SELECT commune_code, dossier_no, 'failed'
    FROM payment_status
    WHERE month = $month AND status IN ('failed', 'returned')
)

SELECT
    asked.commune_code AS unit,
    coalesce(name_vi, asked.commune_code) AS unit_name,
    work,
    count(DISTINCT dossier_no) AS dossiers
FROM asked
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
GROUP BY ALL
ORDER BY unit, work
