"""One dossier explained: who, what was due and why, what was paid, what is open, who said so."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from schemas.period import month_number, month_text
from tasks import as_known, explain, month_difference, registry, warehouse
from tasks.office import Refused
from tests import histories
from tests.house import House, dieu_chinh, giam, new_house, own_account, tang
from tests.test_histories import Run, live

ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
ID = "011080123456"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def told(house: House, dossier: str, month: str | None = None, as_of: str | None = None) -> Any:
    months = (None if text is None else month_number(text) for text in (month, as_of))
    return explain.explain(house.office(), dossier, *months)


def parts(answer: Any) -> list[tuple[str, int]]:
    difference = answer["difference"]
    found = [(part["code"], part["amount"]) for part in difference["parts"]]
    assert sum(amount for _, amount in found) == difference["difference"]
    assert difference["difference"] == difference["amount"] - difference["amount_before"]
    return found


def due(answer: Any) -> list[tuple[str, str, int | None]]:
    return [(row["month"], row["state"], row["amount"]) for row in answer["months"]]


def roster_with_account(house: House, **other: Any) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2024", citizen_id=ID, **ROSTER, **other)])
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()


def test_a_raised_standard_and_a_failed_month_add_up(house: House) -> None:
    roster_with_account(house)
    house.pay("2024-06")
    house.answer("2024-06", {"dossier_no": "H1", "status": "LOI", "error_code": "TK_DONG"})
    house.pay("2024-07")
    answer = told(house, "H1")
    assert answer["sentence"] == (
        "Kỳ 07/2024 được chi 1.290.000 đồng, kỳ trước 540.000 đồng (không chi được: "
        "tài khoản đã đóng): mức chuẩn tăng (NĐ 76/2024 Điều 1) +210.000 đồng; "
        "chi lại tháng 06/2024 +540.000 đồng."
    )
    assert parts(answer) == [("standard", 210_000), ("retry", 540_000)]
    assert due(answer)[-3:] == [
        ("2024-06", "due", 540_000),
        ("2024-07", "due", 750_000),
        ("2024-08", "due", 750_000),
    ]
    june = next(row for row in answer["months"] if row["month"] == "2024-06")
    assert (june["category_code"], june["coefficient"], june["standard_amount"]) == (
        "BT06D",
        1.5,
        360_000,
    )
    assert (june["age_months"], june["age_from_months"], june["age_to_months"]) == (530, 192, 720)
    assert june["amount_basis"] == "NĐ 20/2021 Điều 4.2"
    assert [(p["month"], p["status"], p["status_reason"]) for p in answer["payments"]] == [
        ("2024-06", "failed", "TK_DONG"),
        ("2024-07", "instructed", None),
    ]
    assert answer["account"]["account_last4"] == "7890"
    assert answer["account"]["account_closed"] is True
    assert answer["balances"] == []


def test_a_death_told_late_stops_is_recovered_and_leaves_a_debt(house: House) -> None:
    roster_with_account(house)
    for month in ("2024-06", "2024-07"):
        house.pay(month)
        house.answer(month)
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "CHET", decision_no="9/QĐ")])
    house.ingest()
    house.pay("2024-08")
    answer = told(house, "H1")
    assert parts(answer) == [("stopped", -750_000)]
    assert answer["sentence"] == (
        "Kỳ 08/2024 không có tiền để chi, kỳ trước 750.000 đồng: thôi hưởng BT06D (chết, QĐ 9/QĐ)"
        " −750.000 đồng; còn phải thu lại 750.000 đồng ở các kỳ sau."
    )
    assert [(b["kind"], b["month"], b["amount"]) for b in answer["balances"]] == [
        ("to_recover", "2024-07", -750_000)
    ]
    assert answer["is_dead"] is True
    assert ("2024-07", "stopped", None) in due(answer)
    house.pay("2024-09")
    assert told(house, "H1")["sentence"] == (
        "Kỳ 09/2024 không có tiền để chi, kỳ trước cũng không: thôi hưởng từ 07/2024 "
        "(chết, QĐ 9/QĐ); còn phải thu lại 750.000 đồng ở các kỳ sau."
    )


def test_another_band_and_another_standard_in_one_month(house: House) -> None:
    # 80 in June 2024: the band changes in July, as the standard does.
    house.send("TANG", [tang("H1", "BT05A1", "01/2024", birth_date="02/06/1944", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.pay("2024-07")
    assert parts(told(house, "H1")) == [("standard", 210_000), ("band", 250_000)]
    assert parts(told(house, "H1", "2024-06")) == [("started", 540_000)]


def test_paid_ahead_then_not_paid_again(house: House) -> None:
    roster_with_account(house)
    house.pay("2024-06", through="2024-07")
    answer = told(house, "H1", "2024-06")
    assert parts(answer) == [("started", 540_000), ("ahead", 750_000)]
    house.pay("2024-07")
    answer = told(house, "H1")
    assert parts(answer) == [
        ("standard", 210_000),
        ("paid_ahead", -750_000),
        ("ahead_before", -750_000),
    ]
    assert "tháng 07/2024 đã chi trước −750.000 đồng" in answer["sentence"]


def test_a_hold_and_its_end(house: House) -> None:
    roster_with_account(house)
    house.pay("2024-06")
    house.answer("2024-06", {"dossier_no": "H1", "status": "LOI", "error_code": "CHET"})
    house.pay("2024-07")
    answer = told(house, "H1")
    assert parts(answer) == [("standard", 210_000), ("held", -750_000)]
    assert [(b["kind"], b["month"], b["amount"]) for b in answer["balances"]] == [
        ("owed", "2024-06", 540_000),
        ("owed", "2024-07", 750_000),
    ]
    house.send(
        "xac_thuc",
        [{"dossier_no": "H1", "subject": "DAN_CU", "value": ID, "outcome": "DUNG"}],
        None,
    )
    house.ingest()
    house.pay("2024-08")
    assert parts(told(house, "H1")) == [
        ("held_before", 750_000),
        ("arrears", 750_000),
        ("retry", 540_000),
    ]


def test_a_change_of_category_and_of_units(house: House) -> None:
    house.send("TANG", [tang("H1", "BT04", "06/2024", units=2), tang("H2", "BT05B", "06/2024")])
    house.send("TANG", [tang("H3", "BT06D", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    house.send("DIEU_CHINH", [dieu_chinh("H1", "BT04", "07/2024", "CAI_CHINH", units=3)])
    house.send(
        "DIEU_CHINH",
        [dieu_chinh("H3", "BT06A", "07/2024", "DOI_MUC_DO_KT", old_category_code="BT06D")],
    )
    house.ingest()
    house.pay("2024-07")
    assert parts(told(house, "H1")) == [("standard", 280_000), ("units", 500_000)]
    answer = told(house, "H3")
    assert parts(answer) == [("started", 1_000_000), ("stopped", -540_000)]
    assert "đổi mức độ khuyết tật, QĐ 12/QĐ-UBND: BT06A +1.000.000 đồng" in answer["sentence"]


def test_no_confirmed_rate(house: House) -> None:
    house.send("TANG", [tang("H1", "NC_BB_51_60", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    answer = told(house, "H1")
    assert due(answer)[0] == ("2024-06", "no_rate", None)
    assert answer["sentence"] == (
        "Kỳ 06/2024 không có tiền để chi, là kỳ đầu tiên trong sổ: chưa có mức được xác nhận."
    )
    assert [(b["kind"], b["month"], b["amount"]) for b in answer["balances"]] == [
        ("no_rate", "2024-06", None)
    ]


def test_before_the_roster_and_past_the_last_band(house: House) -> None:
    house.send("TANG", [tang("H1", "BT07", "01/2024", birth_date="10/06/2021", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.pay("2024-07")
    answer = told(house, "H1")
    assert due(answer) == [
        *((f"2024-0{month}", "before_roster", None) for month in range(1, 6)),
        ("2024-06", "due", 540_000),
        ("2024-07", "aged_out", None),
        ("2024-08", "aged_out", None),
    ]
    assert answer["sentence"].endswith("thôi hưởng BT07 (hết độ tuổi hưởng) −540.000 đồng.")


def test_which_row_of_which_commune_said_so(house: House) -> None:
    roster_with_account(house)
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "TU_NGUYEN", full_name="Ai Khác")])
    house.ingest()
    answer = told(house, "H1")
    assert [
        (e["kind"], e["commune"], Path(e["file"]).name, e["row_no"], e["is_taken"])
        for e in answer["events"]
    ] == [
        ("TANG", "Thị trấn Tủa Chùa", "00001_TANG.csv", 2, True),
        ("TAI_KHOAN", "Thị trấn Tủa Chùa", "00002_tai_khoan.csv", 2, True),
        ("GIAM", "Thị trấn Tủa Chùa", "00003_GIAM.csv", 2, False),
    ]
    assert [fault["rule"] for fault in answer["events"][2]["faults"]] == ["ID11"]
    assert answer["sentence"] == "Chưa lập kỳ chi trả nào."


def test_a_dossier_of_which_no_row_was_taken_and_one_that_is_nowhere(house: House) -> None:
    house.send("TANG", [tang("H9", "BT06D", "06/2024", gender="")])
    house.ingest()
    answer = told(house, "H9")
    assert answer["is_known"] is False
    assert [fault["rule"] for fault in answer["events"][0]["faults"]] == ["EN09"]
    with pytest.raises(Refused, match="Không có hồ sơ “KHONG-CO”"):
        told(house, "KHONG-CO")
    with pytest.raises(Refused, match="Kỳ 2024-06 chưa lập"):
        told(house, "H9", "2024-06")


def test_as_an_earlier_cycle_knew_it(house: House) -> None:
    roster_with_account(house)
    house.pay("2024-06")
    before = told(house, "H1")
    house.answer("2024-06", {"dossier_no": "H1", "status": "LOI", "error_code": "TK_DONG"})
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "HET_DIEU_KIEN")])
    house.ingest()
    house.pay("2024-07")
    now, then = told(house, "H1"), told(house, "H1", as_of="2024-06")
    assert then | {"as_of_cycle": None} == before
    assert now["benefits"][0]["stop_month"] == "2024-07"
    assert then["benefits"][0]["stop_month"] is None
    with pytest.raises(Refused, match="Kỳ 2025-01 không có trong sổ"):
        told(house, "H1", as_of="2025-01")


def test_explaining_changes_nothing_on_disk(house: House) -> None:
    roster_with_account(house)
    house.pay("2024-06")
    path = house.office().warehouse
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    told(house, "H1")
    told(house, "H1", as_of="2024-06")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Run:
    # From June 2024 on: the standard rises in its second month.
    plan = histories.plan(2, "2024", dossiers=60, months=3)
    return live(Run(tmp_path_factory.mktemp("office"), plan, is_compared=False))


@pytest.mark.nightly
def test_the_parts_of_every_month_add_up_to_its_difference(lived: Run) -> None:
    office, codes = lived.house.office(), set()
    months = range(lived.plan.start, lived.plan.start + lived.plan.months)
    with warehouse.opened(office, is_read_only=True) as connection:
        registry.stage_rates(connection, office, lived.plan.start - 1, months[-1])
        for dossier in sorted(lived.oracle.registry.dossiers):
            as_known.stage_as_stored(connection, office, dossier)
            for month in months:
                facts = month_difference.read(connection, month)
                found = month_difference.parts(facts)
                paid = [facts.paid(cycle) for cycle in (month - 1, month)]
                where = (dossier, month_text(month), found)
                assert sum(part.amount for part in found) == paid[1] - paid[0], where
                codes |= {part.code for part in found}
    assert {"standard", "started", "stopped", "arrears", "retry", "recovery"} <= codes
    assert "settled_otherwise" not in codes


@pytest.mark.nightly
def test_every_dossier_of_a_random_office_can_be_explained(lived: Run) -> None:
    for dossier in sorted(lived.oracle.registry.dossiers)[::9]:
        answer = told(lived.house, dossier)
        assert answer["sentence"].startswith("Kỳ "), dossier
        assert {row["state"] for row in answer["months"]} <= {
            *("due", "no_rate", "stopped", "before_roster", "aged_out", "too_young")
        }
