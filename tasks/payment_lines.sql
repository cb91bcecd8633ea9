-- One row per instruction of one provider, channel and scheme in a cycle, with every field that
-- its file may carry.
-- No category and no health: what leaves the office says who, where and how much.
SELECT
    payment_id, dossier_no, payment.commune_code, payee_name, payee_citizen_id,
    payment.account_number, payment.bin, bank.short_name AS bank_name, amount,
    coalesce(admin_unit.name_vi, payment.commune_code) AS commune_name,
    payee_village AS village, payee_phone AS phone
FROM payment
LEFT JOIN bank ON bank.bin = payment.bin
LEFT JOIN admin_unit
    ON admin_unit.commune_code = payment.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND provider = $provider AND channel = $channel AND scheme = $scheme
