"""Who reports in time, month by month; and what in time means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from schemas.period import is_on_time, month_number, report_deadline
from tasks import warehouse
from tasks.office import Office
from tasks.shown import shown, stage_bases
from tasks.warehouse import Connection
from tests.small_office import JULY, small_office


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Connection]]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        stage_bases(office, connection)
        yield office, connection


def history(opened: tuple[Office, Connection], month: int, today: date) -> list[tuple]:
    """Return (unit, kind, received, standing) of a month."""
    found = shown(opened[1], "report_history", today=today, report_deadline_day=20)
    chosen = found.filter(month=month)
    return chosen.select("unit", "unit_kind", "received_on", "standing").rows()


def test_on_time_late_and_missing(opened: tuple[Office, Connection]) -> None:
    assert history(opened, JULY, date(2024, 7, 20)) == [
        ("03217", "commune", date(2024, 7, 19), "on_time"),
        ("03220", "commune", None, "missing"),
        ("AGRIBANK", "provider", date(2024, 7, 20), "late"),
        ("LPBANK", "provider", None, "missing"),
        ("VIETTEL", "provider", None, "missing"),
    ]


def test_nobody_is_late_before_the_day(opened: tuple[Office, Connection]) -> None:
    standings = [one[-1] for one in history(opened, JULY, date(2024, 7, 19))]
    assert standings == ["on_time", "waiting", "late", "waiting", "waiting"]


def test_only_who_pays_anybody_in_a_month_has_to_report(
    opened: tuple[Office, Connection],
) -> None:
    units = [one[0] for one in history(opened, JULY - 1, date(2024, 7, 25))]
    assert units == ["03217", "AGRIBANK"]


@pytest.mark.parametrize(
    ("month", "day", "deadline"),
    [
        ("2024-07", 20, date(2024, 7, 20)),
        ("2024-07", 1, date(2024, 7, 1)),
        ("2025-02", 20, date(2025, 2, 20)),
        ("2024-01", 20, date(2024, 1, 20)),  # a Saturday: the day does not move
        ("2025-02", 31, date(2025, 3, 3)),
    ],
)
def test_before_the_day_is_in_time_and_sql_agrees(
    opened: tuple[Office, Connection], month: str, day: int, deadline: date
) -> None:
    number = month_number(month)
    assert report_deadline(number, day) == deadline
    for received, expected in (
        (date.fromordinal(deadline.toordinal() - 1), True),
        (deadline, False),
    ):
        assert is_on_time(received, number, day) is expected
        found = warehouse.value(
            opened[1], "SELECT is_on_time($on, $month, $day)", on=received, month=number, day=day
        )
        assert found is expected
