"""Where the months stand, for runs that a schedule starts without saying which month."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Any

from flows.step import step
from flows.steps import opened
from schemas.period import month_number, month_of, month_text, month_vi
from tasks import approvals, cycles, payroll, warehouse
from tasks.office import Refused
from tasks.warehouse import Connection

Row = dict[str, Any]

NO_FILES = "Chưa nhận tệp nào: chưa có gì để lập. Chép tệp của xã vào inbox/ rồi chạy “Nhận tệp”."
NOT_YET = (
    "Kỳ {last} đã duyệt chi, kỳ {open} chưa đến: không có gì để lập. Muốn lập trước thì chạy với "
    "kỳ {open}."
)
NOTHING_PAID = "Chưa có kỳ nào được duyệt chi: không có gì để đối soát."
NO_PREPARER = (
    "Không rõ tài khoản máy. Ghi tên người lập vào biểu, hoặc vào prepared_by ở mục [service] của "
    "reference/office.toml."
)
NOTHING_SHOWN = "Chưa có kỳ nào được lập: không có gì để công bố."
BEFORE = """
SELECT count(*), coalesce(sum(amount), 0)::BIGINT FROM payment WHERE month = $month
"""


class NothingToDo(Exception):
    """A run has nothing to do, which is no failure; the text says why, in Vietnamese."""


@step("Xem các kỳ đang ở đâu", minutes=30, repeatable=True)
def where_months_stand(home: str, today: str) -> Row:
    """Return the open month, whether its time has come, and the last ones shown and released.

    `last` is prepared at least; `preparer` is whom the settings name for runs that nobody started.
    """
    with opened(home, today, is_read_only=True) as (office, connection):
        now = cycles.open_month(connection, office)
        last = warehouse.value(
            connection, "SELECT max(month) FROM cycle WHERE state <> 'open' OR month < $m", m=now
        )
        return {
            "open": month_text(now),
            "is_due": now <= month_of(office.today),
            "last": None if last is None else month_text(last),
            "released": month_text(now - 1) if now > office.start_month else None,
            "has_files": warehouse.value(connection, "SELECT count(*) FROM received_file") > 0,
            "preparer": office.prepared_by,
        }


def month_to_prepare(stand: Row) -> str:
    """Return the open month where it may be prepared; NothingToDo where there is no reason to."""
    if not stand["has_files"]:
        raise NothingToDo(NO_FILES)
    if not stand["is_due"]:
        last = month_text(month_number(stand["open"]) - 1)
        raise NothingToDo(NOT_YET.format(last=vi(last), open=vi(stand["open"])))
    return str(stand["open"])


def month_to_publish(stand: Row) -> str:
    """Return the last month that was prepared or released; NothingToDo where there is none."""
    if stand["last"] is None:
        raise NothingToDo(NOTHING_SHOWN)
    return str(stand["last"])


def require_released(stand: Row) -> None:
    """NothingToDo where no month is released yet."""
    if stand["released"] is None:
        raise NothingToDo(NOTHING_PAID)


def preparer(stand: Row) -> str:
    """Return who prepares a month that nobody started: as the settings say, else the account."""
    try:
        return str(stand["preparer"] or getpass.getuser())
    except (KeyError, OSError):
        raise Refused(NO_PREPARER) from None


def vi(month: str) -> str:
    """Return a month as people write it: `2024-07` as `07/2024`."""
    return month_vi(month_number(month))


@step("Xem kỳ {month}", minutes=30, repeatable=True)
def look_at_month(home: str, today: str, month: str) -> Row:
    """Return the state of a month and who did what; of a prepared one, what an approver looks at.

    `before` is what the month before paid, None where there is none.
    """
    number = month_number(month)
    with opened(home, today, is_read_only=True) as (office, connection):
        state = cycles.find(connection, number)
        told: Row = {"month": month, "state": "open" if state is None else state.state}
        if state is None or state.state == "open":
            return told
        lines, amount = warehouse.rows(connection, BEFORE, month=number - 1)[0]
        return (
            told
            | asdict(payroll.summary(connection, number))
            | {
                "is_released": state.is_frozen,
                "prepared_by": state.prepared_by,
                "approvers": approvals.counted(connection, number),
                "needed": approvals.needed(connection, office, number),
                "awaits_treasury": state.awaits_treasury,
                "released_on": _released_on(connection, number),
                "before": {"payments": lines, "amount": amount} if lines else None,
            }
        )


def _released_on(connection: Connection, month: int) -> str | None:
    """Return the day of the release as people write it."""
    day = warehouse.value(connection, "SELECT released_on FROM cycle WHERE month = $m", m=month)
    return None if day is None else f"{day:%d/%m/%Y}"
