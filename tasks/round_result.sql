-- One row per submitted result of this round, with whether it says of which payment it speaks.
WITH named_twice AS (
    SELECT payment_id FROM pending_result
    WHERE payment_id IS NOT NULL
    GROUP BY payment_id
    HAVING count(*) > 1
),

-- What stands again in the same files. Of lines without an id two may be alike and both be meant.
stands_again AS (
    SELECT row_id FROM pending_result SEMI JOIN named_twice USING (payment_id)
    QUALIFY row_number() OVER (PARTITION BY fingerprint, provider ORDER BY row_id) > 1
)

SELECT
    pending_result.*,
    NULL::VARCHAR AS dossier_no,
    payment_id IS NOT NULL OR (account_number IS NOT NULL AND amount IS NOT NULL) AS names_payment,
    FALSE AS says_same,
    row_id IN (FROM stands_again) OR EXISTS (
        FROM result AS earlier
        WHERE earlier.is_taken
            AND earlier.fingerprint = pending_result.fingerprint
            AND earlier.provider IS NOT DISTINCT FROM pending_result.provider
    ) AS is_repeated
FROM pending_result
