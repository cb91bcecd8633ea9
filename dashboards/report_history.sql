-- One row per published month and commune or provider that should report: that has payments in it.
-- Who reported without having any is there too. `standing`: on_time, late, missing after the report
-- day, or waiting until then; `on_time` is empty where nothing came.
WITH paying AS (
    SELECT DISTINCT month, commune_code, provider
    FROM payment
    SEMI JOIN shown_cycle USING (month)
),

expected AS (
    SELECT month, commune_code AS unit, 'commune' AS unit_kind
    FROM paying
    UNION
    SELECT month, provider, 'provider'
    FROM paying
    WHERE provider IS NOT NULL
    UNION
    SELECT month, unit, if(is_provider, 'provider', 'commune')
    FROM report_first
    SEMI JOIN shown_cycle USING (month)
)

SELECT
    expected.month, month_text(expected.month) AS month_label, unit, unit_kind,
    coalesce(admin_unit.name_vi, provider_name, unit) AS unit_name,
    received_on,
    on_time,
    report_deadline(expected.month, $report_deadline_day) AS due_before,
    CASE
        WHEN on_time THEN 'on_time'
        WHEN received_on IS NOT NULL THEN 'late'
        WHEN $today::DATE < report_deadline(expected.month, $report_deadline_day) THEN 'waiting'
        ELSE 'missing'
    END AS standing
FROM expected
LEFT JOIN report_first USING (month, unit)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = unit
    AND month_text(expected.month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
LEFT JOIN (
    SELECT provider AS unit, min(name_vi) AS provider_name FROM provider GROUP BY ALL
) USING (unit)
ORDER BY expected.month, unit_kind, unit
