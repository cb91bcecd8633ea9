-- One row per instruction of a published cycle: the fee due on it if it was paid, and the fee that
-- its provider reported.
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
)

SELECT
    month, payment_id, provider, channel, commune_code, amount, status, reported_fee,
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
