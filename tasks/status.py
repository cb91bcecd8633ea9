"""Where the months stand."""

from __future__ import annotations

from typing import Any

from schemas.period import month_number, month_text
from tasks import approvals, cycles, reconciliation, warehouse
from tasks.backup import last_backup
from tasks.office import Office
from tasks.warehouse import Connection

MONTHS = """
SELECT month_text(cycle.month) AS month, state, digest, prepared_by, approver,
    treasury_confirmed_on, treasury_reference,
    count(payment_id) AS payments, coalesce(sum(payment.amount), 0)::BIGINT AS amount,
    count(payment_id) FILTER (channel = 'none' OR outcome.status = 'paid') AS paid,
    count(payment_id) FILTER (outcome.status IN ('failed', 'returned')) AS failed,
    coalesce(any_value(waiting.exceptions), 0) AS exceptions
FROM cycle
LEFT JOIN payment USING (month)
LEFT JOIN outcome USING (month, payment_id)
LEFT JOIN (
    -- What fits no payment is of the open cycle: it stands with the last released month.
    SELECT least(cycle, last) AS month, count(*) AS exceptions
    FROM open_exception
    CROSS JOIN (SELECT max(month) AS last FROM cycle WHERE state IN $frozen)
    GROUP BY ALL
) AS waiting USING (month)
GROUP BY ALL
ORDER BY month
"""


def status(connection: Connection, office: Office) -> dict[str, Any]:
    """Return the open month, every begun month and the files received, as plain values."""
    received = warehouse.rows(
        connection,
        "SELECT count(*), coalesce(sum(rows_in), 0)::BIGINT,"
        " coalesce(sum(rows_rejected), 0)::BIGINT FROM received_file",
    )[0]
    reconciliation.stage_open_exceptions(connection)
    saved_on = last_backup(office)
    return {
        "office": office.name,
        "open_month": month_text(cycles.open_month(connection, office)),
        "months": [
            _month(connection, row)
            for row in warehouse.dicts(connection, MONTHS, frozen=list(cycles.FROZEN))
        ],
        "files": received[0],
        "rows_in": received[1],
        "rows_rejected": received[2],
        "last_backup": None if saved_on is None else saved_on.isoformat(),
    }


def _month(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """Return a month with what its payment files wait for, if anything."""
    state = cycles.find(connection, month_number(row["month"]))
    assert state is not None
    waits_for = "treasury" if state.awaits_treasury else None
    if state.state == "prepared" and approvals.counted(connection, state.month):
        waits_for = "second_approver"
    return row | {"waits_for": waits_for}
