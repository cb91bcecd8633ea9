-- An item with the wrong sign for its kind, or without a payment.
SELECT payment_item.payment_id, payment_item.month
FROM payment_item
LEFT JOIN payment USING (payment_id)
WHERE payment.payment_id IS NULL
    OR payment_item.month <> payment.month
    OR payment_item.amount = 0
    OR (kind = 'recovery') <> (payment_item.amount < 0)
    OR (kind = 'regular' AND entitlement_month < payment_item.month)
    OR (kind IN ('arrears', 'retry') AND entitlement_month >= payment_item.month)
