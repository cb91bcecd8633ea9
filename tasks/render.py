"""Frames as bytes that people open: CSV and workbooks, the same bytes on every machine.

Text never becomes a formula, a link or a number, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
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
MAX_TEXT = 32_000  # letters in one cell
LINE_HEIGHT, MAX_HEIGHT = 15, 409  # points of a line, and of Excel's highest row
CHART_WIDTH, CHART_HEIGHT = 900, 360  # pixels
COLOURS = ("#1F4E79", "#C55A11", "#548235", "#7F7F7F")
LINE_COLOUR = "#000000"
COLUMN_LIMIT = 200  # rows looked at for a column's width


@dataclass(frozen=True)
class Chart:
    """A native chart below the rows of a sheet: its columns over another one, in million VND.

    `line` names a column that is drawn as a line before the others.
    """

    title: str
    over: str
    columns: tuple[str, ...]
    is_stacked: bool = False
    line: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: title lines, a header row and the rows of a frame."""

    name: str
    frame: pl.DataFrame
    headers: Mapping[str, str]  # column name -> what people read, in the order to show
    title: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    total: Mapping[str, int] = field(default_factory=dict)  # column name -> sum, in VND or lines
    right: frozenset[str] = frozenset()  # columns whose text stands right, as numbers do
    wrapped: str = ""  # the column of sentences, in as many lines as they take
    chart: Chart | None = None


@dataclass(frozen=True)
class Block:
    """A small table on a page: its heading, headers and rows.

    `spans` tells how many columns of the page each of its own takes.
    """

    heading: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
    spans: tuple[int, ...]
    footer: str = ""


@dataclass(frozen=True)
class Page:
    """A sheet of several small tables, one below the other, that prints on one A4 page."""

    name: str
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    widths: tuple[float, ...]


class Drawn(Protocol):
    """A sheet that writes itself."""

    def write_to(self, workbook: Workbook) -> None:
        """Append itself to a workbook."""


def csv_bytes(frame: pl.DataFrame, headers: Mapping[str, str]) -> bytes:
    """Return UTF-8 CSV with BOM (Excel opens it right), text kept from becoming a formula."""
    text = pl.selectors.string()
    shown = frame.select(list(headers)).with_columns(
        text.str.replace(FORMULA_STARTS, "'$1").name.keep()
    )
    body = shown.rename(dict(headers)).write_csv(line_terminator="\r\n")
    return b"\xef\xbb\xbf" + body.encode("utf-8")


def xlsx_bytes(sheets: Sequence[Sheet | Page | Drawn]) -> bytes:
    """Return a workbook with one worksheet a sheet, header frozen, amounts with separators."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, TEXT_ONLY)
    workbook.set_properties({"created": CREATED})
    for sheet in sheets:
        if isinstance(sheet, Page):
            _write_page(workbook, sheet)
        elif isinstance(sheet, Sheet):
            _write_sheet(workbook, sheet)
        else:
            sheet.write_to(workbook)
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
    if sheet.chart is not None and not sheet.frame.is_empty():
        first = last + len(sheet.footer) + 1
        write_chart(workbook, worksheet, sheet, sheet.chart, header_row, first)
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(header_row)


def _write_rows(workbook: Workbook, worksheet: Worksheet, sheet: Sheet, first: int) -> int:
    """Write rows and the total below them; return the row after the last one."""
    text = workbook.add_format({"border": 1, "valign": "top"})
    right = workbook.add_format({"border": 1, "valign": "top", "align": "right"})
    wrap = workbook.add_format({"border": 1, "valign": "top", "text_wrap": True})
    number = workbook.add_format({"border": 1, "num_format": "#,##0", "valign": "top"})
    total = workbook.add_format({"border": 1, "num_format": "#,##0", "bold": True})
    frame = sheet.frame
    for position, name in enumerate(sheet.headers):
        cells = frame.get_column(name).to_list()
        style = right if name in sheet.right else wrap if name == sheet.wrapped else text
        for offset, cell in enumerate(cells):
            if cell is None:
                worksheet.write_blank(first + offset, position, None, style)
            elif isinstance(cell, int) and not isinstance(cell, bool):
                worksheet.write_number(first + offset, position, cell, number)
            else:
                worksheet.write_string(first + offset, position, str(cell), style)
        looked_at = [*cells[:COLUMN_LIMIT], sheet.total.get(name)]
        widths = [_letters(cell) for cell in looked_at if cell is not None]
        label_width = max(len(word) for word in sheet.headers[name].split() or [""])
        worksheet.set_column(position, position, min(max([label_width, 6, *widths]) + 2, WIDEST))
    if sheet.wrapped:
        for offset, cell in enumerate(frame.get_column(sheet.wrapped).to_list()):
            fit_row(worksheet, first + offset, [(str(cell or ""), WIDEST)])
    after = first + frame.height
    if sheet.total:
        worksheet.write_string(after, 0, "Tổng cộng", total)
        for position, name in enumerate(sheet.headers):
            if name in sheet.total:
                worksheet.write_number(after, position, sheet.total[name], total)
        after += 1
    return after


def write_chart(
    workbook: Workbook, worksheet: Worksheet, sheet: Sheet, chart: Chart, header_row: int, row: int
) -> None:
    """Draw a chart of a sheet's columns, its upper left corner in the first cell of a row."""
    columns = workbook.add_chart(
        {"type": "column", **({"subtype": "stacked"} if chart.is_stacked else {})}
    )
    for place, name in enumerate(chart.columns):
        columns.add_series(
            {
                **_series(sheet, chart, name, header_row),
                "fill": {"color": COLOURS[place]},
                "gap": 60,
            }
        )
    if chart.line:
        line = workbook.add_chart({"type": "line"})
        drawn = {"line": {"color": LINE_COLOUR, "width": 2.25}, "marker": {"type": "circle"}}
        line.add_series({**_series(sheet, chart, chart.line, header_row), **drawn})
        columns.combine(line)
    columns.set_title({"name": chart.title, "name_font": {"size": 12}})
    columns.set_y_axis({"name": "Triệu đồng", "num_format": "#,##0,,", "min": 0})
    columns.set_legend({"position": "bottom"})
    columns.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    worksheet.insert_chart(row, 0, columns)


