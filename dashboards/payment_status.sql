-- One row per payment of a published cycle, with what became of it as of now.
-- A provider speaks of what it was sent: where it is silent, the payment is instructed.
SELECT
    payment.*,
    CASE
        WHEN NOT is_released THEN 'prepared'
        WHEN channel = 'none' THEN 'paid'
        ELSE coalesce(outcome.status, 'instructed')
    END AS status,
    if(is_released, outcome.status_reason, NULL) AS status_reason,
    if(is_released, outcome.fee, NULL) AS reported_fee,
    is_released AND channel <> 'none' AS is_instruction
FROM payment
JOIN shown_cycle USING (month)
LEFT JOIN outcome USING (month, payment_id)
