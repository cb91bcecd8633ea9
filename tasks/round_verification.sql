-- One row per submitted verification of this round (at most one a dossier and value).
WITH said_before AS (
    SELECT coalesce(successor_code, verification.commune_code) AS commune_code,
        dossier_no, subject, value, arg_max(fingerprint, event_no) AS last_said
    FROM verification
    SEMI JOIN pending_verification USING (dossier_no)
    LEFT JOIN succession
        ON succession.commune_code = verification.commune_code
        AND cycle <= last_month AND $cycle > last_month
    WHERE is_taken
    GROUP BY ALL
)

SELECT
    pending_verification.*,
    person.dossier_no IS NOT NULL AS is_known,
    coalesce(last_said = fingerprint, FALSE) AS says_same
FROM pending_verification
LEFT JOIN person USING (dossier_no)
LEFT JOIN said_before
    ON said_before.dossier_no = pending_verification.dossier_no
    AND said_before.subject = pending_verification.subject
    AND said_before.value = pending_verification.value
    AND said_before.commune_code IS NOT DISTINCT FROM pending_verification.commune_code
