-- One row per item of any cycle for the closed months that are looked at again (`open_dossier`).
SELECT month, payment_id, dossier_no, family, scheme, entitlement_month, amount
FROM payment_item
JOIN open_dossier USING (dossier_no)
WHERE entitlement_month BETWEEN $reported_from AND $month - 1 AND entitlement_month >= open_from
