-- One row per payment, benefit and month that it settled, with the rate of that month.
SELECT
    month_text(payment_item.month) AS month, payment_id, payment_item.scheme,
    payment_item.family, payment_item.category_code,
    month_text(entitlement_month) AS entitlement_month, payment_item.kind, payment_item.amount,
    age_months(birth_date, entitlement_month) AS age_months, rate.coefficient,
    rate.standard_amount, category.legal_basis
FROM payment_item
CROSS JOIN person
LEFT JOIN (
    SELECT month, category_code, any_value(coefficient) AS coefficient,
        any_value(standard_amount) AS standard_amount
    FROM rate_month GROUP BY ALL
) AS rate
    ON rate.month = entitlement_month AND rate.category_code = payment_item.category_code
LEFT JOIN (
    SELECT category_code, max(legal_basis) AS legal_basis FROM category GROUP BY ALL
) AS category ON category.category_code = payment_item.category_code
ORDER BY payment_item.month, payment_id, payment_item.family, entitlement_month
