-- One row per dossier and reason for which its bank is asked about the account.
WITH asked AS (
    SELECT
        standing.*,
        unnest(list_filter(
            [
                if(account_changed, 'AC09', NULL),
                if(account_outcome = 'SAI', 'AC08', NULL),
                if(account_closed, 'closed', NULL)
            ],
            lambda rule: rule IS NOT NULL
        )) AS rule
    FROM standing
    WHERE month = $month AND account_number IS NOT NULL
)

SELECT
    rule, asked.dossier_no, full_name, method, holder_name, holder_citizen_id, asked.bin,
    short_name AS bank, account_number, coalesce(name_vi, asked.commune_code) AS commune
FROM asked
LEFT JOIN person USING (dossier_no)
LEFT JOIN bank USING (bin)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY asked.bin, rule, asked.dossier_no
