-- A benefit and month of which more was taken back than was ever given.
SELECT any_value(payment_id) AS payment_id, max(payment_item.month) AS month
FROM payment_item
LEFT JOIN outcome USING (payment_id)
WHERE coalesce(outcome.status NOT IN ('failed', 'returned'), TRUE)
GROUP BY payment_item.dossier_no, payment_item.scheme, family, entitlement_month
HAVING sum(payment_item.amount) < 0
    AND (payment_item.dossier_no, payment_item.scheme) NOT IN (
        SELECT (dossier_no, scheme) FROM receivable
    )
