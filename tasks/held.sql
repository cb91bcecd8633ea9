-- One row per dossier and scheme whose payment waits: with its amount, or without a rate (EN03).
SELECT
    $month AS month, dossier_no, scheme, sum(amount)::BIGINT AS amount, hold_rule AS rule,
    NULL::VARCHAR AS family
FROM item
JOIN standing_now USING (dossier_no)
WHERE hold_rule IS NOT NULL AND positive > 0
GROUP BY ALL
HAVING sum(amount) > 0
UNION ALL
SELECT $month, dossier_no, scheme, NULL, 'EN03', min(family)
FROM due
WHERE amount IS NULL AND month BETWEEN $first AND $through
GROUP BY ALL
ORDER BY dossier_no, scheme, rule
