-- One row per dossier whose closed months must be looked at again in $month, and from which on: for
-- all others what is due of them and what is settled are as the cycle before left them, equal.
WITH plain AS (
    -- Payments of the cycle before that settled no closed month but its own.
    SELECT payment_id FROM payment
    WHERE month = $month - 1 AND arrears = 0 AND retry = 0 AND recovery = 0
),

reason AS (
    -- The commune said something of it since; a birth date changes what was due in every month.
    SELECT dossier_no, if(birth_date IS NULL, effective_month, NULL) AS open_from
    FROM change
    WHERE cycle >= $month AND has_effect
    UNION ALL
    -- A provider said that a payment failed or came back; of older ones, whatever it said.
    SELECT dossier_no, if(plain.payment_id IS NULL, NULL, $month - 1)
    FROM fresh_outcome
    LEFT JOIN plain USING (payment_id)
    WHERE status IN ('failed', 'returned') OR month < $month - 1
    UNION ALL
    -- The cycle before left something unsettled.
    SELECT dossier_no, open_from FROM unsettled WHERE month = $month - 1
    UNION ALL
    -- Rates or settings of closed months are not those by which they were judged.
    SELECT dossier_no, NULL FROM person WHERE $whole
)

SELECT dossier_no, min(greatest(coalesce(open_from, $reported_from), $reported_from))::INTEGER
    AS open_from
FROM reason
GROUP BY dossier_no
