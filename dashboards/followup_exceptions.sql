-- One row per result line and rule that it breaks: what nobody has decided first, oldest months too,
-- then what was decided of the month. After two cycles a wrong amount that still waits leads.
-- Lines that fit no payment are of the open cycle: they stand with the last released month.
WITH answer AS (
    SELECT
        result_exception.event_no,
        max(decision.event_no) AS decision_no
    FROM result_exception
    JOIN decision
        ON decision.exception_no = result_exception.event_no
        OR (
            decision.payment_id = result_exception.payment_id
            AND decision.event_no > result_exception.event_no
            AND word IN ('paid', 'failed', 'returned')
        )
    GROUP BY ALL
),

shown AS (
    SELECT
        result_exception.*,
        answer.decision_no,
        open_exception.event_no IS NOT NULL AS is_open
    FROM result_exception
    LEFT JOIN open_exception USING (event_no, rule)
    LEFT JOIN answer ON answer.event_no = result_exception.event_no
    WHERE result_exception.cycle = $month
        OR (is_open AND result_exception.cycle < $month)
        OR (
            result_exception.cycle > $month
            AND $month = (SELECT max(month) FROM shown_cycle WHERE is_released)
        )
)

SELECT
    shown.event_no AS exception_no,
    shown.rule,
    month_text(shown.cycle) AS month,
    shown.payment_id,
    coalesce(shown.dossier_no, payment_status.dossier_no) AS dossier_no,
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
    result.row_no,
    strftime(received_at, '%d/%m/%Y') AS received_on,
    if(is_open, $today::DATE - received_at::DATE, NULL) AS days_open,
    if(is_open, greatest(0, (SELECT max(month) FROM cycle) - shown.cycle), NULL) AS cycles_open,
    decision.word,
    decided_by,
    strftime(decided_on, '%d/%m/%Y') AS decided_on,
    decision.reason AS decision_reason
FROM shown
LEFT JOIN result ON result.event_no = shown.event_no
LEFT JOIN received_file USING (sha256)
LEFT JOIN payment_status ON payment_status.payment_id = shown.payment_id
LEFT JOIN person ON person.dossier_no = coalesce(shown.dossier_no, payment_status.dossier_no)
LEFT JOIN decision ON decision.event_no = shown.decision_no
ORDER BY
    is_open DESC,
    coalesce(
        is_open AND shown.rule = 'RS02'
        AND payment_status.status IN ('instructed', 'processing')
        AND shown.cycle + 2 <= (SELECT max(month) FROM cycle),
        false
    ) DESC,
    shown.rule,
    shown.cycle,
    shown.event_no
