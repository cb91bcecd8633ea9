-- One row per dossier, subject and value: the last word on it that said something new.
SELECT * FROM verification
WHERE has_effect
QUALIFY row_number() OVER (PARTITION BY dossier_no, subject, value ORDER BY event_no DESC) = 1
