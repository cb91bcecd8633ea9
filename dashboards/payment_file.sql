-- One row per file handed to a provider.
SELECT month_label AS month, provider, channel, scheme, name, sha256, lines, amount
FROM payment_file
JOIN shown_cycle USING (month)
