-- An item of another dossier or budget than its payment's.
SELECT payment_id, month
FROM payment_item
JOIN payment USING (month, payment_id)
WHERE month >= $since
    AND (payment_item.dossier_no, payment_item.scheme) <> (payment.dossier_no, payment.scheme)
