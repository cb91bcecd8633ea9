-- At most one row: where the money goes as last accepted, and how cycle $last judged it.
SELECT
    account.method, account.holder_name, relation, bank.short_name AS bank,
    right(account.account_number, 4) AS account_last4, authorisation_no, authorisation_expires_on,
    account.no_account_reason, channel, cash_reason, provider, hold_rule,
    month_text(standing.month) AS month,
    coalesce(id_birth_differs OR id_gender_differs, FALSE) AS id_differs,
    coalesce(standing.identity_outcome = 'SAI', FALSE) AS id_refused,
    standing.dossier_no IS NOT NULL AND standing.citizen_id IS NULL AS id_missing,
    coalesce(holder_differs, FALSE) AS holder_differs,
    coalesce(shared_account = 'other_holder', FALSE) AS is_shared,
    coalesce(authorisation_invalid, FALSE) AS authorisation_invalid,
    coalesce(standing.account_outcome = 'SAI', FALSE) AS is_refused,
    coalesce(account_changed, FALSE) AS account_changed,
    coalesce(account_closed, FALSE) AS account_closed
FROM account
FULL JOIN (FROM standing WHERE month = $last) AS standing
    ON standing.dossier_no = account.dossier_no
LEFT JOIN bank ON bank.bin = account.bin
