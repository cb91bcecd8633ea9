-- One row per commune, dossier and scheme whose regular amount differs from the month before.
WITH this_month AS (
    SELECT commune_code, dossier_no, scheme, sum(amount)::BIGINT AS amount
    FROM due
    WHERE month = $month AND amount > 0
    GROUP BY ALL
),

changed AS (
    SELECT
        commune_code, dossier_no, scheme,
        coalesce(month_before.amount, 0) AS amount_before,
        coalesce(this_month.amount, 0) AS amount_after
    FROM this_month
    FULL JOIN month_before USING (commune_code, dossier_no, scheme)
    WHERE this_month.amount IS DISTINCT FROM month_before.amount
),

-- Rows of this commune that touch amount or commune, taken now or taking effect now.
spoken AS (
    SELECT
        coalesce(successor_code, change.commune_code) AS commune_code,
        change.dossier_no, change.reason, change.decision_no, event_no,
        change.scheme, old.scheme AS old_scheme
    FROM change
    SEMI JOIN changed USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = change.commune_code
        AND cycle <= last_month AND $month > last_month
    LEFT JOIN (
        SELECT category_code, any_value(scheme) AS scheme FROM category GROUP BY category_code
    ) AS old ON old.category_code = old_category_code
    WHERE has_effect
        AND (cycle = $month OR effective_month = $month)
        AND NOT (reason = 'HIEN_HUONG' AND cycle = $start_month)
        -- Corrections of a name, and codes of the same family, touch no amount.
        AND (
            kind <> 'DIEU_CHINH'
            OR units IS NOT NULL
            OR if(
                reason = 'CAI_CHINH',
                birth_date IS NOT NULL,
                coalesce(family <> old_family, FALSE)
            )
        )
),

-- What stopped an interval is the reason there, whoever sent it: a death stops every scheme,
-- and a stop reaching back before a move also stops what the earlier commune had.
stopped AS (
    SELECT DISTINCT dossier_no, scheme, commune_code, stop_event AS event_no
    FROM interval_placed
    SEMI JOIN changed USING (dossier_no)
    WHERE stop_event IS NOT NULL
),

reason AS (
    SELECT
        changed.commune_code, changed.dossier_no, changed.scheme,
        arg_max({'reason': reason, 'decision_no': decision_no}, spoken.event_no) AS latest
    FROM changed
    JOIN spoken
        ON spoken.dossier_no = changed.dossier_no
    LEFT JOIN stopped
        ON stopped.dossier_no = changed.dossier_no
        AND stopped.scheme = changed.scheme
        AND stopped.commune_code = changed.commune_code
        AND stopped.event_no = spoken.event_no
    WHERE stopped.event_no IS NOT NULL
        OR (
            spoken.commune_code = changed.commune_code
            AND changed.scheme IN (spoken.scheme, old_scheme)
        )
    GROUP BY ALL
),

now AS (
    SELECT due.*, age_months(birth_date, $month - 1) < age_from AS was_too_young
    FROM due
    SEMI JOIN changed USING (dossier_no, scheme)
    JOIN person USING (dossier_no)
    JOIN (SELECT month, category_code, age_from FROM rate_month) USING (month, category_code)
    WHERE month = $month AND amount > 0
),

-- What happens by itself: out of the last band, into a band, another standard.
by_itself AS (
    SELECT
        dossier_no, scheme,
        bool_or(now.dossier_no IS NULL AND is_past_band) AS is_aged_out,
        bool_or(
            if(before.dossier_no IS NULL, was_too_young, before.category_code <> now.category_code)
        ) AS is_other_band
    FROM benefit_before AS before
    FULL JOIN now USING (dossier_no, family, scheme)
    GROUP BY ALL
),

paid AS (
    SELECT dossier_no, scheme, commune_code, arrears, recovery FROM payment_now
)

SELECT
    $month AS month, changed.commune_code, changed.dossier_no, changed.scheme,
    CASE
        WHEN amount_before = 0 THEN 'increase'
        WHEN amount_after = 0 THEN 'decrease'
        ELSE 'adjustment'
    END AS kind,
    amount_before, amount_after,
    CASE
        WHEN latest IS NOT NULL THEN latest.reason
        WHEN is_aged_out THEN 'HET_TUOI'
        WHEN is_other_band THEN 'DOI_HE_SO_TUOI'
        ELSE 'DOI_MUC_CHUAN'
    END AS reason,
    latest.decision_no,
    coalesce(arrears, 0) AS arrears,
    coalesce(recovery, 0) AS recovery
FROM changed
LEFT JOIN reason USING (commune_code, dossier_no, scheme)
LEFT JOIN by_itself USING (dossier_no, scheme)
LEFT JOIN paid USING (commune_code, dossier_no, scheme)
ORDER BY changed.commune_code, changed.dossier_no, changed.scheme
