-- An outcome of a payment that was not instructed.
SELECT outcome.payment_id, payment.month
FROM outcome
LEFT JOIN payment USING (payment_id)
LEFT JOIN cycle USING (month)
WHERE payment.payment_id IS NULL
    OR channel = 'none'
    OR cycle.state NOT IN ('released', 'reconciled', 'published')
