-- One row per commune where five accounts or more are new or changed at once, most first. Reads
-- `summary_sign`.
WITH moved AS (
    SELECT commune_code, count(DISTINCT dossier_no) AS accounts
    FROM summary_sign
    WHERE sign IN ('new_account', 'changed_account', 'AC09')
    GROUP BY commune_code
    HAVING count(DISTINCT dossier_no) >= 5
),

named AS (
    SELECT commune_code, count(DISTINCT dossier_no) AS all_accounts
    FROM standing
    WHERE month = $month AND account_number IS NOT NULL
    GROUP BY commune_code
)

SELECT coalesce(name_vi, moved.commune_code) AS commune, accounts, all_accounts
FROM moved
LEFT JOIN named USING (commune_code)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = moved.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY accounts DESC, moved.commune_code
