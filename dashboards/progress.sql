-- One row per month, commune, scheme, provider and metric of SPEC section 7; '*' is a total.
-- People count once in a total, payments and deltas by line. A provider that nobody knows ('')
-- is in the totals only.
WITH due AS (
    SELECT
        entitlement.month, dossier_no, entitlement.commune_code, scheme, provider,
        sum(amount) AS due_amount
    FROM entitlement
    JOIN dossier_place USING (month, dossier_no)
    GROUP BY ALL
),

-- One row per payment of a published cycle, with the provider of the person where it has none.
line AS (
    SELECT
        payment_status.* REPLACE (coalesce(payment_status.provider, place.provider) AS provider),
        status = 'paid' AND is_instruction AS is_paid_out,
        is_instruction AND status IN ('instructed', 'processing') AS is_pending,
        coalesce(status_reason, 'KHAC') AS error
    FROM payment_status
    JOIN dossier_place AS place USING (month, dossier_no)
),

-- One row per reason to count a person in a commune, scheme and provider.
presence AS (
    SELECT
        month, dossier_no, commune_code, scheme, provider, due_amount,
        true AS is_due, false AS is_paid, false AS is_paid_account
    FROM due
    UNION ALL
    SELECT
        month, dossier_no, commune_code, scheme, provider, 0, false, true, channel = 'account'
    FROM line
    WHERE is_paid_out
),

-- One row per person and group that the person is in: a person has no second row in a total.
person AS (
    SELECT
        month,
        dossier_no,
        coalesce(commune_code, '*') AS commune_code,
        coalesce(scheme, '*') AS scheme,
        coalesce(provider, '*') AS provider,
        sum(due_amount) AS due_amount,
        bool_or(is_due) AS is_due,
        bool_or(is_paid) AS is_paid,
        bool_or(is_paid_account) AS is_paid_account
    FROM presence
    GROUP BY month, dossier_no, CUBE (commune_code, scheme, provider)
),

situation AS (
    SELECT
        person.*,
        citizen_id,
        identity_outcome,
        phone,
        phone_outcome,
        if(channel = 'account', method, NULL) AS account_method,
        cash_reason,
        if(cash_reason = 'no_account', coalesce(no_account_reason, 'KHAC'), NULL) AS missing_why
    FROM person
    LEFT JOIN standing USING (month, dossier_no)
),

people AS (
    SELECT
        month, commune_code, scheme, provider,
        count(*) FILTER (is_due) AS beneficiaries,
        count(*) FILTER (is_due AND citizen_id IS NOT NULL) AS with_citizen_id,
        count(*) FILTER (is_due AND citizen_id IS NOT NULL AND identity_outcome = 'DUNG')
            AS citizen_id_verified,
        count(*) FILTER (is_due AND phone IS NOT NULL) AS with_phone,
        count(*) FILTER (is_due AND phone IS NOT NULL AND phone_outcome = 'DUNG')
            AS phone_verified,
        count(*) FILTER (is_due AND account_method IS NOT NULL) AS with_account,
        count(*) FILTER (is_due AND account_method = 'CHINH_CHU') AS account_own,
        count(*) FILTER (is_due AND account_method = 'GIAM_HO') AS account_guardian,
        count(*) FILTER (is_due AND account_method = 'UY_QUYEN') AS account_authorised,
        count(*) FILTER (is_due AND cash_reason = 'exception') AS cash_exception,
        count(*) FILTER (is_due AND cash_reason IN ('account_unusable', 'identity'))
            AS account_unusable,
        count(*) FILTER (is_due AND cash_reason = 'no_account') AS no_account,
        count(*) FILTER (is_due AND missing_why = 'CHUA_CO_CCCD') AS no_account_CHUA_CO_CCCD,
        count(*) FILTER (is_due AND missing_why = 'SIM_KHONG_CHINH_CHU')
            AS no_account_SIM_KHONG_CHINH_CHU,
        count(*) FILTER (is_due AND missing_why = 'KHONG_NANG_LUC') AS no_account_KHONG_NANG_LUC,
        count(*) FILTER (is_due AND missing_why = 'OM_DAU') AS no_account_OM_DAU,
        count(*) FILTER (is_due AND missing_why = 'O_XA') AS no_account_O_XA,
        count(*) FILTER (is_due AND missing_why = 'TU_CHOI') AS no_account_TU_CHOI,
        count(*) FILTER (is_due AND missing_why = 'TRE_EM_CHUA_GIAM_HO')
            AS no_account_TRE_EM_CHUA_GIAM_HO,
        count(*) FILTER (is_due AND missing_why = 'KHAC') AS no_account_KHAC,
        sum(due_amount) AS due_amount,
        count(*) FILTER (is_paid) AS paid_people,
        count(*) FILTER (is_paid_account) AS paid_account_people
    FROM situation
    GROUP BY ALL
),

