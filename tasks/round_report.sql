-- One row per submitted figure of a report of this round, with whether its sender is known.
SELECT
    *,
    NULL::VARCHAR AS dossier_no,
    commune_code IS NOT NULL OR provider IS NOT NULL AS has_sender,
    FALSE AS says_same
FROM pending_report
