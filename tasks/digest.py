"""The digest of a payroll: what an approver says yes to, and what `verify` counts again."""

from __future__ import annotations

from schemas.payments import Held, Payment, PaymentItem, Receivable
from schemas.table import Code, Column, Table, Text
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection

# All that is paid, to whom and where to; each table's rows in an order that is theirs alone.
ORDERS: dict[type[Table], str] = {
    Payment: "payment_id",
    PaymentItem: "payment_id, family, entitlement_month",
    Held: "dossier_no, scheme, rule",
    Receivable: "dossier_no, scheme",
}


def payroll_digest(connection: Connection, office: Office, month: int) -> str:
    """Return SHA-256, in hex, over all that a cycle would pay, to whom and for what."""
    hashes = [
        warehouse.value(
            connection,
            f"SELECT sha256(coalesce(string_agg(md5(concat_ws('|', "
            f"{', '.join(map(_told, table.columns))})), ''"
            f" ORDER BY {order}), '')) FROM {table.table_name} WHERE month = $month",
            month=month,
        )
        for table, order in ORDERS.items()
    ]
    return str(
        warehouse.value(
            connection,
            "SELECT sha256(concat_ws('|', $code, $month::VARCHAR, $hashes))",
            code=office.code,
            month=month,
            hashes="|".join(hashes),
        )
    )


def _told(column: Column) -> str:
    """Return a column as text that cannot run into its neighbours: no value and `|` are told."""
    text = f"{column.name}::VARCHAR"
    if isinstance(column, Text) and not isinstance(column, Code):
        # Hardly any value holds either letter: looking is cheaper than replacing.
        text = (
            f"CASE WHEN contains({text}, '|') OR contains({text}, '\\')"
            f" THEN replace(replace({text}, '\\', '\\\\'), '|', '\\|') ELSE {text} END"
        )
    return f"coalesce({text}, chr(0))"
