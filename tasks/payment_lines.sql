-- One row per instruction of a cycle, with every field that a provider's file may carry.
-- No category and no health: what leaves the office says who, where and how much.
SELECT
    provider, channel, payment.scheme, payment_id,
    payee_name,
    payee_name AS payee_ascii,
    payee_citizen_id,
    payment.account_number, payment.bin, bank.short_name AS bank_name, amount,
    payment_id AS transfer_text,
    coalesce(admin_unit.name_vi, payment.commune_code) AS commune_name,
    payee_village AS village, payee_phone AS phone
FROM payment
LEFT JOIN bank ON bank.bin = payment.bin
LEFT JOIN admin_unit
    ON admin_unit.commune_code = payment.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND channel <> 'none'
ORDER BY provider, channel, payment.scheme, payment.commune_code, dossier_no
