-- One row per provider and channel that pays in the month or paid in the month before.
WITH named AS (
    SELECT provider, any_value(name_vi) AS provider_name FROM provider GROUP BY provider
)

SELECT payment.provider, coalesce(provider_name, payment.provider) AS provider_name, channel,
    count(*) FILTER (month = $month - 1) AS lines_before,
    coalesce(sum(amount) FILTER (month = $month - 1), 0)::BIGINT AS amount_before,
    count(*) FILTER (month = $month) AS lines,
    coalesce(sum(amount) FILTER (month = $month), 0)::BIGINT AS amount
FROM payment
LEFT JOIN named ON named.provider = payment.provider
WHERE month IN ($month - 1, $month) AND channel <> 'none'
GROUP BY ALL
ORDER BY channel, payment.provider
