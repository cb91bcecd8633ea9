-- One row per sign that an approver looks at and dossier. Reads `summary_sign`.
SELECT DISTINCT sign, label, dossier_no, full_name,
    coalesce(name_vi, summary_sign.commune_code) AS commune, amount
FROM summary_sign
LEFT JOIN admin_unit
    ON admin_unit.commune_code = summary_sign.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY sign, label NULLS FIRST, commune, dossier_no
