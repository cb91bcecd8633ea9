-- One row for a month to come, and one per scheme and category of it, as the registry stands:
-- people, VND, and what of it earlier cycles have paid ahead. Who has no confirmed rate (EN03)
-- counts in `without_rate` and with no amount. Reads `due` of that month, and `settled`.
SELECT
    CASE
        WHEN grouping(family) = 0 THEN 'category'
        WHEN grouping(scheme) = 0 THEN 'scheme'
        ELSE 'all'
    END AS grouped_by,
    scheme, family, category_code,
    count(DISTINCT dossier_no) FILTER (due.amount > 0) AS people,
    sum(if(due.amount > 0, due.amount, 0))::BIGINT AS regular,
    sum(if(due.amount > 0 AND settled.amount > 0, least(due.amount, settled.amount), 0))::BIGINT
        AS paid_ahead,
    count(DISTINCT dossier_no) FILTER (due.amount IS NULL) AS without_rate
FROM due
LEFT JOIN settled USING (dossier_no, family, scheme, month)
WHERE month = $month
GROUP BY GROUPING SETS ((), (scheme), (family, category_code))
