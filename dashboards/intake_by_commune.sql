-- One row per cycle and commune: the files that it sent, and what came of their rows at intake.
-- The commune is that of the row, else of the file; empty where neither is known (providers).
WITH sent AS (
    SELECT sha256, sheet, row_no, commune_code, is_taken FROM change
    UNION ALL SELECT sha256, sheet, row_no, commune_code, is_taken FROM account_row
    UNION ALL SELECT sha256, sheet, row_no, commune_code, is_taken FROM verification
    UNION ALL SELECT sha256, sheet, row_no, commune_code, is_taken FROM result
    UNION ALL SELECT sha256, sheet, row_no, commune_code, is_taken FROM report_row
),

found AS (
    SELECT
        sha256, sheet, row_no,
        bool_or(severity = 'fix') AS is_fixed,
        bool_or(severity IN ('warn', 'cash', 'hold')) AS is_warned
    FROM issue
    WHERE stage = 'ingest' AND row_no IS NOT NULL
    GROUP BY ALL
),

placed AS (
    SELECT
        received_file.cycle, sha256, row_no, is_taken,
        coalesce(sent.commune_code, received_file.commune_code, '') AS commune_code,
        coalesce(is_fixed, FALSE) AS is_fixed,
        coalesce(is_warned, FALSE) AS is_warned
    FROM received_file
    LEFT JOIN sent USING (sha256)
    LEFT JOIN found USING (sha256, sheet, row_no)
),

counted AS (
    SELECT
        cycle, commune_code,
        count(DISTINCT sha256) AS files,
        count(row_no) AS rows_in,
        count(*) FILTER (is_taken) AS rows_taken,
        count(*) FILTER (NOT is_taken) AS rows_rejected,
        count(*) FILTER (is_fixed) AS rows_fixed,
        count(*) FILTER (is_taken AND is_warned) AS rows_warned
    FROM placed
    GROUP BY ALL
)

SELECT
    cycle, counted.commune_code,
    coalesce(name_vi, nullif(counted.commune_code, ''), 'Không rõ xã') AS commune_name,
    files, rows_in, rows_taken, rows_rejected, rows_fixed, rows_warned
FROM counted
LEFT JOIN admin_unit
    ON admin_unit.commune_code = counted.commune_code
    AND month_text(cycle) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY cycle, counted.commune_code
