-- One row per month of the window and age band of a family: what one unit is worth then.
-- unit_amount is null where no confirmed standard, coefficient or fixed amount is valid (EN03).
WITH months AS (
    SELECT unnest(range($first_month::INTEGER, $last_month::INTEGER + 1))::INTEGER AS month
),

-- The standard of the office's province comes before the national one.
standards AS (
    SELECT month, standard_code, amount_vnd, confirmed
    FROM months
    JOIN standard
        ON month BETWEEN month_number(valid_from)
        AND coalesce(month_number(valid_to), 2147483647)
    WHERE scope IN ($province, 'VN')
    QUALIFY row_number() OVER (
        PARTITION BY month, standard_code ORDER BY (scope = 'VN')::INTEGER, valid_from DESC
    ) = 1
),

bands AS (
    SELECT
        month, family, scheme, category_code, coefficient, standard_code, per_unit,
        coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to,
        category.confirmed AS is_band_confirmed
    FROM months
    JOIN category
        ON month BETWEEN month_number(valid_from)
        AND coalesce(month_number(valid_to), 2147483647)
)

SELECT
    bands.month, family, scheme, bands.category_code, age_from, age_to, per_unit,
    standard_code, coefficient, standards.amount_vnd AS standard_amount,
    CASE
        WHEN is_band_confirmed <> 'yes' THEN NULL
        WHEN standard_code = 'FIXED'
            THEN if(fixed_amount.confirmed = 'yes', fixed_amount.amount_vnd, NULL)
        WHEN standards.confirmed = 'yes'
            THEN (coefficient * standards.amount_vnd)::BIGINT
    END AS unit_amount
FROM bands
LEFT JOIN standards USING (month, standard_code)
LEFT JOIN fixed_amount
    ON standard_code = 'FIXED'
    AND fixed_amount.category_code = bands.category_code
    AND bands.month BETWEEN month_number(fixed_amount.valid_from)
    AND coalesce(month_number(fixed_amount.valid_to), 2147483647)
QUALIFY row_number() OVER (
    PARTITION BY bands.month, family, age_from
    ORDER BY bands.category_code, fixed_amount.valid_from DESC
) = 1
ORDER BY bands.month, family, age_from
