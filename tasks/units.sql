-- One row per taken change of this round that says how many units a benefit has from then on.
SELECT
    dossier_no, family, event_no, effective_month AS from_month, coalesce(units, 1) AS units
FROM effective_change
WHERE kind = 'TANG'
    OR (kind = 'DIEU_CHINH' AND units IS NOT NULL)
    OR (kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH' AND family <> target_family)
