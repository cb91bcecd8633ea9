-- One row per submitted change of this round (at most one a dossier), beside what the registry
-- says of its dossier and of the benefit that it speaks of, as the rows before it left it.
WITH submitted AS (
    SELECT
        *,
        family_spoken_of(kind, reason, old_family, family) AS target_family,
        if(reason = 'HIEN_HUONG', $cycle, effective_month) AS judged_month
    FROM pending_change
),

last_interval AS (
    SELECT dossier_no, family AS target_family, interval_no, from_month, stop_month,
        coalesce(successor_code, benefit_interval.commune_code) AS last_commune, stop_reason
    FROM benefit_interval
    SEMI JOIN submitted USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = benefit_interval.commune_code
        AND start_cycle <= last_month AND $cycle > last_month
    QUALIFY row_number() OVER (PARTITION BY dossier_no, family ORDER BY interval_no DESC) = 1
),

-- What this commune last said of this benefit on this sheet.
said_before AS (
    SELECT coalesce(successor_code, change.commune_code) AS commune_code, kind,
        dossier_no, family, arg_max(fingerprint, event_no) AS last_said
    FROM change
    SEMI JOIN submitted USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = change.commune_code
        AND cycle <= last_month AND $cycle > last_month
    WHERE is_taken
    GROUP BY ALL
),

roster AS (
    SELECT dossier_no, min(cycle) AS roster_cycle, list(DISTINCT family) AS roster_families
    FROM change
    SEMI JOIN submitted USING (dossier_no)
    WHERE is_taken AND has_effect AND reason = 'HIEN_HUONG'
    GROUP BY ALL
),

faced AS (
    SELECT
        submitted.*,
        person.dossier_no IS NOT NULL AS is_known,
        coalesce(person.is_dead, FALSE) AS is_dead,
        person.full_name AS known_name,
        person.name_fold AS known_fold,
        -- A TANG row speaks for itself; a change is read together with what the registry keeps.
        coalesce(
            submitted.birth_date, if(submitted.kind = 'TANG', NULL, person.birth_date)
        ) AS fact_birth,
        person.birth_date AS known_birth,
        coalesce(
            submitted.gender, if(submitted.kind = 'TANG', NULL, person.gender)
        ) AS any_gender,
        if(
            submitted.kind = 'DIEU_CHINH' AND submitted.citizen_id IS NULL,
            person.citizen_id, NULL
        ) AS any_citizen_id,
        last_interval.interval_no IS NOT NULL AND stop_month IS NULL AS is_running,
        last_interval.from_month AS last_from,
        last_interval.stop_month AS last_stop,
        last_commune,
        last_interval.stop_reason AS last_reason,
        coalesce(last_said = fingerprint, FALSE) AS says_same,
        roster_cycle,
        coalesce(list_contains(roster_families, submitted.family), FALSE) AS is_on_roster
    FROM submitted
    LEFT JOIN person USING (dossier_no)
    LEFT JOIN last_interval USING (dossier_no, target_family)
    LEFT JOIN said_before
        ON said_before.dossier_no = submitted.dossier_no
        AND said_before.family IS NOT DISTINCT FROM submitted.family
        AND said_before.kind = submitted.kind
        AND said_before.commune_code IS NOT DISTINCT FROM submitted.commune_code
    LEFT JOIN roster ON roster.dossier_no = submitted.dossier_no
),

-- ID08 looks at bands of any validity: EN01 says whether they are in law. A benefit counts as
-- running beside another (EN04, EN07) only while a band of it is in law.
band AS (
    SELECT family, coalesce(age_from_months, 0) AS age_from,
        coalesce(age_to_months, 2147483647) AS age_to,
        month_number(valid_from) AS law_from,
        coalesce(month_number(valid_to), 2147483647) AS law_to
    FROM category
),

banded AS (
    SELECT
        row_id,
        bool_or(age_months(fact_birth, judged_month) >= age_from
            AND age_months(fact_birth, judged_month) < age_to) AS has_band,
        bool_or(age_months(known_birth, judged_month) >= age_from
            AND age_months(known_birth, judged_month) < age_to
            AND judged_month BETWEEN law_from AND law_to) AS known_has_band
    FROM faced
    JOIN band USING (family)
    WHERE judged_month IS NOT NULL
    GROUP BY row_id
),

in_law AS (
    SELECT DISTINCT row_id
    FROM faced
    JOIN category
        ON category.category_code = faced.category_code
        AND judged_month BETWEEN month_number(valid_from)
        AND coalesce(month_number(valid_to), 2147483647)
),

expected AS (
    SELECT row_id, rate_month.coefficient AS expected_coefficient, unit_amount
    FROM faced
    JOIN rate_month
        ON rate_month.family = faced.family
        AND rate_month.month = faced.judged_month
        AND age_months(faced.fact_birth, faced.judged_month) >= age_from
        AND age_months(faced.fact_birth, faced.judged_month) < age_to
),

