-- One row per benefit and month that earlier cycles instructed: what still stands of it.
-- A payment without a result stands: nobody is ever paid twice for one month.
SELECT
    payment_item.dossier_no, family, scheme, entitlement_month AS month,
    coalesce(sum(amount) FILTER (stands), 0)::BIGINT AS amount,
    bool_or(stands) AS has_standing,
    coalesce(bool_or(NOT stands AND amount > 0), FALSE) AS has_failed
FROM (
    SELECT payment_item.*, coalesce(status NOT IN ('failed', 'returned'), TRUE) AS stands
    FROM payment_item
    LEFT JOIN outcome USING (payment_id)
    WHERE payment_item.month < $month
) AS payment_item
GROUP BY ALL
