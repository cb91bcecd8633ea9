"""Working days: weekends, the shipped table of holidays, and the office's own table on top.

A payment that would fall on a day off is made on the working day before: people get it earlier,
never later. The day before which reports are due does not move (schemas.period.report_deadline).
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from schemas.period import first_day
from schemas.reference import Holiday
from tasks.office import SHIPPED_REFERENCE, Office, Refused

SATURDAY = 5
WORK = "work"
LEGAL_DAYS_OFF = 11  # a year at least, by law; fewer in the table: it is not written down yet
ONE_DAY = timedelta(days=1)
UNTOLD = (
    "Chưa có lịch nghỉ lễ, Tết năm {year} (reference/holidays.csv mới có {told} ngày): ngày chi "
    "năm đó mới tránh thứ Bảy, Chủ nhật. Ghi thêm các ngày nghỉ theo thông báo của Chính phủ."
)
WRONG = "Bảng reference/holidays.csv có dòng sai: “{}”. Cần ngày NNNN-TT-NN, loại off hoặc work."


@dataclass(frozen=True)
class WorkingDays:
    """What is known of days off: of each day told apart, whether it is worked."""

    told: dict[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked: as the tables say, else Monday to Friday."""
        return self.told.get(day, day.weekday() < SATURDAY)

    def on_or_before(self, day: date) -> date:
        """Return the last working day that is not after a day."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """Return the first working day that is not before a day."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def pay_date(self, month: int, pay_day: int | None, released_on: date) -> date:
        """Return the day on which providers shall pay a month; never before its release.

        Without a pay day: as soon as released.
        """
        earliest = self.on_or_after(released_on)
        if pay_day is None:
            return earliest
        last = first_day(month + 1) - ONE_DAY
        return max(self.on_or_before(last.replace(day=min(pay_day, last.day))), earliest)

    def days_off(self, year: int) -> int:
        """Return how many days off are told of a year."""
        return Counter(day.year for day, is_worked in self.told.items() if not is_worked)[year]


def working_days(office: Office) -> WorkingDays:
    """Return the days of the shipped table, with those of the office's in their place."""
    shipped = _days(SHIPPED_REFERENCE / Holiday.file)
    own = office.reference / Holiday.file
    return WorkingDays(shipped | (_days(own) if own.is_file() else {}))


def untold(office: Office, years: range) -> list[str]:
    """Return, in Vietnamese, for which of these years the days off are not known."""
    known = working_days(office)
    return [
        UNTOLD.format(year=year, told=told)
        for year in years
        if (told := known.days_off(year)) < LEGAL_DAYS_OFF
    ]


def _days(path: Path) -> dict[date, bool]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        return dict(_day(row) for row in csv.DictReader(table))


def _day(row: dict[str, str]) -> tuple[date, bool]:
    try:
        kind = row.get("kind") or "off"
        return date.fromisoformat(row["day"].strip()), {"off": False, WORK: True}[kind]
    except (KeyError, ValueError):
        raise Refused(WRONG.format(", ".join(map(str, row.values())))) from None
