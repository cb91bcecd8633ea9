-- One row per span of a benefit, with the reasons and decisions that began and ended it.
SELECT
    family, benefit_interval.scheme, interval_no, from_month, stop_month, start_cycle,
    benefit_interval.commune_code, start_reason, started.decision_no AS start_decision,
    stop_reason, stopped.decision_no AS stop_decision, is_roster
FROM (SELECT * FROM benefit_interval) AS benefit_interval
LEFT JOIN (SELECT event_no, decision_no FROM change) AS started ON started.event_no = start_event
LEFT JOIN (SELECT event_no, decision_no FROM change) AS stopped ON stopped.event_no = stop_event
ORDER BY family, interval_no
