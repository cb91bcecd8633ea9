-- One row per commune that another one took over: its code, the last month in which it stood, and
-- the code of its successor. Codes were re-used: a code means the commune that bore it in the cycle
-- in which it was said, so whoever reads it in a later month joins
--     said_in <= last_month AND read_in > last_month
SELECT commune_code, month_number(valid_to) AS last_month, successor_code
FROM admin_unit
WHERE successor_code IS NOT NULL AND valid_to IS NOT NULL
