-- A second outcome of one payment, or one that neither a result row nor a decision says. Silence
-- means paid, and nothing else.
SELECT payment_id, month
FROM outcome
LEFT JOIN (
    SELECT event_no, FALSE AS is_decision FROM result WHERE is_taken AND cycle >= $since
    UNION ALL
    SELECT event_no, word <> 'belongs' FROM decision WHERE status IS NOT NULL AND cycle >= $since
) AS said USING (event_no)
WHERE month >= $since
GROUP BY payment_id, month
HAVING count(*) > 1
    OR bool_or(
        CASE basis
            WHEN 'silence' THEN said.event_no IS NOT NULL OR status <> 'paid'
            WHEN 'decision' THEN said.is_decision IS DISTINCT FROM TRUE
            ELSE said.is_decision IS DISTINCT FROM FALSE
        END
    )
