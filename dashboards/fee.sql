-- One row per month, provider and channel: fees due on paid lines beside those reported.
-- A fee of so many per mille is rounded line by line, half up: each transfer is charged alone.
WITH rate AS (
    SELECT shown_cycle.month, provider, channel, per_line_vnd, per_mille
    FROM fee_rate
    JOIN shown_cycle
        ON month_label BETWEEN valid_from AND coalesce(valid_to, '9999-12')
    WHERE confirmed = 'yes'
    QUALIFY row_number() OVER (
        PARTITION BY shown_cycle.month, provider, channel ORDER BY valid_from DESC
    ) = 1
),

spoken_of AS (
    SELECT
        month, provider, channel, reported_fee,
        status = 'paid' AS is_paid,
        if(
            rate.provider IS NULL,
            NULL,
            coalesce(per_line_vnd, 0)
            + round(coalesce(per_mille, 0) * 0.001::DECIMAL(4, 3) * amount)::BIGINT
        ) AS fee
    FROM payment_status
    LEFT JOIN rate USING (month, provider, channel)
    WHERE is_instruction
)

SELECT
    month_text(month) AS month,
    provider,
    channel,
    count(*) FILTER (is_paid) AS lines,
    sum(fee) FILTER (is_paid)::BIGINT AS amount,
    sum(reported_fee)::BIGINT AS reported_amount
FROM spoken_of
WHERE is_paid OR reported_fee IS NOT NULL
GROUP BY ALL
