-- One row per result line that counts now: new ones, and what was said before of the same payments.
-- Says whether a line names another amount than was instructed (RS02).
WITH line AS (
    FROM recent_match
    UNION ALL
    FROM older_match
    UNION ALL
    SELECT earlier_match.* FROM earlier_match SEMI JOIN older_match USING (payment_id)
    UNION ALL BY NAME
    SELECT event_no, cycle AS taken_cycle, status, error_code, fee, amount, payment_id AS stated_id,
        FALSE AS differs
    FROM new_line
    ANTI JOIN recent_match USING (event_no)
    ANTI JOIN older_match USING (event_no)
)

SELECT
    *,
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
