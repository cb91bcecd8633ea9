"""Limits of office.toml that stop a preparation when too much of what was sent went back."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.steps import compute_payroll
from tasks.office import Refused
from tests.house import House, giam, new_house, own_account, tang

TOWN, HUOI_SO = "03217", "03220"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """One of four rows of the town, and one of five of Huổi Só, went back for the birth date."""
    house = new_house(tmp_path / "office")
    for start, count, commune in ((1, 4, TOWN), (11, 5, HUOI_SO)):
        rows = [tang(f"H{number}", "BT06D", "05/2024") for number in range(start, start + count)]
        house.send("TANG", [rows[0] | {"birth_date": ""}, *rows[1:]], commune)
    house.ingest()
    return house


def limit(house: House, *lines: str) -> None:
    path = house.home / "reference" / "office.toml"
    path.write_text("\n".join((path.read_text(encoding="utf-8"), *lines)), encoding="utf-8")


def prepare(house: House) -> dict:
    return compute_payroll(str(house.home), house.day.isoformat(), "2024-06", "2024-06", "An")


def refusal(house: House) -> str:
    with pytest.raises(Refused) as refused:
        prepare(house)
    assert house.table("cycle") == []  # nothing was computed
    return str(refused.value)


def test_nothing_stops_an_office_without_limits(house: House) -> None:
    assert prepare(house)["payments"] == 7


def test_a_commune_of_which_too_much_went_back_stops_the_month(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 20")
    said = refusal(house)
    assert "Thị trấn Tủa Chùa: trả lại 1/4 dòng (25,0 %), giới hạn 20 %." in said
    assert "Huổi Só" not in said  # one in five is no more than 20 %
    assert "chitra ingest" in said
    assert "reference/office.toml" in said


def test_a_mended_row_does_not_count(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 20")
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    assert prepare(house)["payments"] == 8


def test_a_row_sent_again_and_still_wrong_counts_once(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 20")
    house.send("TANG", [tang("H1", "BT06D", "05/2024", birth_date="31/12/2030")])
    house.ingest()
    assert "Thị trấn Tủa Chùa: trả lại 1/4 dòng" in refusal(house)


def test_rows_without_dossier_or_category_are_known_again(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 20")
    names = {"full_name": "Sùng Thị Mỷ"}
    house.send(
        "TANG",
        [
            tang("H1", "BT06D", "05/2024"),
            tang("", "BT06D", "05/2024", **names),
            tang("H31", "XX", "05/2024"),
        ],
    )
    house.ingest()
    assert "trả lại 2/6 dòng" in refusal(house)
    mended = [tang("H30", "BT06D", "05/2024", **names), tang("H31", "BT06D", "05/2024")]
    house.send("TANG", mended)
    house.ingest()
    assert prepare(house)["payments"] == 10


def test_rows_of_one_ingest_do_not_stand_for_one_another(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 30")
    house.send("GIAM", [giam("H2", "BT06D", "07/2024", "TU_NGUYEN", decision_no="")])
    house.send("TANG", [tang("H2", "BT06D", "05/2024", note="gửi lại")])
    house.ingest()
    # H2 was taken first; now its GIAM and its second TANG go back.
    assert "Thị trấn Tủa Chùa: trả lại 3/5 dòng (60,0 %)" in refusal(house)


def test_a_suite_has_a_limit_of_its_own(house: House) -> None:
    limit(house, "[quality.suites]", "change_row = 0", "identity_change = 22.2", "account_row = 0")
    assert (
        "Thông tin cá nhân trên dòng biến động (identity_change): trả lại 2/9 dòng (22,2 %), "
        "giới hạn 22.2 %."
    ) in refusal(house)
    house.send("tai_khoan", [own_account("H2", "123")])
    house.ingest()
    assert "(account_row): trả lại 1/1 dòng (100,0 %), giới hạn 0 %." in refusal(house)


def test_too_few_rows_say_nothing(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 10", "min_rows = 5")
    said = refusal(house)
    assert "Huổi Só" in said
    assert "Tủa Chùa:" not in said


def test_a_limit_that_is_not_reached_stops_nothing(house: House) -> None:
    limit(house, "[quality]", "max_rejected_percent = 25", "[quality.suites]", "identity_change=23")
    assert prepare(house)["payments"] == 7
