-- One row per dossier of the cycle whose citizen id the police have not spoken of yet. Ids that
-- another dossier holds or a dead person had are asked about on the other list.
SELECT
    standing.commune_code, coalesce(name_vi, standing.commune_code) AS commune,
    village, dossier_no, full_name, birth_date, gender, standing.citizen_id
FROM standing
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND standing.citizen_id IS NOT NULL AND identity_outcome IS NULL
    AND NOT id_held_by_other AND NOT id_of_dead
