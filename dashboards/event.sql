-- One row per accepted row of a received file, of whatever cycle.
WITH event AS (
    SELECT
        cycle, sha256, sheet, row_no, kind, dossier_no, category_code, effective_month, reason
    FROM change
    WHERE is_taken
    UNION ALL
    SELECT cycle, sha256, sheet, row_no, 'TAI_KHOAN', dossier_no, NULL, NULL, NULL
    FROM account_row
    WHERE is_taken
    UNION ALL
    SELECT cycle, sha256, sheet, row_no, 'XAC_THUC', dossier_no, NULL, NULL, NULL
    FROM verification
    WHERE is_taken
    UNION ALL
    -- A result without a payment id is known by the payment that it decided.
    SELECT
        result.cycle, sha256, sheet, row_no, 'KET_QUA',
        coalesce(named.dossier_no, decided.dossier_no), NULL, NULL, error_code
    FROM result
    LEFT JOIN payment AS named ON named.payment_id = result.payment_id
    LEFT JOIN outcome ON outcome.event_no = result.event_no
    LEFT JOIN payment AS decided ON decided.payment_id = outcome.payment_id
    WHERE is_taken
    UNION ALL
    SELECT cycle, sha256, sheet, row_no, 'BAO_CAO', NULL, NULL, NULL, NULL
    FROM report_row
    WHERE is_taken
)

SELECT * REPLACE (
    month_text(cycle) AS cycle,
    month_text(effective_month) AS effective_month
)
FROM event
