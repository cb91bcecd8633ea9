-- One row per published month and commune or provider whose monthly report came in.
SELECT month_label AS month, unit, received_on, on_time
FROM report_first
JOIN shown_cycle USING (month)
