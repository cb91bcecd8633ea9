-- One row per line that counts now: new ones, and what was said before of the same payments.
-- Says whether a line names another amount than was instructed (RS02), after how many decisions of
-- the office on its payment it came, and whether none came after it: only then it counts.
WITH line AS (
    FROM recent_match
    UNION ALL
    FROM older_match
    UNION ALL
    SELECT earlier_match.* FROM earlier_match SEMI JOIN older_match USING (payment_id)
    UNION ALL BY NAME
    SELECT event_no, cycle AS taken_cycle, status, error_code, fee, amount, payment_id AS stated_id,
        is_decision, is_ours, FALSE AS differs
    FROM new_line
    ANTI JOIN recent_match USING (event_no)
    ANTI JOIN older_match USING (event_no)
),

-- Of nearly every payment one line speaks: only the others are looked at line by line.
repeated AS (
    SELECT payment_id
    FROM line
    WHERE payment_id IS NOT NULL
    GROUP BY payment_id
    HAVING count(*) > 1
)

SELECT
    *, FALSE AS is_repeated, 0::BIGINT AS decisions_before, TRUE AS is_current,
    differs AS is_other_amount
FROM line
ANTI JOIN repeated USING (payment_id)
UNION ALL
SELECT
    *,
    TRUE AS is_repeated,
    count(*) FILTER (is_decision) OVER (PARTITION BY payment_id ORDER BY event_no)
        AS decisions_before,
    event_no >= coalesce(
        max(event_no) FILTER (is_decision) OVER (PARTITION BY payment_id), 0
    ) AS is_current,
    -- A return may give back what an earlier line had wrongly paid, whatever the amount was.
    differs AND NOT (
        status = 'HOAN_TRA'
        AND coalesce(list_contains(
            array_agg(if(differs AND status = 'THANH_CONG', amount, NULL)) OVER (
                PARTITION BY payment_id ORDER BY event_no
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            amount
        ), FALSE)
    ) AS is_other_amount
FROM line
SEMI JOIN repeated USING (payment_id)
