"""Where things lie on the pages, and how numbers are written there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.period import month_number
from tasks.dashboard_charts import Bar, bars, months_axis, rate_line, rounded_up, shares, short
from tasks.dashboard_map import FILE, tile_places
from tasks.dashboard_parts import MOST_UNITS, NO_REPORT, CalendarRow, Report, band_of, calendar
from tasks.dashboard_words import percent, points, share, signed
from tasks.office import Office, Refused, init_office, load_office
from tasks.small_counts import LEAST, hidden

JULY = month_number("2024-07")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    init_office(tmp_path)
    return load_office(tmp_path, date(2024, 7, 19))


@pytest.mark.parametrize(
    ("rate", "told"),
    [("0.973333", "97,3"), ("1", "100,0"), ("0", "0,0"), ("0.999999", "100,0")],
)
def test_rates(rate: str, told: str) -> None:
    assert percent(Decimal(rate)) == f"{told}\N{NO-BREAK SPACE}%"


def test_nothing_paid_has_no_rate() -> None:
    assert percent(None) == "–"
    assert share(0, 0) is None
    assert share(1, 3) == Decimal("0.333333")


def test_changes_have_a_sign() -> None:
    assert [signed(change) for change in (1_234, 0, -3)] == ["+1.234", "0", "−3"]
    told = [points(Decimal(change)) for change in ("0.021", "-0.021", "-0.0001")]
    assert told == ["+2,1", "−2,1", "0,0"]


@pytest.mark.parametrize(
    ("amount", "told"),
    [(999_999, "999.999"), (540_000_000, "540 triệu"), (1_550_000_000, "1,5 tỷ")],
)
def test_short_amounts(amount: int, told: str) -> None:
    assert short(amount) == told


def test_the_line_of_a_rate_breaks_where_nothing_was_paid() -> None:
    line = rate_line([Decimal("0.5"), None, Decimal(1)])
    assert line.pieces == ("188,172", "557,24")
    assert line.points == ((188, 172), (557, 24))


def test_bars_stand_on_the_axis() -> None:
    assert rounded_up(1_300_000_000) == 2_000_000_000
    assert bars([(1_000, 500)], 2_000) == [Bar(341, 64, 172, 148, 98, 74)]


def test_few_months_are_labelled_of_many() -> None:
    labels = [tick.label for tick in months_axis([str(month) for month in range(1, 21)])]
    assert [label for label in labels if label] == ["4", "8", "12", "16", "20"]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_shares_fill_the_whole(parts: list[int]) -> None:
    drawn = shares(parts, 1000)
    assert sum(width for _, width in drawn) == (1000 if any(parts) else 0)
    assert [start for start, _ in drawn] == sorted(start for start, _ in drawn)


@pytest.mark.parametrize(
    ("counts", "is_hidden"),
    [
        ([10, 20, 0], [False, False, False]),
        ([10, 3, 20], [True, True, False]),  # 3 would be the total less 30
        ([4, 3, 20, 0], [True, True, False, False]),
        ([1, 2, 20, 9], [True, True, False, True]),  # three people in all are too few
        ([3, 0], [True, False]),
    ],
)
def test_what_is_hidden(counts: list[int], is_hidden: list[bool]) -> None:
    assert hidden(counts) == is_hidden


@given(st.lists(st.integers(0, 40), max_size=10))
def test_what_is_hidden_cannot_be_found_by_subtraction(counts: list[int]) -> None:
    is_hidden = hidden(counts)
    kept_back = [count for count, hide in zip(counts, is_hidden, strict=True) if hide]
    assert all(count == 0 or count >= LEAST or count in kept_back for count in counts)
    if kept_back and any(count and not hide for count, hide in zip(counts, is_hidden, strict=True)):
        assert len(kept_back) > 1
        assert sum(kept_back) >= LEAST


def test_colours_of_the_map() -> None:
    rates = ("0.499999", "0.5", "0.75", "0.9", "1")
    assert [band_of(Decimal(rate)) for rate in rates] == [0, 1, 2, 3, 3]
    assert band_of(None) is None


def test_the_calendar_names_providers_and_then_who_is_late_most() -> None:
    late, missing = Report("late", date(2024, 7, 20)), Report("missing")
    on_time = Report("on_time", date(2024, 6, 19))
    june = {"03217": on_time, "03220": late}
    july = {"03217": missing, "03220": missing, "LPBANK": Report("on_time", None, True)}
    months, rows = calendar({JULY - 1: june, JULY: july, JULY + 1: {}}, JULY, {"03220": "Huổi Só"})
    assert months == (JULY - 1, JULY)
    assert rows == [
        CalendarRow("LPBANK", (NO_REPORT, july["LPBANK"])),
        CalendarRow("Huổi Só", (late, missing)),
        CalendarRow("03217", (on_time, missing)),
    ]


def test_a_calendar_of_very_many_communes_is_cut() -> None:
    reports = {f"{number:05d}": Report("missing") for number in range(10_000)}
    _, rows = calendar({JULY: reports}, JULY, {})
    assert len(rows) == MOST_UNITS


def test_tiles_lie_as_the_table_says_without_empty_lines(office: Office) -> None:
    # Xín Chải in the north-west, Lao Xả Phình, the town in the south; their rows are 1, 2 and 5.
    places = tile_places(office, ["03217", "03223", "03229", "99999"])
    assert places == {"03217": (3, 1), "03223": (1, 1), "03229": (2, 2)}


def test_every_commune_of_tua_chua_has_a_tile(office: Office) -> None:
    codes = [f"{code:05d}" for code in range(3217, 3251, 3)]
    assert len(set(tile_places(office, codes).values())) == 12


def test_no_table_no_places(office: Office) -> None:
    (office.reference / FILE).unlink()
    assert tile_places(office, ["03217"]) == {}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("03300,một,2,A", "dòng 2: cột row, column phải là số"),
        ("03300,1", "dòng 2: cột row, column phải là số"),
        ("03300,0,2,A", "dòng 2: row, column phải từ 1 đến 30"),
        ("03300,1,2,A\n03301,1,2,B", "dòng 3: ô này đã có xã khác"),
    ],
)
def test_a_wrong_line_of_the_table_is_refused(office: Office, line: str, why: str) -> None:
    (office.reference / FILE).write_text(f"commune_code,row,column,name_vi\n{line}\n")
    with pytest.raises(Refused, match=why):
        tile_places(office, ["03300"])


def test_positions_are_those_of_now_whatever_day_the_tables_are_of(office: Office) -> None:
    assert tile_places(replace(office, tables=Path("nowhere")), ["03217"]) == {"03217": (1, 1)}
