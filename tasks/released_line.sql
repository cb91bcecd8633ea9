-- One row per part of a released month, as it is stored: its items, what was held, what was owed.
-- Of what was held and owed neither category nor month of entitlement is stored.
SELECT
    'paid' AS part, dossier_no, scheme, payment.commune_code, family, category_code,
    entitlement_month, kind, payment_item.amount
FROM payment_item
JOIN (SELECT payment_id, commune_code FROM payment WHERE month = $month) AS payment
    USING (payment_id)
UNION ALL
SELECT
    if(rule = 'EN03', 'no_rate', 'held'), dossier_no, scheme, commune_code, NULL, NULL, NULL, NULL,
    amount
FROM held
JOIN standing USING (month, dossier_no)
WHERE month = $month
UNION ALL
SELECT 'owed', dossier_no, scheme, commune_code, NULL, NULL, NULL, 'recovery', amount
FROM receivable
JOIN standing USING (month, dossier_no)
WHERE month = $month
