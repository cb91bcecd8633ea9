-- One row per dossier, scheme, benefit and month of entitlement of a month that was computed and not
-- stored: what it pays, what waits, what is still owed to the office, and what has no rate (EN03).
SELECT
    'paid' AS part, dossier_no, scheme, payment_now.commune_code, family, category_code,
    entitlement_month, kind, item.amount
FROM item
JOIN payment_now USING (dossier_no, scheme)
WHERE item.amount <> 0
UNION ALL
SELECT
    'held', dossier_no, scheme, commune_code, family, category_code, entitlement_month, kind,
    item.amount
FROM item
SEMI JOIN (FROM held_now WHERE amount IS NOT NULL) USING (dossier_no, scheme)
JOIN standing_now USING (dossier_no)
WHERE item.amount <> 0
UNION ALL
SELECT
    'owed', dossier_no, scheme, commune_code, family, category_code, entitlement_month, kind,
    if(positive > 0 AND hold_rule IS NULL, amount, 0) - difference AS still_owed
FROM item
JOIN standing_now USING (dossier_no)
WHERE kind = 'recovery' AND still_owed > 0
UNION ALL
SELECT
    'no_rate', dossier_no, scheme, standing_now.commune_code, family, category_code, due.month,
    NULL, NULL
FROM due
JOIN standing_now USING (dossier_no)
WHERE amount IS NULL AND due.month BETWEEN $first AND $through
