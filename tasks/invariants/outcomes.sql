-- An outcome of a payment that was not instructed, or under another dossier than the payment's.
SELECT outcome.payment_id, month
FROM outcome
LEFT JOIN payment USING (month, payment_id)
LEFT JOIN cycle USING (month)
WHERE month >= $since
    AND (
        payment.payment_id IS NULL
        OR payment.dossier_no <> outcome.dossier_no
        OR channel = 'none'
        OR cycle.state NOT IN ('released', 'reconciled', 'published')
    )
