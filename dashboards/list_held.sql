-- One row per dossier, scheme and rule whose payment waits in the month.
SELECT
    rule, dossier_no, full_name, coalesce(name_vi, standing.commune_code) AS commune, scheme, amount
FROM held
LEFT JOIN person USING (dossier_no)
LEFT JOIN standing USING (month, dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month
ORDER BY standing.commune_code, rule, dossier_no, scheme
