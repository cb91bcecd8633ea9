-- One row per item that earlier cycles instructed for the months that this cycle looks at: those to
-- come for everybody, closed ones for `open_dossier`.
SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
FROM payment_item
WHERE month < $month AND entitlement_month >= $month
UNION ALL
SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
FROM item_before
WHERE month < $month
