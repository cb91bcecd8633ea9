-- One row per dossier of the cycle whose commune says that the SIM is registered to somebody else,
-- where no telecom company has said so itself.
SELECT
    'SIM' AS rule, standing.commune_code, coalesce(name_vi, standing.commune_code) AS commune,
    village, dossier_no, full_name, standing.citizen_id, phone
FROM standing
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND no_account_reason = 'SIM_KHONG_CHINH_CHU'
    AND phone_outcome IS DISTINCT FROM 'SAI'
