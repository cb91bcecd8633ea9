-- One row per payee of the month: who is to receive how much, by account or in cash.
-- Who is offset to nothing gets no money and is not among them.
SELECT
    scheme, channel, payment_id, payee_name, beneficiary_name AS full_name,
    account_number, short_name AS bank, amount
FROM payment
LEFT JOIN bank USING (bin)
WHERE month = $month AND channel <> 'none'
ORDER BY scheme, commune_code, dossier_no
