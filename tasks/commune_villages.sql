-- One row per spelling of a village of one commune, with how many dossiers there use it. A dossier
-- is where its last interval runs.
SELECT village, count(*) AS dossiers
FROM person
JOIN (
    SELECT dossier_no, arg_max(
            coalesce(successor_code, benefit_interval.commune_code), (from_month, start_event)
        ) AS commune_code
    FROM benefit_interval
    LEFT JOIN succession
        ON succession.commune_code = benefit_interval.commune_code
        AND start_cycle <= last_month AND $month > last_month
    GROUP BY dossier_no
) AS last_commune USING (dossier_no)
WHERE commune_code = $commune AND village IS NOT NULL
GROUP BY village
ORDER BY dossiers DESC, village
