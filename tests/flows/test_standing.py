"""What a run without a month does: the open one, the last one, or nothing, said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.standing import (
    NothingToDo,
    look_at_month,
    month_to_prepare,
    month_to_publish,
    preparer,
    require_released,
    where_months_stand,
)
from tests.house import House, new_house, tang

STAND = {
    "open": "2024-07",
    "is_due": True,
    "last": "2024-06",
    "released": "2024-06",
    "has_files": True,
    "preparer": "",
}


def test_the_open_month_is_prepared_once_its_time_has_come() -> None:
    assert month_to_prepare(STAND) == "2024-07"
    with pytest.raises(NothingToDo, match=r"06/2024 đã duyệt chi, kỳ 07/2024 chưa đến"):
        month_to_prepare(STAND | {"is_due": False})
    with pytest.raises(NothingToDo, match="Chưa nhận tệp nào"):
        month_to_prepare(STAND | {"has_files": False})


def test_the_last_month_is_published() -> None:
    assert month_to_publish(STAND) == "2024-06"
    with pytest.raises(NothingToDo, match="không có gì để công bố"):
        month_to_publish(STAND | {"last": None})


def test_what_is_released_is_reconciled() -> None:
    require_released(STAND)
    with pytest.raises(NothingToDo, match="không có gì để đối soát"):
        require_released(STAND | {"released": None})


def test_who_prepares_what_nobody_started() -> None:
    assert preparer(STAND | {"preparer": "Lò Thị Lập"}) == "Lò Thị Lập"
    assert preparer(STAND)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = new_house(tmp_path_factory.mktemp("standing") / "office")
    settings = house.home / "reference" / "office.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + '\n[service]\nprepared_by = "Lò Thị Lập"\n', encoding="utf-8")
    return house


def look(home: Path, month: str = "2024-06") -> dict:
    return look_at_month(str(home), "2024-06-05", month)


def test_where_an_office_stands_as_its_month_goes_on(house: House) -> None:
    here = (str(house.home), "2024-06-05")
    assert where_months_stand(*here) == {
        "open": "2024-06",
        "is_due": True,
        "last": None,
        "released": None,
        "has_files": False,
        "preparer": "Lò Thị Lập",
    }
    house.send("TANG", [tang(f"H{n}", "BT05C", "06/2024", birth_date="1940") for n in (1, 2)])
    house.ingest()
    assert look(house.home) == {"month": "2024-06", "state": "open"}
    digest = house.prepare("2024-06").digest
    prepared = look(house.home)
    assert (prepared["state"], prepared["digest"]) == ("prepared", digest)
    assert (prepared["payments"], prepared["before"], prepared["approvers"]) == (2, None, [])
    assert where_months_stand(*here)["last"] == "2024-06"

    house.send("TANG", [tang("H3", "BT05C", "06/2024", birth_date="1940")])
    house.ingest()
    assert look(house.home)["state"] == "open"
    assert where_months_stand(*here)["last"] is None

    house.pay("2024-06")
    released = look(house.home)
    assert released["is_released"]
    assert (released["approvers"], released["released_on"]) == (["Bình"], "01/06/2024")
    stand = where_months_stand(*here)
    assert (stand["open"], stand["is_due"], stand["released"]) == ("2024-07", False, "2024-06")
    house.prepare("2024-07")
    before = look(house.home, "2024-07")["before"]
    assert before == {"payments": 3, "amount": released["amount"]}
