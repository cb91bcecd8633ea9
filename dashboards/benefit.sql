-- One row per span of months of a benefit in one commune.
SELECT
    dossier_no,
    family AS category_family,
    scheme,
    commune_code,
    month_text(from_month) AS from_month,
    month_text(stop_month) AS stop_month,
    start_reason,
    stop_reason
FROM benefit_interval
