-- One row per month, provider and channel: fees due on paid lines beside those reported.
SELECT
    month_text(month) AS month,
    provider,
    channel,
    count(*) FILTER (is_paid) AS lines,
    sum(fee) FILTER (is_paid)::BIGINT AS amount,
    sum(reported_fee)::BIGINT AS reported_amount
FROM line_fee
WHERE is_paid OR reported_fee IS NOT NULL
GROUP BY ALL
