-- One row per commune and kind of change of a month: how many lines, and by how many VND a month.
SELECT
    delta.commune_code,
    coalesce(name_vi, nullif(delta.commune_code, ''), 'Không rõ xã') AS commune_name,
    kind, count(*) AS lines, sum(amount_after - amount_before)::BIGINT AS amount
FROM delta
LEFT JOIN admin_unit
    ON admin_unit.commune_code = delta.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
WHERE month = $month
GROUP BY ALL
ORDER BY delta.commune_code, kind
