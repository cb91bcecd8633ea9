-- One row per result line and rule that nobody has decided: neither on the line itself, nor by what
-- the office said of its payment afterwards.
SELECT result_exception.*
FROM result_exception
WHERE event_no NOT IN (SELECT exception_no FROM decision WHERE exception_no IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM decision
        WHERE decision.payment_id = result_exception.payment_id
            AND decision.event_no > result_exception.event_no
            AND word IN ('paid', 'failed', 'returned')
    )
