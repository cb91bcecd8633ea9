-- One row per line of `asked_line` that speaks of a payment, with what that payment was.
-- A line speaks of payments that were released before it was taken, and a provider of its own.
WITH instructed AS (
    SELECT payment_id, month, dossier_no, provider, bin, account_number, amount
    FROM payment
    JOIN cycle USING (month)
    WHERE cycle.state IN $frozen AND channel <> 'none' AND month BETWEEN $first AND $last
),

nameless AS (
    SELECT line.event_no, min(instructed.payment_id) AS payment_id
    FROM asked_line AS line
    JOIN instructed
        ON instructed.account_number = line.account_number
        AND instructed.amount = line.amount
        -- Without a month it is the last one that had been released.
        AND instructed.month = coalesce(line.stated_month, line.cycle - 1)
        AND instructed.month < line.cycle
        AND (line.provider IS NULL OR line.provider = instructed.provider)
    WHERE line.payment_id IS NULL
    GROUP BY line.event_no
    HAVING count(*) = 1
),

found AS (
    SELECT line.*, line.payment_id AS found_id
    FROM asked_line AS line
    WHERE payment_id IS NOT NULL
    UNION ALL
    SELECT line.*, nameless.payment_id
    FROM asked_line AS line
    JOIN nameless USING (event_no)
)

SELECT
    found.event_no, found.cycle AS taken_cycle, found.status, found.error_code, found.fee,
    found.amount, found.payment_id AS stated_id, found.is_decision, found.is_ours,
    instructed.payment_id,
    instructed.dossier_no,
    instructed.month AS payment_month,
    instructed.bin, instructed.account_number,
    coalesce(found.amount <> instructed.amount, FALSE) AS differs
FROM found
JOIN instructed
    ON instructed.payment_id = found.found_id
    AND instructed.month < found.cycle
    AND (found.provider IS NULL OR found.provider = instructed.provider)
