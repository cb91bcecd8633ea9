-- A benefit and month of which more was taken back than was ever given. Where what was given
-- failed after it had been taken back, the next cycle gives it back; so it does where a recovery
-- that had failed with its payment stands again beside the next one (RS03, or a decision).
-- $earliest is the first month of which something is taken back.
WITH taken_back AS (
    SELECT DISTINCT dossier_no, scheme, family, entitlement_month
    FROM payment_item
    WHERE amount < 0 AND month >= $since
),

contradicted AS (
    SELECT payment_id FROM result_exception WHERE rule = 'RS03'
    UNION
    SELECT payment_id FROM decision WHERE payment_id IS NOT NULL
),

item AS (
    SELECT payment_item.*,
        undone.payment_id IS NOT NULL AS is_undone,
        contradicted.payment_id IS NOT NULL AS is_contradicted
    FROM payment_item
    SEMI JOIN taken_back USING (dossier_no, scheme, family, entitlement_month)
    LEFT JOIN (
        SELECT month, payment_id FROM outcome WHERE status IN ('failed', 'returned')
    ) AS undone USING (month, payment_id)
    LEFT JOIN contradicted USING (payment_id)
    WHERE entitlement_month >= $earliest
)

SELECT any_value(payment_id) AS payment_id, max(month) AS month
FROM item
GROUP BY dossier_no, scheme, family, entitlement_month
HAVING sum(amount) FILTER (NOT is_undone) < 0
    AND NOT bool_or(amount > 0 AND is_undone)
    AND NOT bool_or(amount < 0 AND is_contradicted)
    AND (dossier_no, scheme) NOT IN (SELECT (dossier_no, scheme) FROM receivable)
