-- One row per taken result line: the payment it speaks of, and whether it says another amount.
WITH instructed AS (
    SELECT payment.*
    FROM payment
    JOIN cycle USING (month)
    WHERE cycle.state IN $frozen AND channel <> 'none'
),

line AS (
    SELECT * EXCLUDE (cycle), cycle AS taken_cycle,
        coalesce(stated_month, (SELECT max(month) FROM cycle WHERE state IN $frozen)) AS of_month
    FROM result
    WHERE is_taken AND has_effect
),

by_id AS (
    SELECT line.*, instructed.payment_id AS matched_id
    FROM line
    LEFT JOIN instructed
        ON instructed.payment_id = line.payment_id
        -- A provider speaks of its own payments only.
        AND (line.provider IS NULL OR line.provider = instructed.provider)
    WHERE line.payment_id IS NOT NULL
),

by_account AS (
    SELECT line.event_no, min(instructed.payment_id) AS matched_id
    FROM line
    JOIN instructed
        ON instructed.account_number = line.account_number
        AND instructed.amount = line.amount
        AND instructed.month = line.of_month
        AND (line.provider IS NULL OR line.provider = instructed.provider)
    WHERE line.payment_id IS NULL
    GROUP BY line.event_no
    HAVING count(*) = 1
),

matched AS (
    FROM by_id
    UNION ALL
    SELECT line.*, by_account.matched_id
    FROM line
    LEFT JOIN by_account USING (event_no)
    WHERE line.payment_id IS NULL
),

-- A return may give back what an earlier line had wrongly paid, whatever the amount was.
compared AS (
    SELECT
        matched.* EXCLUDE (payment_id, amount),
        matched_id AS payment_id,
        matched.payment_id AS stated_id,
        matched.amount,
        coalesce(matched.amount <> instructed.amount, FALSE) AS differs,
        instructed.dossier_no,
        instructed.month AS payment_month
    FROM matched
    LEFT JOIN instructed ON instructed.payment_id = matched_id
)

SELECT
    *,
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
FROM compared
