"""Sheets as people lay them out: other programs' files, templates, what came back and is mended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from schemas.layouts import LAYOUTS
from tasks import grids, headers, sheets
from tasks.template_header import template_header
from tests.tasks.test_archive_check import ods, ods_row
from tests.written import book, read, shown

FILES = Path(__file__).parent / "files"
GIAM = ["STT", "Mã hồ sơ", "Họ và tên", "Mã loại đối tượng", "Thôi hưởng từ tháng", "Lý do"]
ROW = [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]


def test_an_old_excel_workbook() -> None:
    """Made by LibreOffice: two-row merged header, column numbers, a village, a date, a total."""
    parsed = read(FILES / "giam.xls")
    assert (parsed.stated_unit, parsed.stated_period) == ("Sính Phình", "07/2024")
    assert "Bìa" in parsed.remark
    assert shown(parsed, "row_no", "kind", "dossier_no", "full_name", "decision_date") == [
        (8, "GIAM", "HS001", "Vừ A Hùng", "2024-06-01"),
        (9, "GIAM", "HS002", "Giàng Thị Mỷ", "01/06/2024"),
    ]
    assert parsed.discrepancy == ""


FORMULA = (
    '<table:table-cell table:formula="of:=1" office:value-type="string"{}>{}</table:table-cell>'
)
TEXT = "<text:p>{}</text:p>"


def test_formulas_and_errors_of_open_document(tmp_path: Path) -> None:
    def cells(name: str, category: str, repeat: str = "") -> str:
        dossier = f'<table:table-cell office:value-type="string">{TEXT.format("HS1")}'
        month = TEXT.format("07/2024")
        return (
            f"<table:table-row{repeat}>{dossier}</table:table-cell>{name}{category}"
            f'<table:table-cell office:value-type="string">{month}</table:table-cell>'
            "</table:table-row>"
        )

    plain = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    error = FORMULA.format(' calcext:value-type="error"', TEXT.format("#N/A"))
    rows = (
        ods_row(["Mã hồ sơ", "Họ và tên", "Mã loại", "Thôi hưởng từ tháng"])
        + cells(plain.format("A"), plain.format("BT05A"))
        + cells(
            FORMULA.format("", TEXT.format("B")),
            plain.format("BT05A"),
            ' table:number-rows-repeated="2"',
        )
        + cells(plain.format("C"), error)
    )
    path = tmp_path / "a.ods"
    calcext = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    path.write_bytes(ods(rows, calcext))
    assert shown(read(path), "row_no", "full_name", "category_code", "formula_cells") == [
        (2, "A", "BT05A", ""),
        (3, "B", "BT05A", ",full_name,"),
        (4, "B", "BT05A", ",full_name,"),
        (5, "C", None, ",category_code,"),
    ]


def test_villages_between_rows_are_no_rows(tmp_path: Path) -> None:
    rows = [["I", "Bản Huổi Só"], ROW, [], [None, None, "Bản Nà Áng", None, "6 hộ"], [2, *ROW[1:]]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": [GIAM, *rows]}))
    assert shown(parsed, "row_no") == [(3,), (6,)]


def test_blank_and_hidden_columns_stand_between(tmp_path: Path) -> None:
    header = [cell for name in GIAM for cell in (name, None)]
    row = [cell for value in ROW for cell in (value, None)]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("GIAM")
        sheet.write_row(0, 0, header)
        sheet.write_row(1, 0, row)
        sheet.set_column(4, 5, None, None, {"hidden": True})
    assert shown(read(path), "full_name", "reason") == [("Vừ A Hùng", "CHET")]
    assert read(path).places[0].columns["full_name"] == [4]


def test_the_last_column_counts_too(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Mã loại", "Thôi hưởng từ tháng", "Họ và tên"]
    rows = [header, [None, None, None, "Tổng cộng"], ["HS1", "BT05A", "07/2024", "A"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}, left=2, above=3))
    assert shown(parsed, "row_no", "full_name") == [(6, "A")]


def test_a_row_goes_on_where_pieces_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated header, its column numbers and the rows around them, in pieces of every size."""
    rows = [GIAM, list("123456"), ROW, GIAM, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], ROW]
    path = book(tmp_path / "a.xlsx", {"GIAM": [["Xã: Sính Phình"], *rows]})
    whole = read(path)
    assert shown(whole, "row_no") == [(4,), (7,)]
    for size in range(1, 8):
        monkeypatch.setattr(grids, "BATCH_CELLS", 6 * size)
        assert read(path).frame.equals(whole.frame)


