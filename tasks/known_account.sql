-- One row per dossier: where its money goes, as its last row that said something new has it.
SELECT * FROM account_row
WHERE has_effect
QUALIFY row_number() OVER (PARTITION BY dossier_no ORDER BY event_no DESC) = 1
