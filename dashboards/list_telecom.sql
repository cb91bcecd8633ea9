-- One row per dossier and phone rule that the telecom companies are asked to settle.
WITH asked AS (
    -- The row that gave the phone in force was warned of, in whatever cycle it came.
    SELECT DISTINCT
        issue.rule, standing.dossier_no, standing.commune_code, standing.citizen_id,
        coalesce(standing.phone, account_row.phone) AS phone
    FROM standing
    JOIN account_row ON account_row.event_no = standing.account_event
    JOIN issue
        ON issue.sha256 = account_row.sha256
        AND coalesce(issue.sheet, '') = account_row.sheet
        AND issue.row_no = account_row.row_no
        AND issue.rule = 'AC06'
        AND issue.severity = 'warn'
    WHERE standing.month = $month
    UNION ALL
    SELECT 'AC07', dossier_no, commune_code, citizen_id, phone
    FROM standing
    WHERE month = $month AND phone_outcome = 'SAI'
)

SELECT
    rule, asked.dossier_no, full_name, asked.citizen_id, phone,
    asked.commune_code, coalesce(name_vi, asked.commune_code) AS commune, village
FROM asked
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY asked.commune_code, rule, asked.dossier_no
