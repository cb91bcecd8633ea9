"""Where the months stand."""

from __future__ import annotations

from typing import Any

from schemas.period import month_text
from tasks import cycles, reconciliation, warehouse
from tasks.office import Office
from tasks.warehouse import Connection

MONTHS = """
SELECT month_text(cycle.month) AS month, state, digest, prepared_by, approver,
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
    return {
        "office": office.name,
        "open_month": month_text(cycles.open_month(connection, office)),
        "months": warehouse.frame(connection, MONTHS, frozen=list(cycles.FROZEN)).to_dicts(),
        "files": received[0],
        "rows_in": received[1],
        "rows_rejected": received[2],
    }
