-- One row per instruction of the month that failed or came back.
SELECT
    status, coalesce(status_reason, 'KHAC') AS status_reason, provider, channel, scheme,
    payment_id, dossier_no, full_name, payment_status.commune_code,
    coalesce(name_vi, payment_status.commune_code) AS commune, village,
    left(birth_date, 4) AS birth_year, short_name AS bank, account_number, amount
FROM payment_status
LEFT JOIN person USING (dossier_no)
LEFT JOIN bank USING (bin)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = payment_status.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND status IN ('failed', 'returned')
ORDER BY payment_status.commune_code, status, payment_id
