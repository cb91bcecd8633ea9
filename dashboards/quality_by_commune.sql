-- One row per cycle, commune, rule and severity: how often intake found it. A file that goes back
-- as a whole, or is warned of as a whole, is one finding of the commune that sent it.
WITH sent AS (
    SELECT sha256, sheet, row_no, commune_code FROM change
    UNION ALL SELECT sha256, sheet, row_no, commune_code FROM account_row
    UNION ALL SELECT sha256, sheet, row_no, commune_code FROM verification
    UNION ALL SELECT sha256, sheet, row_no, commune_code FROM result
    UNION ALL SELECT sha256, sheet, row_no, commune_code FROM report_row
),

counted AS (
    SELECT
        issue.cycle, rule, severity,
        coalesce(sent.commune_code, received_file.commune_code, '') AS commune_code,
        count(*) AS findings
    FROM issue
    JOIN received_file USING (sha256)
    LEFT JOIN sent USING (sha256, sheet, row_no)
    WHERE stage = 'ingest'
    GROUP BY ALL
)

SELECT
    cycle, counted.commune_code,
    coalesce(name_vi, nullif(counted.commune_code, ''), 'Không rõ xã') AS commune_name,
    rule, severity, findings
FROM counted
LEFT JOIN admin_unit
    ON admin_unit.commune_code = counted.commune_code
    AND month_text(cycle) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY cycle, counted.commune_code, rule, severity
