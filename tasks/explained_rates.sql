-- One row per category of the months $month - 1 and $month: what one unit is worth, on what basis.
SELECT
    rate_month.month, rate_month.category_code, unit_amount,
    any_value(coalesce(fixed_amount.legal_basis, standard.legal_basis)) AS basis
FROM rate_month
LEFT JOIN fixed_amount
    ON rate_month.standard_code = 'FIXED'
    AND fixed_amount.category_code = rate_month.category_code
    AND fixed_amount.amount_vnd = unit_amount
    AND rate_month.month BETWEEN month_number(fixed_amount.valid_from)
    AND coalesce(month_number(fixed_amount.valid_to), 2147483647)
LEFT JOIN standard
    ON standard.standard_code = rate_month.standard_code
    AND standard.amount_vnd = standard_amount
    AND rate_month.month BETWEEN month_number(standard.valid_from)
    AND coalesce(month_number(standard.valid_to), 2147483647)
WHERE rate_month.month IN ($month, $month - 1) AND unit_amount IS NOT NULL
GROUP BY ALL
