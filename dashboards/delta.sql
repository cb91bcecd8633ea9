-- One row per commune, dossier and scheme whose regular amount differs from the month before.
SELECT
    month_label AS month,
    commune_code,
    dossier_no,
    scheme,
    kind,
    amount_before,
    amount_after,
    reason,
    decision_no,
    arrears,
    recovery
FROM delta
JOIN shown_cycle USING (month)
