-- One row per dossier that the cycle leaves with something held, owed or too old, or without a rate,
-- and the earliest month of it: the next cycle looks at its closed months again from there on.
WITH left_over AS (
    SELECT dossier_no FROM held_now
    UNION
    SELECT dossier_no FROM receivable_now
    UNION
    SELECT dossier_no FROM too_old_now
)

SELECT $month AS month, dossier_no, min(open_month)::INTEGER AS open_from
FROM (
    SELECT dossier_no, entitlement_month AS open_month
    FROM difference
    SEMI JOIN left_over USING (dossier_no)
    UNION ALL
    SELECT dossier_no, month
    FROM due
    WHERE amount IS NULL AND month BETWEEN $first AND $through
)
GROUP BY dossier_no
ORDER BY dossier_no
