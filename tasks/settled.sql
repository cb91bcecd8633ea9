-- One row per benefit and month that earlier cycles instructed: what still stands of it. Months to
-- come for everybody, the months of the window before for `open_dossier`.
-- A payment without a result stands: nobody is ever paid twice for one month.
WITH instructed AS (
    SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
    FROM payment_item
    WHERE month < $month AND entitlement_month >= $month
    UNION ALL
    SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
    FROM payment_item
    SEMI JOIN open_dossier USING (dossier_no)
    WHERE month < $month AND entitlement_month >= $reported_from AND entitlement_month < $month
),

undone AS (
    SELECT month, payment_id
    FROM outcome
    WHERE month < $month AND status IN ('failed', 'returned')
)

SELECT
    dossier_no, family, scheme, entitlement_month AS month,
    coalesce(sum(amount) FILTER (stands), 0)::BIGINT AS amount,
    bool_or(stands) AS has_standing,
    coalesce(bool_or(NOT stands AND amount > 0), FALSE) AS has_failed
FROM (
    SELECT instructed.*, undone.payment_id IS NULL AS stands
    FROM instructed
    LEFT JOIN undone USING (month, payment_id)
) AS instructed
GROUP BY ALL
