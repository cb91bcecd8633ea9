-- One row per person: who, where, and how sure the identity is, as the registry says now.
SELECT
    person.dossier_no,
    full_name,
    gender,
    left(birth_date, 4)::BIGINT AS birth_year,
    coalesce(successor_code, last_commune.commune_code) AS commune_code,
    village,
    citizen_id AS citizen_id_masked,
    CASE
        WHEN citizen_id IS NULL THEN 'missing'
        WHEN verified.outcome = 'DUNG' THEN 'verified'
        WHEN verified.outcome = 'SAI' THEN 'refused'
        ELSE 'unverified'
    END AS identity_status
FROM person
LEFT JOIN last_commune USING (dossier_no)
LEFT JOIN succession
    ON succession.commune_code = last_commune.commune_code
    AND start_cycle <= last_month
    AND (SELECT max(month) FROM shown_cycle) > last_month
LEFT JOIN verified
    ON verified.dossier_no = person.dossier_no
    AND verified.subject = 'DAN_CU'
    AND verified.value = person.citizen_id
