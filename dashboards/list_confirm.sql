-- One row per dossier of the cycle for which somebody else receives since this cycle: a row of it
-- says so, and the commune confirms that the papers exist.
SELECT
    standing.commune_code, coalesce(name_vi, standing.commune_code) AS commune,
    village, standing.dossier_no, person.full_name, standing.method, standing.holder_name,
    authorisation_no, authorisation_expires_on
FROM standing
JOIN account_row ON account_row.event_no = standing.account_event
LEFT JOIN person ON person.dossier_no = standing.dossier_no
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND standing.method IN ('GIAM_HO', 'UY_QUYEN') AND account_row.cycle = $month
