-- One row per interval that a taken change of this round stops, shortens or starts.
WITH stops AS (
    SELECT dossier_no, target_family AS family, effective_month, event_no, reason
    FROM effective_change
    WHERE (kind = 'GIAM' AND reason <> 'CHET')
        OR (kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH' AND family <> target_family)
    UNION ALL
    -- A death ends every benefit, in every scheme.
    SELECT DISTINCT dossier_no, benefit_interval.family, effective_month, event_no, reason
    FROM effective_change
    JOIN benefit_interval USING (dossier_no)
    WHERE kind = 'GIAM' AND reason = 'CHET'
),

-- The effective month is the first one not paid: it also cuts spans in an earlier commune.
shortened AS (
    SELECT
        benefit_interval.* REPLACE (
            greatest(from_month, effective_month) AS stop_month,
            event_no AS stop_event,
            reason AS stop_reason
        )
    FROM benefit_interval
    JOIN stops USING (dossier_no, family)
    WHERE coalesce(stop_month, 2147483647) > greatest(from_month, effective_month)
),

latest AS (
    SELECT dossier_no, family, max(interval_no) AS interval_no
    FROM benefit_interval
    SEMI JOIN effective_change USING (dossier_no)
    GROUP BY ALL
),

started AS (
    SELECT
        dossier_no, family, coalesce(latest.interval_no, 0) + 1 AS interval_no, scheme,
        commune_code, effective_month AS from_month, NULL::INTEGER AS stop_month,
        cycle AS start_cycle, event_no AS start_event, reason AS start_reason,
        NULL::BIGINT AS stop_event, NULL AS stop_reason, reason = 'HIEN_HUONG' AS is_roster
    FROM effective_change
    LEFT JOIN latest USING (dossier_no, family)
    WHERE kind = 'TANG'
        OR (
            kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH' AND family <> target_family
        )
)

FROM shortened
UNION ALL BY NAME
FROM started
