-- One row per benefit and month whose due and settled amounts differ, with the kind of item.
-- Months without a confirmed rate are neither paid nor recovered.
SELECT
    dossier_no, family, scheme, month AS entitlement_month, category_code,
    coalesce(due.amount, 0) - coalesce(settled.amount, 0) AS amount,
    CASE
        WHEN coalesce(due.amount, 0) < coalesce(settled.amount, 0) THEN 'recovery'
        WHEN month >= $month THEN 'regular'
        WHEN has_failed AND NOT has_standing THEN 'retry'
        ELSE 'arrears'
    END AS kind
FROM due
FULL JOIN settled USING (dossier_no, family, scheme, month)
WHERE coalesce(due.amount, 0) <> coalesce(settled.amount, 0)
    AND NOT (due.dossier_no IS NOT NULL AND due.amount IS NULL)
    AND month <= $through
