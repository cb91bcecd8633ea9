-- One row per dossier and scheme that still owes after the cycle: since when, and what happens.
-- $offset_share is the share of a payment that may be taken back; 0 takes nothing.
WITH spell AS (
    -- Cycles in a row in which something was owed.
    SELECT
        dossier_no, scheme, month,
        month - row_number() OVER (PARTITION BY dossier_no, scheme ORDER BY month) AS spell_no
    FROM receivable
    WHERE month <= $month
),

since AS (
    SELECT dossier_no, scheme, min(month) AS since_month
    FROM spell
    GROUP BY dossier_no, scheme, spell_no
    HAVING max(month) = $month
),

due_now AS (
    SELECT DISTINCT dossier_no, scheme FROM entitlement WHERE month = $month AND amount > 0
)

SELECT
    receivable.dossier_no, full_name,
    coalesce(name_vi, place.commune_code) AS commune,
    receivable.scheme,
    month_text(since_month) AS since_month,
    coalesce(before.amount, 0) AS amount_before,
    -coalesce(payment.recovery, 0) AS taken_back,
    receivable.amount,
    CASE
        WHEN due_now.dossier_no IS NULL AND coalesce(is_dead, FALSE) THEN 'collect_from_heirs'
        WHEN due_now.dossier_no IS NULL THEN 'collect'
        WHEN $offset_share = 0 THEN 'collect_no_offset'
        WHEN hold_rule IS NOT NULL THEN 'offset_when_paid'
        ELSE 'offset'
    END AS step
FROM receivable
JOIN since USING (dossier_no, scheme)
LEFT JOIN due_now USING (dossier_no, scheme)
LEFT JOIN receivable AS before
    ON before.dossier_no = receivable.dossier_no
    AND before.scheme = receivable.scheme
    AND before.month = $month - 1
LEFT JOIN payment
    ON payment.dossier_no = receivable.dossier_no
    AND payment.scheme = receivable.scheme
    AND payment.month = $month
LEFT JOIN standing
    ON standing.dossier_no = receivable.dossier_no AND standing.month = $month
LEFT JOIN person ON person.dossier_no = receivable.dossier_no
LEFT JOIN last_commune AS place ON place.dossier_no = receivable.dossier_no
LEFT JOIN admin_unit
    ON admin_unit.commune_code = place.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE receivable.month = $month
ORDER BY place.commune_code, receivable.dossier_no, receivable.scheme
