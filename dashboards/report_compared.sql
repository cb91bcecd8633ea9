-- One row per commune or provider and figure of its last report for the month.
SELECT
    coalesce(report_row.provider, report_row.commune_code) AS unit,
    report_row.provider IS NOT NULL AS is_provider,
    metric,
    arg_max(value, event_no) AS stated
FROM report_row
JOIN received_file USING (sha256)
WHERE is_taken
    AND coalesce(report_row.month, stated_month) = $month
    AND coalesce(report_row.provider, report_row.commune_code) IS NOT NULL
GROUP BY ALL
ORDER BY unit, metric
