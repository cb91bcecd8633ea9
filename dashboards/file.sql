-- One row per distinct file ever received, of whatever cycle.
SELECT
    sha256, name, kind, commune_code, provider, received_at, rows_in, rows_taken, rows_rejected,
    outcome
FROM received_file
