-- One row per submitted verification and rule that it breaks.
SELECT row_id, 'FL03' AS rule, 'dossier_no' AS field
FROM round_verification
WHERE dossier_no IS NOT NULL AND NOT is_known
UNION ALL
SELECT row_id, 'FL04', unnest(string_split(trim(formula_cells, ','), ','))
FROM round_verification
WHERE formula_cells <> ''
UNION ALL
SELECT row_id, 'FL05', 'dossier_no' FROM round_verification WHERE is_contradicted
UNION ALL
SELECT row_id, 'EN09', field
FROM (
    SELECT
        row_id,
        unnest([
            if(dossier_no IS NULL, 'dossier_no', NULL),
            if(subject IS NULL, 'subject', NULL),
            if(value IS NULL, 'value', NULL),
            if(outcome IS NULL, 'outcome', NULL)
        ]) AS field
    FROM round_verification
)
WHERE field IS NOT NULL
