-- One row per result line of `asked_line`: the payment it speaks of, if any, and what that was.
-- A line speaks of payments that were released before it was taken, and a provider of its own.
WITH instructed AS (
    SELECT payment_id, month, dossier_no, provider, bin, account_number, amount
    FROM payment
    JOIN cycle USING (month)
    WHERE cycle.state IN $frozen AND channel <> 'none' AND month BETWEEN $first AND $last
),

by_id AS (
    SELECT asked_line.event_no, instructed.payment_id
    FROM asked_line
    JOIN instructed
        ON instructed.payment_id = asked_line.payment_id
        AND instructed.month < asked_line.cycle
        AND (asked_line.provider IS NULL OR asked_line.provider = instructed.provider)
),

by_account AS (
    SELECT asked_line.event_no, min(instructed.payment_id) AS payment_id
    FROM asked_line
    JOIN instructed
        ON instructed.account_number = asked_line.account_number
        AND instructed.amount = asked_line.amount
        -- Without a month it is the last one that had been released.
        AND instructed.month = coalesce(stated_month, asked_line.cycle - 1)
        AND instructed.month < asked_line.cycle
        AND (asked_line.provider IS NULL OR asked_line.provider = instructed.provider)
    WHERE asked_line.payment_id IS NULL
    GROUP BY asked_line.event_no
    HAVING count(*) = 1
)

SELECT
    event_no, cycle AS taken_cycle, status, error_code, fee, asked_line.amount,
    asked_line.payment_id AS stated_id,
    instructed.payment_id,
    instructed.dossier_no,
    instructed.month AS payment_month,
    instructed.bin, instructed.account_number,
    coalesce(asked_line.amount <> instructed.amount, FALSE) AS differs
FROM asked_line
JOIN (FROM by_id UNION ALL FROM by_account) AS found USING (event_no)
JOIN instructed ON instructed.payment_id = found.payment_id
