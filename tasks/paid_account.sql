-- One row per dossier that was paid into an account in a cycle from $first on, but not in the last
-- one before $month: into which account it last was.
SELECT $month AS month, dossier_no, paid.bin, paid.account_number
FROM (
    SELECT dossier_no,
        arg_max(
            {'bin': bin, 'account_number': account_number}, (outcome.month, event_no)
        ) AS paid
    FROM outcome
    ANTI JOIN paid_last USING (dossier_no)
    WHERE month BETWEEN $first AND $month - 2 AND status = 'paid' AND account_number IS NOT NULL
    GROUP BY ALL
)
