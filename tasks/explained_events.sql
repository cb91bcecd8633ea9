-- One row per row of a file that spoke of the dossier, taken or not, with what is wrong with it; and
-- per decision of the office on its payments.
WITH spoken AS (
    SELECT event_no, cycle, kind, reason, category_code, old_category_code, units, death_date,
        effective_month, decision_no, decision_date, commune_code, is_taken, has_effect,
        sha256, sheet, row_no
    FROM change
    UNION ALL BY NAME
    SELECT event_no, cycle, 'TAI_KHOAN' AS kind, method AS reason, commune_code, is_taken,
        has_effect, sha256, sheet, row_no
    FROM account_row
    UNION ALL BY NAME
    SELECT event_no, cycle, 'XAC_THUC' AS kind, concat_ws(' ', subject, outcome) AS reason,
        commune_code, is_taken, has_effect, sha256, sheet, row_no
    FROM verification
    UNION ALL BY NAME
    SELECT event_no, cycle, 'KET_QUA' AS kind, concat_ws(' ', status, error_code) AS reason,
        provider, is_taken, has_effect, sha256, sheet, row_no
    FROM result
    UNION ALL BY NAME
    SELECT event_no, cycle, 'QUYET_DINH' AS kind, word AS reason, TRUE AS is_taken,
        TRUE AS has_effect, decided_by, decided_on::VARCHAR AS decided_on,
        decision.reason AS decided_why
    FROM decision
),

mended AS (
    SELECT sha256, sheet, row_no, list({'rule': rule, 'message': message} ORDER BY rule) AS faults
    FROM issue
    WHERE severity = 'reject'
    GROUP BY ALL
)

SELECT
    month_text(cycle) AS cycle, kind, reason, category_code, old_category_code, units,
    month_text(effective_month) AS effective_month, decision_no, decision_date, death_date,
    spoken.commune_code, spoken.provider, is_taken, has_effect, name AS file, sheet, row_no,
    decided_by, decided_on, decided_why,
    coalesce(faults, []) AS faults
FROM spoken
LEFT JOIN (SELECT sha256, name FROM received_file) USING (sha256)
LEFT JOIN mended USING (sha256, sheet, row_no)
ORDER BY event_no
