-- A payment that cannot be carried out as it stands.
SELECT payment_id, month
FROM payment
WHERE month >= $since
    AND (
        (channel = 'none') <> (amount = 0)
        OR (channel <> 'none' AND provider IS NULL)
        OR (channel = 'account' AND (bin IS NULL OR account_number IS NULL OR payee_name IS NULL))
        OR (channel = 'cash' AND cash_reason IS NULL)
    )
