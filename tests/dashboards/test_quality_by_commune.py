"""What each commune sent and what was wrong with it, cycle by cycle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import dashboards
from schemas.period import month_number
from tasks import warehouse
from tests.house import House, new_house, own_account, tang

TOWN, HUOI_SO = "03217", "03220"
JUNE, JULY = month_number("2024-06"), month_number("2024-07")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Two communes and a stranger have sent their files of June."""
    house = new_house(tmp_path / "office")
    house.send(
        "TANG",
        [
            tang("H1", "BT06D", "05/2024", citizen_id="011080000001"),
            tang("H2", "BT06D", "05/2024", citizen_id="11080000001"),
            tang("H3", "BT06D", "05/2024", citizen_id="003080000001"),
            tang("H4", "BT06D", "", citizen_id="0", decision_no=""),
        ],
    )
    house.send("TANG", [tang("H5", "BT06D", "05/2024", citizen_id="011080000005")], HUOI_SO)
    house.send("tai_khoan", [own_account("H5", "1234567890", holder_name="")], HUOI_SO)
    house.send("TANG", [tang("H6", "BT06D", "05/2024")], "khong-ro")
    (house.home / "inbox" / HUOI_SO / "thu.xlsx").write_bytes(b"no workbook")
    house.ingest()
    return house


def shown(house: House, name: str) -> list[tuple]:
    with warehouse.opened(house.office()) as connection:
        return warehouse.rows(connection, dashboards.select(name))


def test_files_and_rows_of_each_commune(house: House) -> None:
    assert shown(house, "intake_by_commune") == [
        (JUNE, "", "Không rõ xã", 1, 1, 0, 1, 0, 0),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", 1, 4, 3, 1, 1, 1),
        (JUNE, HUOI_SO, "Xã Huổi Só", 3, 2, 2, 0, 0, 1),
    ]


def test_columns_are_those_that_the_summary_reads(house: House) -> None:
    with warehouse.opened(house.office()) as connection:
        intake = warehouse.frame(connection, dashboards.select("intake_by_commune"))
        quality = warehouse.frame(connection, dashboards.select("quality_by_commune"))
    assert " ".join(intake.columns) == (
        "cycle commune_code commune_name files"
        " rows_in rows_taken rows_rejected rows_fixed rows_warned"
    )
    assert " ".join(quality.columns) == "cycle commune_code commune_name rule severity findings"


def test_findings_of_each_commune(house: House) -> None:
    assert shown(house, "quality_by_commune") == [
        (JUNE, "", "Không rõ xã", "FL03", "reject", 1),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", "EN08", "reject", 1),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", "EN09", "reject", 1),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", "ID01", "fix", 1),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", "ID01", "reject", 1),
        (JUNE, TOWN, "Thị trấn Tủa Chùa", "ID04", "warn", 1),
        (JUNE, HUOI_SO, "Xã Huổi Só", "AC03", "cash", 1),
        (JUNE, HUOI_SO, "Xã Huổi Só", "FL02", "reject", 1),
    ]


def test_each_cycle_stands_by_itself(house: House) -> None:
    house.pay("2024-06")
    house.day = date(2024, 7, 3)
    house.send("TANG", [tang("H7", "BT06D", "07/2024")], HUOI_SO)
    house.ingest()
    july = [row for row in shown(house, "intake_by_commune") if row[0] == JULY]
    assert july == [(JULY, HUOI_SO, "Xã Huổi Só", 1, 1, 1, 0, 0, 0)]
    # What a preparation finds of the registry is not the doing of this month's files.
    assert {row[0] for row in shown(house, "quality_by_commune")} == {JUNE}


def test_rows_of_several_communes_in_one_file(house: House) -> None:
    folder = house.home / "inbox" / "khac"
    folder.mkdir()
    lines = ["Xã,Mã hồ sơ,Họ và tên,Loại,Giá trị,Kết quả"]
    lines += [f"{unit},H1,Vừ A H1,DAN_CU,01108000000{unit[-1]},DUNG" for unit in (TOWN, HUOI_SO)]
    (folder / "xac_thuc.csv").write_text("\n".join(lines), encoding="utf-8")
    house.ingest()
    files = {row[1]: row[3:5] for row in shown(house, "intake_by_commune")}
    assert files == {"": (1, 1), TOWN: (2, 5), HUOI_SO: (4, 3)}
