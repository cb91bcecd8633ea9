-- A payment whose items do not sum to its amount, or whose parts do not.
SELECT payment.payment_id, month
FROM payment
LEFT JOIN (
    SELECT month, payment_id, sum(amount) AS items,
        coalesce(sum(amount) FILTER (kind = 'regular'), 0) AS regular,
        coalesce(sum(amount) FILTER (kind = 'arrears'), 0) AS arrears,
        coalesce(sum(amount) FILTER (kind = 'retry'), 0) AS retry,
        coalesce(sum(amount) FILTER (kind = 'recovery'), 0) AS recovery
    FROM payment_item
    WHERE month >= $since
    GROUP BY ALL
) AS item USING (month, payment_id)
WHERE month >= $since
    AND (payment.amount, payment.regular, payment.arrears, payment.retry, payment.recovery)
    IS DISTINCT FROM (items, item.regular, item.arrears, item.retry, item.recovery)
