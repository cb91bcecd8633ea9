-- One row per released payment that somebody spoke of: what became of it, and by which line.
-- Success counts before failure, so nothing is paid twice; a return after it brings money back.
WITH spoken AS (
    SELECT *
    FROM matched_result
    WHERE is_repeated AND NOT is_other_amount AND is_current
),

folded AS (
    SELECT
        payment_id,
        max(event_no) FILTER (status = 'THANH_CONG') AS success,
        max(event_no) FILTER (status = 'HOAN_TRA') AS last_return,
        min(event_no) FILTER (status = 'HOAN_TRA') AS first_return,
        min(event_no) FILTER (status = 'LOI') AS first_failure,
        max(event_no) FILTER (status = 'LOI') AS last_failure,
        max(event_no) FILTER (status = 'DANG_XU_LY') AS processing
    FROM spoken
    GROUP BY payment_id
),

decided AS (
    SELECT
        payment_id,
        CASE
            WHEN success IS NOT NULL AND coalesce(last_return, 0) > success THEN 'returned'
            WHEN success IS NOT NULL THEN 'paid'
            WHEN first_failure < coalesce(first_return, 9223372036854775807) THEN 'failed'
            WHEN first_return IS NOT NULL THEN 'returned'
            ELSE 'processing'
        END AS word,
        success, last_return, last_failure, processing
    FROM folded
),

deciding AS (
    SELECT
        payment_id, word,
        CASE word
            WHEN 'paid' THEN success
            WHEN 'returned' THEN last_return
            WHEN 'failed' THEN last_failure
            ELSE processing
        END AS event_no
    FROM decided
),

-- What was charged was charged, whatever the office decided since.
fees AS (
    SELECT payment_id, sum(fee)::BIGINT AS fee
    FROM matched_result
    WHERE is_repeated AND NOT is_other_amount
    GROUP BY payment_id
),

said AS (
    SELECT
        payment_month, payment_id, dossier_no, bin, account_number, error_code, event_no, fee,
        is_decision,
        CASE status
            WHEN 'THANH_CONG' THEN 'paid'
            WHEN 'LOI' THEN 'failed'
            WHEN 'HOAN_TRA' THEN 'returned'
            ELSE 'processing'
        END AS word
    FROM matched_result
    WHERE payment_id IS NOT NULL AND NOT is_repeated AND NOT is_other_amount
    UNION ALL BY NAME
    SELECT spoken.* EXCLUDE (fee), deciding.word, fees.fee
    FROM spoken
    JOIN deciding USING (payment_id, event_no)
    JOIN fees USING (payment_id)
)

SELECT
    payment_month AS month, payment_id, dossier_no, bin, account_number, word AS status,
    if(word IN ('failed', 'returned'), coalesce(error_code, 'KHAC'), NULL) AS status_reason,
    event_no, fee,
    if(is_decision, 'decision', 'result') AS basis
FROM said
-- What failed lies together, so that who asks for it need not read what was paid.
ORDER BY payment_month, word = 'paid', dossier_no, payment_id
