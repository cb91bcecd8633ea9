-- One row per submitted account and rule about files and required fields that it breaks.
SELECT row_id, 'FL03' AS rule, 'dossier_no' AS field
FROM round_account
WHERE dossier_no IS NOT NULL AND (NOT is_known OR last_commune <> commune_code)
UNION ALL
SELECT row_id, 'FL04', unnest(string_split(trim(formula_cells, ','), ','))
FROM round_account
WHERE formula_cells <> ''
UNION ALL
SELECT row_id, 'FL05', 'dossier_no' FROM round_account WHERE is_contradicted
UNION ALL
SELECT row_id, 'EN09', field
FROM (
    SELECT
        row_id,
        unnest([
            if(dossier_no IS NULL, 'dossier_no', NULL),
            if(method IS NULL, 'method', NULL),
            if(bank IS NULL AND account_number IS NOT NULL, 'bank', NULL),
            if(bank IS NOT NULL AND account_number IS NULL, 'account_number', NULL)
        ]) AS field
    FROM round_account
)
WHERE field IS NOT NULL
