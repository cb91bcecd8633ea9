-- One row per dossier that is due, held or paid in the cycle: identity, account and channel now.
WITH concerned AS (
    SELECT DISTINCT dossier_no FROM due WHERE month = $month AND amount > 0
    UNION
    SELECT dossier_no FROM difference WHERE entitlement_month >= $first
    UNION
    SELECT dossier_no FROM due WHERE amount IS NULL AND month >= $first
),

commune AS (
    SELECT
        dossier_no,
        arg_max(
            commune_code,
            (
                from_month <= $month AND coalesce(stop_month, 2147483647) > $month,
                start_event, interval_no
            )
        ) AS commune_code
    FROM interval_placed
    SEMI JOIN concerned USING (dossier_no)
    GROUP BY ALL
),

band AS (
    SELECT DISTINCT family, coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to
    FROM category
),

-- Sharing an id or account is rare: only those who share are looked at closely.
sharing AS (
    SELECT dossier_no
    FROM person
    JOIN (
        SELECT citizen_id FROM person GROUP BY citizen_id HAVING count(*) > 1
    ) USING (citizen_id)
    UNION
    SELECT dossier_no
    FROM account
    JOIN (
        SELECT bin, account_number FROM account GROUP BY ALL HAVING count(*) > 1
    ) USING (bin, account_number)
),

-- Living: not reported dead, and with a running benefit that is not past its last band.
living AS (
    SELECT DISTINCT dossier_no
    FROM benefit_interval
    SEMI JOIN sharing USING (dossier_no)
    JOIN person USING (dossier_no)
    JOIN band USING (family)
    WHERE NOT is_dead
        AND stop_month IS NULL
        AND age_months(birth_date, $month) < age_to
),

death AS (
    SELECT dossier_no, max(event_no) AS death_event
    FROM change
    SEMI JOIN sharing USING (dossier_no)
    WHERE kind = 'GIAM' AND reason = 'CHET' AND has_effect
    GROUP BY ALL
),

-- A citizen id is first the dossier's that the police confirmed it for, then the earliest one's.
id_claim AS (
    SELECT person.dossier_no, citizen_id, is_dead, living.dossier_no IS NOT NULL AS is_living,
        (verified.outcome IS DISTINCT FROM 'DUNG', citizen_id_event) AS claim,
        if(verified.outcome = 'DUNG', verified.event_no, 0) AS confirmed_event, death_event
    FROM person
    SEMI JOIN sharing USING (dossier_no)
    LEFT JOIN living USING (dossier_no)
    LEFT JOIN death USING (dossier_no)
    LEFT JOIN verified
        ON verified.dossier_no = person.dossier_no
        AND subject = 'DAN_CU' AND value = citizen_id
),

id_clash AS (
    SELECT
        mine.dossier_no,
        bool_or(other.is_living AND other.claim < mine.claim) AS held_by_other,
        -- What the police say after the report of death tells who of the two is alive.
        bool_or(other.is_dead AND coalesce(mine.confirmed_event, 0) < other.death_event) AS of_dead
    FROM id_claim AS mine
    JOIN id_claim AS other
        ON other.citizen_id = mine.citizen_id AND other.dossier_no <> mine.dossier_no
    GROUP BY ALL
),

account_now AS (
    SELECT
        account.*,
        -- The holder of an own account is the person; a lost leading zero is given back.
        if(
            method = 'CHINH_CHU', person.citizen_id,
            if(length(holder_citizen_id) = 11, '0' || holder_citizen_id, holder_citizen_id)
        ) AS holder_id
    FROM account
    JOIN person USING (dossier_no)
),

account_claim AS (
    SELECT dossier_no, bin, account_number, holder_id,
        first_value(dossier_no) OVER first_taken AS first_dossier,
        first_value(holder_id) OVER first_taken AS first_holder
    FROM account_now
    SEMI JOIN living USING (dossier_no)
    WHERE account_number IS NOT NULL
    WINDOW first_taken AS (PARTITION BY bin, account_number ORDER BY event_no)
),

dead_id AS (
    SELECT DISTINCT citizen_id FROM person WHERE is_dead AND citizen_id IS NOT NULL
),

