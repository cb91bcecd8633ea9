-- One row per provider and channel of the month, then one per provider: the fees due on paid lines
-- by the rates agreed, those reported, and the difference. What is not paid owes no fee.
WITH charged AS (
    SELECT
        provider, channel, is_paid, reported_fee,
        if(is_paid, fee, 0) AS due,
        reported_fee IS NOT NULL AND reported_fee <> if(is_paid, fee, 0) AS differs
    FROM line_fee
    WHERE month = $month AND (is_paid OR reported_fee IS NOT NULL)
)

SELECT
    provider, channel,
    count(*) FILTER (is_paid) AS lines,
    sum(due)::BIGINT AS due,
    count(reported_fee) AS reported_lines,
    coalesce(sum(reported_fee), 0)::BIGINT AS reported,
    (coalesce(sum(reported_fee), 0) - sum(due))::BIGINT AS difference,
    count(*) FILTER (differs) AS different_lines,
    -- Where a rate is missing the sum says too little: it is not said at all.
    count(*) FILTER (is_paid AND due IS NULL) > 0 AS is_rate_missing
FROM charged
GROUP BY GROUPING SETS ((provider, channel), (provider))
ORDER BY provider, channel IS NULL, channel
