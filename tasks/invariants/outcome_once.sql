-- A second outcome of one payment, or one that no result row says.
SELECT payment_id, month
FROM outcome
LEFT JOIN (SELECT event_no FROM result WHERE is_taken AND cycle >= $since) AS said USING (event_no)
WHERE month >= $since
GROUP BY payment_id, month
HAVING count(*) > 1 OR bool_or(said.event_no IS NULL)
