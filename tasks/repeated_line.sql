-- One row per line of `found_line` on a payment of which several lines speak: whether it names
-- another amount than was instructed (RS02), after how many decisions of the office on its payment
-- it came, and whether none came after it: only then it counts.
WITH repeated AS (
    -- Numbers are counted faster than ids; a payment that only shares one comes to the same.
    SELECT hash(payment_id) AS id_hash
    FROM found_line
    WHERE payment_id IS NOT NULL
    GROUP BY id_hash
    HAVING count(*) > 1
)

SELECT
    found_line.*,
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
FROM found_line
SEMI JOIN repeated ON id_hash = hash(payment_id)
WHERE payment_id IS NOT NULL
