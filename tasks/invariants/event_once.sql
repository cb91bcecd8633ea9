-- An event number that two rows have: the order of events would be nobody's.
SELECT event_no::VARCHAR AS payment_id, min(cycle) AS month
FROM (
    SELECT event_no, cycle FROM change WHERE cycle >= $since
    UNION ALL SELECT event_no, cycle FROM account_row WHERE cycle >= $since
    UNION ALL SELECT event_no, cycle FROM verification WHERE cycle >= $since
    UNION ALL SELECT event_no, cycle FROM result WHERE cycle >= $since
    UNION ALL SELECT event_no, cycle FROM report_row WHERE cycle >= $since
    UNION ALL SELECT event_no, cycle FROM decision WHERE cycle >= $since
)
GROUP BY event_no
HAVING count(*) > 1
