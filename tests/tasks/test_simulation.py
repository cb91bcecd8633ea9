"""What a month would cost under other tables and settings, and what the months ahead will need."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.period import month_number, month_text
from tasks import simulation_book, warehouse
from tasks.office import Refused
from tasks.simulation import Asked, simulate
from tests import histories
from tests.house import House, giam, new_house, own_account, tang
from tests.test_histories import Run, live

ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
STANDARDS = "standard_code,scope,amount_vnd,valid_from,valid_to,legal_basis,source,confirmed"
CATEGORIES = (
    "category_code,family,scheme,name_vi,age_from_months,age_to_months,standard_code,coefficient,"
    "per_unit,sensitive,valid_from,valid_to,legal_basis,source,confirmed"
)
FIXED = "category_code,amount_vnd,valid_from,valid_to,legal_basis,source,confirmed"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def table(house: House, *lines: str, header: str = STANDARDS, name: str = "other.csv") -> Path:
    """Write a table of other rates beside the office."""
    path = house.home.parent / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def run(house: House, month: str, *rates: Path, **asked: Any) -> dict[str, Any]:
    office = house.office()
    with warehouse.opened(office, is_read_only=True) as connection:
        return simulate(connection, office, month_number(month), Asked(rates, **asked))


def paid(side: dict[str, int]) -> tuple[int, ...]:
    """Return people, total, regular, arrears and recovery of one side."""
    return tuple(side[name] for name in ("people", "amount", "regular", "arrears", "recovery"))


def sides(rows: list[dict[str, Any]], *keys: str, figure: str = "amount") -> list[tuple]:
    """Return (key …, actual, simulated) of one figure, row by row."""
    return [
        (
            *(row[key] for key in keys),
            row["actual"][figure],
            row["simulated"] and row["simulated"][figure],
        )
        for row in rows
    ]


# --- other rates ----------------------------------------------------------------------------------


def test_a_higher_standard_costs_its_difference_times_people_and_coefficient(house: House) -> None:
    """Two at 1.5 and one at 2.0 of a standard that is 100,000 more: 500,000 a month."""
    house.send("TANG", [tang(h, "BT06D", "01/2020", **ROSTER) for h in ("H1", "H2")])
    house.send("TANG", [tang("H3", "BT06A", "01/2020", **ROSTER)], "03220")
    house.ingest()
    house.pay("2024-06")
    higher = table(house, "SA_STD,VN,600000,2024-07,,thử,thử,yes")
    found = run(house, "2024-07", higher)
    assert found["state"] == "open"
    assert paid(found["actual"]) == (3, 2_500_000, 2_500_000, 0, 0)
    assert paid(found["simulated"]) == (3, 3_000_000, 3_000_000, 0, 0)
    assert sides(found["by_commune"], "commune_code", "name") == [
        ("03217", "Thị trấn Tủa Chùa", 1_500_000, 1_800_000),
        ("03220", "Xã Huổi Só", 1_000_000, 1_200_000),
    ]
    assert sides(found["by_category"], "family", "category_code") == [
        ("BT06DBN", "BT06A", 1_000_000, 1_200_000),
        ("BT06N", "BT06D", 1_500_000, 1_800_000),
    ]
    assert sides(found["by_scheme"], "scheme") == [("BTXH", 2_500_000, 3_000_000)]
    assert sides(found["by_month"], "entitlement_month") == [("2024-07", 2_500_000, 3_000_000)]


def test_a_standard_from_an_earlier_month_brings_arrears_back_to_it(house: House) -> None:
    """From 2024-06, which is released at 360,000: 1.5 x 240,000 more for it."""
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    found = run(house, "2024-07", table(house, "SA_STD,VN,600000,2024-06,,thử,thử,yes"))
    assert paid(found["actual"]) == (1, 750_000, 750_000, 0, 0)
    assert paid(found["simulated"]) == (1, 1_260_000, 900_000, 360_000, 0)
    assert sides(found["by_month"], "entitlement_month", figure="arrears") == [
        ("2024-06", 0, 360_000),
        ("2024-07", 0, 0),
    ]


def test_a_lower_standard_from_an_earlier_month_is_taken_back(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    found = run(house, "2024-07", table(house, "SA_STD,VN,300000,2024-06,2024-06,thử,thử,yes"))
    assert paid(found["simulated"]) == (1, 660_000, 750_000, 0, -90_000)
    assert found["notes"] == [
        "Tệp other.csv dòng 2: từ tháng 2024-07 SA_STD VN lại theo bảng của đơn vị."
    ]


def test_a_row_and_a_whole_edited_table_do_the_same(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.send("TANG", [tang("H2", "NC_TNLS_1", "01/2020", **ROSTER)])
    house.ingest()
    one = table(house, "SA_STD,VN,600000,2024-07,,thử,thử,yes")
    own = (house.home / "reference" / "standards.csv").read_text(encoding="utf-8")
    header, *lines = own.replace("SA_STD,VN,500000", "SA_STD,VN,600000").splitlines()
    whole = table(house, *lines, header=header, name="whole.csv")
    by_row, by_table = run(house, "2024-07", one), run(house, "2024-07", whole)
    assert by_row["simulated"] is None  # 2024-07 is ahead of the open 2024-06
    assert by_row["months"] == by_table["months"]
    assert by_row["months"][0]["simulated"]["regular"] == 900_000 + 2_789_000
    assert by_table["notes"] == by_row["notes"]


def test_a_fixed_amount_that_the_office_lacks(house: House) -> None:
    """Nobody is paid 2024-06 under the office's table: there is no confirmed row (EN03)."""
    house.send("TANG", [tang("H1", "NC_BB_51_60", "01/2020", **ROSTER)])
    house.ingest()
    other = table(house, "NC_BB_51_60,2000000,2023-07,2024-06,thử,thử,yes", header=FIXED)
    found = run(house, "2024-06", other)
    assert (found["actual"]["without_rate"], found["actual"]["amount"]) == (1, 0)
    assert (found["simulated"]["without_rate"], found["simulated"]["amount"]) == (0, 2_000_000)


