-- One row per sign that an approver looks at, group that it is seen in, and dossier. Reads
-- `summary_review`, the rows of list_review. Without a month before there is nothing to compare accounts with.
WITH paid AS (
    SELECT dossier_no, min(commune_code) AS commune_code, sum(amount)::BIGINT AS amount,
        max(bin) AS bin, max(account_number) AS account_number
    FROM payment
    WHERE month = $month
    GROUP BY dossier_no
),

paid_before AS (
    SELECT dossier_no, max(bin) AS bin, max(account_number) AS account_number
    FROM payment
    WHERE month = $month - 1
    GROUP BY dossier_no
),

account_moved AS (
    SELECT
        if(paid_before.account_number IS NULL, 'new_account', 'changed_account') AS sign, dossier_no
    FROM paid
    LEFT JOIN paid_before USING (dossier_no)
    WHERE paid.account_number IS NOT NULL
        AND (paid.bin, paid.account_number)
        IS DISTINCT FROM (paid_before.bin, paid_before.account_number)
        AND EXISTS (FROM paid_before)
),

large AS (
    SELECT dossier_no FROM paid WHERE $first_payment_above > 0 AND amount > $first_payment_above
),

large_first AS (
    SELECT dossier_no
    FROM large
    ANTI JOIN (SELECT dossier_no FROM payment WHERE month < $month) AS earlier USING (dossier_no)
),

newcomer AS (
    SELECT DISTINCT dossier_no, citizen_id
    FROM benefit_interval
    JOIN person USING (dossier_no)
    WHERE start_cycle = $month AND start_reason = 'MOI' AND citizen_id IS NOT NULL
),

-- Numbers that follow one another are as far from their rank as their neighbours are.
ranked AS (
    SELECT dossier_no, citizen_id,
        citizen_id::BIGINT - dense_rank() OVER (ORDER BY citizen_id) AS run
    FROM newcomer
),

consecutive AS (
    SELECT dossier_no, run::VARCHAR AS run, min(citizen_id) OVER of_run AS first_id
    FROM ranked
    WINDOW of_run AS (PARTITION BY run)
    QUALIFY min(citizen_id) OVER of_run <> max(citizen_id) OVER of_run
),

named AS (
    SELECT DISTINCT dossier_no, bin, account_number, received_at::DATE AS received_on
    FROM account_row
    JOIN received_file USING (sha256)
    WHERE account_row.cycle = $month AND is_taken AND account_number IS NOT NULL
),

named_together AS (
    SELECT dossier_no, concat_ws(' ', bin, account_number, received_on) AS named_as, account_number
    FROM named
    SEMI JOIN (
        SELECT bin, account_number, received_on FROM named GROUP BY ALL HAVING count(*) > 1
    ) USING (bin, account_number, received_on)
),

holder AS (
    SELECT
        dossier_no, if(method IN ('GIAM_HO', 'UY_QUYEN'), holder_citizen_id, citizen_id) AS holder,
        standing.holder_name
    FROM standing
    WHERE month = $month AND holder_dossiers > 5
),

sign AS (
    SELECT 'first_payment' AS sign, dossier_no AS group_key, NULL::VARCHAR AS label, dossier_no
    FROM large_first
    UNION ALL
    SELECT sign, dossier_no, NULL, dossier_no FROM account_moved
    UNION ALL
    SELECT DISTINCT rule, dossier_no, NULL, dossier_no FROM summary_review WHERE rule <> 'AC10'
    UNION ALL
    SELECT 'AC10', holder, concat_ws(' ', holder_name, holder[:3] || '******' || holder[-3:]),
        dossier_no
    FROM holder
    UNION ALL
    SELECT 'consecutive_ids', run, first_id[:3] || '******' || first_id[-3:], dossier_no
    FROM consecutive
    UNION ALL
    SELECT 'same_account', named_as, '…' || account_number[-4:], dossier_no FROM named_together
    UNION ALL
    SELECT 'over_95', dossier_no, NULL, dossier_no
    FROM paid
    JOIN person USING (dossier_no)
    WHERE age_months(birth_date, $month) > 95 * 12
)

SELECT sign, group_key, label, dossier_no, full_name,
    coalesce(paid.commune_code, standing.commune_code) AS commune_code,
    coalesce(paid.amount, 0) AS amount
FROM sign
LEFT JOIN paid USING (dossier_no)
LEFT JOIN person USING (dossier_no)
LEFT JOIN standing ON standing.dossier_no = sign.dossier_no AND standing.month = $month
