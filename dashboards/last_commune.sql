-- One row per dossier: the commune of its latest interval, and the cycle in which that was said;
-- an interval that pays no month comes last.
SELECT dossier_no, latest.commune_code, latest.start_cycle
FROM (
    SELECT
        dossier_no,
        arg_max(
            {'commune_code': commune_code, 'start_cycle': start_cycle},
            (
                coalesce(stop_month > from_month, true),
                from_month,
                start_event,
                family,
                interval_no
            )
        ) AS latest
    FROM benefit_interval
    GROUP BY dossier_no
)
