"""How well each commune sends its files: counts, shares, and a page for each."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from schemas.period import month_number
from tasks import warehouse
from tasks.intake_summary import per_mille, summary_files
from tests.house import House, new_house, tang

TOWN, HUOI_SO = "03217", "03220"
JUNE, JULY = month_number("2024-06"), month_number("2024-07")
EN08 = "Thiếu số hoặc ngày quyết định, hay ngày không đọc được. Ghi cả hai theo quyết định đã ký."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two communes sent files in June; in July one of them did, and a file nobody can read."""
    house = new_house(tmp_path_factory.mktemp("house") / "office")
    rows = [tang(f"H{n}", "BT06D", "06/2024") for n in range(1, 8)]
    house.send("TANG", [*rows, tang("H8", "BT06D", "06/2024", decision_no="")])
    house.send("TANG", [tang("H9", "BT06D", "06/2024")], HUOI_SO)
    house.ingest()
    house.pay("2024-06")
    house.day = date(2024, 7, 2)
    house.send(
        "TANG",
        [
            tang("H8", "BT06D", "06/2024"),
            tang("H10", "BT06D", "06/2024", decision_no="", citizen_id="12"),
            tang("H11", "BT06D", "06/2024", citizen_id="11080000001"),
        ],
    )
    (house.home / "inbox" / TOWN / "hong.xlsx").write_bytes(b"no workbook")
    house.ingest()
    return house


def written(house: House, month: int = JULY, **options: Any) -> dict[str, bytes]:
    office = house.office()
    with warehouse.opened(office) as connection:
        files = summary_files(office, connection, month, **options)
    return {file.name: file.data for file in files}


def rows_of(data: bytes, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [tuple(row) for row in book[sheet].iter_rows(values_only=True)]


def test_the_overview_has_every_commune_of_the_office(house: House) -> None:
    rows = rows_of(written(house)["chat_luong_nop_tep.xlsx"], "Tổng hợp")
    assert rows[0][0].startswith("PHÒNG LAO ĐỘNG")
    assert rows[1][0] == "CHẤT LƯỢNG NỘP TỆP KỲ 07/2024"
    assert rows[3] == (
        *("Thị trấn Tủa Chùa", TOWN, 2, 3, 2, 1, 1, 0),
        *("33,3%", "12,5%", "+20,8", None),
    )
    assert rows[4] == (
        *("Xã Huổi Só", HUOI_SO, 0, 0, 0, 0, 0, 0),
        *(None, "0,0%", None, "Chưa gửi tệp nào."),
    )
    assert len(rows) == 3 + 12 + 1 + 3
    assert rows[15][:8] == ("Tổng cộng", None, 2, 3, 2, 1, 1, 0)
    assert rows[17][0] == "11 xã chưa gửi tệp nào trong kỳ."


def test_a_page_for_each_commune(house: House) -> None:
    data = written(house)["chat_luong_nop_tep.xlsx"]
    rows = [
        tuple(cell for cell in row if cell is not None)
        for row in rows_of(data, "Thị trấn Tủa Chùa")
        if any(cell is not None for cell in row)
    ]
    assert rows[1:] == [
        ("CHẤT LƯỢNG NỘP TỆP KỲ 07/2024",),
        ("Thị trấn Tủa Chùa (mã 03217)",),
        ("1. Tệp nhận trong kỳ",),
        ("Tệp", "Số dòng", "Được nhận", "Trả lại", "Kết quả"),
        ("03217/00003_TANG.csv", 3, 2, 1, "Đã nhận"),
        ("03217/hong.xlsx", 0, 0, 0, "Trả lại cả tệp"),
        ("2. Lỗi và lưu ý theo quy tắc",),
        ("Quy tắc", "Số lần", "Nội dung và cách sửa"),
        ("EN08 – Trả lại", 1, EN08),
        (
            *("FL02 – Trả lại", 1),
            "Không nhận ra biểu mẫu hoặc không đọc được tệp. Hãy dùng đúng mẫu, "
            "lưu lại dạng .xlsx không mật khẩu, không macro rồi gửi lại.",
        ),
        (
            *("ID01 – Trả lại", 1),
            "Số định danh phải đủ 12 chữ số. Nhập lại ở dạng văn bản.",
        ),
        ("ID01 – Đã tự sửa", 1, "Đã tự sửa khi nhận."),
        ("3. Sáu kỳ gần nhất",),
        ("02/2024", "03/2024", "04/2024", "05/2024", "06/2024", "07/2024"),
        ("Số tệp", 1, 2),
        ("Số dòng", 8, 3),
        ("Trả lại", 1, 1),
        ("Tỷ lệ trả lại", "12,5%", "33,3%"),
    ]


def test_each_page_prints_on_one_page(house: House) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(house)["chat_luong_nop_tep.xlsx"]))
    assert len(book.sheetnames) == 1 + 12
    for sheet in book.worksheets[1:]:
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, None)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.paperSize == 9


def test_no_value_of_a_person_is_in_it(house: House) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(house)["chat_luong_nop_tep.xlsx"]))
    words = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert not [word for word in words if "Vừ A" in word or "080000001" in word or "H1" in word]


def test_a_large_office_gets_lists_in_place_of_pages(house: House) -> None:
    files = written(house, max_pages=11)
    assert list(files) == ["chat_luong_nop_tep.xlsx", "chat_luong_nop_tep_loi.csv"]
    book = openpyxl.load_workbook(io.BytesIO(files["chat_luong_nop_tep.xlsx"]))
    assert book.sheetnames == ["Tổng hợp"]
    lines = files["chat_luong_nop_tep_loi.csv"].decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "Mã xã,Xã,Quy tắc,Mức độ,Số lần,Nội dung và cách sửa",
        f'03217,Thị trấn Tủa Chùa,EN08,Trả lại,1,"{EN08}"',
    ]
    assert len(lines) == 5


def test_the_same_rows_give_the_same_bytes(house: House) -> None:
    assert written(house) == written(house)


def test_files_of_providers_stand_last(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    result = {"payment_id": "CT098240600000001", "amount": "5", "status": "THANH_CONG"}
    house.send("ket_qua", [result], None)
    house.ingest()
    rows = rows_of(written(house, JUNE)["chat_luong_nop_tep.xlsx"], "Tổng hợp")
    assert (rows[15][0], *rows[15][2:4]) == ("Không rõ xã", 1, 1)
    assert rows[15][11] == "Tệp của đơn vị chi trả và tệp không rõ xã gửi."


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 7, 0), (1, 8, 125), (1, 3, 333), (2, 3, 667), (5, 5, 1000), (0, 0, None), (None, 4, 0)],
)
def test_shares_are_whole_thousandths(part: int | None, whole: int, share: int | None) -> None:
    assert per_mille(part, whole) == share
