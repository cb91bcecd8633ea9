-- One row per scheme and part of the way from the month before to this one, in VND and lines:
-- what was paid before and is paid now, and by how much each reason, arrears, retries and
-- recoveries move it.
WITH paid AS (
    SELECT month = $month AS is_now, scheme, count(*) AS lines, sum(amount)::BIGINT AS amount,
        count(*) FILTER (arrears <> 0) AS arrears_lines, sum(arrears)::BIGINT AS arrears,
        count(*) FILTER (retry <> 0) AS retry_lines, sum(retry)::BIGINT AS retry,
        count(*) FILTER (recovery <> 0) AS recovery_lines, sum(recovery)::BIGINT AS recovery
    FROM payment
    WHERE month IN ($month - 1, $month)
    GROUP BY ALL
),

signed AS (
    SELECT *, if(is_now, 1, -1) AS turn, if(is_now, 1, 0) AS is_counted FROM paid
)

SELECT if(is_now, 'now', 'before') AS part, NULL AS kind, NULL AS reason, scheme, lines, amount
FROM paid
UNION ALL
SELECT 'delta', kind, reason, scheme, count(*), sum(amount_after - amount_before)::BIGINT
FROM delta
WHERE month = $month
GROUP BY ALL
UNION ALL
SELECT 'arrears', NULL, NULL, scheme, sum(is_counted * arrears_lines)::BIGINT,
    sum(turn * arrears)::BIGINT
FROM signed
GROUP BY scheme
UNION ALL
SELECT 'retry', NULL, NULL, scheme, sum(is_counted * retry_lines)::BIGINT,
    sum(turn * retry)::BIGINT
FROM signed
GROUP BY scheme
UNION ALL
SELECT 'recovery', NULL, NULL, scheme, sum(is_counted * recovery_lines)::BIGINT,
    sum(turn * recovery)::BIGINT
FROM signed
GROUP BY scheme
ORDER BY ALL