-- Only who ever gave two accounts can have changed it since one was paid to.
account_changer AS (
    SELECT dossier_no
    FROM account_row
    WHERE is_taken AND account_number IS NOT NULL
    GROUP BY dossier_no
    HAVING min(concat(bin, ' ', account_number)) <> max(concat(bin, ' ', account_number))
),

-- The last cycle's results, else what was kept last (tasks/paid_accounts.py).
last_paid AS (
    SELECT dossier_no,
        arg_max({'bin': bin, 'number': account_number}, (known_in, event_no)) AS paid_account
    FROM (
        SELECT dossier_no, bin, account_number, $month + 1 AS known_in, event_no
        FROM outcome
        WHERE month = $month - 1 AND status = 'paid' AND account_number IS NOT NULL
        UNION ALL
        SELECT dossier_no, bin, account_number, month, 0 FROM paid_account_now
        UNION ALL
        SELECT dossier_no, bin, account_number, month, 0 FROM paid_account WHERE month < $month
    )
    SEMI JOIN account_changer USING (dossier_no)
    GROUP BY ALL
),

-- What providers failed to pay, or gave back.
failure AS (
    SELECT month, dossier_no, bin, account_number, status_reason, event_no
    FROM outcome
    WHERE month < $month AND status IN ('failed', 'returned')
),

closing AS (
    SELECT dossier_no, bin, account_number, max(event_no) AS closed_event
    FROM failure
    WHERE account_number IS NOT NULL AND status_reason IN $closing_codes
    GROUP BY ALL
),

said_dead AS (
    SELECT dossier_no, max(event_no) AS dead_event
    FROM failure
    WHERE status_reason = 'CHET'
    GROUP BY ALL
),

-- The commune's answer, or the police's, ends what a provider said of a death.
answered AS (
    SELECT dossier_no, max(event_no) AS answer_event
    FROM (
        SELECT dossier_no, event_no FROM change WHERE is_taken AND kind IN ('GIAM', 'DIEU_CHINH')
        UNION ALL
        SELECT dossier_no, verified.event_no
        FROM verified
        JOIN person USING (dossier_no)
        WHERE subject = 'DAN_CU' AND outcome = 'DUNG' AND value = citizen_id
    )
    SEMI JOIN said_dead USING (dossier_no)
    GROUP BY ALL
),

missed AS (
    SELECT dossier_no, max(event_no) AS missed_event
    FROM failure
    WHERE status_reason = 'KHONG_DEN_NHAN' AND month >= $month - 3
    GROUP BY dossier_no
    HAVING count(DISTINCT month) = 3
),

