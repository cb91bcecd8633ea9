-- One row per interval of whom it is asked for, in the commune that stands for it in $month.
SELECT
    benefit_interval.* REPLACE (
        coalesce(successor_code, benefit_interval.commune_code) AS commune_code
    )
FROM benefit_interval
LEFT JOIN succession
    ON succession.commune_code = benefit_interval.commune_code
    AND start_cycle <= last_month AND $month > last_month
