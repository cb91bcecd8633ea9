-- One row per commune of the office that sent no changes for the month, with the last one for which
-- it did. Codes were re-used: what a code meant before the commune began does not count.
WITH sent AS (
    SELECT commune_code, cycle FROM change
    UNION
    SELECT commune_code, cycle FROM received_file WHERE kind = 'bien_dong'
)

SELECT
    admin_unit.commune_code AS unit,
    name_vi AS unit_name,
    month_text(max(cycle) FILTER (month_text(cycle) >= valid_from)) AS last_month
FROM admin_unit
LEFT JOIN sent USING (commune_code)
WHERE is_office = 'yes' AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
GROUP BY admin_unit.commune_code, name_vi, valid_from
HAVING NOT coalesce(bool_or(cycle = $month), FALSE)
ORDER BY unit
