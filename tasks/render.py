"""Frames as bytes that people open: CSV and workbooks, the same bytes on every machine.

Text never becomes a formula, a link or a number, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

CREATED = datetime(2000, 1, 1)  # a fixed date: workbooks would differ by the second otherwise
TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORMULA_STARTS = r"^([=+\-@\t\r])"
WIDEST = 48
HEADER_HEIGHT = 46  # points: three lines of a header
COLUMN_LIMIT = 200  # rows looked at for a column's width


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: title lines, a header row and the rows of a frame."""

    name: str
    frame: pl.DataFrame
    headers: Mapping[str, str]  # column name -> what people read, in the order to show
    title: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    total: Mapping[str, int] = field(default_factory=dict)  # column name -> sum, in VND or lines


def csv_bytes(frame: pl.DataFrame, headers: Mapping[str, str]) -> bytes:
    """Return UTF-8 CSV with BOM (Excel opens it right), text kept from becoming a formula."""
    text = pl.selectors.string()
    shown = frame.select(list(headers)).with_columns(
        text.str.replace(FORMULA_STARTS, "'$1").name.keep()
    )
    body = shown.rename(dict(headers)).write_csv(line_terminator="\r\n")
    return b"\xef\xbb\xbf" + body.encode("utf-8")


def xlsx_bytes(sheets: list[Sheet]) -> bytes:
    """Return a workbook with one worksheet a sheet, header frozen, amounts with separators."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, TEXT_ONLY)
    workbook.set_properties({"created": CREATED})
    for sheet in sheets:
        _write_sheet(workbook, sheet)
    workbook.close()
    return buffer.getvalue()


def _write_sheet(workbook: Workbook, sheet: Sheet) -> None:
    worksheet = workbook.add_worksheet(sheet.name[:31])
    bold = workbook.add_format({"bold": True})
    head = workbook.add_format(
        {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
    )
    for row, line in enumerate(sheet.title):
        worksheet.write_string(row, 0, line, bold)
    header_row = len(sheet.title)
    for position, label in enumerate(sheet.headers.values()):
        worksheet.write_string(header_row, position, label, head)
    worksheet.set_row(header_row, HEADER_HEIGHT)
    worksheet.freeze_panes(header_row + 1, 0)
    last = _write_rows(workbook, worksheet, sheet, header_row + 1)
    for offset, line in enumerate(sheet.footer, start=1):
        worksheet.write_string(last + offset, 0, line)
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(header_row)


def _write_rows(workbook: Workbook, worksheet: Worksheet, sheet: Sheet, first: int) -> int:
    """Write rows and the total below them; return the row after the last one."""
    text = workbook.add_format({"border": 1, "valign": "top"})
    number = workbook.add_format({"border": 1, "num_format": "#,##0", "valign": "top"})
    total = workbook.add_format({"border": 1, "num_format": "#,##0", "bold": True})
    frame = sheet.frame
    for position, name in enumerate(sheet.headers):
        cells = frame.get_column(name).to_list()
        for offset, cell in enumerate(cells):
            if cell is None:
                worksheet.write_blank(first + offset, position, None, text)
            elif isinstance(cell, int) and not isinstance(cell, bool):
                worksheet.write_number(first + offset, position, cell, number)
            else:
                worksheet.write_string(first + offset, position, str(cell), text)
        widths = [len(str(cell)) for cell in cells[:COLUMN_LIMIT] if cell is not None]
        label_width = max(len(word) for word in sheet.headers[name].split() or [""])
        worksheet.set_column(position, position, min(max([label_width, 6, *widths]) + 2, WIDEST))
    after = first + frame.height
    if sheet.total:
        worksheet.write_string(after, 0, "Tổng cộng", total)
        for position, name in enumerate(sheet.headers):
            if name in sheet.total:
                worksheet.write_number(after, position, sheet.total[name], total)
        after += 1
    return after
