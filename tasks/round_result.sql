-- One row per submitted result of this round, with whether it says of which payment it speaks.
SELECT
    pending_result.*,
    NULL::VARCHAR AS dossier_no,
    payment_id IS NOT NULL OR (account_number IS NOT NULL AND amount IS NOT NULL) AS names_payment,
    FALSE AS says_same,
    EXISTS (
        FROM result AS earlier
        WHERE earlier.is_taken
            AND earlier.fingerprint = pending_result.fingerprint
            AND earlier.provider IS NOT DISTINCT FROM pending_result.provider
    ) AS is_repeated
FROM pending_result
