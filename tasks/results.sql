-- One row per released payment that a provider spoke of: what became of it, and by which row.
-- Success counts before failure, so nothing is paid twice; a return after it brings money back.
WITH spoken AS (
    SELECT *
    FROM matched_result
    WHERE payment_id IS NOT NULL AND NOT is_other_amount
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
        END AS status,
        success, last_return, last_failure, processing
    FROM folded
),

deciding AS (
    SELECT
        payment_id, status,
        CASE status
            WHEN 'paid' THEN success
            WHEN 'returned' THEN last_return
            WHEN 'failed' THEN last_failure
            ELSE processing
        END AS event_no
    FROM decided
),

fees AS (
    SELECT payment_id, sum(fee)::BIGINT AS fee FROM spoken GROUP BY payment_id
)

SELECT
    payment_month AS month, payment_id, dossier_no, bin, account_number, deciding.status,
    if(
        deciding.status IN ('failed', 'returned'), coalesce(spoken.error_code, 'KHAC'), NULL
    ) AS status_reason,
    event_no, fee
FROM deciding
JOIN (
    SELECT payment_id, event_no, error_code, payment_month, dossier_no, bin, account_number
    FROM spoken
) AS spoken USING (payment_id, event_no)
LEFT JOIN fees USING (payment_id)
ORDER BY payment_month, dossier_no, payment_id
