-- One row for a month, and one per scheme, commune, category and month of entitlement of it:
-- people once in each, VND by kind. `grouped_by` says what a row is of; reads `cost_line`.
SELECT
    CASE
        WHEN grouping(scheme) = 0 THEN 'scheme'
        WHEN grouping(commune_code) = 0 THEN 'commune'
        WHEN grouping(family) = 0 THEN 'category'
        WHEN grouping(entitlement_month) = 0 THEN 'month'
        ELSE 'all'
    END AS grouped_by,
    scheme, commune_code, family, category_code, entitlement_month,
    count(DISTINCT dossier_no) FILTER (part = 'paid') AS people,
    count(DISTINCT (dossier_no, scheme)) FILTER (part = 'paid') AS payments,
    sum(if(part = 'paid', amount, 0))::BIGINT AS amount,
    sum(if(part = 'paid' AND kind = 'regular', amount, 0))::BIGINT AS regular,
    sum(if(part = 'paid' AND kind = 'arrears', amount, 0))::BIGINT AS arrears,
    sum(if(part = 'paid' AND kind = 'retry', amount, 0))::BIGINT AS retry,
    sum(if(part = 'paid' AND kind = 'recovery', amount, 0))::BIGINT AS recovery,
    count(DISTINCT dossier_no) FILTER (part = 'held') AS held_people,
    sum(if(part = 'held', amount, 0))::BIGINT AS held,
    count(DISTINCT dossier_no) FILTER (part = 'no_rate') AS without_rate,
    sum(if(part = 'owed', amount, 0))::BIGINT AS receivable
FROM cost_line
GROUP BY GROUPING SETS (
    (), (scheme), (commune_code), (family, category_code), (entitlement_month)
)
