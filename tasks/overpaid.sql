-- A benefit and month for which this cycle would pay although, with all that stands, it is paid.
-- Counted from the items themselves, beside the SELECTs that made them: nobody is paid twice.
WITH paid_now AS (
    SELECT dossier_no, family, entitlement_month, sum(amount) AS amount
    FROM payment_item
    WHERE month = $month
    GROUP BY ALL
    HAVING sum(amount) > 0
),

earlier AS (
    SELECT month, payment_id, dossier_no, family, entitlement_month, amount
    FROM payment_item
    WHERE month < $month AND entitlement_month >= $month
    UNION ALL
    SELECT month, payment_id, dossier_no, family, entitlement_month, amount
    FROM payment_item
    SEMI JOIN (
        SELECT DISTINCT dossier_no FROM paid_now WHERE entitlement_month < $month
    ) AS paid_back USING (dossier_no)
    WHERE month < $month AND entitlement_month < $month
        AND entitlement_month >= (SELECT min(entitlement_month) FROM paid_now)
),

standing_before AS (
    SELECT earlier.dossier_no, family, entitlement_month, sum(amount) AS amount
    FROM earlier
    LEFT JOIN outcome USING (month, payment_id)
    WHERE coalesce(status NOT IN ('failed', 'returned'), TRUE)
    GROUP BY ALL
)

SELECT paid_now.dossier_no, paid_now.family
FROM paid_now
LEFT JOIN standing_before USING (dossier_no, family, entitlement_month)
LEFT JOIN due
    ON due.dossier_no = paid_now.dossier_no
    AND due.family = paid_now.family
    AND due.month = paid_now.entitlement_month
WHERE paid_now.amount + coalesce(standing_before.amount, 0) > coalesce(due.amount, 0)
