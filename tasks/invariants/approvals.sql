-- A released month whose last approver had prepared it, in whatever preparation.
SELECT cycle.digest[:16] AS payment_id, cycle.month
FROM cycle
JOIN approval AS said
    ON said.month = cycle.month AND said.digest = cycle.digest
    AND said.step = 'approve' AND said.name = cycle.approver
SEMI JOIN (SELECT month, person FROM approval WHERE step = 'prepare') AS prepared
    ON prepared.month = cycle.month AND prepared.person = said.person
WHERE state IN ('released', 'reconciled', 'published') AND cycle.month >= $since
