"""Time the results of one month, beside plain reading: `python -m benchmarks.results [LINES]`.

One month of so many instructions is released and answered, one line each, some twice; written as
rows, not through files. What is measured is to match the lines, work out what became of every
payment and keep it, against plainly reading the same result rows and writing as many rows of
outcome. Ratios are to be compared, not seconds of another machine.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from schemas.payments import Outcome, Payment
from schemas.period import month_number
from schemas.submissions import Result
from tasks import ledger, reconciliation, warehouse
from tasks.office import Office, init_office, load_office
from tasks.warehouse import Connection

DEFAULT_LINES = 200_000
MONTH = month_number("2024-06")
# Per mille of the lines.
SHARE = {"failed": 40, "returned": 8, "other": 3, "twice": 5, "nameless": 2, "unknown": 1}

PAYMENTS = """
    SELECT
        concat('CT2406098', lpad(range::VARCHAR, 9, '0')) AS payment_id,
        $month AS month, concat('TC-', lpad(range::VARCHAR, 8, '0')) AS dossier_no,
        'BTXH' AS scheme, '03217' AS commune_code,
        500000 + range % 7 * 10000 AS amount, amount AS regular, 0 AS arrears, 0 AS retry,
        0 AS recovery, 'account' AS channel, ['AGRIBANK', 'LPBANK'][1 + range % 2] AS provider,
        '970405' AS bin, lpad((range * 7919)::VARCHAR, 13, '8') AS account_number,
        concat('VU A ', range) AS payee_name, concat('Vừ A ', range) AS beneficiary_name
    FROM range($lines)
"""
RESULTS = """
    WITH drawn AS (SELECT *, hash(payment_id) % 1000 AS draw FROM payment),
    line AS (
        SELECT *, FALSE AS is_second FROM drawn
        UNION ALL
        SELECT *, TRUE FROM drawn WHERE draw BETWEEN 100 AND 99 + $twice
    )
    SELECT
        md5(payment_id || is_second) AS sha256, '' AS sheet, 2 AS row_no, $month + 1 AS cycle,
        TRUE AS is_taken, TRUE AS has_effect, row_number() OVER (ORDER BY payment_id, is_second)
            AS event_no,
        provider,
        CASE
            WHEN draw BETWEEN 200 AND 199 + $nameless THEN NULL
            WHEN draw BETWEEN 300 AND 299 + $unknown THEN concat('CT2406XX', right(payment_id, 8))
            ELSE payment_id
        END AS payment_id,
        account_number, amount + if(draw BETWEEN 400 AND 399 + $other, 1, 0) AS amount,
        concat('GD', right(payment_id, 9), is_second::INTEGER) AS transaction_no,
        CASE
            WHEN draw < $failed THEN 'LOI'
            WHEN is_second OR draw BETWEEN 900 AND 899 + $returned THEN 'HOAN_TRA'
            ELSE 'THANH_CONG'
        END AS status,
        if(status = 'THANH_CONG', NULL, 'TK_DONG') AS error_code,
        1100 AS fee
    FROM line
    ORDER BY event_no
"""
PLAIN = """
    SELECT $month AS month, payment_id, concat('TC-', right(payment_id, 8)) AS dossier_no,
        '970405' AS bin, account_number, lower(status) AS status, error_code AS status_reason,
        event_no, fee, 'result' AS basis
    FROM main.result
    WHERE is_taken AND has_effect AND cycle > $month AND payment_id IS NOT NULL
"""


def fill(connection: Connection, lines: int) -> None:
    """Put a released month and its answers into an empty warehouse."""
    connection.execute(
        "INSERT INTO cycle (month, state, released_on, prepared_on)"
        f" VALUES ({MONTH}, 'released', DATE '2024-06-05', DATE '2024-06-03')"
    )
    warehouse.append(connection, Payment, PAYMENTS, month=MONTH, lines=lines)
    warehouse.append(connection, Result, RESULTS, month=MONTH, **SHARE)


def plain(connection: Connection) -> None:
    """Read the result rows and write a row of outcome for each, in another table."""
    connection.execute("DROP TABLE IF EXISTS plain_outcome")
    connection.execute("CREATE TABLE plain_outcome AS FROM outcome LIMIT 0")
    with warehouse.transaction(connection):
        warehouse.run(connection, f"INSERT INTO plain_outcome BY NAME {PLAIN}", month=MONTH)


def matched(connection: Connection, office: Office) -> None:
    with warehouse.transaction(connection):
        reconciliation.match(connection, office, MONTH + 1)


def measure(work: Callable[[], object]) -> float:
    """Return the seconds of processors that work takes, all threads together."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main(lines: int) -> None:
    """Fill an office, measure, and print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "office"
        init_office(home)
        office = load_office(home, date(2024, 7, 2))
        with warehouse.opened(office) as connection:
            fill(connection, lines)
        with warehouse.opened(office) as connection:
            base = measure(lambda: plain(connection))
        found = {"read and write plainly": base}
        with warehouse.opened(office) as connection:
            found["match, status, keep"] = measure(lambda: matched(connection, office))
            found["the same once more"] = measure(lambda: matched(connection, office))
            found["counts of the month"] = measure(
                lambda: reconciliation.standing(connection, MONTH)
            )
            found["invariants"] = measure(lambda: ledger.breaches(connection, MONTH))
            counted = warehouse.value(connection, f"SELECT count(*) FROM {Outcome.table_name}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{lines:,} instructions, {counted:,} outcomes; processor seconds, peak {peak:.1f} GiB")
    for what, seconds in found.items():
        print(f"  {what:24} {seconds:8.2f} s {seconds / base:6.1f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else DEFAULT_LINES)
