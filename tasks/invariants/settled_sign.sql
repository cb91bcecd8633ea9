-- A benefit and month of which more was taken back than was ever given. Where what was given
-- failed after it had been taken back, the next cycle gives it back; so it does where a recovery
-- that had failed with its payment stands again beside the next one (RS03).
SELECT any_value(payment_id) AS payment_id, max(payment_item.month) AS month
FROM payment_item
LEFT JOIN outcome USING (payment_id)
LEFT JOIN (
    SELECT DISTINCT payment_id FROM result_exception WHERE rule = 'RS03'
) AS contradicted USING (payment_id)
GROUP BY payment_item.dossier_no, payment_item.scheme, family, entitlement_month
HAVING sum(payment_item.amount) FILTER (
        coalesce(outcome.status NOT IN ('failed', 'returned'), TRUE)
    ) < 0
    AND NOT bool_or(
        payment_item.amount > 0 AND coalesce(outcome.status IN ('failed', 'returned'), FALSE)
    )
    AND NOT bool_or(payment_item.amount < 0 AND contradicted.payment_id IS NOT NULL)
    AND (payment_item.dossier_no, payment_item.scheme) NOT IN (
        SELECT (dossier_no, scheme) FROM receivable
    )
