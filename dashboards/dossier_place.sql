-- One row per published cycle and dossier that it names: who pays it, and where, in that cycle.
-- Who only leaves or owes has no standing in the cycle: the last one before it counts.
WITH named AS (
    SELECT month, dossier_no FROM entitlement
    UNION
    SELECT month, dossier_no FROM payment
    UNION
    SELECT month, dossier_no FROM held
    UNION
    SELECT month, dossier_no FROM receivable
    UNION
    SELECT month, dossier_no FROM delta
)

SELECT
    placed.month,
    dossier_no,
    coalesce(successor_code, placed.commune_code, '') AS commune_code,
    coalesce(provider, '') AS provider
FROM (
    SELECT
        named.month,
        named.dossier_no,
        coalesce(standing.commune_code, last_commune.commune_code) AS commune_code,
        coalesce(standing.month, last_commune.start_cycle) AS said_in,
        provider
    FROM named
    SEMI JOIN shown_cycle ON named.month = shown_cycle.month
    ASOF LEFT JOIN standing
        ON named.dossier_no = standing.dossier_no AND named.month >= standing.month
    LEFT JOIN last_commune ON named.dossier_no = last_commune.dossier_no
) AS placed
LEFT JOIN succession
    ON succession.commune_code = placed.commune_code
    AND said_in <= last_month AND placed.month > last_month
