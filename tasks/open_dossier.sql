-- One row per dossier whose closed months must be looked at again in $month: for all others what is
-- due of them and what is settled are as the cycle before left them, equal.
SELECT DISTINCT dossier_no
FROM (
    -- The commune said something of it since.
    SELECT dossier_no FROM change WHERE cycle >= $month AND has_effect
    UNION ALL
    -- A provider said that a payment failed or came back; of older ones, whatever it said.
    SELECT outcome.dossier_no
    FROM outcome
    JOIN matched_result USING (payment_id)
    WHERE outcome.status IN ('failed', 'returned') OR outcome.month < $month - 1
    UNION ALL
    -- The cycle before left something: held, owed, or too old to be settled.
    SELECT dossier_no FROM held WHERE month = $month - 1
    UNION ALL
    SELECT dossier_no FROM receivable WHERE month = $month - 1
    UNION ALL
    SELECT dossier_no FROM too_old WHERE month = $month - 1
    UNION ALL
    -- Rates or settings of closed months are not those by which they were judged.
    SELECT dossier_no FROM person WHERE $whole
)
