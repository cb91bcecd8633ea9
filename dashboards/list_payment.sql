-- One row per payment of the month, as commune and payer read it: its parts, its sum and where it
-- goes. No category: the parts say enough.
WITH late AS (
    SELECT payment_id, count(DISTINCT entitlement_month) AS late_months
    FROM payment_item
    WHERE month = $month AND kind IN ('arrears', 'retry')
    GROUP BY payment_id
)

SELECT
    payment.commune_code, coalesce(admin_unit.name_vi, payment.commune_code) AS commune,
    coalesce(payee_village, person.village) AS village,
    payment.dossier_no, beneficiary_name AS full_name, left(birth_date, 4) AS birth_year,
    payment.scheme, payment_id, payment.channel, payment.provider,
    regular, late_months, arrears + retry AS late, recovery, amount,
    if(
        payment.account_number IS NULL, NULL,
        concat_ws(' ', short_name, '****' || right(payment.account_number, 4))
    ) AS place,
    if(standing.method IN ('GIAM_HO', 'UY_QUYEN'), payee_name, NULL) AS stands_in,
    left(payee_citizen_id, 3) || '******' || right(payee_citizen_id, 3) AS payee_citizen_id
FROM payment
LEFT JOIN late USING (payment_id)
LEFT JOIN person ON person.dossier_no = payment.dossier_no
LEFT JOIN standing
    ON standing.month = payment.month AND standing.dossier_no = payment.dossier_no
LEFT JOIN bank ON bank.bin = payment.bin
LEFT JOIN admin_unit
    ON admin_unit.commune_code = payment.commune_code
    AND month_text($month) BETWEEN admin_unit.valid_from
    AND coalesce(admin_unit.valid_to, '9999-12')
WHERE payment.month = $month
