-- One row per rule that holds somebody in the month or held somebody in the month before.
SELECT rule,
    count(DISTINCT dossier_no) FILTER (month = $month - 1) AS people_before,
    count(DISTINCT dossier_no) FILTER (month = $month) AS people,
    (sum(amount) FILTER (month = $month))::BIGINT AS amount
FROM held
WHERE month IN ($month - 1, $month)
GROUP BY rule
ORDER BY rule
