"""The Treasury's confirmation of a released month: written down once, and then it can be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.payments import Cycle
from schemas.period import month_text
from tasks import cycles, release, warehouse
from tasks.cycles import CycleState
from tasks.office import Office, Refused
from tasks.recorded import recorded
from tasks.warehouse import Connection

OTHER = (
    "Kỳ {} đã ghi Kho bạc xác nhận ngày {}, chứng từ {}; không ghi đè. "
    "Nếu ghi nhầm, ghi chú vào chứng từ giấy lưu cùng kỳ này."
)
EARLY = "Ngày Kho bạc xác nhận ({}) trước ngày duyệt chi ({}): xem lại có ghi nhầm không."


@dataclass(frozen=True)
class Confirmed:
    """What the Treasury said of a month, and the files that waited for it.

    `note` says what looks odd.
    """

    month: str
    state: str
    confirmed_on: date
    reference: str
    files: tuple[dict, ...]
    note: str | None


def confirm(
    connection: Connection,
    office: Office,
    month: int,
    confirmed_on: date,
    reference: str,
    by: str,
) -> Confirmed:
    """Write down that the Treasury confirmed a released month; write the files that wait for it.

    The same again changes nothing, and finishes what a run that died left undone; anything else
    is refused.
    """
    state = cycles.require_frozen(connection, month)
    said = " ".join(reference.split())
    if state.treasury_confirmed_on is None:
        _require_sound(office, confirmed_on, said, by)
        _keep(connection, office, month, confirmed_on, said, by)
        state = cycles.require_frozen(connection, month)
    elif (state.treasury_confirmed_on, state.treasury_reference) != (confirmed_on, said):
        kept = _day(state.treasury_confirmed_on)
        raise Refused(OTHER.format(month_text(month), kept, state.treasury_reference))
    files = release.write_out(connection, office, state) if state.needs_treasury else []
    return Confirmed(
        month=month_text(month),
        state=state.state,
        confirmed_on=confirmed_on,
        reference=said,
        files=tuple(file.entry() for file in files),
        note=_note(connection, state, confirmed_on),
    )


def _require_sound(office: Office, confirmed_on: date, said: str, by: str) -> None:
    if not said:
        raise Refused("Thiếu số chứng từ hoặc công văn của Kho bạc (--reference).")
    if not by.strip():
        raise Refused("Thiếu tên người ghi xác nhận (--by).")
    if confirmed_on > office.today:
        raise Refused(
            f"Ngày Kho bạc xác nhận ({_day(confirmed_on)}) sau hôm nay ({_day(office.today)}). "
            "Chỉ ghi khi Kho bạc đã xác nhận."
        )


def _keep(
    connection: Connection, office: Office, month: int, confirmed_on: date, said: str, by: str
) -> None:
    with recorded(connection, office) as note:
        warehouse.upsert(
            connection,
            Cycle,
            "SELECT * REPLACE ($confirmed_on AS treasury_confirmed_on,"
            " $said AS treasury_reference, $by AS treasury_by, $today AS treasury_recorded_on)"
            " FROM cycle WHERE month = $month",
            month=month,
            confirmed_on=confirmed_on,
            said=said,
            by=by.strip(),
            today=office.today,
        )
        when = confirmed_on.isoformat()
        note("treasury", month=month_text(month), confirmed_on=when, said=said, by=by)


def _note(connection: Connection, state: CycleState, confirmed_on: date) -> str | None:
    released_on = warehouse.value(
        connection, "SELECT released_on FROM cycle WHERE month = $month", month=state.month
    )
    if released_on is None or confirmed_on >= released_on:
        return None
    return EARLY.format(_day(confirmed_on), _day(released_on))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
