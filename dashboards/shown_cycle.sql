-- One row per cycle that is prepared or further: what may be published.
SELECT
    month,
    month_text(month) AS month_label,
    state IN ('released', 'reconciled', 'published') AS is_released
FROM cycle
WHERE state <> 'open'
