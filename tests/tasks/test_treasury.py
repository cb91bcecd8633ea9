"""The payee tables of the Treasury."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tasks.outbox import verify_folder
from tasks.treasury import write_treasury
from tests.small_office import JULY, small_office


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        office.signers["head"] = "Vừ A Hùng"
        write_treasury(office, connection, JULY)
        yield office.outbox(JULY) / "treasury"


def sheet(folder: Path, scheme: str) -> list[tuple]:
    book = openpyxl.load_workbook(folder / f"kho_bac_{scheme}_2024-07.xlsx")
    return list(book[scheme].iter_rows(values_only=True))


def test_a_workbook_for_each_scheme_that_pays(folder: Path) -> None:
    assert verify_folder(folder) == []
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [
        (entry["name"], entry["scheme"], entry["rows"], entry["total_vnd"])
        for entry in manifest["files"]
    ] == [
        ("kho_bac_BTXH_2024-07.xlsx", "BTXH", 7, 4_900_000),
        ("kho_bac_NCC_2024-07.xlsx", "NCC", 1, 2_789_000),
    ]
    assert (manifest["rows"], manifest["total_vnd"]) == (8, 7_689_000)


def test_payees_of_a_scheme(folder: Path) -> None:
    rows = sheet(folder, "BTXH")
    assert rows[4] == ("STT", "Họ và tên", "Số tài khoản", "Ngân hàng", "Số tiền", "Ghi chú")
    assert rows[5:12] == [
        (1, "Vừ A Hùng", "8906000000011", "Agribank", 900_000, ""),
        (2, "GIANG A TUA", "045000000022", "LPBank", 750_000, "Nhận thay Giàng Thị Mỷ"),
        (3, "Cứ Thị Dở", None, None, 750_000, "Tiền mặt"),
        (4, "Sùng A Páo", "8906000000033", "Agribank", 500_000, ""),
        (5, "Lò Thị Sua", None, None, 1_000_000, "Tiền mặt"),
        (6, "Thào A Dình", None, None, 500_000, "Tiền mặt"),
        (7, "Quàng Văn Chống", None, None, 500_000, "Tiền mặt"),
    ]


def test_total_words_and_signatures(folder: Path) -> None:
    rows = sheet(folder, "BTXH")
    assert rows[12][0] == "Tổng cộng"
    assert rows[12][4] == 4_900_000
    below = [row[0] for row in rows[13:] if row[0]]
    assert below[0] == "Bằng chữ: Bốn triệu chín trăm nghìn đồng."
    assert below[1] == "Chuyển khoản: 3 người, 2.150.000 đồng; tiền mặt: 4 người, 2.750.000 đồng."
    assert below[-1] == "Thủ trưởng đơn vị: Vừ A Hùng"


def test_no_category_leaves_the_office(folder: Path) -> None:
    text = str(sheet(folder, "BTXH"))
    assert not [code for code in ("BT05", "BT06", "BT08", "BT04") if code in text]


def test_the_total_is_readable(folder: Path) -> None:
    # A column too narrow shows ### in place of the sum.
    book = openpyxl.load_workbook(folder / "kho_bac_BTXH_2024-07.xlsx")
    dimensions = book["BTXH"].column_dimensions
    widths = [dimensions[letter].width for letter in "ABCDEF"]
    assert widths[4] > len("4,900,000") + 1
