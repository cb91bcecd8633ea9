-- One row per payment of a published cycle, with its status as of now.
SELECT
    month_text(month) AS month,
    payment_id,
    dossier_no,
    scheme,
    commune_code,
    amount,
    regular,
    arrears,
    retry,
    recovery,
    channel,
    cash_reason,
    provider,
    status,
    status_reason
FROM payment_status