def _series(sheet: Sheet, chart: Chart, name: str, header_row: int) -> dict[str, object]:
    """Return where the name, the categories and the values of a column of a sheet stand."""
    places = list(sheet.headers)
    first, last = header_row + 1, header_row + sheet.frame.height
    over, column, tab = places.index(chart.over), places.index(name), sheet.name[:31]
    return {
        "name": [tab, header_row, column],
        "categories": [tab, first, over, last, over],
        "values": [tab, first, column, last, column],
    }


def _letters(cell: object) -> int:
    """Return how many letters a cell shows; numbers with their separators."""
    return len(f"{cell:,}" if isinstance(cell, int) else str(cell))


def _write_page(workbook: Workbook, page: Page) -> None:
    worksheet = workbook.add_worksheet(page.name)
    for column, width in enumerate(page.widths):
        worksheet.set_column(column, column, width)
    bold = workbook.add_format({"bold": True})
    for row, line in enumerate(page.title):
        worksheet.write_string(row, 0, line, bold)
    row = len(page.title) + 1
    for block in page.blocks:
        worksheet.write_string(row, 0, block.heading, bold)
        row = _write_block(workbook, worksheet, page, block, row + 1) + 1
    worksheet.set_portrait()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 1)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)


def _write_block(
    workbook: Workbook, worksheet: Worksheet, page: Page, block: Block, first: int
) -> int:
    """Write a table; return the row after it and its footer."""
    boxed = {"border": 1, "text_wrap": True, "valign": "top"}
    head = workbook.add_format({**boxed, "bold": True, "align": "center", "valign": "vcenter"})
    text = workbook.add_format(boxed)
    number = workbook.add_format({**boxed, "num_format": "#,##0"})
    right = workbook.add_format({**boxed, "align": "right"})
    for offset, line in enumerate((block.headers, *block.rows)):
        row, column, texts = first + offset, 0, []
        for span, cell in zip(block.spans, line, strict=True):
            style = head if offset == 0 else number if isinstance(cell, int) else text
            if isinstance(cell, str) and cell.endswith("%"):
                style = right
            if span > 1:
                worksheet.merge_range(row, column, row, column + span - 1, "", style)
            write_cell(worksheet, row, column, cell, style)
            texts.append((str(cell or ""), sum(page.widths[column : column + span])))
            column += span
        fit_row(worksheet, row, texts)
    after = first + 1 + len(block.rows)
    if block.footer:
        worksheet.write_string(after, 0, block.footer)
        after += 1
    return after


def write_cell(
    worksheet: Worksheet, row: int, column: int, value: str | int | None, style: Format
) -> None:
    """Write a number as such and everything else as text, which no program takes for a formula."""
    if isinstance(value, int):
        worksheet.write_number(row, column, value, style)
    elif value:
        worksheet.write_string(row, column, value[:MAX_TEXT], style)
    else:
        worksheet.write_blank(row, column, None, style)


def fit_row(worksheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts need in cells of these widths.

    Not every program does so by itself when it opens a file.
    """
    lines = max((lines_of(text, width) for text, width in texts), default=1)
    if lines > 1:
        worksheet.set_row(row, min(LINE_HEIGHT * lines, MAX_HEIGHT))


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a cell of a width, in letters."""
    return sum(1 + int(len(line) / max(width, 1)) for line in text.split("\n"))
