-- One row per row that a cycle's files hold, as it came out the last time that it was sent: what a
-- sender mended and sent again counts once. `subject` and `topic` say what a row is about.
WITH sent AS (
    SELECT 'bien_dong' AS kind, sha256, sheet, row_no, commune_code, is_taken,
        dossier_no AS subject, family AS topic, name_fold
    FROM change
    WHERE cycle = $cycle
    UNION ALL
    SELECT 'tai_khoan', sha256, sheet, row_no, commune_code, is_taken,
        dossier_no, '', name_fold
    FROM account_row
    WHERE cycle = $cycle
    UNION ALL
    SELECT 'xac_thuc', sha256, sheet, row_no, commune_code, is_taken,
        dossier_no, concat_ws(' ', subject, value), NULL
    FROM verification
    WHERE cycle = $cycle
    UNION ALL
    SELECT 'ket_qua', sha256, sheet, row_no, commune_code, is_taken,
        coalesce(payment_id, account_number), '', NULL
    FROM result
    WHERE cycle = $cycle
    UNION ALL
    SELECT 'bao_cao', sha256, sheet, row_no, commune_code, is_taken,
        coalesce(provider, commune_code), metric, NULL
    FROM report_row
    WHERE cycle = $cycle
)

SELECT
    sent.kind, sha256, sheet, row_no, is_taken,
    coalesce(sent.commune_code, received_file.commune_code, '') AS commune_code
FROM sent
JOIN received_file USING (sha256)
QUALIFY coalesce(
    ingest_no = CASE
        WHEN subject IS NULL AND name_fold IS NULL THEN ingest_no
        -- Without its key a row is known by the name, without a known category by the dossier.
        WHEN subject IS NULL THEN max(ingest_no) OVER (PARTITION BY sent.kind, name_fold)
        WHEN topic IS NULL THEN max(ingest_no) OVER (PARTITION BY sent.kind, subject)
        ELSE max(ingest_no) OVER (PARTITION BY sent.kind, subject, topic)
    END,
    TRUE
)
