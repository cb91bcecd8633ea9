"""Sheets typed before Unicode: TCVN3 is read and marked, VNI is sent back, right text is left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from tasks.archive_check import sheet_parts
from tasks.fonts import Fonts, font_table, sheet_fonts
from tasks.office import SHIPPED_REFERENCE
from tasks.sheets import VNI
from tests.written import book, read, shown

LETTERS = {
    plain: old
    for old, plain in json.loads((SHIPPED_REFERENCE / "tcvn3.json").read_text("utf-8")).items()
}
HEADER = ["STT", "Mã hồ sơ", "Họ và tên", "Mã loại đối tượng", "Thôi hưởng từ tháng", "Lý do"]
PEOPLE = ["Vừ A Hùng", "Giàng Thị Mỷ", "Đặng Văn Ước", "Tòng Thị Lả"]


def old(text: str) -> str:
    """Return a text as it is typed in TCVN3."""
    return "".join(LETTERS.get(letter, letter) for letter in text)


def rows(names: Iterable[str], reason: str = "CHET") -> list[list[object]]:
    return [[n, f"HS{n}", name, "BT05A", "07/2024", reason] for n, name in enumerate(names, 1)]


def fonted(
    path: Path, cells: Sequence[Sequence[object]], font: str, columns: Sequence[int]
) -> Path:
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("GIAM")
        style = written.add_format({"font_name": font})
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                sheet.write(row, column, value, *([style] if column in columns else []))
    return path


def test_a_column_in_tcvn3_is_marked_and_kept_as_sent(tmp_path: Path) -> None:
    names = [old(name) for name in PEOPLE]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": [HEADER, *rows([*names, "Lan"])]}))
    assert shown(parsed, "full_name", "legacy_cells") == [
        *((name, ",full_name,") for name in names),
        ("Lan", ""),
    ]
    assert parsed.refusal is None


def test_a_whole_sheet_in_tcvn3(tmp_path: Path) -> None:
    cells = [
        ["Xã: Sính Phình", None, None, "Kỳ chi trả: 07/2024"],
        HEADER,
        [None, "Bản Huổi Só"],
        *rows(PEOPLE[:2]),
        ["Tổng cộng: 3 người"],
        [None, None, "Người lập biểu"],
    ]
    sent = [[old(cell) if isinstance(cell, str) else cell for cell in row] for row in cells]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": sent}))
    assert shown(parsed, "row_no", "full_name") == [(4, old(PEOPLE[0])), (5, old(PEOPLE[1]))]
    assert (parsed.stated_unit, parsed.stated_period) == ("Sính Phình", "07/2024")
    assert parsed.discrepancy == "Trang “GIAM” dòng 6: ghi 3 dòng, danh sách có 2."


@pytest.mark.parametrize(
    "names",
    [
        ["Mã Thị Lý", "Lý Á Páo", "Hà Văn Sáu"],
        ["Vàng Mí Sò", "Hoàng Páo"],
        ["Vừ A Hùng", "§"],
        ["Lan®", "Hoa"],
        [*PEOPLE, "Võ A Hïng"],
    ],
)
@pytest.mark.parametrize("font", ["Times New Roman", ".VnTime"])
def test_right_text_is_left_as_it_is(tmp_path: Path, names: list[str], font: str) -> None:
    path = fonted(tmp_path / "a.xlsx", [HEADER, *rows(names)], font, [])
    assert shown(read(path), "full_name", "legacy_cells") == [(name, "") for name in names]


def test_unicode_in_an_old_font_is_left_cell_by_cell(tmp_path: Path) -> None:
    names = ["Vừ A Hùng", "Hoàng Páo", old("Vừ A Páo"), old("Tòng Lả")]
    path = fonted(tmp_path / "a.xlsx", [HEADER, *rows(names)], ".VnTime", [2])
    assert shown(read(path), "legacy_cells") == [("",), ("",), (",full_name,",), (",full_name,",)]


def test_a_single_word_in_an_old_font_is_enough(tmp_path: Path) -> None:
    path = fonted(tmp_path / "a.xlsx", [HEADER, *rows([old("Mỷ")])], ".VnTimeH", [2])
    assert shown(read(path), "full_name", "legacy_cells") == [(old("Mỷ"), ",full_name,")]


def test_headers_in_an_old_font(tmp_path: Path) -> None:
    cells = [[old(cell) for cell in HEADER], *rows(["Lan"], old("Chết"))]
    path = fonted(tmp_path / "a.xlsx", cells, ".VnTime", range(6))
    assert shown(read(path), "row_no", "full_name", "legacy_cells") == [(2, "Lan", ",reason,")]


def test_the_sheet_is_told_by_words_in_tcvn3(tmp_path: Path) -> None:
    header = [*HEADER[:4], "Từ tháng", "Lý do"]
    sent = [header, *rows([old(name) for name in PEOPLE], old("Chết"))]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("Sheet1")
        for number, row in enumerate(sent):
            sheet.write_row(number, 0, row)
    assert set(shown(read(path), "kind")) == {("GIAM",)}


def test_a_stretch_of_a_cell_in_an_old_font(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("GIAM")
        style = written.add_format({"font_name": ".VnTime"})
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, rows(["x"])[0])
        sheet.write_rich_string(1, 2, "Lan ", style, old("Mỷ"))
        sheet.write_row(2, 0, rows(["x", "Lan"])[1])
    assert shown(read(path), "full_name", "legacy_cells") == [
        (f"Lan {old('Mỷ')}", ",full_name,"),
        ("Lan", ""),
    ]


def test_a_column_of_right_words_beside_tcvn3_is_left(tmp_path: Path) -> None:
    cells = [[*HEADER, "Ghi chú"], *([*row, "Mã Lý Sò"] for row in rows(map(old, PEOPLE)))]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": cells}))
    assert set(shown(parsed, "note", "legacy_cells")) == {("Mã Lý Sò", ",full_name,")}


def test_fonts_are_runs_of_rows(tmp_path: Path) -> None:
    data = fonted(tmp_path / "a.xlsx", [HEADER, *rows(PEOPLE)], ".VnTime", [2, 5]).read_bytes()
    table = font_table(data)
    assert table is not None
    assert sheet_fonts(data, sheet_parts(data)["GIAM"], table) == Fonts({2: [(1, 5)], 5: [(1, 5)]})


def test_other_fonts_cost_nothing(tmp_path: Path) -> None:
    path = fonted(tmp_path / "a.xlsx", [HEADER, *rows(PEOPLE)], "Vni Times New", [2])
    assert font_table(path.read_bytes()) is None


VNI_HEADER = ["STT", "Maõ hoà sô", "Hoï vaø teân", "Maõ loaïi", "Thoâi höôûng töø thaùng"]
VNI_NAMES = ["Vöø A Huøng", "Giaøng Thò Myû", "Ñaëng Vaên Öôùc", "Nguyeãn Vaên Nam"]


@pytest.mark.parametrize(
    "cells",
    [
        [HEADER, *rows(VNI_NAMES)],
        [VNI_HEADER, *rows(VNI_NAMES)],
        [["Xaõ Sính Phình"], VNI_HEADER, *rows(["Lan"])],
    ],
)
def test_vni_is_sent_back_with_the_way_to_mend(tmp_path: Path, cells: list[list[object]]) -> None:
    assert read(book(tmp_path / "a.xlsx", {"GIAM": cells})).refusal == VNI


def test_a_font_tells_vni_where_words_are_few(tmp_path: Path) -> None:
    cells = [HEADER, *rows(["Huøng"])]
    assert read(fonted(tmp_path / "a.xlsx", cells, "VNI-Times", [2])).refusal == VNI
    assert read(fonted(tmp_path / "b.xlsx", cells, "Times New Roman", [2])).refusal is None
    right = [HEADER, *rows(["Hoàng Páo", "Vừ A Hùng"])]
    assert read(fonted(tmp_path / "c.xlsx", right, "VNI-Times", [2])).refusal is None


def test_vni_in_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [VNI_HEADER, *rows(VNI_NAMES)]
    text = "\n".join(";".join(map(str, row)) for row in lines)
    for encoding in ("latin-1", "utf-8"):
        path.write_bytes(text.encode(encoding))
        assert read(path).refusal == VNI


def test_vni_in_a_column_that_is_not_used_does_no_harm(tmp_path: Path) -> None:
    cells = [[*HEADER, "Ý kiến"], *([*row, "Nguyeãn Vaên Nam ñoàng yù"] for row in rows(PEOPLE))]
    assert read(book(tmp_path / "a.xlsx", {"GIAM": cells})).refusal is None
