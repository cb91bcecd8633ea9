-- One row per month and commune or provider: when its first report for that month came in.
WITH sent AS (
    SELECT
        coalesce(report_row.month, stated_month) AS month,
        coalesce(report_row.provider, report_row.commune_code) AS unit,
        report_row.provider IS NOT NULL AS is_provider,
        received_at
    FROM report_row
    JOIN received_file USING (sha256)
    WHERE is_taken
),

first AS (
    SELECT month, unit, bool_or(is_provider) AS is_provider, min(received_at)::DATE AS received_on
    FROM sent
    WHERE month IS NOT NULL AND unit IS NOT NULL
    GROUP BY month, unit
)

SELECT
    *,
    is_on_time(received_on, month, $report_deadline_day) AS on_time
FROM first
