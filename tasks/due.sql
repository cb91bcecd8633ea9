-- One row per benefit and month from $first to $last in which it is due, as known now.
-- amount is null where no confirmed rate exists (EN03): it counts as not due yet.
-- Reads `interval_asked`, the intervals of whom it is asked for, whole dossiers at a time, with the
-- month from which it is asked of them (`asked_from`, empty: from $first).
WITH roster AS (
    SELECT dossier_no, family, scheme, start_cycle
    FROM interval_asked
    WHERE is_roster
),

-- What the office paid before this system is settled: nothing is due before the cycle in which
-- the roster row was taken, nor before the first roster row of the dossier and scheme. Benefits
-- that the office itself had started earlier keep their months.
benefit_floor AS (
    SELECT interval_asked.dossier_no, interval_asked.family, interval_no,
        max(roster.start_cycle) AS floor_month
    FROM interval_asked
    JOIN roster USING (dossier_no, family)
    WHERE roster.start_cycle <= interval_asked.start_cycle
    GROUP BY ALL
),

scheme_floor AS (
    SELECT dossier_no, scheme, min(start_cycle) AS floor_month
    FROM roster
    GROUP BY ALL
),

begun AS (
    SELECT
        dossier_no, family, scheme, commune_code, interval_no, stop_month,
        greatest(
            from_month,
            $first,
            asked_from,
            benefit_floor.floor_month,
            if(
                scheme_floor.floor_month <= start_cycle, scheme_floor.floor_month, NULL
            )
        )::INTEGER AS first_month
    FROM interval_asked
    LEFT JOIN benefit_floor USING (dossier_no, family, interval_no)
    LEFT JOIN scheme_floor USING (dossier_no, scheme)
),

spans AS (
    SELECT
        dossier_no, family, scheme, commune_code, first_month,
        -- Where spans overlap the later one holds the month.
        least(
            stop_month,
            $last + 1,
            min(first_month) OVER (
                PARTITION BY dossier_no, family ORDER BY interval_no
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            )
        )::INTEGER AS end_month
    FROM begun
),

months AS (
    SELECT
        dossier_no, spans.family, spans.scheme, commune_code, birth_date,
        unnest(range(first_month, end_month))::INTEGER AS month
    FROM spans
    JOIN person USING (dossier_no)
    WHERE first_month < end_month
),

aged AS (
    SELECT * EXCLUDE (birth_date), age_months(birth_date, month) AS age FROM months
),

-- Bands at any validity: who is past them has aged out; who is not waits for a rate.
band AS (
    SELECT DISTINCT family, coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to
    FROM category
),

rated AS (
    SELECT aged.*, category_code, unit_amount
    FROM aged
    LEFT JOIN rate_month
        ON rate_month.family = aged.family
        AND rate_month.month = aged.month
        AND age >= age_from AND age < age_to
),

-- Few benefits ever have other than one unit.
varying AS (
    SELECT DISTINCT dossier_no, family
    FROM unit_change
    SEMI JOIN interval_asked USING (dossier_no, family)
    WHERE units <> 1
),

unit_month AS (
    SELECT dossier_no, family, month, arg_max(units, event_no) AS units
    FROM unit_change
    SEMI JOIN varying USING (dossier_no, family)
    JOIN (SELECT unnest(range($first, $last + 1))::INTEGER AS month) ON month >= from_month
    GROUP BY ALL
)

SELECT
    dossier_no, family, scheme, commune_code, month, category_code,
    unit_amount * coalesce(units, 1) AS amount
FROM rated
LEFT JOIN unit_month USING (dossier_no, family, month)
WHERE unit_amount IS NOT NULL
    OR EXISTS (
        FROM band
        WHERE band.family = rated.family AND rated.age >= age_from AND rated.age < age_to
    )
