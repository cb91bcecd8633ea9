-- One row per benefit of the living and month after $first, up to $last, in which the person
-- reaches an age at which a band of the family begins or ends.
WITH edge AS (
    SELECT DISTINCT family, unnest([age_from_months, age_to_months]) AS edge_age FROM category
),

-- Few are near an edge: months are only looked at one by one for those.
near AS (
    SELECT DISTINCT dossier_no, family, birth_date, edge_age
    FROM benefit_interval
    JOIN person USING (dossier_no)
    JOIN edge USING (family)
    WHERE NOT is_dead
        AND coalesce(stop_month, 2147483647) > $first
        AND age_months(birth_date, $first) < edge_age
        AND age_months(birth_date, $last) >= edge_age
)

SELECT DISTINCT dossier_no, family, month
FROM near
CROSS JOIN (SELECT unnest(range($first + 1, $last + 1))::INTEGER AS month)
WHERE age_months(birth_date, month - 1) < edge_age AND age_months(birth_date, month) >= edge_age
