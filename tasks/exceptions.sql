-- One row per result line and rule that it breaks: no such payment, another amount, or a word
-- that contradicts an earlier one. What the office decided contradicts nothing.
WITH final AS (
    SELECT
        event_no, payment_id, dossier_no, payment_month, status, is_ours,
        bool_or(status = 'THANH_CONG') OVER earlier AS success_before,
        bool_or(status = 'LOI') OVER earlier AS failure_before,
        bool_or(status = 'HOAN_TRA') OVER earlier AS return_before
    FROM matched_result
    WHERE is_repeated AND NOT is_other_amount AND status <> 'DANG_XU_LY'
    WINDOW earlier AS (
        PARTITION BY payment_id, decisions_before ORDER BY event_no
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)

SELECT taken_cycle AS cycle, event_no, 'RS01' AS rule, stated_id AS payment_id,
    NULL::VARCHAR AS dossier_no
FROM matched_result
WHERE payment_id IS NULL AND NOT is_ours
UNION ALL
SELECT payment_month, event_no, 'RS02', payment_id, dossier_no
FROM matched_result
WHERE payment_id IS NOT NULL AND differs
UNION ALL
SELECT payment_month, event_no, 'RS03', payment_id, dossier_no
FROM final
WHERE NOT is_ours AND (
    (status = 'THANH_CONG' AND (coalesce(failure_before, FALSE)
        OR coalesce(return_before, FALSE)))
    OR (status = 'LOI' AND (coalesce(success_before, FALSE) OR coalesce(return_before, FALSE)))
    OR (status = 'HOAN_TRA' AND coalesce(failure_before, FALSE)
        AND NOT coalesce(success_before, FALSE))
)
ORDER BY event_no, rule
