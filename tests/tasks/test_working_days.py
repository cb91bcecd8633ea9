"""Working days and pay days: weekends, Tết, swapped days, and the office's own table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.period import month_number
from tasks import warehouse
from tasks.office import Office, Refused, init_office, load_office
from tasks.working_days import WorkingDays, untold, working_days

HEADER = "day,name_vi,kind"


def office_with(home: Path, *lines: str, header: str = HEADER) -> Office:
    """Return an office whose own table of days holds these lines."""
    init_office(home)
    table = home / "reference" / "holidays.csv"
    table.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return load_office(home, date(2024, 7, 1))


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2024, 7, 3), True),
        (date(2024, 7, 6), False),  # Saturday
        (date(2025, 1, 29), False),  # Tết
        (date(2025, 5, 2), False),  # off in place of …
        (date(2025, 4, 26), True),  # … this Saturday
        (date(2026, 11, 24), False),  # a holiday from 2026 on
        (date(2025, 11, 24), True),
    ],
)
def test_days_of_the_shipped_table(tmp_path: Path, day: date, is_worked: bool) -> None:
    assert working_days(office_with(tmp_path)).is_working_day(day) is is_worked


def test_rows_of_the_office_come_first(tmp_path: Path) -> None:
    days = working_days(
        office_with(
            tmp_path,
            "2026-01-02,Hoán đổi,off",
            "2026-01-10,Làm bù,work",
            "2025-01-27,Vẫn làm việc,work",
            "2024-07-03,Nghỉ bão,",
        )
    )
    asked = [date(2026, 1, 2), date(2026, 1, 10), date(2025, 1, 27), date(2024, 7, 3)]
    assert [days.is_working_day(day) for day in asked] == [False, True, True, False]


def test_table_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    office = office_with(tmp_path, "2024-07-03,Nghỉ bão", header="day,name_vi")
    assert not working_days(office).is_working_day(date(2024, 7, 3))
    with warehouse.opened(office) as connection:
        assert warehouse.rows(connection, "FROM holiday") == [("2024-07-03", "Nghỉ bão", None)]


@pytest.mark.parametrize("line", ["03/07/2024,Nghỉ,off", "2024-07-03,Nghỉ,nghi"])
def test_wrong_row_is_refused_with_the_way_to_mend(tmp_path: Path, line: str) -> None:
    with pytest.raises(Refused, match=r"holidays\.csv có dòng sai.*off hoặc work"):
        working_days(office_with(tmp_path, line))


@pytest.mark.parametrize(
    ("month", "pay_day", "released", "expected"),
    [
        ("2024-07", 10, date(2024, 7, 3), date(2024, 7, 10)),
        ("2024-08", 10, date(2024, 8, 2), date(2024, 8, 9)),  # a Saturday: the day before
        ("2025-02", 1, date(2025, 1, 20), date(2025, 1, 24)),  # Tết: before it, in January
        ("2025-01", 31, date(2025, 1, 31), date(2025, 2, 3)),  # released within Tết: after it
        ("2024-08", 10, date(2024, 8, 12), date(2024, 8, 12)),  # never before the release
        ("2025-02", 31, date(2025, 2, 5), date(2025, 2, 28)),  # no such day: the month's last
        ("2024-07", None, date(2024, 7, 3), date(2024, 7, 3)),
        ("2024-07", None, date(2024, 7, 6), date(2024, 7, 8)),  # released on a Saturday
    ],
)
def test_pay_day_moves_to_the_working_day_before(
    tmp_path: Path, month: str, pay_day: int | None, released: date, expected: date
) -> None:
    days = working_days(office_with(tmp_path))
    assert days.pay_date(month_number(month), pay_day, released) == expected


def test_every_pay_date_is_worked_and_not_before_release() -> None:
    days = WorkingDays({date(2024, 7, day): False for day in range(8, 15)})
    for pay_day in range(1, 32):
        for day in range(1, 29):
            released = date(2024, 7, day)
            found = days.pay_date(month_number("2024-07"), pay_day, released)
            assert days.is_working_day(found)
            assert found >= released


def test_year_without_a_table_is_said(tmp_path: Path) -> None:
    office = office_with(tmp_path, "2028-01-01,Tết Dương lịch,off")
    assert untold(office, range(2023, 2028)) == []
    (told,) = untold(office, range(2027, 2029))
    assert told.startswith("Chưa có lịch nghỉ lễ, Tết năm 2028 (reference/holidays.csv mới có 1")
    # Weekends are known all the same.
    assert working_days(office).on_or_before(date(2028, 1, 30)) == date(2028, 1, 28)


@pytest.mark.parametrize("value", ["0", "32", '"10"', "true"])
def test_setting_that_is_no_day_is_refused(tmp_path: Path, value: str) -> None:
    init_office(tmp_path)
    settings = tmp_path / "reference" / "office.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# pay_day = 10 ", f"pay_day = {value} "), encoding="utf-8")
    with pytest.raises(Refused, match="pay_day phải là ngày từ 1 đến 31"):
        load_office(tmp_path, date(2024, 7, 1))
