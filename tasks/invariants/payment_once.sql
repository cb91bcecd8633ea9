-- A second payment for one dossier and scheme in one cycle, or under one id.
SELECT any_value(payment_id) AS payment_id, month
FROM payment
WHERE month >= $since
GROUP BY month, dossier_no, scheme
HAVING count(*) > 1
UNION ALL
SELECT payment_id, min(month)
FROM payment
WHERE month >= $since
GROUP BY payment_id
HAVING count(*) > 1
