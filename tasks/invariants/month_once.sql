-- A benefit and month that stands instructed twice, though no late success explains it (RS03).
SELECT any_value(payment_id) AS payment_id, max(payment_item.month) AS month
FROM payment_item
LEFT JOIN outcome USING (payment_id)
LEFT JOIN (SELECT DISTINCT payment_id, TRUE AS is_late FROM result_exception WHERE rule = 'RS03')
    USING (payment_id)
WHERE kind IN ('regular', 'retry')
    AND coalesce(outcome.status NOT IN ('failed', 'returned'), TRUE)
GROUP BY payment_item.dossier_no, family, entitlement_month
-- After a recovery the month may be due again.
HAVING count(*) > 1 AND NOT coalesce(bool_or(is_late), FALSE)
    AND (dossier_no, family, entitlement_month) NOT IN (
        SELECT (dossier_no, family, entitlement_month) FROM payment_item WHERE kind = 'recovery'
    )
