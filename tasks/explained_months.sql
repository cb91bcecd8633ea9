-- One row per benefit and month from $first to $last that lies after its beginning: what is due
-- and by which rate, or why nothing is, beside what still stands of what cycles instructed.
WITH asked AS (
    SELECT family, scheme, unnest(range(greatest(begins, $first), $last + 1))::INTEGER AS month
    FROM (
        SELECT family, scheme, min(from_month) AS begins FROM benefit_interval GROUP BY ALL
    )
    UNION
    SELECT family, scheme, month FROM settled WHERE month BETWEEN $first AND $last
),

-- The span that holds a month, or the last one before it.
spans AS (
    SELECT
        asked.family, asked.month,
        arg_max(
            {
                'commune_code': commune_code,
                'start_cycle': start_cycle,
                'stop_month': stop_month,
                'stop_reason': stop_reason,
                'stop_event': stop_event
            },
            (coalesce(stop_month, 2147483647) > asked.month, interval_no)
        ) AS span
    FROM asked
    JOIN benefit_interval
        ON benefit_interval.family = asked.family AND from_month <= asked.month
    GROUP BY ALL
),

band AS (
    SELECT DISTINCT family, coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to
    FROM category
),

faced AS (
    SELECT
        asked.*,
        span,
        age_months(person.birth_date, asked.month) AS age_months,
        due.category_code, due.amount,
        due.dossier_no IS NOT NULL AS is_asked_for,
        settled.amount AS settled,
        span IS NULL OR coalesce(span.stop_month, 2147483647) <= asked.month AS is_stopped
    FROM asked
    CROSS JOIN person
    LEFT JOIN spans USING (family, month)
    LEFT JOIN due
        ON due.family = asked.family AND due.scheme = asked.scheme AND due.month = asked.month
    LEFT JOIN settled
        ON settled.family = asked.family AND settled.scheme = asked.scheme
        AND settled.month = asked.month
),

told AS (
    SELECT
        faced.*,
        CASE
            WHEN faced.amount IS NOT NULL THEN 'due'
            WHEN is_asked_for THEN 'no_rate'
            WHEN is_stopped THEN 'stopped'
            WHEN EXISTS (
                FROM band WHERE band.family = faced.family
                    AND faced.age_months >= age_from AND faced.age_months < age_to
            ) THEN 'before_roster'
            WHEN faced.age_months >= (
                SELECT max(age_to) FROM band WHERE band.family = faced.family
            ) THEN 'aged_out'
            ELSE 'too_young'
        END AS state
    FROM faced
),

rated AS (
    SELECT told.*, rate.* EXCLUDE (month, family, scheme, category_code)
    FROM told
    LEFT JOIN rate_month AS rate
        ON rate.month = told.month
        AND rate.family = told.family
        AND rate.category_code = told.category_code
        AND age_months >= age_from AND age_months < age_to
),

law AS (
    SELECT month_number(valid_from) AS law_from,
        coalesce(month_number(valid_to), 2147483647) AS law_to, * EXCLUDE (valid_from, valid_to)
    FROM category
)

SELECT
    month_text(rated.month) AS month, rated.scheme, rated.family, rated.category_code,
    law.name_vi AS category_name, state, age_months, age_from AS age_from_months,
    nullif(age_to, 2147483647) AS age_to_months, rated.coefficient, rated.standard_code,
    standard_amount, unit_amount,
    if(unit_amount > 0, amount // unit_amount, NULL) AS units,
    amount, coalesce(settled, 0) AS settled,
    if(state = 'no_rate', NULL, coalesce(amount, 0) - coalesce(settled, 0)) AS balance,
    law.legal_basis AS category_basis,
    if(
        rated.standard_code = 'FIXED',
        (
            SELECT arg_max(legal_basis, valid_from) FROM fixed_amount
            WHERE fixed_amount.category_code = rated.category_code
                AND rated.month BETWEEN month_number(valid_from)
                AND coalesce(month_number(valid_to), 2147483647)
        ),
        (
            SELECT arg_max(legal_basis, scope <> 'VN') FROM standard
            WHERE standard.standard_code = rated.standard_code
                AND scope IN ($province, 'VN') AND amount_vnd = standard_amount
                AND rated.month BETWEEN month_number(valid_from)
                AND coalesce(month_number(valid_to), 2147483647)
        )
    ) AS amount_basis,
    span.commune_code AS commune_code,
    span.start_cycle AS commune_since,
    if(state = 'stopped', month_text(span.stop_month), NULL) AS stop_month,
    if(state = 'stopped', span.stop_reason, NULL) AS stop_reason,
    if(state = 'stopped', change.decision_no, NULL) AS decision_no
FROM rated
LEFT JOIN law
    ON law.category_code = rated.category_code AND law.family = rated.family
    AND rated.month BETWEEN law_from AND law_to
    AND coalesce(law.age_from_months, 0) = rated.age_from
LEFT JOIN change ON change.event_no = span.stop_event
ORDER BY rated.month, rated.scheme, rated.family
