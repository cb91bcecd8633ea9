-- One row per provider, channel and commune of the month, then their sums: what was instructed, and
-- what became of it. `difference` is 0 wherever everything is accounted for.
SELECT
    group_of.provider, channel, coalesce(name_vi, group_of.commune_code) AS commune,
    sum(COLUMNS('^(instructed|paid|failed|returned|pending|silent)(_amount)?$'))::BIGINT,
    (sum(instructed_amount)
        - sum(paid_amount + failed_amount + returned_amount + pending_amount))::BIGINT
        AS difference
FROM standing_group AS group_of
LEFT JOIN admin_unit
    ON admin_unit.commune_code = group_of.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
GROUP BY GROUPING SETS (
    (group_of.provider, channel, group_of.commune_code, name_vi),
    (group_of.provider, channel),
    ()
)
ORDER BY
    group_of.provider IS NULL, group_of.provider, channel,
    group_of.commune_code IS NULL, group_of.commune_code
