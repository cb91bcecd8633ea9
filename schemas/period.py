"""Months: as people write them (`2024-07`) and as numbers to count with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(text: str) -> int:
    """Return 12 x year + month - 1 of `YYYY-MM`; ValueError, in Vietnamese, for anything else."""
    found = PERIOD.fullmatch(text)
    if not found:
        raise ValueError(f"Kỳ “{text}” không đúng dạng NNNN-TT, ví dụ 2024-07.")
    return 12 * int(found[1]) + int(found[2]) - 1


def month_text(number: int) -> str:
    """Return `YYYY-MM` of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_vi(number: int) -> str:
    """Return `MM/YYYY`, as officers write it."""
    return f"{number % 12 + 1:02d}/{number // 12:04d}"


def months_vi(numbers: Iterable[int]) -> str:
    """Return months as officers write several: `04–06/2024, 09/2024`."""
    spans: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        first = spans.pop()[0] if spans and spans[-1][1] == number - 1 else number
        spans.append((first, number))
    return ", ".join(_span_vi(first, last) for first, last in spans)


def _span_vi(first: int, last: int) -> str:
    if first == last:
        return month_vi(first)
    start = f"{first % 12 + 1:02d}" if first // 12 == last // 12 else month_vi(first)
    return f"{start}–{month_vi(last)}"


def month_of(day: date) -> int:
    """Return the month number in which a day lies."""
    return 12 * day.year + day.month - 1


def first_day(number: int) -> date:
    """Return the first day of a month."""
    return date(number // 12, number % 12 + 1, 1)


def report_deadline(month: int, deadline_day: int) -> date:
    """Return the day before which the reports of a month are due; no holiday moves it."""
    return first_day(month) + timedelta(days=deadline_day - 1)


def is_on_time(received_on: date, month: int, deadline_day: int) -> bool:
    """Tell whether a report of a month came in before its deadline day: on the 20th it is late."""
    return received_on < report_deadline(month, deadline_day)


# The same in SQL, created on every connection.
MACROS = """
CREATE OR REPLACE TEMP MACRO month_text(m) AS
    printf('%04d-%02d', m // 12, m % 12 + 1);
CREATE OR REPLACE TEMP MACRO month_number(t) AS
    (12 * substr(t, 1, 4)::INTEGER + substr(t, 6, 2)::INTEGER - 1)::INTEGER;
CREATE OR REPLACE TEMP MACRO month_last_day(m) AS
    last_day(make_date(m // 12, m % 12 + 1, 1));
CREATE OR REPLACE TEMP MACRO report_deadline(m, deadline_day) AS
    make_date(m // 12, m % 12 + 1, 1) + (deadline_day - 1)::INTEGER;
CREATE OR REPLACE TEMP MACRO is_on_time(received_on, m, deadline_day) AS
    received_on < report_deadline(m, deadline_day);
"""
