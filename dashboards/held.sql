-- One row per cycle, dossier and scheme whose payment waits, with the rule that holds it.
SELECT month_label AS month, dossier_no, scheme, amount, rule
FROM held
JOIN shown_cycle USING (month)
