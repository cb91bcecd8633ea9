-- One row per payment, benefit and month of entitlement that it settles, whole or in part.
SELECT
    month_label AS month,
    payment_id,
    family AS category_family,
    category_code,
    month_text(entitlement_month) AS entitlement_month,
    kind,
    amount
FROM payment_item
JOIN shown_cycle USING (month)
