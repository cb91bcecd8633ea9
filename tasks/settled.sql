-- One row per benefit and month of `instructed`: what still stands of it.
-- A payment without a result stands: nobody is ever paid twice for one month.
-- $since is the first cycle of them.
WITH undone AS (
    SELECT month, payment_id
    FROM outcome
    WHERE month BETWEEN $since AND $month - 1 AND status IN ('failed', 'returned')
)

SELECT
    dossier_no, family, scheme, entitlement_month AS month,
    coalesce(sum(amount) FILTER (stands), 0)::BIGINT AS amount,
    bool_or(stands) AS has_standing,
    coalesce(bool_or(NOT stands AND amount > 0), FALSE) AS has_failed
FROM (
    SELECT instructed.*, undone.payment_id IS NULL AS stands
    FROM instructed
    LEFT JOIN undone USING (month, payment_id)
) AS instructed
GROUP BY ALL
