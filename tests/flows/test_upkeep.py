"""What keeps the house in order, called as functions: no server is needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import deployed_upkeep as upkeep
from tasks.office import InvariantBroken, Refused
from tests.house import House, new_house, tang


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    return house


def test_verify(house: House) -> None:
    """What is wrong is counted, not told: Prefect keeps what an error says."""
    where = (str(house.home), "2024-06-05")
    assert upkeep.verified(*where) == {"problems": 0, "recomputed": []}
    again = upkeep.verified(*where, "kỳ duyệt sau cùng")
    assert again == {"problems": 0, "recomputed": ["2024-06"]}
    (payments,) = (house.home / "outbox" / "2024-06" / "payments").glob("*.csv")
    payments.chmod(0o600)
    payments.write_text("khác", encoding="utf-8")
    with pytest.raises(InvariantBroken, match=r"^Sổ có \d+ chỗ sai. Chạy “chitra verify”"):
        upkeep.verified(*where)


def test_doctor(house: House) -> None:
    where = (str(house.home), "2024-06-05")
    with pytest.raises(Refused, match=r"Phải sửa:\nSao lưu: chưa có bản sao lưu nào"):
        upkeep.healthy(*where)
    (house.home / "receipts").mkdir(exist_ok=True)
    (house.home / "receipts" / "backup.json").write_text('{"day": "2024-06-04"}')
    assert upkeep.healthy(*where)["ok"]
