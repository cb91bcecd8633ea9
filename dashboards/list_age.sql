-- One row per benefit and month, of those after the cycle, in which age alone moves it into
-- another band (DOI_HE_SO_TUOI) or past the last one (HET_TUOI): a decision to be signed.
-- `near_band` names them; `due_ahead` is what the payroll will compute, if nothing else happens.
WITH held AS (
    -- The interval that holds the month: the later one, where two overlap.
    SELECT dossier_no, family, month, arg_max(from_month, interval_no) AS from_month
    FROM near_band
    JOIN benefit_interval USING (dossier_no, family)
    WHERE from_month <= month AND coalesce(stop_month, 2147483647) > month
    GROUP BY ALL
),

law AS (
    SELECT
        category_code, month,
        any_value(name_vi) AS name_vi,
        any_value(legal_basis) AS legal_basis,
        any_value(coalesce(sensitive = 'yes', FALSE)) AS is_sensitive,
        any_value(standard_amount) AS standard_amount
    FROM rate_month
    JOIN category USING (category_code, family)
    WHERE month_text(month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
    GROUP BY ALL
)

SELECT
    if(later.dossier_no IS NULL, 'HET_TUOI', 'DOI_HE_SO_TUOI') AS reason,
    month_text(held.month) AS effective_month,
    held.dossier_no,
    full_name,
    birth_date,
    coalesce(later.commune_code, before.commune_code) AS commune_code,
    coalesce(admin_unit.name_vi, later.commune_code, before.commune_code) AS commune,
    village,
    coalesce(later.scheme, before.scheme) AS scheme,
    before.category_code AS category_before,
    later.category_code AS category_after,
    law_before.name_vi AS name_before,
    law_later.name_vi AS name_after,
    if(before.dossier_no IS NULL, 0, before.amount)::BIGINT AS amount_before,
    if(later.dossier_no IS NULL, 0, later.amount)::BIGINT AS amount_after,
    coalesce(law_later.legal_basis, law_before.legal_basis) AS legal_basis,
    coalesce(law_later.is_sensitive, law_before.is_sensitive, FALSE) AS is_sensitive,
    length(birth_date) = 4 AS is_year_only,
    before.dossier_no IS NULL AS is_first_band,
    coalesce(law_before.standard_amount <> law_later.standard_amount, FALSE)
        AS is_other_standard,
    standing.hold_rule IS NOT NULL AS is_held,
    if(later.dossier_no IS NOT NULL AND through >= held.month, month_text(through), NULL)
        AS paid_until
FROM held
JOIN person USING (dossier_no)
LEFT JOIN due_ahead AS before
    ON before.dossier_no = held.dossier_no
    AND before.family = held.family
    AND before.month = held.month - 1
LEFT JOIN due_ahead AS later
    ON later.dossier_no = held.dossier_no
    AND later.family = held.family
    AND later.month = held.month
LEFT JOIN law AS law_before
    ON law_before.category_code = before.category_code AND law_before.month = before.month
LEFT JOIN law AS law_later
    ON law_later.category_code = later.category_code AND law_later.month = later.month
LEFT JOIN cycle ON cycle.month = $month
LEFT JOIN standing ON standing.month = $month AND standing.dossier_no = held.dossier_no
LEFT JOIN admin_unit
    ON admin_unit.commune_code = coalesce(later.commune_code, before.commune_code)
    AND month_text($month) BETWEEN admin_unit.valid_from
    AND coalesce(admin_unit.valid_to, '9999-12')
-- Who starts anew in that month, or moves, has a decision of its own already.
WHERE held.from_month < held.month
    AND CASE
        WHEN later.dossier_no IS NULL THEN before.dossier_no IS NOT NULL
        -- No category: no law row is valid then, so the month waits for one (EN03).
        WHEN later.category_code IS NULL THEN FALSE
        WHEN before.dossier_no IS NULL THEN TRUE
        ELSE before.category_code <> later.category_code
    END
ORDER BY held.month, commune_code, held.dossier_no, held.family
