-- One row per commune and dossier that draws something in the month, or does not any more: what may
-- hang on a wall. No amount, which tells the category, and no reason.
WITH drawing AS (
    SELECT commune_code, dossier_no, scheme
    FROM entitlement
    WHERE month = $month AND amount > 0
),

placed AS (
    SELECT
        commune_code, dossier_no,
        -- New is who drew nothing here the month before.
        if(bool_and(coalesce(kind = 'increase', FALSE)), 'new', 'drawing') AS standing,
        string_agg(DISTINCT scheme, ',' ORDER BY scheme) AS schemes
    FROM drawing
    LEFT JOIN (
        SELECT commune_code, dossier_no, scheme, kind FROM delta WHERE month = $month
    ) USING (commune_code, dossier_no, scheme)
    GROUP BY commune_code, dossier_no
    UNION ALL
    SELECT commune_code, dossier_no, 'stopped', string_agg(DISTINCT scheme, ',' ORDER BY scheme)
    FROM delta
    ANTI JOIN drawing USING (commune_code, dossier_no)
    WHERE month = $month AND kind = 'decrease'
    GROUP BY commune_code, dossier_no
)

SELECT
    placed.commune_code, coalesce(name_vi, placed.commune_code) AS commune,
    village, dossier_no, full_name, left(birth_date, 4) AS birth_year, standing, schemes
FROM placed
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = placed.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
