-- One row per cycle, dossier and scheme that still owes the office.
SELECT month_label AS month, dossier_no, scheme, amount
FROM receivable
JOIN shown_cycle USING (month)
