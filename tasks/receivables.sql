-- One row per dossier and scheme that owes the office more than this cycle takes back.
SELECT
    $month AS month, dossier_no, scheme,
    sum(if(positive > 0 AND hold_rule IS NULL, amount, 0) - difference)::BIGINT AS amount
FROM item
JOIN standing_now USING (dossier_no)
WHERE kind = 'recovery'
GROUP BY ALL
HAVING sum(if(positive > 0 AND hold_rule IS NULL, amount, 0) - difference) > 0
ORDER BY dossier_no, scheme
