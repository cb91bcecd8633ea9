-- One row per instruction of which its provider, who returns only failures, said nothing for so many
-- days that it counts as paid. A line with another amount keeps it waiting.
SELECT
    month, payment_id, dossier_no, bin, account_number,
    'paid' AS status,
    'IM_LANG' AS status_reason,
    NULL::BIGINT AS event_no,
    NULL::BIGINT AS fee,
    'silence' AS basis
FROM payment
JOIN silent_cycle USING (month, provider)
ANTI JOIN (
    SELECT payment_id FROM outcome
    WHERE month IN (SELECT month FROM silent_cycle) AND basis IS DISTINCT FROM 'silence'
) AS heard USING (payment_id)
ANTI JOIN (SELECT payment_id FROM matched_result) AS spoken_of USING (payment_id)
ANTI JOIN (
    SELECT payment_id FROM result_exception WHERE rule = 'RS02'
) AS other_amount USING (payment_id)
WHERE channel <> 'none' AND silent_on <= $today
ORDER BY month, dossier_no, payment_id
