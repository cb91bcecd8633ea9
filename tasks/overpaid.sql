-- A benefit and month for which this cycle would pay although, with all that stands, it is paid.
-- Counted from the items themselves, beside the SELECTs that made them: nobody is paid twice.
-- No cycle before $since can have paid it. Who is paid for a closed month that is not looked at in
-- `item_before` is named too: nothing would be known of what was paid for it before.
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
    WHERE month BETWEEN $since AND $month - 1 AND entitlement_month >= $month
    UNION ALL
    SELECT month, payment_id, dossier_no, family, entitlement_month, amount
    FROM item_before
    WHERE month BETWEEN $since AND $month - 1
),

standing_before AS (
    SELECT earlier.dossier_no, family, entitlement_month, sum(amount) AS amount
    FROM earlier
    SEMI JOIN paid_now USING (dossier_no, family, entitlement_month)
    ANTI JOIN (
        SELECT month, payment_id FROM outcome
        WHERE month >= $since AND status IN ('failed', 'returned')
    ) AS undone USING (month, payment_id)
    GROUP BY ALL
)

SELECT paid_now.dossier_no, paid_now.family
FROM paid_now
LEFT JOIN standing_before USING (dossier_no, family, entitlement_month)
LEFT JOIN due
    ON due.dossier_no = paid_now.dossier_no
    AND due.family = paid_now.family
    AND due.month = paid_now.entitlement_month
LEFT JOIN open_dossier ON open_dossier.dossier_no = paid_now.dossier_no
WHERE paid_now.amount + coalesce(standing_before.amount, 0) > coalesce(due.amount, 0)
    OR (
        paid_now.entitlement_month < $month
        AND coalesce(paid_now.entitlement_month < open_from, TRUE)
    )
