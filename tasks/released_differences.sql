-- One row per payment, item, hold or debt of a released month that its computation gives otherwise.
WITH released AS (
    SELECT 'payment' AS part, dossier_no, scheme, NULL AS family, NULL AS entitlement_month,
        commune_code AS said, amount
    FROM payment WHERE month = $month
    UNION ALL
    SELECT 'item', dossier_no, scheme, family, entitlement_month, kind, amount
    FROM payment_item WHERE month = $month
    UNION ALL
    SELECT 'held', dossier_no, scheme, family, NULL, rule, amount FROM held WHERE month = $month
    UNION ALL
    SELECT 'receivable', dossier_no, scheme, NULL, NULL, NULL, amount
    FROM receivable WHERE month = $month
),

computed AS (
    SELECT 'payment', dossier_no, scheme, NULL, NULL, commune_code, amount FROM payment_now
    UNION ALL
    SELECT 'item', dossier_no, scheme, family, entitlement_month, kind, item.amount
    FROM item
    SEMI JOIN payment_now USING (dossier_no, scheme)
    WHERE item.amount <> 0
    UNION ALL
    SELECT 'held', dossier_no, scheme, family, NULL, rule, amount FROM held_now
    UNION ALL
    SELECT 'receivable', dossier_no, scheme, NULL, NULL, NULL, amount FROM receivable_now
)

(FROM released EXCEPT ALL FROM computed)
UNION ALL
(FROM computed EXCEPT ALL FROM released)
