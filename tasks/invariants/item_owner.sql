-- An item of another dossier or budget than its payment's.
SELECT payment_id, payment_item.month
FROM payment_item
JOIN payment USING (payment_id)
WHERE (payment_item.dossier_no, payment_item.scheme) <> (payment.dossier_no, payment.scheme)
