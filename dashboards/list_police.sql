-- One row per dossier and identity rule that the commune police are asked to settle.
WITH asked AS (
    SELECT
        standing.*,
        unnest(list_filter(
            [
                if(id_held_by_other, 'ID05', NULL),
                if(citizen_id IS NULL, 'ID06', NULL),
                if(id_of_dead, 'ID09', NULL),
                if(identity_outcome = 'SAI', 'ID12', NULL)
            ],
            lambda rule: rule IS NOT NULL
        )) AS rule
    FROM standing
    WHERE month = $month
),

shared AS (
    SELECT citizen_id, list(dossier_no ORDER BY dossier_no) AS dossiers
    FROM person
    WHERE citizen_id IN (SELECT citizen_id FROM asked WHERE rule IN ('ID05', 'ID09'))
    GROUP BY citizen_id
)

SELECT
    rule, asked.dossier_no, full_name, birth_date, gender, asked.citizen_id,
    asked.commune_code, coalesce(name_vi, asked.commune_code) AS commune, village,
    if(
        rule IN ('ID05', 'ID09'),
        array_to_string(list_filter(dossiers, lambda other: other <> asked.dossier_no), ', '),
        NULL
    ) AS other_dossiers
FROM asked
LEFT JOIN person USING (dossier_no)
LEFT JOIN shared ON shared.citizen_id = asked.citizen_id
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY asked.commune_code, rule, asked.dossier_no
