"""Months ahead: what the registry as it stands will need, with people growing older.

Known starts, stops and units count from their months, bands change and end by age. Only regular
amounts are projected; what is outstanding now stands in the open month. A month without a
confirmed rate counts people and no VND, for nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasks import payroll, registry, warehouse
from tasks.cycles import FROZEN
from tasks.office import Office
from tasks.warehouse import Connection

Figures = dict[str, int]
Key = tuple[Any, ...]

DUE = ("people", "regular", "paid_ahead", "without_rate")
OUTSTANDING = ("arrears", "retry", "recovery")
CHANGES = ("starts", "stops", "aged_out", "band_changes")


@dataclass(frozen=True)
class MonthAhead:
    """One month: its figures, and the same by scheme and by (family, category code).

    `need` is what must be there to pay it: regular, less what is paid ahead, and what is
    outstanding; what waits for its person's hold to end is in it too.
    """

    month: int
    total: Figures
    by_scheme: dict[Key, Figures]
    by_category: dict[Key, Figures]


def project(
    connection: Connection, office: Office, first: int, months: int, opened: int
) -> list[MonthAhead]:
    """Return `months` months from `first` on, under the tables and settings of this session.

    Where `first` is the open month, `payroll.compute` has just been run for it.
    """
    if not months:
        return []
    _stage_paid_ahead(connection, opened)
    outstanding = _outstanding(connection) if first == opened else {}
    registry.stage_rates(connection, office, first, first + months - 1)
    payroll.place_intervals(connection, first)  # once: no figure ahead is split by commune
    return [
        _month(connection, month, outstanding if month == first else {})
        for month in range(first, first + months)
    ]


def _stage_paid_ahead(connection: Connection, opened: int) -> None:
    """Stage `settled` of the months from the open one on: what was paid for them already."""
    warehouse.stage(
        connection,
        "open_dossier",
        "SELECT dossier_no, $opened AS open_from FROM person WHERE FALSE",
        opened=opened,
    )
    payroll.stage_settled(connection, opened, opened)


def instructed_before(connection: Connection, month: int) -> dict[tuple[int, str], int]:
    """Return (year, scheme) -> VND that released cycles of that calendar year have spent."""
    rows = warehouse.rows(
        connection,
        warehouse.sql("instructed_before"),
        first=month // 12 * 12,
        month=month,
        frozen=list(FROZEN),
    )
    return {(year, scheme): amount for year, scheme, amount in rows}


def _outstanding(connection: Connection) -> dict[Key, Figures]:
    """Return scheme -> arrears, retry and recovery of the open month, held dossiers included."""
    found: dict[Key, Figures] = {}
    for scheme, kind, amount in warehouse.rows(
        connection,
        "SELECT scheme, kind, sum(amount)::BIGINT FROM item WHERE kind <> 'regular'"
        " GROUP BY ALL ORDER BY ALL",
    ):
        found.setdefault((scheme,), dict.fromkeys(OUTSTANDING, 0))[kind] = amount
    return found


def _month(connection: Connection, month: int, outstanding: dict[Key, Figures]) -> MonthAhead:
    warehouse.stage(connection, "due", warehouse.sql("due"), first=month, last=month)
    rows = warehouse.frame(connection, warehouse.sql("projected_due"), month=month).to_dicts()
    changes = warehouse.frame(connection, warehouse.sql("projected_changes"), month=month)
    none = dict.fromkeys(DUE, 0)

    def grouped(name: str, *keys: str) -> dict[Key, Figures]:
        return {
            tuple(row[key] for key in keys): {figure: row[figure] or 0 for figure in DUE}
            for row in rows
            if row["grouped_by"] == name
        }

    schemes = grouped("scheme", "scheme")
    by_scheme = {
        key: _with_need(schemes.get(key, none), outstanding.get(key, {}))
        for key in sorted({*schemes, *outstanding})
    }
    summed = {name: sum(one[name] for one in outstanding.values()) for name in OUTSTANDING}
    total = _with_need(grouped("all").get((), none), summed) | changes.to_dicts()[0]
    return MonthAhead(month, total, by_scheme, grouped("category", "family", "category_code"))


def _with_need(due: Figures, outstanding: Figures) -> Figures:
    owed = {name: outstanding.get(name, 0) for name in OUTSTANDING}
    need = due["regular"] - due["paid_ahead"] + sum(owed.values())
    return {**due, **owed, "need": need}
