-- One row per benefit that was due in the month before, as that was released. Communes that were
-- merged since are named by their successor: nobody leaves or comes by that alone.
SELECT
    entitlement.* EXCLUDE (month) REPLACE (
        coalesce(successor_code, entitlement.commune_code) AS commune_code
    )
FROM entitlement
LEFT JOIN succession
    ON succession.commune_code = entitlement.commune_code AND last_month = $month - 1
WHERE month = $month - 1
