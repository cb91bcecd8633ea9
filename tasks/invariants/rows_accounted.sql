-- A file whose rows are not all kept, taken or rejected; or a row without its file.
WITH kept AS (
    SELECT sha256, cycle, count(*) AS rows_in, count(*) FILTER (is_taken) AS rows_taken
    FROM (
        SELECT sha256, cycle, is_taken FROM change WHERE cycle >= $since
        UNION ALL SELECT sha256, cycle, is_taken FROM account_row WHERE cycle >= $since
        UNION ALL SELECT sha256, cycle, is_taken FROM verification WHERE cycle >= $since
        UNION ALL SELECT sha256, cycle, is_taken FROM result WHERE cycle >= $since
        UNION ALL SELECT sha256, cycle, is_taken FROM report_row WHERE cycle >= $since
    )
    GROUP BY ALL
)

SELECT sha256 AS payment_id, cycle AS month
FROM (FROM received_file WHERE cycle >= $since) AS file
FULL JOIN kept USING (sha256, cycle)
WHERE file.rows_in IS NULL
    OR file.rows_in <> file.rows_taken + rows_rejected
    OR coalesce(kept.rows_in, 0) <> file.rows_in
    OR coalesce(kept.rows_taken, 0) <> file.rows_taken
