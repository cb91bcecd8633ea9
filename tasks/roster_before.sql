-- One row per benefit of the first roster, as its HIEN_HUONG rows alone give the month before.
SELECT
    change.dossier_no, change.family, change.scheme, change.commune_code, category_code_now
        AS category_code,
    (unit_amount * coalesce(units, 1))::BIGINT AS amount
FROM (SELECT * EXCLUDE (coefficient, category_code) FROM change) AS change
JOIN (
    SELECT * EXCLUDE (category_code, scheme), category_code AS category_code_now FROM rate_month
) AS rate_month
    ON rate_month.family = change.family
    AND rate_month.month = $month - 1
    AND age_months(birth_date, $month - 1) >= age_from
    AND age_months(birth_date, $month - 1) < age_to
WHERE has_effect AND reason = 'HIEN_HUONG' AND cycle = $month
    AND effective_month < $month AND unit_amount IS NOT NULL
