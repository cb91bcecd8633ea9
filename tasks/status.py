"""Where the months stand."""

from __future__ import annotations

from typing import Any

from schemas.period import month_text
from tasks import cycles, warehouse
from tasks.office import Office
from tasks.warehouse import Connection

MONTHS = """
SELECT month_text(cycle.month) AS month, state, digest, prepared_by, approver,
    count(payment_id) AS payments, coalesce(sum(payment.amount), 0)::BIGINT AS amount,
    count(payment_id) FILTER (channel = 'none' OR outcome.status = 'paid') AS paid,
    count(payment_id) FILTER (outcome.status IN ('failed', 'returned')) AS failed
FROM cycle
LEFT JOIN payment USING (month)
LEFT JOIN outcome USING (month, payment_id)
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
    return {
        "office": office.name,
        "open_month": month_text(cycles.open_month(connection, office)),
        "months": warehouse.frame(connection, MONTHS).to_dicts(),
        "files": received[0],
        "rows_in": received[1],
        "rows_rejected": received[2],
    }
