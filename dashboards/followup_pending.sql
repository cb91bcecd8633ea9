-- One row per instruction of the month whose result is not known.
SELECT
    provider, channel, scheme, payment_id, dossier_no, full_name,
    coalesce(name_vi, payment_status.commune_code) AS commune,
    payee_name, short_name AS bank, account_number, amount, status,
    -- RS04: nothing heard after the report day.
    $today::DATE > report_deadline(month, $report_deadline_day)
    -- Who returns only failures is not late: silence will mean paid.
    AND (
        status = 'processing'
        OR provider NOT IN (SELECT provider FROM silent_provider)
        OR payment_id IN (SELECT payment_id FROM result_exception WHERE rule = 'RS02')
    ) AS is_late
FROM payment_status
LEFT JOIN person USING (dossier_no)
LEFT JOIN bank USING (bin)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = payment_status.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND is_instruction AND status IN ('instructed', 'processing')
ORDER BY provider, channel, payment_status.commune_code, payment_id
