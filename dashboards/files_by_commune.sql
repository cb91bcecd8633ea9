-- One row per cycle, commune and file: what came of the rows of that commune in it.
-- The commune is that of the row, else of the file; empty where neither is known (providers).
WITH sent AS (
    SELECT sha256, commune_code, is_taken FROM change
    UNION ALL SELECT sha256, commune_code, is_taken FROM account_row
    UNION ALL SELECT sha256, commune_code, is_taken FROM verification
    UNION ALL SELECT sha256, commune_code, is_taken FROM result
    UNION ALL SELECT sha256, commune_code, is_taken FROM report_row
)

SELECT
    cycle,
    coalesce(sent.commune_code, received_file.commune_code, '') AS commune_code,
    ingest_no, name, outcome,
    count(is_taken) AS rows_in,
    count(*) FILTER (is_taken) AS rows_taken,
    count(*) FILTER (NOT is_taken) AS rows_rejected
FROM received_file
LEFT JOIN sent USING (sha256)
GROUP BY ALL
ORDER BY cycle, commune_code, ingest_no, name, outcome
