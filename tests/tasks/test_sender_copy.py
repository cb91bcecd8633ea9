"""The cells, names and limits of the copy of a sender's file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import load_workbook

from schemas.layouts.ours import SUMMARY_SHEET
from tasks.office import Limits
from tasks.returned_book import Summary
from tasks.sender_copy import TOO_LONG, Note, SheetNotes, sheet_names, try_copy, write_copy
from tasks.sender_sheets import Budget, TooLong, sent_sheets
from tasks.sheets import Place

LIMITS = Limits()
NOTHING = Summary((("Tệp", "a"),))
PLACE = Place("A", 1, "TANG", 0, 0, {"dossier_no": [0], "full_name": [1]})


def copied(path: Path, *notes: SheetNotes, limits: Limits = LIMITS) -> Path:
    target = path.with_name("copy.xlsx")
    assert write_copy(path, target, NOTHING, notes, limits, 1_000)
    return target


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["TANG", "GIAM"], ["TANG", "GIAM"]),
        (["Tăng", "TĂNG", "tăng"], ["Tăng", "TĂNG (2)", "tăng (3)"]),
        (["a/b:c[d]*?\\"], ["a-b-c-d----"]),
        (["'x'", ""], ["x", "Danh sách"]),
        ([SUMMARY_SHEET, "History"], ["Tổng hợp lỗi (2)", "History (2)"]),
        (["x" * 40, "X" * 40], ["x" * 31, "X" * 27 + " (2)"]),
    ],
)
def test_sheet_names_are_those_that_excel_takes(wanted: list[str], names: list[str]) -> None:
    assert list(sheet_names(wanted)) == names


def test_cells_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    cells = [
        *("007", 12, 1.5, True, datetime(2024, 5, 20), datetime(2024, 5, 20, 10, 30)),
        *(time(10, 30), timedelta(hours=30), date(1900, 1, 5), 123456789012, " a\nb "),
    ]
    book = openpyxl.Workbook()
    book.active.title = "A"
    book.active.append(cells)
    book.save(path)
    found = load_workbook(copied(path)).get_sheet_by_name("A").to_python()
    assert found == [
        [
            *("007", 12, 1.5, True, date(2024, 5, 20), datetime(2024, 5, 20, 10, 30)),
            *(time(10, 30), timedelta(hours=30), "05/01/1900", 123456789012, " a\nb "),
        ]
    ]


def test_a_cell_with_two_reasons_has_the_worse_colour_and_both_in_its_comment(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sent.csv"
    path.write_text("Mã hồ sơ,Họ và tên\nHS1,A\n", encoding="utf-8")
    place = Place("", 1, "TANG", 0, 0, {"dossier_no": [0], "full_name": [1]})
    told = (Note("warn", "Lưu ý – X", (1,)), Note("reject", "Y", (1,)))
    book = openpyxl.load_workbook(copied(path, SheetNotes(place, 1, {1: told}, name="ds")))
    assert book["ds"]["B2"].fill.fgColor.rgb == "FFFFC7CE"
    assert book["ds"]["B2"].comment.text == "Lưu ý – X\nY"


def test_comments_end_where_programs_become_slow(tmp_path: Path) -> None:
    path = tmp_path / "sent.csv"
    path.write_text("a,b\n" + "x,y\n" * 2_000, encoding="utf-8")
    place = Place("", 1, "TANG", 0, 0, {"dossier_no": [0]})
    rows = {row: (Note("warn" if row < 900 else "reject", "X", (0,)),) for row in range(1, 2_001)}
    notes = SheetNotes(place, 2_000, rows, name="ds")
    target = tmp_path / "copy.xlsx"
    assert write_copy(path, target, NOTHING, (notes,), LIMITS, 20_000)
    sheet = openpyxl.load_workbook(target)["ds"]
    told = [row for row in range(2, 2_002) if sheet.cell(row, 1).comment]
    assert told == list(range(901, 1_901))
    assert sheet["C2001"].value == "X"


@pytest.mark.parametrize("budget", [Budget(2, 100), Budget(100, 8)])
def test_too_many_rows_or_cells_over_all_sheets_are_not_copied(
    tmp_path: Path, budget: Budget
) -> None:
    path = tmp_path / "sent.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for _ in range(3):
            book.add_worksheet().write_row("A1", (1, 2, 3))
    assert len(sent_sheets(path, LIMITS, Budget(3, 9))) == 3
    with pytest.raises(TooLong):
        sent_sheets(path, LIMITS, budget)


def test_a_sheet_without_room_for_another_column_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("A").write_row("A1", ("Mã hồ sơ", "Họ và tên"))
    target = tmp_path / "copy.xlsx"
    notes = (SheetNotes(PLACE, 0),)
    assert try_copy(path, target, NOTHING, notes, Limits(max_columns=2), 9) == TOO_LONG
    assert try_copy(path, target, NOTHING, notes, Limits(max_columns=3), 9) == ""


def test_whatever_the_reader_does_not_like_is_said_but_a_full_disk_is_raised(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    said = try_copy(path, tmp_path / "copy.xlsx", NOTHING, (), LIMITS, 9)
    assert said == ("Không chép lại được tệp này nên chỉ liệt kê các dòng cần xem (BadZipFile).")
    with pytest.raises(OSError, match="gone"):
        try_copy(tmp_path / "gone.csv", tmp_path / "copy.xlsx", NOTHING, (), LIMITS, 9)


def test_merged_cells_beyond_the_sheet_or_over_one_another_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "A"
    sheet.append(["Mã hồ sơ", "Họ và tên", "x"])
    sheet.append(["HS1", "A", "y"])
    for cells in ("B1:XFD1048576", "A2:B2", "B2:C2"):
        sheet.merged_cells.add(cells)
    book.save(path)
    found = openpyxl.load_workbook(copied(path, SheetNotes(PLACE, 1)))["A"]
    assert [str(one) for one in found.merged_cells.ranges] == ["B1:C2"]


def test_both_header_rows_hold_the_column_of_reasons(tmp_path: Path) -> None:
    path = tmp_path / "sent.csv"
    path.write_text("Mã hồ sơ,Quyết định\n,Số\nHS1,1\n", encoding="utf-8")
    place = Place("", 1, "TANG", 0, 1, {"dossier_no": [0], "decision_no": [1]})
    notes = SheetNotes(place, 2, {2: (Note("reject", "X", (1,)),)}, name="ds")
    sheet = openpyxl.load_workbook(copied(path, notes))["ds"]
    assert [str(one) for one in sheet.merged_cells.ranges] == ["C1:C2"]
    assert [sheet["C1"].value, sheet["C3"].value] == ["Lỗi cần sửa", "X"]
    assert sheet.auto_filter.ref == "A2:C3"
    assert sheet.freeze_panes == "A3"
