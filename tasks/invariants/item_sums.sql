-- A payment whose items do not sum to its amount, or whose parts do not.
SELECT payment.payment_id, payment.month
FROM payment
LEFT JOIN (
    SELECT payment_id, sum(amount) AS items,
        coalesce(sum(amount) FILTER (kind = 'regular'), 0) AS regular,
        coalesce(sum(amount) FILTER (kind = 'arrears'), 0) AS arrears,
        coalesce(sum(amount) FILTER (kind = 'retry'), 0) AS retry,
        coalesce(sum(amount) FILTER (kind = 'recovery'), 0) AS recovery
    FROM payment_item
    GROUP BY payment_id
) AS item USING (payment_id)
WHERE (payment.amount, payment.regular, payment.arrears, payment.retry, payment.recovery)
    IS DISTINCT FROM (items, item.regular, item.arrears, item.retry, item.recovery)
