-- One row per dossier and scheme with something to receive in the cycle, unless it is held.
WITH summed AS (
    SELECT
        dossier_no, scheme,
        sum(amount)::BIGINT AS amount,
        coalesce(sum(amount) FILTER (kind = 'regular'), 0)::BIGINT AS regular,
        coalesce(sum(amount) FILTER (kind = 'arrears'), 0)::BIGINT AS arrears,
        coalesce(sum(amount) FILTER (kind = 'retry'), 0)::BIGINT AS retry,
        coalesce(sum(amount) FILTER (kind = 'recovery'), 0)::BIGINT AS recovery
    FROM item
    WHERE positive > 0
    GROUP BY ALL
),

commune AS (
    SELECT
        dossier_no, scheme,
        arg_max(
            commune_code,
            (
                from_month <= $month AND coalesce(stop_month, 2147483647) > $month,
                start_event, interval_no
            )
        ) AS commune_code
    FROM interval_placed
    GROUP BY ALL
)

SELECT
    -- 18 characters: a bank's transfer text begins with it. The letters in front keep a
    -- spreadsheet from reading it as a number.
    'CT' || substr(replace(month_text($month), '-', ''), 3) || to_base(
        ('0x' || substr(
            sha256(concat_ws('|', $office_code, month_text($month), dossier_no, scheme)), 1, 15
        ))::BIGINT, 36, 12
    ) AS payment_id,
    $month AS month, dossier_no, scheme, commune.commune_code,
    amount, regular, arrears, retry, recovery,
    if(amount = 0, 'none', channel) AS channel,
    if(amount = 0, NULL, cash_reason) AS cash_reason,
    if(amount = 0, NULL, provider) AS provider,
    if(amount > 0 AND channel = 'account', bin, NULL) AS bin,
    if(amount > 0 AND channel = 'account', account_number, NULL) AS account_number,
    if(amount > 0 AND channel = 'account', holder_name, full_name) AS payee_name,
    if(
        amount > 0 AND channel = 'account', holder_citizen_id, person.citizen_id
    ) AS payee_citizen_id,
    person.full_name AS beneficiary_name,
    person.village AS payee_village,
    standing_now.phone AS payee_phone
FROM summed
JOIN standing_now USING (dossier_no)
JOIN person USING (dossier_no)
LEFT JOIN commune USING (dossier_no, scheme)
WHERE hold_rule IS NULL
ORDER BY dossier_no, scheme
