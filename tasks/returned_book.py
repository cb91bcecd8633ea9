"""The sheets of a returned workbook that are ours: the summary on top, and the list of findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from schemas.layouts.ours import ERROR_COLUMN, SUMMARY_SHEET
from tasks.render import TEXT_ONLY, fit_row, write_cell

CREATED = datetime(2024, 1, 1)  # fixed, so that the same findings give the same bytes
COLOURS = {"reject": "#FFC7CE", "warn": "#FFEB9C", "fix": "#C6EFCE"}
INKS = {"reject": "#C00000", "warn": "#7F6000", "fix": "#006100"}
LEGEND = {
    "reject": "Ô màu đỏ: phải sửa, dòng này chưa được nhận.",
    "warn": "Ô màu vàng: dòng đã được nhận, đề nghị xem lại.",
    "fix": "Ô màu xanh: đã tự sửa khi nhận, không phải làm gì.",
}
COUNT_HEADERS = ("Quy tắc", "Mức độ", "Số dòng", "Lý do và cách sửa")
SUMMARY_WIDTHS = (20, 14, 10, 96)
LIST_HEADERS = ("Trang tính", "Dòng", "Quy tắc", "Mức độ", "Cột", "Giá trị", "Lý do và cách sửa")
LIST_WIDTHS = (16, 8, 9, 13, 26, 26, 90)
MAX_LINES = 1_000_000  # a sheet has no more rows


@dataclass(frozen=True)
class Summary:
    """What stands on top: facts of the file, then how often each rule was broken.

    `counts`: rule, severity in words, rows, message.
    """

    facts: tuple[tuple[str, str | int], ...]
    counts: tuple[tuple[str, str, int, str], ...] = ()
    colours: tuple[str, ...] = ()  # the severities that the sheets behind are coloured by


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:
        """Return the format with these properties of xlsxwriter."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def boxed(self, **properties: Any) -> Format:
        """Return the format of a wrapped cell with a border."""
        return self.of(border=1, text_wrap=True, valign="top", **properties)


@contextmanager
def workbook(path: Path, **options: Any) -> Iterator[tuple[Workbook, Styles]]:
    """Open a new workbook whose texts stay texts and whose bytes tell no time."""
    with xlsxwriter.Workbook(str(path), TEXT_ONLY | options) as book:
        book.set_properties({"created": CREATED})
        yield book, Styles(book)


def write_book(path: Path, summary: Summary, lines: list[tuple[Any, ...]], scratch: Path) -> None:
    """Write a workbook of the summary and, where there are any, the findings line by line.

    Row after row goes to disk, into `scratch`: a list may be as long as the file it speaks of.
    """
    options = {"in_memory": False, "constant_memory": True, "tmpdir": str(scratch)}
    with workbook(path, **options) as (book, styles):
        write_summary(book, styles, summary)
        if lines:
            _write_lines(book.add_worksheet(ERROR_COLUMN), styles, lines)


def write_summary(book: Workbook, styles: Styles, summary: Summary) -> None:
    """Add the sheet that stands on top."""
    sheet = book.add_worksheet(SUMMARY_SHEET)
    for column, width in enumerate(SUMMARY_WIDTHS):
        sheet.set_column(column, column, width)
    row = 0
    for label, value in summary.facts:
        write_cell(sheet, row, 0, label, styles.boxed(bold=True))
        _write_wide(sheet, row, value, styles.boxed(align="left"))
        row += 1
    for severity in summary.colours:
        style = styles.boxed(bg_color=COLOURS[severity])
        write_cell(sheet, row, 0, "", style)
        _write_wide(sheet, row, LEGEND[severity], style)
        row += 1
    if summary.counts:
        _write_table(sheet, row + 1, summary.counts, styles)
    print_on_width(sheet)


def _write_wide(sheet: Worksheet, row: int, value: str | int, style: Format) -> None:
    """Write a value over all columns but the first; long text makes the row as high as it needs."""
    last = len(SUMMARY_WIDTHS) - 1
    fit_row(sheet, row, [(str(value), sum(SUMMARY_WIDTHS[1:]))])
    sheet.merge_range(row, 1, row, last, "", style)
    write_cell(sheet, row, 1, value, style)


def _write_table(sheet: Worksheet, row: int, lines: tuple[Any, ...], styles: Styles) -> None:
    for column, header in enumerate(COUNT_HEADERS):
        write_cell(sheet, row, column, header, styles.boxed(bold=True))
    for below, line in enumerate(lines, row + 1):
        fit_row(sheet, below, [(str(line[-1]), SUMMARY_WIDTHS[-1])])
        for column, value in enumerate(line):
            style = styles.boxed(align="center") if column < 3 else styles.boxed()
            write_cell(sheet, below, column, value, style)


def _write_lines(sheet: Worksheet, styles: Styles, lines: list[tuple[Any, ...]]) -> None:
    for column, (header, width) in enumerate(zip(LIST_HEADERS, LIST_WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        write_cell(sheet, 0, column, header, styles.boxed(bold=True))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(LIST_HEADERS) - 1)
    for row, line in enumerate(lines, 1):
        fit_row(sheet, row, zip(map(str, line), LIST_WIDTHS, strict=True))
        for column, value in enumerate(line):
            write_cell(sheet, row, column, value, styles.boxed())
    print_on_width(sheet)


def print_on_width(sheet: Worksheet) -> None:
    """Print on A4 across, one page wide."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
