-- One row per result line that does not fit a payment: those of the month, and those of earlier
-- months with a wrong amount that still wait. After two cycles such a line leads the list.
SELECT
    result_exception.rule,
    month_text(result_exception.cycle) AS month,
    result_exception.payment_id,
    coalesce(result_exception.dossier_no, payment_status.dossier_no) AS dossier_no,
    full_name,
    payment_status.amount AS instructed_amount,
    result.amount AS reported_amount,
    result.status AS reported_status,
    result.error_code,
    payment_status.status,
    coalesce(result.provider, payment_status.provider) AS provider,
    result.transaction_no,
    received_file.name AS file,
    result.sheet,
    result.row_no
FROM result_exception
LEFT JOIN result USING (event_no)
LEFT JOIN received_file USING (sha256)
LEFT JOIN payment_status ON payment_status.payment_id = result_exception.payment_id
LEFT JOIN person
    ON person.dossier_no = coalesce(result_exception.dossier_no, payment_status.dossier_no)
WHERE result_exception.cycle = $month
    OR (
        result_exception.rule = 'RS02'
        AND result_exception.cycle < $month
        AND payment_status.status IN ('instructed', 'processing')
    )
ORDER BY
    coalesce(
        result_exception.rule = 'RS02'
        AND payment_status.status IN ('instructed', 'processing')
        AND result_exception.cycle + 2 <= (SELECT max(month) FROM cycle),
        false
    ) DESC,
    result_exception.rule,
    result_exception.cycle,
    result_exception.event_no
