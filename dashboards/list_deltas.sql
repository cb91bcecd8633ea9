-- One row per increase, decrease or adjustment of the month, as an officer reads it.
SELECT
    kind, dossier_no, full_name, birth_date, coalesce(name_vi, delta.commune_code) AS commune,
    village, scheme, amount_before, amount_after, reason, decision_no, arrears, recovery
FROM delta
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = delta.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month
ORDER BY kind, delta.commune_code, dossier_no, scheme
