-- An item with the wrong sign for its kind, or without a payment of its cycle.
SELECT payment_item.payment_id, month
FROM payment_item
LEFT JOIN payment USING (month, payment_id)
WHERE month >= $since
    AND (
        payment.payment_id IS NULL
        OR payment_item.amount = 0
        OR (kind = 'recovery') <> (payment_item.amount < 0)
        OR (kind = 'regular' AND entitlement_month < month)
        OR (kind IN ('arrears', 'retry') AND entitlement_month >= month)
    )
