-- One row per increase, decrease or adjustment of the month, with every field that the layout
-- `schemas/ministry.toml` may ask for. It goes from office to ministry, categories included.
WITH drawn AS (
    SELECT
        commune_code, dossier_no, scheme, month,
        string_agg(DISTINCT category_code, ';' ORDER BY category_code) AS categories
    FROM entitlement
    SEMI JOIN (SELECT dossier_no FROM delta WHERE month = $month) USING (dossier_no)
    WHERE month IN ($month, $month - 1)
    GROUP BY ALL
)

SELECT
    delta.dossier_no, full_name, birth_date, gender, citizen_id, ethnicity, village,
    delta.commune_code, coalesce(name_vi, delta.commune_code) AS commune, delta.scheme,
    earlier.categories AS category_before, later.categories AS category_after,
    kind, reason, decision_no, month_text($month) AS effective_month,
    amount_before, amount_after, arrears, recovery
FROM delta
LEFT JOIN person ON person.dossier_no = delta.dossier_no
LEFT JOIN drawn AS earlier
    ON earlier.commune_code = delta.commune_code
    AND earlier.dossier_no = delta.dossier_no
    AND earlier.scheme = delta.scheme
    AND earlier.month = $month - 1
LEFT JOIN drawn AS later
    ON later.commune_code = delta.commune_code
    AND later.dossier_no = delta.dossier_no
    AND later.scheme = delta.scheme
    AND later.month = $month
LEFT JOIN admin_unit
    ON admin_unit.commune_code = delta.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE delta.month = $month
