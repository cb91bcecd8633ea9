-- A benefit and month that one payment settles twice.
SELECT payment_id, month
FROM payment_item
WHERE month >= $since
GROUP BY payment_id, month, family, entitlement_month
HAVING count(*) > 1
