-- A benefit and month for which this cycle would pay although, with all that stands, it is paid.
-- Counted from the items themselves, beside the SELECTs that made them: nobody is paid twice.
WITH standing_item AS (
    SELECT dossier_no, family, entitlement_month, sum(payment_item.amount) AS amount,
        bool_or(payment_item.month = $month AND payment_item.amount > 0) AS is_paid_now
    FROM payment_item
    LEFT JOIN outcome USING (payment_id)
    WHERE coalesce(status NOT IN ('failed', 'returned'), TRUE)
    GROUP BY ALL
)

SELECT standing_item.dossier_no, standing_item.family
FROM standing_item
LEFT JOIN due
    ON due.dossier_no = standing_item.dossier_no
    AND due.family = standing_item.family
    AND due.month = entitlement_month
WHERE is_paid_now AND standing_item.amount > coalesce(due.amount, 0)
