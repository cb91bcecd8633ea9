-- A dossier that is held and paid in one cycle.
SELECT payment_id, month
FROM payment
JOIN held USING (month, dossier_no)
WHERE held.rule <> 'EN03' AND month >= $since
