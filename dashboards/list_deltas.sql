-- One row per increase, decrease or adjustment of the month, as an officer reads it.
-- `categories` names the benefits in that commune, codes with commas between: those of the month,
-- of who stops those of the month before. A family that tells health is `*`.
WITH drawn AS (
    SELECT
        commune_code, dossier_no, scheme, month,
        array_to_string(
            list_sort(
                list(DISTINCT if(family IN (SELECT code FROM open_code), category_code, '*'))
            ),
            ', '
        ) AS categories
    FROM entitlement
    SEMI JOIN (SELECT dossier_no FROM delta WHERE month = $month) USING (dossier_no)
    WHERE month IN ($month, $month - 1)
    GROUP BY ALL
)

SELECT
    kind, delta.dossier_no, full_name, birth_date, delta.commune_code,
    coalesce(name_vi, delta.commune_code) AS commune,
    village, delta.scheme, amount_before, amount_after, reason, decision_no, arrears, recovery,
    categories
FROM delta
LEFT JOIN person ON person.dossier_no = delta.dossier_no
LEFT JOIN drawn
    ON drawn.commune_code = delta.commune_code
    AND drawn.dossier_no = delta.dossier_no
    AND drawn.scheme = delta.scheme
    AND drawn.month = $month - if(kind = 'decrease', 1, 0)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = delta.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE delta.month = $month
ORDER BY kind, delta.commune_code, delta.dossier_no, delta.scheme
