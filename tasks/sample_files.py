"""Writes sheets of the sample as a commune sends them: a workbook with title rows, or CSV.

Workbooks carry a fixed date and text cells only, so the same rows give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from schemas.layouts.entry import TITLES

CREATED = datetime(2024, 1, 1)
# A CSV of the roster has about 160 bytes a row; the office takes files of at most 50 MB.
CSV_ROWS = 250_000
WIDTHS = {
    "STT": 6,
    "Họ và tên": 24,
    "Tên chủ tài khoản": 24,
    "Đơn vị": 26,
    "Số quyết định": 18,
}


@dataclass(frozen=True)
class Heading:
    """What stands above the table: who sends it (`Xã` or `Đơn vị`) and for which month."""

    label: str
    sender: str
    month: str


def write_workbook(path: Path, sheets: Mapping[str, pl.DataFrame], heading: Heading) -> Path:
    """One workbook with a title, a heading, a total and places to sign on every sheet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": CREATED, "author": "Chi Trả (dữ liệu mẫu)"})
        bold = book.add_format({"bold": True})
        framed = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            top = _write_top(sheet, name, heading, bold)
            _write_table(sheet, rows, top, framed)
            _write_bottom(sheet, top + 1 + len(rows), rows, bold)
    return path


def write_csv(path: Path, rows: pl.DataFrame, heading: Heading) -> Iterator[Path]:
    """CSV files of at most CSV_ROWS rows with columns for sender and month; none without rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [
        pl.lit(heading.sender).alias(heading.label),
        pl.lit(heading.month).alias("Kỳ"),
    ]
    rows = rows.with_columns(columns)
    for number, part in enumerate(rows.iter_slices(CSV_ROWS), start=1):
        target = path if len(rows) <= CSV_ROWS else path.with_stem(f"{path.stem}_{number}")
        part.write_csv(target, line_terminator="\n")
        yield target


def _write_top(sheet: Worksheet, name: str, heading: Heading, bold: object) -> int:
    """Title rows; returns the row of the table header."""
    sheet.write_string(0, 0, "UBND HUYỆN TỦA CHÙA", bold)
    sheet.write_string(1, 0, TITLES[name], bold)
    sheet.write_string(2, 0, f"{heading.label}: {heading.sender}")
    sheet.write_string(3, 0, f"Kỳ: {heading.month}")
    return 5


def _write_table(sheet: Worksheet, rows: pl.DataFrame, top: int, framed: object) -> None:
    for column, name in enumerate(rows.columns):
        sheet.set_column(column, column, WIDTHS.get(name, 14))
        sheet.write_string(top, column, name, framed)
    sheet.freeze_panes(top + 1, 0)
    for row, values in enumerate(rows.iter_rows(), start=top + 1):
        _write_row(sheet, row, values)


def _write_row(sheet: Worksheet, row: int, values: Sequence[object]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, column, value)
        elif value is not None:
            sheet.write_string(row, column, str(value))


def _write_bottom(sheet: Worksheet, row: int, rows: pl.DataFrame, bold: object) -> None:
    sheet.write_string(row, 0, f"Tổng cộng: {len(rows)} dòng", bold)
    middle = min(6, len(rows.columns) - 2)
    sheet.write_string(row + 2, 2, "NGƯỜI LẬP BIỂU", bold)
    sheet.write_string(row + 2, middle, "TM. ỦY BAN NHÂN DÂN", bold)
    sheet.write_string(row + 3, 2, "(Ký, ghi rõ họ tên)")
    sheet.write_string(row + 3, middle, "(Ký tên, đóng dấu)")
