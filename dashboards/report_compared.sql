-- One row per commune or provider and figure of its last report for the month.
WITH stated AS (
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
)

SELECT
    unit, coalesce(admin_unit.name_vi, provider_name, unit) AS unit_name, is_provider, metric,
    stated
FROM stated
LEFT JOIN admin_unit
    ON admin_unit.commune_code = unit
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
LEFT JOIN (
    SELECT provider AS unit, min(name_vi) AS provider_name FROM provider GROUP BY ALL
) USING (unit)
ORDER BY unit, metric
