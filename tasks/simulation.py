"""`chitra simulate`: what a month would cost, and the months ahead, under other tables or settings.

The same SELECTs as `prepare` on the same registry, twice in one session that only reads: once
under the office's tables and settings (`actual`), once under others (`simulated`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.period import month_text
from tasks import as_known, cycles, payroll, projection, reconciliation, warehouse
from tasks.office import Office, Refused
from tasks.projection import Figures, Key
from tasks.simulation_rates import RateRow, lay_over, read_rates
from tasks.simulation_sides import FIGURES, KEYS, Side, beside
from tasks.warehouse import Connection

MAX_AHEAD = 12  # months after the open cycle in which a projection may begin
OTHER_TABLES = (
    "Tính lại kỳ {} bằng bảng hiện nay của đơn vị không ra đúng số đã duyệt ({} chỗ khác): bảng "
    "hoặc cấu hình đã đổi sau khi duyệt. Chênh lệch ở đây gồm cả phần đó."
)
UNCOUNTED = "Dự toán từ kỳ {}: chưa gồm các kỳ {} đến {}, chưa gồm truy lĩnh và chi lại."


@dataclass(frozen=True)
class Asked:
    """What is to be different; `months` is how many to project, 0 for none."""

    rates: tuple[Path, ...] = ()
    age_change: str | None = None
    offset_share: Decimal | None = None
    months: int = 0

    @property
    def is_other(self) -> bool:
        """Tell whether anything but the office's own tables and settings is asked for."""
        return bool(self.rates) or self.age_change is not None or self.offset_share is not None

    def office(self, office: Office) -> Office:
        """Return the office with the settings asked for."""
        share = office.max_offset_share if self.offset_share is None else self.offset_share
        return replace(
            office, age_change=self.age_change or office.age_change, max_offset_share=share
        )

    def shown(self) -> dict[str, Any]:
        """Return what was asked for, as plain values."""
        return {
            "rates": [path.name for path in self.rates],
            "age_change": self.age_change,
            "offset_share": None if self.offset_share is None else str(self.offset_share),
            "months": self.months,
        }


@dataclass(frozen=True)
class Scope:
    """The month asked about: how it stands, through which month it pays, how many to project."""

    month: int
    opened: int
    through: int
    state: str
    months: int

    @property
    def is_ahead(self) -> bool:
        return self.month > self.opened


def simulate(connection: Connection, office: Office, month: int, asked: Asked) -> dict[str, Any]:
    """Return the figures of a month as plain values, actual and simulated; nothing is stored.

    A released month is computed as known then and the open one as known now; of a month to come,
    and with `months`, the regular amounts from it on are projected. Refused for other months.
    """
    scope = _scope(connection, office, month, asked)
    given = read_rates(asked.rates)
    if month < scope.opened:
        as_known.stage_as_known(connection, office, month)
    else:
        reconciliation.stage_outcomes(connection, office, scope.opened)  # as prepare does first
    actual = _computed(connection, office, scope)
    notes = _unlike_released(connection, scope, actual) + _uncounted(scope)
    simulated = None
    if asked.is_other:
        notes += _change_rules(connection, asked.office(office), given)
        simulated = _computed(connection, asked.office(office), scope)
    return {
        "month": month_text(month),
        "open_month": month_text(scope.opened),
        "state": scope.state,
        "settings": asked.shown(),
        "notes": notes,
        **beside(connection, month, actual, simulated),
    }


def _scope(connection: Connection, office: Office, month: int, asked: Asked) -> Scope:
    opened = cycles.open_month(connection, office)
    _require_in_reach(office, month, opened, asked)
    state = cycles.find(connection, month)
    through = warehouse.value(
        connection, "SELECT through FROM cycle WHERE month = $month", month=month
    )
    is_ahead = month > opened
    return Scope(
        month,
        opened,
        through or month,
        "ahead" if is_ahead else state.state if state else "open",
        max(asked.months, 1) if is_ahead else asked.months,
    )


def _require_in_reach(office: Office, month: int, opened: int, asked: Asked) -> None:
    if month < office.start_month:
        raise Refused(f"Kỳ {month_text(month)} trước kỳ đầu tiên {month_text(office.start_month)}.")
    if month > opened + MAX_AHEAD:
        raise Refused(f"Chỉ dự toán được từ kỳ {month_text(opened + MAX_AHEAD)} trở về trước.")
    if month < opened and asked.months:
        raise Refused(
            f"Kỳ {month_text(month)} đã duyệt chi: dự toán (--months) bắt đầu từ kỳ đang mở, "
            f"{month_text(opened)}."
        )


def _computed(connection: Connection, office: Office, scope: Scope) -> Side:
    """Compute the month as `prepare` would, and the months ahead, under the tables of now."""
    side = Side()
    if not scope.is_ahead:
        payroll.compute(connection, office, scope.month, scope.through, _leave_unjudged)
        first = scope.month - office.max_arrears_months
        _stage_lines(connection, "simulated_line", first=first, through=scope.through)
        side = Side(_figures(connection))
    ahead = projection.project(connection, office, scope.month, scope.months, scope.opened)
    return replace(side, ahead=ahead)


def _leave_unjudged(connection: Connection, suite: str, relation: str) -> None:
    """Judge nothing: what the suites find is told to people and changes no amount."""


def _unlike_released(connection: Connection, scope: Scope, actual: Side) -> list[str]:
    """Where a released month is computed otherwise now, put what was released into `actual`."""
    if scope.month >= scope.opened:
        return []
    differing = warehouse.value(
        connection,
        f"SELECT count(*) FROM ({warehouse.sql('released_differences')})",
        month=scope.month,
    )
    if not differing:
        return []
    _stage_lines(connection, "released_line", month=scope.month)
    actual.figures.update(_figures(connection))
    return [OTHER_TABLES.format(month_text(scope.month), differing)]


def _uncounted(scope: Scope) -> list[str]:
    if not scope.is_ahead:
        return []
    months = (scope.month, scope.opened, scope.month - 1)
    return [UNCOUNTED.format(*map(month_text, months))]


def _change_rules(connection: Connection, office: Office, given: list[RateRow]) -> list[str]:
    """Put other tables and settings into this session; return what the reader should know."""
    warehouse.define_ages(connection, office)
    return lay_over(connection, given)


def _stage_lines(connection: Connection, select: str, **parameters: Any) -> None:
    warehouse.stage(connection, "cost_line", warehouse.sql(select), **parameters)


def _figures(connection: Connection) -> dict[str, dict[Key, Figures]]:
    """Return the figures of the staged lines: grouped by what -> key -> figures."""
    found: dict[str, dict[Key, Figures]] = {name: {} for name in KEYS}
    for row in warehouse.frame(connection, warehouse.sql("cost_figures")).to_dicts():
        key = tuple(row[name] for name in KEYS[row["grouped_by"]])
        found[row["grouped_by"]][key] = {name: row[name] or 0 for name in FIGURES}
    return found
