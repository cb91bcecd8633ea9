-- One row: who the person is, and the commune of the last cycle, else of the latest benefit.
WITH place AS (
    SELECT
        arg_max(commune_code, month) AS commune_code, max(month) AS month
    FROM standing
    WHERE commune_code IS NOT NULL
),

latest AS (
    SELECT arg_max({'code': commune_code, 'cycle': start_cycle}, (start_event, interval_no)) AS span
    FROM benefit_interval
)

SELECT
    full_name, birth_date,
    CASE length(birth_date) WHEN 4 THEN 'Y' WHEN 7 THEN 'M' ELSE 'D' END AS birth_precision,
    gender, village, is_dead,
    coalesce(place.commune_code, span.code) AS commune_code,
    month_text(coalesce(place.month, span.cycle)) AS commune_said_in
FROM person
CROSS JOIN place
CROSS JOIN latest
