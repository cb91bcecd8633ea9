-- One row per month up to this one and provider that owes results: instructions of which it has not
-- said what became. Whose silence means paid owes nothing but what it called under way or misstated.
WITH line AS (
    SELECT
        month, provider, amount,
        status IN ('instructed', 'processing') AND (
            status = 'processing'
            OR provider NOT IN (SELECT provider FROM silent_provider)
            OR payment_id IN (SELECT payment_id FROM result_exception WHERE rule = 'RS02')
        ) AS is_pending
    FROM payment_status
    WHERE month <= $month AND is_instruction
)

SELECT
    month, month_text(month) AS month_label, provider AS unit,
    coalesce(unit_name, provider) AS unit_name,
    count(*) AS instructed,
    count(*) FILTER (is_pending) AS pending,
    coalesce(sum(amount) FILTER (is_pending), 0)::BIGINT AS amount,
    any_value(files) AS files
FROM line
LEFT JOIN (
    SELECT provider, min(name_vi) AS unit_name FROM provider GROUP BY ALL
) USING (provider)
LEFT JOIN (
    SELECT month, provider, string_agg(name, ', ' ORDER BY name) AS files
    FROM payment_file
    GROUP BY ALL
) USING (month, provider)
GROUP BY month, provider, unit_name
HAVING count(*) FILTER (is_pending) > 0
ORDER BY month, provider