def test_what_the_file_does_not_confirm_is_held_and_said(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    found = run(house, "2024-06", table(house, "SA_STD,VN,600000,2024-06,,dự thảo,thử,no"))
    assert (found["simulated"]["without_rate"], found["simulated"]["amount"]) == (1, 0)
    assert found["notes"] == [
        "Tệp other.csv dòng 2: SA_STD VN chưa xác nhận (confirmed = no) nên giữ lại, không chi."
    ]


def test_the_standard_of_the_province_comes_before_that_of_the_country(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    found = run(house, "2024-06", table(house, "SA_STD,11,400000,2024-06,,NQ HĐND,thử,yes"))
    assert found["simulated"]["amount"] == 600_000


def test_another_age_band(house: House) -> None:
    """BT05C from 78 instead of 80: H1, 79, enters it; BT05B must end where it begins."""
    person = {"birth_date": "20/01/1945", **ROSTER}
    house.send("TANG", [tang("H1", "BT05B", "01/2020", **person)])
    house.ingest()
    younger = "BT05C,BT05BC,BTXH,Từ đủ 78,936,,SA_STD,1.5,no,no,2024-06,2025-06,thử,thử,yes"
    shorter = "BT05B,BT05BC,BTXH,Từ 75 đến 78,900,936,SA_STD,1.0,no,no,2024-06,2025-06,thử,thử,yes"
    found = run(house, "2024-06", table(house, younger, shorter, header=CATEGORIES))
    assert sides(found["by_category"], "category_code") == [
        ("BT05B", 360_000, 0),
        ("BT05C", 0, 540_000),
    ]
    with pytest.raises(Refused, match=r"BT05B và BT05C cùng nhóm BT05BC .* 2024-06"):
        run(house, "2024-06", table(house, younger, header=CATEGORIES))


# --- other settings -------------------------------------------------------------------------------


def test_the_other_age_change(house: House) -> None:
    """H1 turns 80 in the month: 1.5 under `next`, 2.0 under `same`."""
    house.send("TANG", [tang("H1", "BT05A1", "01/2020", birth_date="20/06/1944", **ROSTER)])
    house.ingest()
    found = run(house, "2024-06", age_change="same")
    assert (found["actual"]["amount"], found["simulated"]["amount"]) == (540_000, 720_000)
    assert run(house, "2024-06", age_change="next")["simulated"]["amount"] == 540_000


def test_the_offset_share(house: House) -> None:
    """540,000 of June are to be taken from 750,000: half of it leaves 165,000 owed."""
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT06D", "06/2024", "CHUYEN_DI")])
    house.send("TANG", [tang("H1", "BT06D", "07/2024", reason="CHUYEN_DEN")], "03220")
    house.ingest()
    found = run(house, "2024-07", offset_share=Decimal("0.5"))
    assert paid(found["actual"]) == (1, 210_000, 750_000, 0, -540_000)
    assert paid(found["simulated"]) == (1, 375_000, 750_000, 0, -375_000)
    assert sides(found["by_month"], "entitlement_month", figure="receivable") == [
        ("2024-06", 0, 165_000),
        ("2024-07", 0, 0),
    ]


def test_a_hold_is_a_hold_under_other_rates_too(house: House) -> None:
    one_id = {"citizen_id": "011080000001", **ROSTER}
    house.send("TANG", [tang(h, "BT06D", "01/2020", **one_id) for h in ("H1", "H2")])
    house.ingest()
    found = run(house, "2024-06", table(house, "SA_STD,VN,600000,2024-06,,thử,thử,yes"))
    assert (found["actual"]["held_people"], found["actual"]["held"]) == (1, 540_000)
    assert (found["simulated"]["held_people"], found["simulated"]["held"]) == (1, 900_000)
    assert sides(found["by_category"], "category_code", figure="held") == [
        ("BT06D", 540_000, 900_000)
    ]


# --- results and released months ------------------------------------------------------------------


def test_results_that_came_in_count_as_prepare_would_count_them(house: House) -> None:
    """The result is ingested and not reconciled: prepare matches it first, so does this."""
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.pay("2024-06")
    payment = house.table("payment")[0]
    failed = {"status": "LOI", "error_code": "KHAC"}
    line = {name: payment[name] for name in ("payment_id", "amount")}
    house.send("ket_qua", [line | failed], None)
    house.ingest()
    found = run(house, "2024-07", age_change="next")
    assert (found["actual"]["regular"], found["actual"]["retry"]) == (750_000, 540_000)
    house.prepare("2024-07")
    assert run(house, "2024-07", age_change="next")["simulated"] == found["actual"]


def test_a_prepared_month_is_simulated_as_far_ahead_as_it_pays(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.prepare("2024-06", "2024-07")
    found = run(house, "2024-06", age_change="next")
    assert found["state"] == "prepared"
    assert found["actual"]["amount"] == found["simulated"]["amount"] == 540_000 + 750_000


def test_a_released_month_with_what_was_known_then(house: House) -> None:
    """The death that July brought is not known in June, whatever is simulated."""
    house.send("TANG", [tang(h, "BT06D", "01/2020", **ROSTER) for h in ("H1", "H2")])
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT06D", "06/2024", "CHET", death_date="20/05/2024")])
    house.ingest()
    found = run(house, "2024-06", table(house, "SA_STD,VN,400000,2024-06,,thử,thử,yes"))
    assert (found["state"], found["notes"]) == ("released", [])
    assert paid(found["actual"]) == (2, 1_080_000, 1_080_000, 0, 0)
    assert paid(found["simulated"]) == (2, 1_200_000, 1_200_000, 0, 0)


def test_a_table_that_changed_since_the_release_is_said(house: House) -> None:
    house.send("TANG", [tang("H1", "NC_BB_51_60", "01/2020", **ROSTER)])
    house.send("TANG", [tang("H2", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.add_reference(
        "fixed_amounts.csv", "NC_BB_51_60,2000000,2023-07,2024-06,NĐ 55/2023,thử,yes"
    )
    found = run(house, "2024-06", age_change="next")
    assert (found["actual"]["amount"], found["actual"]["without_rate"]) == (540_000, 1)
    assert (found["simulated"]["amount"], found["simulated"]["without_rate"]) == (2_540_000, 0)
    assert found["notes"][0].startswith("Tính lại kỳ 2024-06 bằng bảng hiện nay")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Run:
    plan = histories.plan(25, "2024", dossiers=60, months=2)
    return live(Run(tmp_path_factory.mktemp("office"), plan, is_compared=False))


@pytest.mark.nightly
def test_the_same_tables_give_the_same_months_in_a_random_office(lived: Run) -> None:
    """Every released month as released, the open one as prepare then stores it."""
    house, settings = lived.house, {"age_change": lived.plan.age_change}
    for month in range(lived.plan.start, lived.oracle.cycle):
        found = run(house, month_text(month), **settings)
        assert found["notes"] == [], month_text(month)
        assert found["actual"] == found["simulated"] == stored(house, month)
        for part in ("by_scheme", "by_commune", "by_category", "by_month"):
            assert all(row["actual"] == row["simulated"] for row in found[part])
    found = run(house, month_text(lived.oracle.cycle), **settings)
    house.prepare(month_text(lived.oracle.cycle))
    assert found["actual"] == found["simulated"] == stored(house, lived.oracle.cycle)
    assert found["actual"]["amount"] > 0


def stored(house: House, month: int) -> dict[str, int]:
    """Return the figures of a month as the tables of the ledger have them."""
    where = f"month = {month}"
    payments, held = house.table("payment", where), house.table("held", where)
    kinds = ("amount", "regular", "arrears", "retry", "recovery")
    waiting = [row for row in held if row["rule"] != "EN03"]
    return {
        "people": len({row["dossier_no"] for row in payments}),
        "payments": len(payments),
        **{kind: sum(row[kind] for row in payments) for kind in kinds},
        "held_people": len({row["dossier_no"] for row in waiting}),
        "held": sum(row["amount"] for row in waiting),
        "without_rate": len({row["dossier_no"] for row in held if row["rule"] == "EN03"}),
        "receivable": sum(row["amount"] for row in house.table("receivable", where)),
    }


# --- the months ahead -----------------------------------------------------------------------------


def ahead(found: dict[str, Any], side: str, *figures: str) -> list[tuple]:
    return [(one["month"], *(one[side][name] for name in figures)) for one in found["months"]]


def test_who_turns_80_in_three_months_gets_more_then(house: House) -> None:
    """Born in September 1944: under `next` the band counts from October, under `same` in September.

    The standard of July is known too.
    """
    house.send("TANG", [tang("H1", "BT05A1", "01/2020", birth_date="20/09/1944", **ROSTER)])
    house.ingest()
    found = run(house, "2024-06", months=5, age_change="same")
    assert ahead(found, "actual", "regular", "band_changes") == [
        ("2024-06", 540_000, 0),
        ("2024-07", 750_000, 0),
        ("2024-08", 750_000, 0),
        ("2024-09", 750_000, 0),
        ("2024-10", 1_000_000, 1),
    ]
    assert ahead(found, "simulated", "regular", "band_changes")[3:] == [
        ("2024-09", 1_000_000, 1),
        ("2024-10", 1_000_000, 0),
    ]


def test_who_ages_out_and_who_stops_are_gone_then(house: House) -> None:
    """H1 turns 16 in July; H2 has a decision to stop in August, H3 begins in September."""
    house.send(
        "TANG",
        [
            tang("H1", "BT01B", "01/2020", birth_date="20/07/2008", **ROSTER),
            tang("H2", "BT06D", "01/2020", **ROSTER),
        ],
    )
    house.send("TANG", [tang("H3", "BT04", "09/2024", units="2")])
    house.send("GIAM", [giam("H2", "BT06D", "08/2024", "TU_NGUYEN")])
    house.ingest()
    found = run(house, "2024-06", months=4)
    assert found["months"][0]["simulated"] is None
    figures = ("people", "regular", "starts", "stops", "aged_out")
    assert ahead(found, "actual", *figures) == [
        ("2024-06", 2, 1_080_000, 0, 0, 0),
        ("2024-07", 2, 1_500_000, 0, 0, 0),
        ("2024-08", 0, 0, 0, 1, 1),
        ("2024-09", 1, 1_000_000, 1, 0, 0),
    ]


def test_a_category_that_ends_is_held_and_not_guessed(tmp_path: Path) -> None:
    """BT05B and BT05C end with June 2025; who has not been moved to HT01 has no rate then."""
    house = new_house(tmp_path / "office", "2025-05", date(2025, 5, 5))
    house.send("TANG", [tang("H1", "BT05C", "01/2020", birth_date="1940", **ROSTER)])
    house.ingest()
    found = run(house, "2025-05", months=3)
    assert ahead(found, "actual", "people", "regular", "without_rate", "aged_out") == [
        ("2025-05", 1, 500_000, 0, 0),
        ("2025-06", 1, 500_000, 0, 0),
        ("2025-07", 0, 0, 1, 0),
    ]
    assert found["months"][2]["by_category"][0]["family"] == "BT05BC"


def test_what_is_outstanding_stands_in_the_first_month(house: House) -> None:
    """April and May of H1 are owed; need is what its payment of June will be."""
    house.send("TANG", [tang("H1", "BT06D", "04/2024")])
    house.ingest()
    found = run(house, "2024-06", months=2)
    assert ahead(found, "actual", "regular", "arrears", "need") == [
        ("2024-06", 540_000, 1_080_000, 1_620_000),
        ("2024-07", 750_000, 0, 750_000),
    ]
    assert found["actual"]["amount"] == 1_620_000


def test_what_was_paid_ahead_is_not_needed_again(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06", "2024-08")
    found = run(house, "2024-07", months=3)
    assert ahead(found, "actual", "regular", "paid_ahead", "need") == [
        ("2024-07", 750_000, 750_000, 0),
        ("2024-08", 750_000, 750_000, 0),
        ("2024-09", 750_000, 0, 750_000),
    ]


def test_the_budget_adds_what_the_year_has_spent(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.send("TANG", [tang("H2", "NC_TNLS_1", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06", {"dossier_no": "H2", "status": "LOI", "error_code": "KHAC"})
    higher = table(house, "SA_STD,VN,600000,2025-01,,thử,thử,yes")
    found = run(house, "2024-07", higher, months=7)
    columns = ("year", "scheme", "instructed", "actual", "simulated")
    assert [tuple(row[name] for name in columns) for row in found["budget"]] == [
        (2024, "BTXH", 540_000, 6 * 750_000, 6 * 750_000),
        (2024, "NCC", 0, 6 * 2_789_000 + 2_055_000, 6 * 2_789_000 + 2_055_000),
        (2025, "BTXH", 0, 750_000, 900_000),
        (2025, "NCC", 0, 2_789_000, 2_789_000),
    ]


def test_a_month_ahead_says_what_it_leaves_out(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "04/2024")])
    house.ingest()
    found = run(house, "2024-08", months=1)
    assert (found["state"], found["actual"], found["by_commune"]) == ("ahead", None, [])
    assert ahead(found, "actual", "need") == [("2024-08", 750_000)]
    assert found["notes"] == [
        "Dự toán từ kỳ 2024-08: chưa gồm các kỳ 2024-06 đến 2024-07, chưa gồm truy lĩnh và chi lại."
    ]


@pytest.mark.parametrize(
    ("month", "asked", "said"),
    [
        ("2024-05", {"age_change": "same"}, "trước kỳ đầu tiên 2024-06"),
        ("2025-08", {"months": 1}, "từ kỳ 2025-07 trở về trước"),
        ("2024-06", {"months": 1}, "bắt đầu từ kỳ đang mở, 2024-07"),
    ],
)
def test_months_out_of_reach(house: House, month: str, asked: dict[str, Any], said: str) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    with pytest.raises(Refused, match=said):
        run(house, month, **asked)


# --- the office and the workbook ------------------------------------------------------------------


def prints(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_changes_on_disk_and_the_workbook_has_the_same_bytes(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "04/2024"), tang("H2", "NC_TNLS_1", "06/2024")])
    house.ingest()
    house.prepare("2024-06")
    before = prints(house.home)
    higher = table(house, "SA_STD,VN,600000,2024-05,,thử,thử,yes")
    books = [
        simulation_book.simulation_book(house.office(), run(house, "2024-06", higher, months=12))
        for _ in range(2)
    ]
    assert books[0] == books[1]
    assert prints(house.home) == before


def test_the_workbook_is_written_beside_earlier_ones(house: House, tmp_path: Path) -> None:
    office, folder = house.office(), tmp_path / "out"
    folder.mkdir()

    def save(data: bytes, out: Path = folder) -> str:
        return simulation_book.save_book(office, "2024-06", data, out).name

    assert save(b"one") == save(b"one") == "mo_phong_2024-06.xlsx"
    assert save(b"two") == "mo_phong_2024-06_2.xlsx"
    assert (folder / "mo_phong_2024-06.xlsx").read_bytes() == b"one"
    assert save(b"one", folder / "mine.xlsx") == "mine.xlsx"
    with pytest.raises(Refused, match="đã có và khác"):
        save(b"two", folder / "mine.xlsx")
    with pytest.raises(Refused, match="Không có thư mục"):
        save(b"one", folder / "none" / "mine.xlsx")


def test_the_office_folder_is_written_to_only_when_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = house.office()
    monkeypatch.chdir(house.home / "outbox")
    with pytest.raises(Refused, match="--out"):
        simulation_book.save_book(office, "2024-06", b"one", None)
    asked_for = house.home / "outbox" / "thu.xlsx"
    assert simulation_book.save_book(office, "2024-06", b"one", asked_for) == asked_for
