"""Everything in an office's ledger that tells of a person: what must stand nowhere outside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tasks import warehouse
from tasks.office import load_office

COLUMNS = {
    "change": ("full_name", "dossier_no", "citizen_id"),
    "account_row": ("holder_name", "holder_citizen_id", "phone", "account_number"),
    "payment": ("payment_id",),
}
LEAST_LETTERS = 3


def personal_values(home: Path, day: date) -> set[str]:
    """Return names, dossiers, ids, phones, account numbers and payment ids."""
    found: set[str] = set()
    with warehouse.opened(load_office(home, day), is_read_only=True) as connection:
        for table, columns in COLUMNS.items():
            for column in columns:
                rows = warehouse.rows(connection, f"SELECT DISTINCT {column} FROM {table}")
                found |= {str(value) for (value,) in rows if value is not None}
    return {value for value in found if len(value) >= LEAST_LETTERS}
