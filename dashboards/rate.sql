-- One row per category, standard or fixed amount, and span of months in which both hold.
WITH basis AS (
    SELECT
        standard_code, NULL AS fixed_category, scope, amount_vnd, valid_from, valid_to,
        legal_basis, confirmed
    FROM standard
    UNION ALL
    SELECT
        'FIXED', category_code, 'VN', amount_vnd, valid_from, valid_to, legal_basis, confirmed
    FROM fixed_amount
)

SELECT
    category.category_code,
    family,
    scheme,
    name_vi,
    age_from_months,
    age_to_months,
    coefficient,
    category.standard_code,
    scope,
    if(fixed_category IS NULL, amount_vnd, NULL) AS standard_amount,
    if(fixed_category IS NULL, round(coefficient * amount_vnd), amount_vnd)::BIGINT AS amount,
    greatest(category.valid_from, basis.valid_from) AS valid_from,
    least(category.valid_to, basis.valid_to) AS valid_to,
    concat_ws(
        '; ', category.legal_basis,
        if(basis.legal_basis = category.legal_basis, NULL, basis.legal_basis)
    ) AS legal_basis,
    if(category.confirmed = 'yes' AND basis.confirmed = 'yes', 'yes', 'no') AS confirmed
FROM category
JOIN basis
    ON basis.standard_code = category.standard_code
    AND (fixed_category IS NULL OR fixed_category = category.category_code)
    AND basis.valid_from <= coalesce(category.valid_to, '9999-12')
    AND category.valid_from <= coalesce(basis.valid_to, '9999-12')
