-- A group of released payments that its files do not hold, line for line and VND for VND.
WITH released AS (
    SELECT payment.month, provider, channel, scheme, count(*) AS lines, sum(amount) AS amount
    FROM payment
    JOIN cycle USING (month)
    WHERE state IN ('released', 'reconciled', 'published') AND channel <> 'none'
        AND month >= $since
    GROUP BY ALL
),

written AS (
    SELECT month, provider, channel, scheme, min(name) AS name, sum(lines) AS lines,
        sum(amount) AS amount, count(*) - count(DISTINCT name) AS same_names
    FROM payment_file
    WHERE month >= $since
    GROUP BY ALL
)

SELECT coalesce(written.name, provider) AS payment_id, month
FROM released
FULL JOIN written USING (month, provider, channel, scheme)
WHERE released.lines IS DISTINCT FROM written.lines
    OR released.amount IS DISTINCT FROM written.amount
    OR same_names > 0
