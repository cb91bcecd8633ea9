"""How pages write numbers, days and states: 1.234.567; 97,3 %; 20/07/2024."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from tasks.amount_words import dotted
from tasks.dashboard_charts import short

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
TENTH = Decimal("0.1")
STATES_VI = {
    "prepared": "đã lập, chưa duyệt chi",
    "released": "đã duyệt chi",
    "reconciled": "đã đối soát",
    "published": "đã công bố",
}
PARTS_VI = {  # what becomes of what was instructed, in the order of the page
    "paid_account": "Đã chi qua tài khoản",
    "paid_cash": "Đã chi tiền mặt",
    "pending": "Chờ kết quả",
    "failed": "Không chi được",
    "returned": "Hoàn trả",
}


def percent(rate: Decimal | None) -> str:
    """Return a rate from 0 to 1 as `97,3 %`; a dash where nothing was paid."""
    return "–" if rate is None else f"{_tenths(rate)}{NO_BREAK}%"


def points(change: Decimal) -> str:
    """Return a change of a rate in percentage points, with its sign: `+2,1`."""
    return _signed(_tenths(abs(change)), change if _tenths(abs(change)) != "0,0" else 0)


def signed(change: int) -> str:
    """Return a change with its sign: `+12`, `−3`, `0`."""
    return _signed(dotted(abs(change)), change)


def share(part: int, whole: int) -> Decimal | None:
    """Return a part of a whole from 0 to 1, in millionths; None of nothing."""
    return Decimal(part * 1_000_000 // whole).scaleb(-6) if whole else None


def day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def _tenths(rate: Decimal) -> str:
    return str((100 * rate).quantize(TENTH, ROUND_HALF_EVEN)).replace(".", ",")


def _signed(text: str, change: int | Decimal) -> str:
    sign = "+" if change > 0 else MINUS if change < 0 else ""
    return f"{sign}{text}"


FILTERS: dict[str, Callable[..., Any]] = {
    "number": dotted,
    "percent": percent,
    "points": points,
    "signed": signed,
    "short": short,
    "day": day,
    "share": share,
}