facts AS (
    SELECT
        $month AS month,
        concerned.dossier_no,
        commune.commune_code,
        person.citizen_id,
        id_check.outcome AS identity_outcome,
        account_now.phone,
        phone_check.outcome AS phone_outcome,
        account_now.method,
        account_now.bin,
        account_now.account_number,
        account_check.outcome AS account_outcome,
        account_now.holder_name,
        account_now.holder_id AS holder_citizen_id,
        account_now.no_account_reason,
        coalesce(
            id_birth_year_of(person.citizen_id) <> substr(person.birth_date, 1, 4)::BIGINT, FALSE
        ) AS id_birth_differs,
        coalesce(id_gender_of(person.citizen_id) <> person.gender, FALSE) AS id_gender_differs,
        coalesce(held_by_other, FALSE) AS id_held_by_other,
        coalesce(of_dead, FALSE) AS id_of_dead,
        account_now.account_number IS NOT NULL
        AND coalesce(
            if(
                account_now.method = 'CHINH_CHU',
                account_now.holder_fold IS DISTINCT FROM person.name_fold,
                account_now.holder_name IS NULL OR account_now.holder_citizen_id IS NULL
            ),
            FALSE
        ) AS holder_differs,
        CASE
            WHEN first_dossier = concerned.dossier_no THEN NULL
            WHEN account_claim.holder_id = first_holder THEN 'same_holder'
            WHEN first_dossier IS NOT NULL THEN 'other_holder'
        END AS shared_account,
        coalesce(
            account_now.method = 'UY_QUYEN' AND (
                authorisation_no IS NULL
                OR last_day_of(authorisation_expires_on) < month_last_day($month)
            ),
            FALSE
        )
        OR (
            coalesce(account_now.method IN ('GIAM_HO', 'UY_QUYEN'), FALSE)
            AND dead_id.citizen_id IS NOT NULL
        ) AS authorisation_invalid,
        coalesce(
            account_now.account_number IS NOT NULL
            AND paid_account.number IS NOT NULL
            AND (paid_account.bin, paid_account.number)
            <> (account_now.bin, account_now.account_number)
            AND account_check.outcome IS DISTINCT FROM 'DUNG',
            FALSE
        ) AS account_changed,
        coalesce(closed_event > account_now.event_no, FALSE) AS account_closed,
        coalesce(dead_event > coalesce(answer_event, 0), FALSE) AS dead_by_result,
        missed.dossier_no IS NOT NULL AS missed_cash,
        coalesce(person.citizen_id_event, person.identity_event) AS identity_event,
        account_now.event_no AS account_event,
        id_check.event_no AS identity_check_event,
        phone_check.event_no AS phone_check_event,
        account_check.event_no AS account_check_event,
        missed_event AS result_event
    FROM concerned
    JOIN person USING (dossier_no)
    LEFT JOIN commune USING (dossier_no)
    LEFT JOIN account_now USING (dossier_no)
    LEFT JOIN id_clash USING (dossier_no)
    LEFT JOIN account_claim USING (dossier_no)
    LEFT JOIN dead_id ON dead_id.citizen_id = account_now.holder_id
    LEFT JOIN last_paid USING (dossier_no)
    LEFT JOIN closing
        ON closing.dossier_no = concerned.dossier_no
        AND closing.bin = account_now.bin
        AND closing.account_number = account_now.account_number
    LEFT JOIN said_dead ON said_dead.dossier_no = concerned.dossier_no
    LEFT JOIN answered ON answered.dossier_no = concerned.dossier_no
    LEFT JOIN missed ON missed.dossier_no = concerned.dossier_no
    LEFT JOIN verified AS id_check
        ON id_check.dossier_no = concerned.dossier_no
        AND id_check.subject = 'DAN_CU' AND id_check.value = person.citizen_id
    LEFT JOIN verified AS phone_check
        ON phone_check.dossier_no = concerned.dossier_no
        AND phone_check.subject = 'THUE_BAO' AND phone_check.value = account_now.phone
    LEFT JOIN verified AS account_check
        ON account_check.dossier_no = concerned.dossier_no
        AND account_check.subject = 'TAI_KHOAN'
        AND account_check.value = account_now.account_number
),

decided AS (
    SELECT
        *,
        CASE
            WHEN id_held_by_other THEN 'ID05'
            WHEN id_of_dead THEN 'ID09'
            WHEN dead_by_result THEN 'CHET'
        END AS hold_rule,
        CASE
            WHEN method = 'TIEN_MAT' THEN 'exception'
            WHEN account_number IS NULL THEN 'no_account'
            WHEN holder_differs OR coalesce(shared_account = 'other_holder', FALSE)
                OR authorisation_invalid OR coalesce(account_outcome = 'SAI', FALSE)
                OR account_changed OR account_closed THEN 'account_unusable'
            -- A guardian or authorised person may collect for someone without a citizen id.
            WHEN id_birth_differs OR id_gender_differs
                OR (citizen_id IS NULL AND method = 'CHINH_CHU')
                OR coalesce(identity_outcome = 'SAI', FALSE) THEN 'identity'
        END AS cash_reason
    FROM facts
),

serving AS (
    SELECT bin, min(provider) AS provider FROM provider WHERE bin IS NOT NULL GROUP BY bin
)

SELECT
    decided.*,
    NULL::BIGINT AS holder_dossiers,
    if(cash_reason IS NULL, 'account', 'cash') AS channel,
    if(
        cash_reason IS NULL,
        coalesce(own.provider, other.provider),
        (SELECT min(provider) FROM provider WHERE pays_cash = 'yes')
    ) AS provider
FROM decided
LEFT JOIN serving AS own ON own.bin = decided.bin
LEFT JOIN serving AS other ON other.bin = '*'
