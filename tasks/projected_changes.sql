-- One row: how many benefits begin, stop, are past their last age band or enter another band in a
-- month to come, as the registry stands. Both ages are read in the bands of that month, so a new
-- table moves nobody.
WITH band AS (
    SELECT DISTINCT family, coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to
    FROM category
),

covered AS (
    SELECT
        dossier_no, family,
        bool_or(from_month < $month AND coalesce(stop_month, 2147483647) >= $month) AS ran_before,
        bool_or(from_month <= $month AND coalesce(stop_month, 2147483647) > $month) AS runs
    FROM benefit_interval
    WHERE from_month <= $month AND coalesce(stop_month, 2147483647) >= $month
    GROUP BY ALL
),

aged AS (
    SELECT
        covered.*,
        age_months(birth_date, $month - 1) AS age_before,
        age_months(birth_date, $month) AS age
    FROM covered
    JOIN person USING (dossier_no)
),

banded AS (
    SELECT
        aged.*,
        ran_before AND EXISTS (
            FROM band
            WHERE band.family = aged.family AND age_before >= age_from AND age_before < age_to
        ) AS was_due,
        runs AND EXISTS (
            FROM band WHERE band.family = aged.family AND age >= age_from AND age < age_to
        ) AS is_due,
        before.category_code AS code_before,
        later.category_code AS code
    FROM aged
    LEFT JOIN rate_month AS before
        ON before.month = $month AND before.family = aged.family
        AND age_before >= before.age_from AND age_before < before.age_to
    LEFT JOIN rate_month AS later
        ON later.month = $month AND later.family = aged.family
        AND age >= later.age_from AND age < later.age_to
)

SELECT
    count(*) FILTER (is_due AND NOT was_due) AS starts,
    count(*) FILTER (was_due AND NOT runs) AS stops,
    count(*) FILTER (was_due AND runs AND NOT is_due) AS aged_out,
    count(*) FILTER (was_due AND is_due AND code_before <> code) AS band_changes
FROM banded
