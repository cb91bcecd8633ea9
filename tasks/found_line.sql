-- One row per line that counts now, with its payment if any: new ones, and what was said before of
-- the same payments.
FROM recent_match
UNION ALL
FROM older_match
UNION ALL
SELECT earlier_match.* FROM earlier_match SEMI JOIN older_match USING (payment_id)
UNION ALL BY NAME
SELECT event_no, cycle AS taken_cycle, status, error_code, fee, amount, payment_id AS stated_id,
    is_decision, is_ours, FALSE AS differs
FROM unmatched_line
ANTI JOIN older_match USING (event_no)
