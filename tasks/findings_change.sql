-- One row per submitted change and rule about files, decisions and benefits that it breaks.
-- A rule whose inputs are missing is not judged; identity rules are the suites' business.
SELECT row_id, 'FL03' AS rule, 'commune_code' AS field
FROM round_change
WHERE commune_code IS NULL
    OR commune_code NOT IN (SELECT commune_code FROM admin_unit WHERE is_office = 'yes')
    OR (kind <> 'TANG' AND has_interval AND last_commune <> commune_code)
UNION ALL
SELECT row_id, 'FL04', field
FROM (
    SELECT row_id, unnest(string_split(trim(formula_cells, ','), ',')) AS field
    FROM round_change
    WHERE formula_cells <> ''
)
UNION ALL
SELECT row_id, 'FL05', 'dossier_no' FROM round_change WHERE is_contradicted
UNION ALL
SELECT row_id, 'EN01', 'category_code'
FROM round_change
WHERE category_code IS NOT NULL
    AND (
        family IS NULL
        -- What has run out can still be stopped, and its person's name corrected.
        OR (kind = 'TANG' OR (kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH')) AND NOT EXISTS (
            FROM category
            WHERE category.category_code = round_change.category_code
                AND judged_month BETWEEN month_number(valid_from)
                AND coalesce(month_number(valid_to), 2147483647)
        ) AND judged_month IS NOT NULL
    )
UNION ALL
SELECT row_id, 'EN01', 'old_category_code'
FROM round_change
WHERE kind = 'DIEU_CHINH' AND old_category_code IS NOT NULL AND old_family IS NULL
UNION ALL
SELECT row_id, 'EN02', if(coefficient <> expected_coefficient, 'coefficient', 'monthly_amount')
FROM round_change
WHERE kind <> 'GIAM'
    AND expected_amount IS NOT NULL
    AND (coefficient <> expected_coefficient OR monthly_amount <> expected_amount)
UNION ALL
SELECT row_id, 'EN04', 'category_code'
FROM round_change
WHERE kind = 'TANG'
    AND ((is_running AND known_has_band) OR (is_on_roster AND reason = 'HIEN_HUONG'))
UNION ALL
SELECT row_id, 'EN05', 'category_code'
FROM round_change
WHERE (kind = 'GIAM' AND NOT is_running AND target_family IS NOT NULL)
    OR (
        kind = 'DIEU_CHINH'
        AND target_family IS NOT NULL
        AND (NOT is_running OR effective_month < last_from)
        AND NOT lacks_old_category
    )
UNION ALL
SELECT row_id, 'EN06', 'effective_month'
FROM round_change
WHERE effective_month > $cycle + 12
    OR (
        kind <> 'GIAM' AND reason IS DISTINCT FROM 'HIEN_HUONG'
        AND effective_month < $cycle - $max_arrears_months
    )
UNION ALL
SELECT row_id, 'EN07', 'category_code' FROM round_change WHERE is_second_family
UNION ALL
SELECT row_id, 'EN08', if(decision_no IS NULL, 'decision_no', 'decision_date')
FROM round_change
WHERE reason IS DISTINCT FROM 'HIEN_HUONG' AND (decision_no IS NULL OR decision_date IS NULL)
UNION ALL
SELECT row_id, 'EN09', field
FROM (
    SELECT
        row_id,
        unnest([
            if(dossier_no IS NULL, 'dossier_no', NULL),
            if(full_name IS NULL, 'full_name', NULL),
            if(kind = 'TANG' AND gender IS NULL, 'gender', NULL),
            if(in_list(unreadable, 'gender') AND kind <> 'TANG', 'gender', NULL),
            if(in_list(unreadable, 'birth_date') AND kind <> 'TANG', 'birth_date', NULL),
            if(category_code IS NULL, 'category_code', NULL),
            if(lacks_old_category, 'old_category_code', NULL),
            if(effective_month IS NULL, 'effective_month', NULL),
            if(NOT reason_fits, 'reason', NULL),
            if(in_list(unreadable, 'units') OR (units > 1 AND NOT is_per_unit), 'units', NULL),
            if(kind = 'GIAM' AND reason = 'CHET' AND death_date IS NULL, 'death_date', NULL)
        ]) AS field
    FROM round_change
)
WHERE field IS NOT NULL
UNION ALL
SELECT row_id, 'EN11', 'category_code'
FROM round_change
WHERE kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH' AND is_running AND family = target_family
UNION ALL
SELECT row_id, 'EN13', 'effective_month'
FROM round_change
WHERE kind <> 'GIAM' AND reason <> 'HIEN_HUONG' AND effective_month < roster_cycle
UNION ALL
SELECT row_id, 'EN14', 'effective_month'
FROM round_change
WHERE reason = 'CHUYEN_DEN' AND last_reason = 'CHUYEN_DI' AND last_stop <> effective_month