def template(path: Path, header: Sequence[str], mark: str = "chitra-template") -> Path:
    rows = [["DANH SÁCH"], ["Xã: Sính Phình"], ["Kỳ: 07/2024"], ["gợi ý"] * 6, header]
    with xlsxwriter.Workbook(path) as written:
        written.add_worksheet("Hướng dẫn").write_string(0, 0, "Cách điền")
        sheet = written.add_worksheet("GIAM")
        for number, row in enumerate([*rows, ["HS1", "Vừ A Hùng", "BT05A"]]):
            sheet.write_row(number, 0, row)
        hidden = written.add_worksheet("_chitra")
        hidden.write_row(0, 0, [mark, "bien_dong", "1"])
        hidden.very_hidden()
        written.get_worksheet_by_name("GIAM").activate()
    return path


PROPER = [known.header for known in LAYOUTS["bien_dong"].sheets[1].fields]


def no_search(*arguments: object) -> None:
    raise AssertionError("searched")


def test_a_template_is_read_without_searching(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "find_header", no_search)
    parsed = read(template(tmp_path / "a.xlsx", [f"{name} *" for name in PROPER]))
    assert (parsed.kind, parsed.remark, parsed.stated_unit) == ("bien_dong", "", "Sính Phình")
    assert shown(parsed, "row_no", "dossier_no", "full_name") == [(6, "HS1", "Vừ A Hùng")]


def test_a_template_with_other_headers_is_read_like_any_file(tmp_path: Path) -> None:
    parsed = read(template(tmp_path / "a.xlsx", ["Số hồ sơ", *PROPER[1:]]))
    assert shown(parsed, "dossier_no") == [("HS1",)]
    assert template_header([[]] * 4 + [["Số hồ sơ", *PROPER[1:]]], "GIAM") is None
    assert template_header([[]] * 4 + [[*PROPER, PROPER[0]]], "GIAM") is None


def test_only_a_marked_workbook_hides_its_guide(tmp_path: Path) -> None:
    assert "Hướng dẫn" in read(template(tmp_path / "a.xlsx", PROPER, mark="x")).remark


def test_what_we_added_to_a_returned_workbook_is_not_read(tmp_path: Path) -> None:
    sheets = {
        "Tổng hợp lỗi": [["Mã hồ sơ", "Họ và tên", "Mã loại"], ["HS9", "A", "BT05A"]],
        "GIAM": [
            ["Lỗi cần sửa", *GIAM],
            ["Tổng số người ghi trong tệp khác số dòng", *ROW],
            [None, 2, "HS2", "Vừ A Páo", "BT05A", "07/2024", "CHET"],
            ["Thiếu mã hồ sơ"],
        ],
    }
    parsed = read(book(tmp_path / "a.xlsx", sheets))
    assert shown(parsed, "row_no", "dossier_no") == [(2, "HS001"), (3, "HS2")]
    assert (parsed.remark, parsed.discrepancy) == ("", "")


def test_a_near_miss_is_said_with_its_likeness(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ và tên", "Mã lọai đối tuợng", "Thôi hưởng từ thánng", "Lý do"]
    parsed = read(book(tmp_path / "a.xlsx", {"giảm": [header, ROW[1:]]}))
    assert shown(parsed, "category_code", "effective_month") == [("BT05A", "07/2024")]
    assert "gần giống (97%)" in parsed.remark


@pytest.mark.parametrize("name", ["giảm", "GIẢM ", "Giam", "DS GIẢM T7", "Danh sách giảm (2)"])
def test_sheet_names_in_any_dress(tmp_path: Path, name: str) -> None:
    header = [*GIAM[:4], "Từ tháng", "Ghi chú"]
    assert shown(read(book(tmp_path / "a.xlsx", {name: [header, ROW]})), "kind") == [("GIAM",)]


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(sheets.Refusal, match="trùng tên"):
        grids._check_names(["GIAM", "giam"])


def test_headers_are_searched_among_the_first_rows_only() -> None:
    assert headers.TOP_ROWS > headers.HEADER_ROWS
