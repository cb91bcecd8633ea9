-- A second outcome of one payment, or one that no result row says.
SELECT payment_id, NULL::INTEGER AS month
FROM outcome
LEFT JOIN (SELECT DISTINCT event_no FROM result WHERE is_taken) AS said USING (event_no)
GROUP BY payment_id
HAVING count(*) > 1 OR bool_or(said.event_no IS NULL)
