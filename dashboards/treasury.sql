-- One row per payee of the month: who is to receive how much, by account or in cash.
-- Who is offset to nothing gets no money and is not among them.
WITH named AS (
    SELECT provider, any_value(name_vi) AS provider_name FROM provider GROUP BY provider
)

SELECT
    scheme, channel, payment.provider, coalesce(provider_name, payment.provider) AS provider_name,
    payment_id, payee_name, beneficiary_name AS full_name, account_number, short_name AS bank,
    amount, regular, arrears + retry AS arrears, recovery
FROM payment
LEFT JOIN bank USING (bin)
LEFT JOIN named ON named.provider = payment.provider
WHERE month = $month AND channel <> 'none'
ORDER BY scheme, channel, payment.provider, commune_code, dossier_no
