-- One row per calendar year and scheme: what the cycles from $first to before $month have instructed
-- and neither failed nor came back.
SELECT
    payment.month // 12 AS year, scheme, sum(payment.amount)::BIGINT AS amount
FROM payment
JOIN cycle USING (month)
LEFT JOIN outcome USING (month, payment_id)
WHERE payment.month >= $first AND payment.month < $month AND cycle.state IN $frozen
    AND coalesce(status NOT IN ('failed', 'returned'), TRUE)
GROUP BY ALL
ORDER BY ALL
