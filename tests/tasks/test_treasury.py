"""The payee tables of the Treasury."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tasks import treasury
from tasks.outbox import verify_folder
from tasks.treasury import write_treasury
from tests.small_office import JULY, small_office

DIGEST = "ab12" * 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        office.signers["head"] = "Vừ A Hùng"
        connection.execute(
            f"UPDATE cycle SET digest = '{DIGEST}', prepared_by = 'An', approver = 'Bình',"
            " prepared_on = DATE '2024-07-03', released_on = DATE '2024-07-05'"
        )
        write_treasury(office, connection, JULY)
        yield office.outbox(JULY) / "treasury"


def sheet(folder: Path, scheme: str, name: str = "") -> list[tuple]:
    book = openpyxl.load_workbook(folder / f"kho_bac_{scheme}_2024-07.xlsx")
    return list(book[name or scheme].iter_rows(values_only=True))


def lines(rows: list[tuple]) -> list[tuple]:
    """Return what stands below the header of the table, blank rows left out."""
    (header,) = (place for place, row in enumerate(rows) if row[0] == "STT")
    return [row for row in rows[header + 1 :] if any(cell is not None for cell in row)]


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
    none = (None,) * 8
    assert lines(sheet(folder, "BTXH"))[:14] == [
        (
            "I. Chuyển khoản qua Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam (2 người)",
            *none,
        ),
        (
            *(1, "Vừ A Hùng", "8906000000011", "Agribank"),
            *(900_000, 750_000, 210_000, -60_000, None),
        ),
        (2, "Sùng A Páo", "8906000000033", "Agribank", 500_000, 500_000, None, None, None),
        ("Cộng", None, None, None, 1_400_000, 1_250_000, 210_000, -60_000, None),
        ("II. Chuyển khoản qua Ngân hàng TMCP Lộc Phát Việt Nam (1 người)", *none),
        (
            *(3, "GIANG A TUA", "045000000022", "LPBank"),
            *(750_000, 750_000, None, None, "Nhận thay Giàng Thị Mỷ"),
        ),
        ("Cộng", None, None, None, 750_000, 750_000, 0, 0, None),
        ("III. Chi tiền mặt qua Viettel (Viettel Money và chi tiền mặt) (4 người)", *none),
        (4, "Cứ Thị Dở", None, None, 750_000, 750_000, None, None, None),
        (5, "Lò Thị Sua", None, None, 1_000_000, 1_000_000, None, None, None),
        (6, "Thào A Dình", None, None, 500_000, 500_000, None, None, None),
        (7, "Quàng Văn Chống", None, None, 500_000, 500_000, None, None, None),
        ("Cộng", None, None, None, 2_750_000, 2_750_000, 0, 0, None),
        ("TỔNG CỘNG", None, None, None, 4_900_000, 4_750_000, 210_000, -60_000, None),
    ]


def test_words_approval_and_signatures(folder: Path) -> None:
    below = [row[0] for row in lines(sheet(folder, "BTXH"))[14:]]
    assert below[:3] == [
        "Tổng số tiền bằng chữ: Bốn triệu chín trăm nghìn đồng.",
        "Tổng số: 7 người. Chuyển khoản: 3 người, 2.150.000 đồng; "
        "tiền mặt: 4 người, 2.750.000 đồng.",
        f"Theo bảng chi có mã xác nhận {DIGEST}. Lập: An, ngày 03/07/2024. "
        "Duyệt: Bình, ngày 05/07/2024.",
    ]
    signed = str(lines(sheet(folder, "BTXH"))[-1])
    assert "NGƯỜI LẬP" in signed
    assert signed.index("KẾ TOÁN") < signed.index("THỦ TRƯỞNG ĐƠN VỊ") < signed.index("Vừ A Hùng")


def test_summary_for_the_voucher(folder: Path) -> None:
    none = (None,) * 5
    assert lines(sheet(folder, "BTXH", "Tổng hợp"))[:9] == [
        ("I. Chuyển khoản", *(None,) * 8),
        (1, "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam", 2, 1_400_000, *none),
        (2, "Ngân hàng TMCP Lộc Phát Việt Nam", 1, 750_000, *none),
        ("Cộng", None, 3, 2_150_000, *none),
        ("II. Chi tiền mặt", *(None,) * 8),
        (1, "Viettel (Viettel Money và chi tiền mặt)", 4, 2_750_000, *none),
        ("Cộng", None, 4, 2_750_000, *none),
        ("TỔNG CỘNG", None, 7, 4_900_000, *none),
        (
            "Trong đó: trợ cấp tháng 4.750.000 đồng; truy lĩnh, chi lại 210.000 đồng; "
            "trừ truy thu 60.000 đồng.",
            *(None,) * 8,
        ),
    ]


def test_every_page_names_what_was_approved(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "kho_bac_BTXH_2024-07.xlsx")
    for page in book.worksheets:
        assert page.oddFooter.left.text == (
            f"Kỳ 07/2024. Mã xác nhận {DIGEST[:16]}. 7 dòng, 4.900.000 đồng."
        )
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")


def test_no_category_leaves_the_office(folder: Path) -> None:
    text = str(sheet(folder, "BTXH"))
    assert not [code for code in ("BT05", "BT06", "BT08", "BT04") if code in text]


def test_a_long_table_leaves_its_lines_in_a_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treasury, "BULK_ROWS", 6)
    with small_office(tmp_path) as (office, connection):
        write_treasury(office, connection, JULY)
        folder = office.outbox(JULY) / "treasury"
    rows = lines(sheet(folder, "BTXH"))
    assert rows[0][0].endswith("(2 người): các dòng ở tệp kho_bac_BTXH_2024-07.csv")
    assert [row[4] for row in rows[:7] if row[4]] == [1_400_000, 750_000, 2_750_000, 4_900_000]
    text = (folder / "kho_bac_BTXH_2024-07.csv").read_bytes().decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [row["STT"] for row in found] == [str(number) for number in range(1, 8)]
    assert sum(int(row["Tổng số tiền (đồng)"]) for row in found) == 4_900_000
    assert {row["Hình thức"] for row in found} == {"Chuyển khoản", "Chi tiền mặt"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["rows"] == 8
    assert manifest["total_vnd"] == 7_689_000


def test_the_total_is_readable(folder: Path) -> None:
    # A column too narrow shows ### in place of the sum.
    book = openpyxl.load_workbook(folder / "kho_bac_BTXH_2024-07.xlsx")
    assert book["BTXH"].column_dimensions["E"].width >= len("999.999.999.999")
