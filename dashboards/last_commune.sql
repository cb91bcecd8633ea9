-- One row per dossier: the commune of its latest interval; one that pays no month comes last.
SELECT
    dossier_no,
    arg_max(
        commune_code,
        (
            coalesce(stop_month > from_month, true),
            from_month,
            start_event,
            family,
            interval_no
        )
    ) AS commune_code
FROM benefit_interval
GROUP BY dossier_no
