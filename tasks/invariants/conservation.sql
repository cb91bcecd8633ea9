-- A provider's channel in a commune of which what was instructed is not paid, failed, returned or
-- pending: a line that counts twice, or under a word that is none of them.
WITH instructed AS (
    SELECT month, provider, channel, commune_code, count(*) AS lines, sum(amount) AS amount
    FROM payment
    JOIN cycle USING (month)
    WHERE cycle.state IN ('released', 'reconciled', 'published') AND channel <> 'none'
        AND month >= $since
    GROUP BY ALL
),

became AS (
    SELECT month, provider, channel, commune_code, count(*) AS lines, sum(amount) AS amount
    FROM payment
    LEFT JOIN (FROM outcome WHERE month >= $since) AS outcome USING (month, payment_id)
    WHERE month >= $since AND channel <> 'none'
        AND coalesce(outcome.status, 'processing')
        IN ('paid', 'failed', 'returned', 'processing')
    GROUP BY ALL
)

SELECT concat_ws(' ', provider, channel, commune_code) AS payment_id, month
FROM instructed
LEFT JOIN became USING (month, provider, channel, commune_code)
WHERE (instructed.lines, instructed.amount) IS DISTINCT FROM (became.lines, became.amount)