present_units AS (
    SELECT row_id, arg_max(unit_change.units, unit_change.event_no) AS present_units
    FROM faced
    JOIN unit_change
        ON unit_change.dossier_no = faced.dossier_no
        AND unit_change.family = faced.family
        AND unit_change.from_month <= faced.judged_month
    WHERE faced.kind = 'DIEU_CHINH' AND faced.family = faced.target_family
    GROUP BY row_id
),

priced AS (
    SELECT row_id, expected_coefficient,
        unit_amount * coalesce(units, present_units, 1) AS expected_amount
    FROM faced
    JOIN expected USING (row_id)
    LEFT JOIN present_units USING (row_id)
    WHERE kind <> 'GIAM'
),

-- Families of social protection that this dossier draws beside, in any month from here on.
beside AS (
    SELECT DISTINCT faced.row_id, other.family AS other_family
    FROM faced
    JOIN benefit_interval AS other
        ON other.dossier_no = faced.dossier_no
        AND other.family <> faced.family
        AND NOT (faced.kind = 'DIEU_CHINH' AND other.family = faced.target_family)
    JOIN band
        ON band.family = other.family
        AND age_months(faced.known_birth, faced.judged_month) >= band.age_from
        AND age_months(faced.known_birth, faced.judged_month) < band.age_to
        AND faced.judged_month BETWEEN band.law_from AND band.law_to
    WHERE faced.effective_month IS NOT NULL
        AND faced.scheme IN ('BTXH', 'HTXH')
        AND other.scheme IN ('BTXH', 'HTXH')
        AND coalesce(other.stop_month, 2147483647) > greatest(
            other.from_month, faced.effective_month
        )
        AND (faced.kind = 'TANG' OR faced.family <> faced.target_family)
),

forbidden AS (
    SELECT DISTINCT row_id
    FROM beside
    JOIN faced USING (row_id)
    ANTI JOIN category_pair
        ON (family_a = faced.family AND family_b IN (other_family, '*'))
        OR (family_b = faced.family AND family_a = other_family)
        OR (family_a = other_family AND family_b = '*')
)

SELECT
    -- A correction is judged together with what the registry keeps.
    faced.* REPLACE (
        coalesce(
            id_birth_year, if(faced.birth_date IS NULL, NULL, id_birth_year_of(any_citizen_id))
        ) AS id_birth_year,
        coalesce(
            id_gender, if(faced.gender IS NULL, NULL, id_gender_of(any_citizen_id))
        ) AS id_gender
    ),
    first_day_of(faced.birth_date) AS birth_first_day,
    commune_code IN (
        SELECT commune_code FROM admin_unit
        WHERE is_office = 'yes'
            AND month_text($cycle) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
    ) AS is_of_office,
    coalesce(reason = 'HIEN_HUONG', FALSE) AS is_roster,
    effective_month - $cycle AS months_ahead,
    kind = 'GIAM' AND reason = 'CHET' AND is_dead AS is_repeated_death,
    kind = 'DIEU_CHINH' AND reason IN ('DOI_DOI_TUONG', 'DOI_MUC_DO_KT')
    AND old_category_code IS NULL AND NOT is_running AS lacks_old_category,
    if(
        kind = 'TANG' OR faced.citizen_id IS NOT NULL OR faced.birth_date IS NOT NULL,
        substr(fact_birth, 1, 4)::BIGINT, NULL
    ) AS fact_birth_year,
    if(
        kind = 'TANG' OR faced.citizen_id IS NOT NULL OR faced.gender IS NOT NULL,
        any_gender, NULL
    ) AS fact_gender,
    if(kind = 'GIAM', NULL, has_band) AS has_band,
    if(
        kind = 'GIAM' OR (kind = 'DIEU_CHINH' AND reason IS DISTINCT FROM 'CAI_CHINH'),
        known_fold, NULL
    ) AS registry_fold,
    -- What has run out can still be stopped, and its person's name corrected.
    if(
        (kind = 'TANG' OR (kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH'))
        AND category_code IS NOT NULL AND judged_month IS NOT NULL,
        in_law.row_id IS NOT NULL, NULL
    ) AS is_in_law,
    expected_amount,
    coalesce(coefficient <> expected_coefficient AND expected_amount IS NOT NULL, FALSE)
        AS coefficient_differs,
    kind = 'TANG' AND (
        (is_running AND coalesce(known_has_band, FALSE)) OR (is_on_roster AND reason = 'HIEN_HUONG')
    ) AS is_running_already,
    CASE kind
        WHEN 'GIAM' THEN target_family IS NOT NULL AND NOT is_running
        WHEN 'DIEU_CHINH' THEN target_family IS NOT NULL
            AND (NOT is_running OR effective_month < last_from)
            AND NOT lacks_old_category
    END AS lacks_benefit,
    kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH' AND is_running AND family = target_family
        AS keeps_family,
    kind <> 'GIAM' AND reason <> 'HIEN_HUONG' AND effective_month < roster_cycle
        AS reaches_before_roster,
    forbidden.row_id IS NOT NULL AS is_second_family
FROM faced
LEFT JOIN banded USING (row_id)
LEFT JOIN in_law USING (row_id)
LEFT JOIN priced USING (row_id)
LEFT JOIN forbidden USING (row_id)
