-- One row per benefit and month whose difference lies too far back to be paid or taken back.
SELECT
    too_old.dossier_no, full_name,
    coalesce(name_vi, place.commune_code) AS commune,
    scheme,
    month_text(entitlement_month) AS entitlement_month,
    amount,
    if(amount > 0, 'missing', 'overpaid') AS direction,
    if(amount > 0, 'pay_by_hand', 'recover_by_hand') AS step
FROM too_old
LEFT JOIN person USING (dossier_no)
LEFT JOIN last_commune AS place USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = place.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE too_old.month = $month
ORDER BY place.commune_code, too_old.dossier_no, family, too_old.entitlement_month
