-- One row per dossier, scheme, benefit and month that the cycle settles, held dossiers included.
-- Recoveries come out of the positive items of the same dossier and scheme, oldest month first.
WITH ordered AS (
    SELECT
        *,
        sum(if(amount > 0, amount, 0)) OVER of_scheme AS positive,
        coalesce(
            sum(if(amount < 0, -amount, 0)) OVER (
                PARTITION BY dossier_no, scheme ORDER BY amount > 0, entitlement_month, family
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS recovered_before
    FROM difference
    WHERE entitlement_month >= $first
    WINDOW of_scheme AS (PARTITION BY dossier_no, scheme)
)

SELECT
    dossier_no, scheme, family, category_code, entitlement_month, kind,
    positive::BIGINT AS positive,
    amount AS difference,
    if(
        amount > 0,
        amount,
        -least(-amount, greatest(floor(positive * $offset_share) - recovered_before, 0))
    )::BIGINT AS amount
FROM ordered
