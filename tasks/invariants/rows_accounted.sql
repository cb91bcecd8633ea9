-- A file whose rows are not all kept, taken or rejected; or a row without its file.
WITH kept AS (
    SELECT sha256, count(*) AS rows_in, count(*) FILTER (is_taken) AS rows_taken
    FROM (
        SELECT sha256, is_taken FROM change
        UNION ALL SELECT sha256, is_taken FROM account_row
        UNION ALL SELECT sha256, is_taken FROM verification
        UNION ALL SELECT sha256, is_taken FROM result
        UNION ALL SELECT sha256, is_taken FROM report_row
    )
    GROUP BY sha256
)

SELECT coalesce(received_file.sha256, kept.sha256) AS payment_id, cycle AS month
FROM received_file
FULL JOIN kept USING (sha256)
WHERE received_file.sha256 IS NULL
    OR received_file.rows_in <> received_file.rows_taken + rows_rejected
    OR coalesce(kept.rows_in, 0) <> received_file.rows_in
    OR coalesce(kept.rows_taken, 0) <> received_file.rows_taken
