-- One row per sign and example of it, three a sign: the groups of most people and VND come first.
-- Reads `summary_sign`.
WITH grouped AS (
    SELECT sign, group_key, min(label) AS label, count(DISTINCT dossier_no) AS people,
        sum(amount)::BIGINT AS amount, min(dossier_no) AS dossier_no,
        min(full_name) AS full_name, min(commune_code) AS commune_code
    FROM summary_sign
    GROUP BY sign, group_key
),

chosen AS (
    SELECT *, row_number() OVER of_sign AS place, count(*) OVER (PARTITION BY sign) AS groups,
        (sum(people) OVER (PARTITION BY sign))::BIGINT AS sign_people
    FROM grouped
    WINDOW of_sign AS (PARTITION BY sign ORDER BY people DESC, amount DESC, dossier_no, group_key)
    QUALIFY place <= 3
)

SELECT sign, place, groups, sign_people, label, people, amount, dossier_no, full_name,
    coalesce(name_vi, chosen.commune_code) AS commune
FROM chosen
LEFT JOIN admin_unit
    ON admin_unit.commune_code = chosen.commune_code
    AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
ORDER BY sign, place
