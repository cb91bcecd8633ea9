-- One row per line that counts now, as `repeated_line` has them. Of nearly every payment one line
-- speaks: then there is nothing to compare it with.
SELECT
    found_line.*, FALSE AS is_repeated, 0::BIGINT AS decisions_before, TRUE AS is_current,
    differs AS is_other_amount
FROM found_line
ANTI JOIN (SELECT DISTINCT event_no FROM repeated_line) AS repeated USING (event_no)
UNION ALL
FROM repeated_line
