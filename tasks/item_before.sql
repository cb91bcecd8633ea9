-- One row per item of any cycle for a closed month of those whose closed months are looked at.
SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
FROM payment_item
SEMI JOIN open_dossier USING (dossier_no)
WHERE entitlement_month BETWEEN $reported_from AND $month - 1
