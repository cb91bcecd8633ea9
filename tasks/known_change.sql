-- One row per change that was known and says something new, numbered within its dossier.
SELECT
    *,
    family_spoken_of(kind, reason, old_family, family) AS target_family,
    row_number() OVER (PARTITION BY dossier_no ORDER BY event_no) AS round_no
FROM change
WHERE has_effect
