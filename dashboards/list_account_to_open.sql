-- One row per dossier of the cycle that needs an account, with the bank that is asked to open it
-- and the papers that are missing (`papers`: codes with commas between; empty = ready).
-- The bank is that of the last account row, else the provider of all other BINs. Who is held,
-- refuses, or has chosen cash is not asked for.
WITH asked AS (
    SELECT
        standing.*, full_name, birth_date, village,
        coalesce(
            $month - birth_month_number(birth_date, $month) < 16 * 12
            OR no_account_reason IN ('TRE_EM_CHUA_GIAM_HO', 'KHONG_NANG_LUC')
            OR method = 'GIAM_HO',
            FALSE
        ) AS needs_guardian,
        coalesce(
            method IN ('GIAM_HO', 'UY_QUYEN') AND holder_name IS NOT NULL
            AND holder_citizen_id IS NOT NULL AND NOT authorisation_invalid,
            FALSE
        ) AS has_stand_in
    FROM standing
    LEFT JOIN person USING (dossier_no)
    WHERE month = $month AND channel = 'cash' AND hold_rule IS NULL
        AND CASE cash_reason
            WHEN 'no_account' THEN no_account_reason IS DISTINCT FROM 'TU_CHOI'
            -- A changed account (AC09) waits for a word of its bank, not for another one.
            WHEN 'account_unusable' THEN account_closed OR holder_differs OR authorisation_invalid
                OR coalesce(account_outcome = 'SAI', FALSE)
                OR coalesce(shared_account = 'other_holder', FALSE)
            ELSE FALSE
        END
),

serving AS (
    SELECT bin, min(provider) AS provider, min_by(name_vi, provider) AS name_vi
    FROM provider
    WHERE bin IS NOT NULL
    GROUP BY bin
)

SELECT
    asked.commune_code, coalesce(admin_unit.name_vi, asked.commune_code) AS commune,
    village, asked.dossier_no, full_name, birth_date, citizen_id, phone,
    if(method IN ('GIAM_HO', 'UY_QUYEN'), holder_name, NULL) AS stands_in,
    if(method IN ('GIAM_HO', 'UY_QUYEN'), holder_citizen_id, NULL) AS stands_in_id,
    coalesce(
        own.provider,
        nullif(regexp_replace(upper(short_name), '[^A-Z0-9]', '', 'g'), ''),
        asked.bin,
        other.provider,
        'CHUA_RO'
    ) AS bank_code,
    coalesce(own.name_vi, legal_name, asked.bin, other.name_vi, 'chưa rõ ngân hàng') AS bank,
    coalesce(no_account_reason IN ('O_XA', 'OM_DAU'), FALSE) AS is_far,
    array_to_string(
        list_filter(
            [
                if(
                    NOT has_stand_in AND (
                        citizen_id IS NULL
                        OR coalesce(no_account_reason = 'CHUA_CO_CCCD', FALSE)
                    ),
                    'id',
                    NULL
                ),
                if(
                    id_birth_differs OR id_gender_differs
                    OR coalesce(identity_outcome = 'SAI', FALSE),
                    'id_differs',
                    NULL
                ),
                if(phone IS NULL, 'phone', NULL),
                if(
                    coalesce(
                        phone_outcome = 'SAI' OR no_account_reason = 'SIM_KHONG_CHINH_CHU', FALSE
                    ),
                    'phone_not_own',
                    NULL
                ),
                if(needs_guardian AND NOT has_stand_in, 'guardian', NULL),
                if(
                    coalesce(method = 'UY_QUYEN', FALSE) AND NOT needs_guardian
                    AND NOT has_stand_in,
                    'authorisation',
                    NULL
                )
            ],
            lambda paper: paper IS NOT NULL
        ),
        ','
    ) AS papers
FROM asked
LEFT JOIN serving AS own ON own.bin = asked.bin
LEFT JOIN serving AS other ON other.bin = '*'
LEFT JOIN bank ON bank.bin = asked.bin
LEFT JOIN admin_unit
    ON admin_unit.commune_code = asked.commune_code
    AND month_text($month) BETWEEN admin_unit.valid_from
    AND coalesce(admin_unit.valid_to, '9999-12')
