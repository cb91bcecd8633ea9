"""Two computations of one month beside each other: what is, and what would be.

Every row has its key, and under `actual` and `simulated` the same figures, zeros where one side
has nothing; `simulated` is None where nothing but the office's own was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.period import month_text
from tasks import warehouse
from tasks.projection import Figures, Key, MonthAhead, instructed_before
from tasks.warehouse import Connection

KEYS = {
    "all": (),
    "scheme": ("scheme",),
    "commune": ("commune_code",),
    "category": ("family", "category_code"),
    "month": ("entitlement_month",),
}
FIGURES = (
    *("people", "payments", "amount", "regular", "arrears", "retry", "recovery"),
    *("held_people", "held", "without_rate", "receivable"),
)
COMMUNES = """
    SELECT commune_code, arg_max(name_vi, valid_from) FROM admin_unit
    WHERE valid_from <= $month GROUP BY commune_code
"""
CATEGORIES = "SELECT category_code, arg_max(name_vi, valid_from) FROM category GROUP BY ALL"
Row = dict[str, Any]
Groups = Mapping[Key, Figures]


@dataclass(frozen=True)
class Side:
    """One computation: figures of the month by what they are grouped by, and the months ahead."""

    figures: dict[str, dict[Key, Figures]] = field(default_factory=dict)
    ahead: Sequence[MonthAhead] = ()


def beside(
    connection: Connection, month: int, actual: Side, simulated: Side | None
) -> dict[str, Any]:
    """Return the month, its parts, the months ahead and the budget, both sides in each row."""
    names = {
        "commune_code": dict(warehouse.rows(connection, COMMUNES, month=month_text(month))),
        "category_code": dict(warehouse.rows(connection, CATEGORIES)),
    }
    found = {
        name: paired(
            keys,
            actual.figures.get(name, {}),
            None if simulated is None else simulated.figures.get(name, {}),
        )
        for name, keys in KEYS.items()
    }
    whole = found.pop("all") or [{"actual": None, "simulated": None}]
    parts = {f"by_{name}": named(rows, names) for name, rows in found.items()}
    return {
        **whole[0],
        **parts,
        "months": _months(actual, simulated, names),
        "budget": _budget(connection, month, actual, simulated),
    }


def paired(keys: Sequence[str], actual: Groups, simulated: Groups | None) -> list[Row]:
    """Return one row per key of either side, in order of the keys, None first."""
    every = {**actual, **(simulated or {})}
    nothing = {name: 0 for figures in every.values() for name in figures}
    ordered = sorted(every, key=lambda key: [(part is not None, part) for part in key])
    return [
        {
            **dict(zip(keys, key, strict=True)),
            "actual": actual.get(key, nothing),
            "simulated": None if simulated is None else simulated.get(key, nothing),
        }
        for key in ordered
    ]


def named(rows: list[Row], names: Mapping[str, Mapping[str, str]]) -> list[Row]:
    """Return rows with the name of their commune or category, and months as people write them."""
    found = []
    for row in rows:
        for key, by_code in names.items():
            if key in row:
                row = {"name": by_code.get(row[key]), **row}
        if row.get("entitlement_month") is not None:
            row = {**row, "entitlement_month": month_text(row["entitlement_month"])}
        found.append(row)
    return found


def _months(
    actual: Side, simulated: Side | None, names: Mapping[str, Mapping[str, str]]
) -> list[Row]:
    others = [None] * len(actual.ahead) if simulated is None else simulated.ahead
    return [
        {
            "month": month_text(one.month),
            "actual": one.total,
            "simulated": None if other is None else other.total,
            "by_scheme": paired(
                ("scheme",), one.by_scheme, None if other is None else other.by_scheme
            ),
            "by_category": named(
                paired(
                    ("family", "category_code"),
                    one.by_category,
                    None if other is None else other.by_category,
                ),
                names,
            ),
        }
        for one, other in zip(actual.ahead, others, strict=True)
    ]


def _budget(connection: Connection, month: int, actual: Side, simulated: Side | None) -> list[Row]:
    """Return one row per calendar year and scheme of the months ahead: spent and still needed."""
    if not actual.ahead:
        return []
    spent = instructed_before(connection, month)
    needs = paired(
        ("year", "scheme"),
        _needs(actual, spent),
        None if simulated is None else _needs(simulated, spent),
    )
    return [
        {
            "year": row["year"],
            "scheme": row["scheme"],
            "instructed": spent.get((row["year"], row["scheme"]), 0),
            "actual": row["actual"]["need"],
            "simulated": None if row["simulated"] is None else row["simulated"]["need"],
        }
        for row in needs
    ]


def _needs(side: Side, spent: Mapping[tuple[int, str], int]) -> Groups:
    """Return (year, scheme) -> VND needed in the months ahead, with a row for what was spent."""
    needs: dict[Key, Figures] = {key: {"need": 0} for key in spent}
    for one in side.ahead:
        for (scheme,), figures in one.by_scheme.items():
            needs.setdefault((one.month // 12, scheme), {"need": 0})["need"] += figures["need"]
    return needs