money AS (
    SELECT
        month, commune_code, scheme, provider,
        count(*) FILTER (is_instruction) AS instructed_count,
        sum(amount) FILTER (is_instruction) AS instructed_amount,
        count(*) FILTER (is_paid_out AND channel = 'account') AS paid_account_count,
        sum(amount) FILTER (is_paid_out AND channel = 'account') AS paid_account_amount,
        count(*) FILTER (is_paid_out AND channel = 'cash') AS paid_cash_count,
        sum(amount) FILTER (is_paid_out AND channel = 'cash') AS paid_cash_amount,
        count(*) FILTER (status = 'failed') AS failed_count,
        sum(amount) FILTER (status = 'failed') AS failed_amount,
        count(*) FILTER (status = 'failed' AND error = 'SAI_SO_TK') AS failed_SAI_SO_TK,
        count(*) FILTER (status = 'failed' AND error = 'TEN_KHONG_KHOP') AS failed_TEN_KHONG_KHOP,
        count(*) FILTER (status = 'failed' AND error = 'TK_DONG') AS failed_TK_DONG,
        count(*) FILTER (status = 'failed' AND error = 'TK_TAM_KHOA') AS failed_TK_TAM_KHOA,
        count(*) FILTER (status = 'failed' AND error = 'VI_CHUA_DINH_DANH')
            AS failed_VI_CHUA_DINH_DANH,
        count(*) FILTER (status = 'failed' AND error = 'KHONG_DEN_NHAN') AS failed_KHONG_DEN_NHAN,
        count(*) FILTER (status = 'failed' AND error = 'CHET') AS failed_CHET,
        count(*) FILTER (status = 'failed' AND error = 'KHAC') AS failed_KHAC,
        count(*) FILTER (status = 'returned') AS returned_count,
        sum(amount) FILTER (status = 'returned') AS returned_amount,
        count(*) FILTER (status = 'returned' AND error = 'SAI_SO_TK') AS returned_SAI_SO_TK,
        count(*) FILTER (status = 'returned' AND error = 'TEN_KHONG_KHOP')
            AS returned_TEN_KHONG_KHOP,
        count(*) FILTER (status = 'returned' AND error = 'TK_DONG') AS returned_TK_DONG,
        count(*) FILTER (status = 'returned' AND error = 'TK_TAM_KHOA') AS returned_TK_TAM_KHOA,
        count(*) FILTER (status = 'returned' AND error = 'VI_CHUA_DINH_DANH')
            AS returned_VI_CHUA_DINH_DANH,
        count(*) FILTER (status = 'returned' AND error = 'KHONG_DEN_NHAN')
            AS returned_KHONG_DEN_NHAN,
        count(*) FILTER (status = 'returned' AND error = 'CHET') AS returned_CHET,
        count(*) FILTER (status = 'returned' AND error = 'KHAC') AS returned_KHAC,
        count(*) FILTER (is_pending) AS pending_count,
        sum(amount) FILTER (is_pending) AS pending_amount,
        sum(arrears) AS arrears_amount,
        sum(-recovery) AS recovery_amount
    FROM line
    GROUP BY ALL
),

waiting AS (
    SELECT
        month, place.commune_code, scheme, provider,
        count(*) AS held_count,
        sum(amount) AS held_amount
    FROM held
    JOIN dossier_place AS place USING (month, dossier_no)
    GROUP BY ALL
),

moved AS (
    SELECT
        month, delta.commune_code, scheme, provider,
        count(*) FILTER (kind = 'increase') AS increase_count,
        sum(amount_after - amount_before) FILTER (kind = 'increase') AS increase_amount,
        count(*) FILTER (kind = 'decrease') AS decrease_count,
        sum(amount_before - amount_after) FILTER (kind = 'decrease') AS decrease_amount,
        count(*) FILTER (kind = 'adjustment') AS adjustment_count,
        sum(amount_after - amount_before) FILTER (kind = 'adjustment') AS adjustment_amount
    FROM delta
    JOIN dossier_place USING (month, dossier_no)
    GROUP BY ALL
),

