"""Who changes band or ages out within three months: literal people in, literal decisions out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.payments import Cycle, Standing
from schemas.period import month_number
from schemas.registry import Interval, Person
from tasks import decisions, warehouse
from tasks.office import load_office
from tests.house import new_house
from tests.small_office import HUOI_SO, JULY, TODAY, TOWN, made, put, standing

Listed = Callable[..., list[tuple[Any, ...]]]
OLD = ("H1", "1944-08-15", "BT05A")  # 80 in August 2024
CHILD = ("H2", "2021-08-15", "BT07")  # 3 in August 2024


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """Return a function that lists people given as (dossier, birth, family, span of months…)."""

    def listed(*people: tuple[Any, ...], month: int = JULY, age_change: str = "next", **more: Any):
        house = new_house(tmp_path / "office")
        house.set("age_change", f'"{age_change}"')
        for old, new in more.get("reference", {}).items():
            path = house.home / "reference" / "categories.csv"
            path.write_text(path.read_text().replace(old, new))
        office = load_office(house.home, TODAY)
        with warehouse.opened(office) as connection:
            dossiers = {person[:2]: person for person in people}
            put(
                connection,
                Person,
                made(
                    "dossier_no birth_date",
                    *dossiers,
                    full_name="Vừ A Hùng",
                    name_fold="VU A HUNG",
                    gender="Nam",
                    is_dead=more.get("is_dead", False),
                    identity_event=1,
                ),
            )
            put(connection, Interval, [spans(*person[:1], *person[2:]) for person in people])
            for table, rows in more.get("rows", {}).items():
                put(connection, table, rows)
            return [
                (
                    row["effective_month"],
                    row["dossier_no"],
                    row["reason"],
                    row["category_before"],
                    row["category_after"],
                    row["amount_before"],
                    row["amount_after"],
                    row["note"],
                )
                for row in decisions.coming(office, connection, month).to_dicts()
            ]

    return listed


def spans(
    dossier: str,
    family: str,
    first: str = "2022-01",
    stop: str | None = None,
    number: int = 1,
    commune: str = TOWN,
) -> dict[str, Any]:
    """Return one interval of a benefit."""
    return {
        "dossier_no": dossier,
        "family": family,
        "interval_no": number,
        "scheme": "BTXH",
        "commune_code": commune,
        "from_month": month_number(first),
        "stop_month": month_number(stop) if stop else None,
        "start_cycle": month_number("2022-01"),
        "start_event": number,
        "start_reason": "MOI",
        "is_roster": False,
    }


def old(month: str, note: str | None = None) -> tuple[Any, ...]:
    return (month, "H1", "DOI_HE_SO_TUOI", "BT05A1", "BT05A2", 750_000, 1_000_000, note)


def child(month: str, note: str | None = None) -> tuple[Any, ...]:
    return (month, "H2", "HET_TUOI", "BT07", None, 750_000, 0, note)


def test_the_month_after_the_birthday_counts(listed: Listed) -> None:
    assert listed(OLD, CHILD) == [old("2024-09"), child("2024-09")]


def test_the_birthday_month_counts_where_the_office_says_so(listed: Listed) -> None:
    assert listed(OLD, CHILD, age_change="same") == [old("2024-08"), child("2024-08")]


@pytest.mark.parametrize(
    ("birth", "wanted"),
    [
        ("2021-06-30", []),  # 3 in June, out in July: the payroll of July says so already
        ("2021-07-01", [child("2024-08")]),
        ("2021-09", [child("2024-10")]),
        ("2021-10-01", []),
        ("2019-01-01", []),  # past the band for years
    ],
)
def test_only_the_three_months_ahead(listed: Listed, birth: str, wanted: list) -> None:
    assert listed(("H2", birth, "BT07")) == wanted


def test_a_year_alone_counts_in_the_persons_favour_and_asks_for_papers(listed: Listed) -> None:
    # Young: born in December, so out in January. Old: born in January, so more from February.
    papers = "Chỉ biết năm sinh: kiểm tra giấy tờ"
    november = month_number("2024-11")
    assert listed(("H1", "1945", "BT05A"), ("H2", "2021", "BT07"), month=november) == [
        child("2025-01", papers),
        old("2025-02", papers),
    ]


def test_what_stops_before_needs_no_decision_of_age(listed: Listed) -> None:
    assert listed((*OLD, "2022-01", "2024-09"), (*CHILD, "2022-01", "2024-08")) == []


def test_what_stops_later_still_changes(listed: Listed) -> None:
    assert listed((*OLD, "2022-01", "2024-10")) == [old("2024-09")]


def test_who_starts_or_moves_in_that_month_has_a_decision_of_its_own(listed: Listed) -> None:
    moves = ((*OLD, "2022-01", "2024-09", 1, TOWN), (*OLD, "2024-09", None, 2, HUOI_SO))
    assert listed((*CHILD, "2024-09"), *moves) == []


def test_a_benefit_of_several_spans_is_listed_once(listed: Listed) -> None:
    spans = (
        (*OLD, "2022-01", "2023-01", 1),
        (*OLD, "2023-06", "2024-08", 2),
        (*OLD, "2024-08", None, 3),
    )
    assert listed(*spans) == [old("2024-09")]


def test_the_dead_need_no_decision(listed: Listed) -> None:
    assert listed((*OLD, "2022-01", "2024-12"), is_dead=True) == []


def test_who_was_too_young_begins_to_have_an_amount(listed: Listed) -> None:
    assert listed(("H1", "1964-08-15", "BT05A")) == [
        (
            *("2024-09", "H1", "DOI_HE_SO_TUOI", None, "BT05A1", 0, 750_000),
            "Đến tuổi bắt đầu có mức",
        )
    ]


def test_a_band_of_the_same_amount_is_said_to_be_so(listed: Listed) -> None:
    assert listed(("H1", "1944-08-15", "BT05BC")) == [
        ("2024-09", "H1", "DOI_HE_SO_TUOI", "BT05B", "BT05C", 500_000, 500_000, "Mức không đổi")
    ]


def test_the_standard_may_change_in_the_same_month(listed: Listed) -> None:
    # 2.5 x 360,000 becomes 1.5 x 500,000.
    assert listed(("H1", "2020-06-15", "BT01"), month=month_number("2024-05")) == [
        (
            *("2024-07", "H1", "DOI_HE_SO_TUOI", "BT01A", "BT01B", 900_000, 750_000),
            "Cùng tháng đổi mức chuẩn",
        )
    ]


def test_an_amount_that_nobody_confirmed_is_not_guessed(listed: Listed) -> None:
    unconfirmed = {"NĐ 20/2021 Đ5.5.a/Đ6.1.đ,same,yes": "NĐ 20/2021 Đ5.5.a/Đ6.1.đ,same,no"}
    assert listed(OLD, reference=unconfirmed) == [
        (
            *("2024-09", "H1", "DOI_HE_SO_TUOI", "BT05A1", "BT05A2", 750_000, None),
            "Chưa có mức được xác nhận",
        )
    ]


def test_a_law_that_ends_is_no_change_of_age(listed: Listed) -> None:
    # 80 in June 2025; BT05B and BT05C end with that month.
    people = ("H1", "1945-06-15", "BT05BC"), ("H2", "1945-05-15", "BT05BC")
    found = listed(*people, month=month_number("2025-05"))
    assert [row[:2] for row in found] == [("2025-06", "H2")]


def test_who_is_held_or_paid_ahead_is_marked(listed: Listed) -> None:
    rows = {
        Cycle: made("month state through", (JULY, "prepared", month_number("2024-09"))),
        Standing: [standing("H2", TOWN, "VIETTEL", hold_rule="ID05")],
    }
    assert listed(OLD, CHILD, rows=rows) == [
        old("2024-09", "Đã chi trước đến 09/2024"),
        child("2024-09", "Đang tạm giữ chi"),
    ]
