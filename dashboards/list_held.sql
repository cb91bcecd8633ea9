-- One row per dossier, scheme and rule whose payment waits in the month.
SELECT
    rule, standing.commune_code, dossier_no, full_name, left(birth_date, 4) AS birth_year,
    coalesce(name_vi, standing.commune_code) AS commune, village, scheme, amount
FROM held
LEFT JOIN person USING (dossier_no)
LEFT JOIN standing USING (month, dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month
ORDER BY standing.commune_code, rule, dossier_no, scheme
