-- One row per payment of the dossier: what it was, how it went, and what the provider said of it.
SELECT
    month_text(payment.month) AS month, payment_id, payment.scheme, payment.amount, regular,
    arrears, retry, recovery, channel, cash_reason, payment.provider, bank.short_name AS bank,
    right(payment.account_number, 4) AS account_last4, payee_name, payment.commune_code,
    CASE
        WHEN cycle.state IN ('open', 'prepared') THEN 'prepared'
        WHEN channel = 'none' THEN 'paid'
        ELSE coalesce(outcome.status, 'instructed')
    END AS status,
    status_reason, result.transacted_at, result.transaction_no
FROM payment
JOIN cycle USING (month)
LEFT JOIN outcome USING (month, payment_id)
LEFT JOIN result ON result.event_no = outcome.event_no
LEFT JOIN bank ON bank.bin = payment.bin
ORDER BY payment.month, payment.scheme
