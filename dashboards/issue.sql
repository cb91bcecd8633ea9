-- One row per finding; what a cycle's own check found only while that check stands.
SELECT
    month_text(cycle) AS cycle, sha256, sheet, row_no, rule, severity, field, message, dossier_no
FROM issue
WHERE stage <> 'prepare' OR cycle IN (SELECT month FROM shown_cycle)
