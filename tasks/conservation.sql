-- One row per provider, channel and commune of a released month: lines and VND instructed, and what
-- became of them. Everything instructed is paid, failed, returned or pending, and only one of them.
SELECT
    payment.provider, channel, commune_code,
    count(*) AS instructed,
    sum(amount)::BIGINT AS instructed_amount,
    count(*) FILTER (status = 'paid') AS paid,
    coalesce(sum(amount) FILTER (status = 'paid'), 0)::BIGINT AS paid_amount,
    count(*) FILTER (status = 'failed') AS failed,
    coalesce(sum(amount) FILTER (status = 'failed'), 0)::BIGINT AS failed_amount,
    count(*) FILTER (status = 'returned') AS returned,
    coalesce(sum(amount) FILTER (status = 'returned'), 0)::BIGINT AS returned_amount,
    count(*) FILTER (coalesce(status, 'processing') = 'processing') AS pending,
    coalesce(sum(amount) FILTER (coalesce(status, 'processing') = 'processing'), 0)::BIGINT
        AS pending_amount,
    -- Of those paid: nothing was said of them.
    count(*) FILTER (basis = 'silence') AS silent,
    coalesce(sum(amount) FILTER (basis = 'silence'), 0)::BIGINT AS silent_amount
FROM payment
LEFT JOIN (
    SELECT month, payment_id, status, basis FROM outcome WHERE month = $month
) AS outcome USING (month, payment_id)
WHERE month = $month AND channel <> 'none'
GROUP BY ALL
ORDER BY ALL
