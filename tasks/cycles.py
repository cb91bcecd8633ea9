"""Where the months stand: which cycle is open, and what may be done with a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.payments import Cycle
from schemas.period import month_text
from tasks import warehouse
from tasks.office import Office, Refused
from tasks.warehouse import Connection

FROZEN = ("released", "reconciled", "published")


@dataclass(frozen=True)
class CycleState:
    """One begun month: its state and the digest of what is prepared or released."""

    month: int
    state: str
    digest: str | None
    basis: str | None
    prepared_by: str | None
    approver: str | None
    alerts: tuple[str, ...]
    needs_treasury: bool
    treasury_confirmed_on: date | None
    treasury_reference: str | None

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN

    @property
    def awaits_treasury(self) -> bool:
        """Tell whether payment files wait for the Treasury's confirmation."""
        return self.is_frozen and self.needs_treasury and self.treasury_confirmed_on is None


def open_month(connection: Connection, office: Office) -> int:
    """Return the month after the last released one, or the office's first month."""
    last = warehouse.value(
        connection, "SELECT max(month) FROM cycle WHERE state IN $frozen", frozen=list(FROZEN)
    )
    return office.start_month if last is None else last + 1


def find(connection: Connection, month: int) -> CycleState | None:
    """Return a month's state, None where it was never begun."""
    found = warehouse.rows(
        connection,
        "SELECT month, state, digest, basis, prepared_by, approver, alerts,"
        " coalesce(needs_treasury, FALSE), treasury_confirmed_on, treasury_reference FROM cycle"
        " WHERE month = $month",
        month=month,
    )
    if not found:
        return None
    month, state, digest, basis, prepared_by, approver, alerts, *treasury = found[0]
    told = tuple((alerts or "").splitlines())
    return CycleState(month, state, digest, basis, prepared_by, approver, told, *treasury)


def instructed(connection: Connection, month: int) -> tuple[int, int]:
    """Return how many payments of a month are to be made, and their VND."""
    lines, amount = warehouse.rows(
        connection,
        "SELECT count(*), coalesce(sum(amount), 0)::BIGINT FROM payment"
        " WHERE month = $month AND channel <> 'none'",
        month=month,
    )[0]
    return lines, amount


def reopen(connection: Connection, month: int) -> None:
    """Take a prepared month back to `open`: what came in since changes its payroll."""
    set_state(connection, month, "open", only_from="prepared")


def set_state(connection: Connection, month: int, state: str, only_from: str) -> None:
    """Move a month from one state to another; nothing happens where it stands elsewhere."""
    warehouse.upsert(
        connection,
        Cycle,
        "SELECT * REPLACE ($state AS state) FROM cycle WHERE month = $month AND state = $only_from",
        month=month,
        state=state,
        only_from=only_from,
    )


def require_open(connection: Connection, office: Office, month: int) -> None:
    """Refuse a month that cannot be prepared: it is released, or another comes first."""
    expected = open_month(connection, office)
    if month == expected:
        return
    if month < office.start_month:
        raise Refused(f"Kỳ {month_text(month)} trước kỳ đầu tiên {month_text(office.start_month)}.")
    if month < expected:
        raise Refused(f"Kỳ {month_text(month)} đã duyệt chi, không lập lại được.")
    raise Refused(
        f"Phải lập và duyệt kỳ {month_text(expected)} trước kỳ {month_text(month)}: "
        "các kỳ đi theo thứ tự, không bỏ cách."
    )


def require_frozen(connection: Connection, month: int) -> CycleState:
    """Return the state of a released month; Refused where it is not released yet."""
    found = find(connection, month)
    if found is None or not found.is_frozen:
        raise Refused(f"Kỳ {month_text(month)} chưa duyệt chi. Chạy “chitra release” trước.")
    return found
