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
    named.month,
    named.dossier_no,
    coalesce(standing.commune_code, last_commune.commune_code, '') AS commune_code,
    coalesce(standing.provider, '') AS provider
FROM named
SEMI JOIN shown_cycle ON named.month = shown_cycle.month
ASOF LEFT JOIN standing
    ON named.dossier_no = standing.dossier_no AND named.month >= standing.month
LEFT JOIN last_commune ON named.dossier_no = last_commune.dossier_no
