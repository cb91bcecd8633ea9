"""The digest of a payroll: what an approver says yes to, and what `verify` counts again."""

from __future__ import annotations

from schemas.payments import Held, Payment, PaymentItem, Receivable
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection


def payroll_digest(connection: Connection, office: Office, month: int) -> str:
    """Return SHA-256, in hex, over all that a cycle would pay, to whom and for what."""
    parts = {
        "payment": ("payment_id", Payment.names()),
        "payment_item": ("payment_id, family, entitlement_month", PaymentItem.names()),
        "held": ("dossier_no, scheme, rule", Held.names()),
        "receivable": ("dossier_no, scheme", Receivable.names()),
    }
    hashes = [
        warehouse.value(
            connection,
            f"SELECT sha256(coalesce(string_agg(md5(concat_ws('|', "
            f"{', '.join(f'coalesce({name}::VARCHAR, chr(0))' for name in names)})), ''"
            f" ORDER BY {order}), '')) FROM {table} WHERE month = $month",
            month=month,
        )
        for table, (order, names) in parts.items()
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
