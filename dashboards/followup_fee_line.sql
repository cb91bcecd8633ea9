-- One row per instruction of the month for which another fee was reported than is due on it.
SELECT
    provider, channel, payment_id, coalesce(name_vi, line_fee.commune_code) AS commune, amount,
    status, if(is_paid, fee, 0) AS due, reported_fee AS reported,
    reported_fee - if(is_paid, fee, 0) AS difference
FROM line_fee
LEFT JOIN admin_unit
    ON admin_unit.commune_code = line_fee.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND reported_fee <> if(is_paid, fee, 0)
ORDER BY provider, channel, payment_id
