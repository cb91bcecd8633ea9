-- One row per dossier and scheme among the ten whose payment differs most from the month before.
WITH now AS (
    SELECT dossier_no, scheme, commune_code, amount, arrears, retry, recovery
    FROM payment
    WHERE month = $month
),

before AS (
    SELECT dossier_no, scheme, commune_code, amount FROM payment WHERE month = $month - 1
),

changed AS (
    SELECT
        dossier_no, scheme, coalesce(now.commune_code, before.commune_code) AS commune_code,
        coalesce(before.amount, 0) AS amount_before, coalesce(now.amount, 0) AS amount_after,
        coalesce(arrears, 0) AS arrears, coalesce(retry, 0) AS retry,
        coalesce(recovery, 0) AS recovery
    FROM now
    FULL JOIN before USING (dossier_no, scheme)
    WHERE coalesce(now.amount, 0) <> coalesce(before.amount, 0)
),

largest AS (
    SELECT *, count(*) OVER () AS changes
    FROM changed
    ORDER BY abs(amount_after - amount_before) DESC, dossier_no, scheme
    LIMIT 10
),

why AS (
    SELECT dossier_no, scheme, string_agg(DISTINCT reason, ',' ORDER BY reason) AS reasons
    FROM delta
    SEMI JOIN largest USING (dossier_no, scheme)
    WHERE month = $month
    GROUP BY ALL
),

waiting AS (
    SELECT dossier_no, scheme, min(rule) AS rule
    FROM held
    SEMI JOIN largest USING (dossier_no, scheme)
    WHERE month = $month
    GROUP BY ALL
)

SELECT changes, dossier_no, full_name, coalesce(name_vi, largest.commune_code) AS commune,
    largest.scheme, amount_before, amount_after, arrears, retry, recovery, reasons, rule
FROM largest
LEFT JOIN person USING (dossier_no)
LEFT JOIN why USING (dossier_no, scheme)
LEFT JOIN waiting USING (dossier_no, scheme)
LEFT JOIN admin_unit
    ON admin_unit.commune_code = largest.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY abs(amount_after - amount_before) DESC, dossier_no, scheme
