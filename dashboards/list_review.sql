-- One row per dossier and warning that the approver looks at before releasing the month.
WITH warned AS (
    SELECT
        dossier_no, commune_code, holder_name, holder_dossiers, provider,
        unnest(list_filter(
            [
                if(account_changed, 'AC09', NULL),
                if(holder_dossiers > 5, 'AC10', NULL),
                if(missed_cash, 'EN10', NULL)
            ],
            lambda rule: rule IS NOT NULL
        )) AS rule
    FROM standing
    WHERE month = $month
    UNION ALL
    -- The row that gave the account in force was warned of, in whatever cycle it came.
    SELECT DISTINCT
        standing.dossier_no, standing.commune_code, standing.holder_name, holder_dossiers,
        standing.provider, 'AC11'
    FROM standing
    JOIN account_row ON account_row.event_no = standing.account_event
    JOIN issue
        ON issue.sha256 = account_row.sha256
        AND coalesce(issue.sheet, '') = account_row.sheet
        AND issue.row_no = account_row.row_no
        AND issue.rule = 'AC11'
    WHERE standing.month = $month
)

SELECT
    rule, dossier_no, full_name, coalesce(name_vi, warned.commune_code) AS commune, holder_name,
    if(rule = 'AC10', holder_dossiers, NULL) AS holder_dossiers
FROM warned
LEFT JOIN person USING (dossier_no)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = warned.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY rule, warned.commune_code, dossier_no