owed AS (
    SELECT
        month, place.commune_code, scheme, provider,
        sum(amount) AS receivable_amount
    FROM receivable
    JOIN dossier_place AS place USING (month, dossier_no)
    GROUP BY ALL
),

-- What the cycles from January on paid out, in every later month of that year.
year_to_date AS (
    SELECT
        shown_cycle.month, commune_code, scheme, provider,
        coalesce(sum(paid_account_amount), 0) + coalesce(sum(paid_cash_amount), 0)
            AS ytd_paid_amount
    FROM shown_cycle
    JOIN money
        ON money.month <= shown_cycle.month
        AND money.month // 12 = shown_cycle.month // 12
    GROUP BY ALL
    HAVING ytd_paid_amount > 0
),

-- Lines add up: they are summed once per finest group, and the totals are sums of these.
finest AS (
    FROM money
    UNION ALL BY NAME
    FROM waiting
    UNION ALL BY NAME
    FROM moved
    UNION ALL BY NAME
    FROM owed
    UNION ALL BY NAME
    FROM year_to_date
),

line_totals AS (
    SELECT
        month,
        coalesce(commune_code, '*') AS commune_code,
        coalesce(scheme, '*') AS scheme,
        coalesce(provider, '*') AS provider,
        sum(COLUMNS(* EXCLUDE (month, commune_code, scheme, provider)))
    FROM finest
    GROUP BY month, CUBE (commune_code, scheme, provider)
),

sums AS (
    SELECT
        month, commune_code, scheme, provider,
        coalesce(sum(COLUMNS(* EXCLUDE (month, commune_code, scheme, provider))), 0)
    FROM (
        FROM people
        UNION ALL BY NAME
        FROM line_totals
    )
    WHERE commune_code <> '' AND provider <> ''
    GROUP BY ALL
),

-- Rates are counted in millionths, half up, so that no float comes near money.
wide AS (
    SELECT
        month, commune_code, scheme, provider,
        CAST(
            COLUMNS(
                * EXCLUDE (
                    month, commune_code, scheme, provider, paid_people, paid_account_people
                )
            ) AS DECIMAL(24, 6)
        ),
        (
            (2000000 * paid_account_people + paid_people)
            // nullif(2 * paid_people, 0)
        )::DECIMAL(18, 0) * 0.000001::DECIMAL(6, 6) AS cashless_rate_people,
        (
            (2000000 * paid_account_amount + paid_account_amount + paid_cash_amount)
            // nullif(2 * (paid_account_amount + paid_cash_amount), 0)
        )::DECIMAL(18, 0) * 0.000001::DECIMAL(6, 6) AS cashless_rate_amount
    FROM sums
),

measured AS (
    SELECT month, commune_code, scheme, provider, metric, value
    FROM (
        SELECT * REPLACE (
            cashless_rate_people::DECIMAL(24, 6) AS cashless_rate_people,
            cashless_rate_amount::DECIMAL(24, 6) AS cashless_rate_amount
        )
        FROM wide
    )
    UNPIVOT INCLUDE NULLS (
        value FOR metric IN (COLUMNS(* EXCLUDE (month, commune_code, scheme, provider)))
    )
),

-- One row per published month and unit that has to report, with its report if it came.
reporter AS (
    SELECT month, commune_code, '*' AS provider, commune_code AS unit
    FROM shown_cycle
    JOIN admin_unit
        ON is_office = 'yes'
        AND month_label BETWEEN admin_unit.valid_from AND coalesce(valid_to, '9999-12')
    UNION
    SELECT month, '*', provider, provider
    FROM shown_cycle
    CROSS JOIN provider
    UNION
    SELECT
        month, if(is_provider, '*', unit), if(is_provider, unit, '*'), unit
    FROM report_first
    SEMI JOIN shown_cycle USING (month)
),

reported AS (
    SELECT
        month, commune_code, '*' AS scheme, reporter.provider,
        unnest(['report_received_on', 'report_on_time']) AS metric,
        unnest([
            strftime(received_on, '%Y%m%d')::DECIMAL(24, 6),
            coalesce(on_time, false)::INTEGER::DECIMAL(24, 6)
        ]) AS value
    FROM reporter
    LEFT JOIN report_first USING (month, unit)
)

SELECT month_text(month) AS month, commune_code, scheme, provider, metric, value
FROM (
    FROM measured
    UNION ALL BY NAME
    FROM reported
)
