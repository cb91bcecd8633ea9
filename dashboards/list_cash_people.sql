-- One row per dossier that the cycle pays in cash, with the one thing that stands first in its way
-- to an account. Who is held is on another list.
SELECT
    standing.commune_code, coalesce(name_vi, standing.commune_code) AS commune,
    village, dossier_no, full_name, left(birth_date, 4) AS birth_year,
    CASE cash_reason
        WHEN 'exception' THEN 'exception'
        WHEN 'no_account' THEN coalesce(no_account_reason, if(account_event IS NULL, 'no_row', 'KHAC'))
        WHEN 'identity' THEN CASE
            WHEN standing.citizen_id IS NULL THEN 'ID06'
            WHEN identity_outcome = 'SAI' THEN 'ID12'
            WHEN id_birth_differs THEN 'ID02'
            ELSE 'ID03'
        END
        ELSE CASE
            WHEN account_closed THEN 'closed'
            WHEN account_outcome = 'SAI' THEN 'AC08'
            WHEN holder_differs THEN 'AC03'
            WHEN authorisation_invalid THEN 'AC05'
            WHEN shared_account = 'other_holder' THEN 'AC04'
            ELSE 'AC09'
        END
    END AS cause
FROM standing
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = standing.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month AND channel = 'cash' AND hold_rule IS NULL
