-- One row per dossier that a taken change of this round says something of, as it is afterwards.
SELECT
    dossier_no,
    if(gives_identity, now.full_name, person.full_name) AS full_name,
    if(gives_identity, now.name_fold, person.name_fold) AS name_fold,
    coalesce(if(gives_identity, now.birth_date, NULL), person.birth_date) AS birth_date,
    coalesce(if(gives_identity, now.gender, NULL), person.gender) AS gender,
    coalesce(now.citizen_id, person.citizen_id) AS citizen_id,
    if(
        now.citizen_id IS NULL OR now.citizen_id = person.citizen_id,
        person.citizen_id_event, now.event_no
    ) AS citizen_id_event,
    coalesce(now.ethnicity, person.ethnicity) AS ethnicity,
    coalesce(now.village, person.village) AS village,
    -- Who is taken in again after a report of death is alive: the report was wrong.
    if(kind = 'TANG', FALSE, reason = 'CHET' OR coalesce(person.is_dead, FALSE)) AS is_dead,
    if(gives_identity, now.event_no, person.identity_event) AS identity_event
FROM (
    SELECT *, kind = 'TANG' OR reason = 'CAI_CHINH' AS gives_identity
    FROM effective_change
) AS now
LEFT JOIN person USING (dossier_no)
