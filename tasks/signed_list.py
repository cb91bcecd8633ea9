"""A list to be printed on A4 landscape and signed, laid out as Decree 30/2020 has it.

National motto and office above, title, a table in sections, totals, and room for signatures.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from tasks.render import lines_of, write_cell
from tasks.row_xml import BlockSheet

Cell = str | int | None

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PLACE_AND_DAY = "…………………, ngày …… tháng …… năm ………"
RULE_LINE = "────────"
FONT, SIZE = "Times New Roman", 12
POINTS_A_LINE, PADDING = 16, 5  # points
LETTERS_A_WIDTH = 1.2  # of this font in a column of width 1
A4 = 9
MARGINS = {"left": 0.79, "right": 0.59, "top": 0.79, "bottom": 0.79}  # inches: 20 and 15 mm
NUMBER = {"border": 1, "num_format": "#,##0", "text_wrap": False}
SIGN_HERE, ROOM_TO_SIGN = "(Ký, ghi rõ họ tên)", "\n" * 5
SIGNING_HEIGHT = POINTS_A_LINE * 7  # points


@dataclass(frozen=True)
class Column:
    """One column of the table: what people read, its width in letters, and where text stands."""

    label: str
    width: float
    align: str = "left"


@dataclass(frozen=True)
class Section:
    """Rows of one kind under a heading, with the sums below them by position of the column.

    `rows` has the columns of the list, in their order: whole numbers and text.
    """

    heading: str
    rows: pl.DataFrame
    sums: dict[int, int]


@dataclass(frozen=True)
class SignedList:
    """One sheet: a list that somebody signs. `closing` stands below the table, line by line.

    Where the sums have no columns, none are written.
    """

    name: str
    issuer: tuple[str, str]  # the office above, and the office itself
    title: tuple[str, ...]  # the first line is bold and large
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    sums: dict[int, int]
    closing: tuple[str, ...]
    signers: tuple[tuple[str, str], ...]  # role and name, from left to right
    page_note: str  # at the foot of every page
    row_height: float = 0  # points at least: room to sign in a row

    def write_to(self, workbook: Workbook) -> None:
        """Append this list as a sheet of the workbook."""
        worksheet = workbook.add_worksheet(self.name, worksheet_class=BlockSheet)
        for position, column in enumerate(self.columns):
            worksheet.set_column(position, position, column.width)
        pen = _Pen(workbook, worksheet, tuple(column.width for column in self.columns))
        row = _write_heading(pen, self)
        _set_print(worksheet, self.page_note, row)
        row = _write_table(pen, self, row)
        row = _write_closing(pen, self.closing, row)
        row = _write_signatures(pen, self.signers, row)
        worksheet.print_area(0, 0, row, len(self.columns) - 1)


Formats = dict[tuple[tuple[str, Any], ...], Format]
_made_formats: WeakKeyDictionary[Workbook, Formats] = WeakKeyDictionary()


class _Pen:
    """Writes cells of one worksheet in the font of official papers.

    The sheets of a workbook share their formats.
    """

    def __init__(
        self, workbook: Workbook, worksheet: BlockSheet, widths: tuple[float, ...]
    ) -> None:
        self.workbook, self.worksheet, self.widths = workbook, worksheet, widths
        self.formats: Formats = _made_formats.setdefault(workbook, {})

    def format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "text_wrap": True}
            self.formats[key] = self.workbook.add_format(base | properties)
        return self.formats[key]

    def span(self, row: int, first: int, last: int, text: str, **properties: Any) -> int:
        """Write text over the cells from first to last of a row; return the lines that it takes."""
        style = self.format(**properties)
        if last > first:
            self.worksheet.merge_range(row, first, row, last, "", style)
        write_cell(self.worksheet, row, first, text, style)
        return lines_of(text, sum(self.widths[first : last + 1]))

    def line(self, row: int, text: str, **properties: Any) -> None:
        """Write text over a whole row, as high as it needs."""
        lines = self.span(row, 0, len(self.widths) - 1, text, **properties)
        size = properties.get("font_size", SIZE)
        self.worksheet.set_row(row, POINTS_A_LINE * lines * size / SIZE + PADDING / 2)


def _set_print(worksheet: BlockSheet, page_note: str, header_row: int) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(A4)
    worksheet.set_margins(**MARGINS)
    worksheet.center_horizontally()
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(header_row)
    worksheet.freeze_panes(header_row + 1, 0)
    worksheet.hide_gridlines(1)
    worksheet.set_footer(f'&L&"{FONT},Italic"&9{page_note}&R&"{FONT},Regular"&9Trang &P/&N')
    worksheet.set_start_page(1)


def _write_heading(pen: _Pen, listed: SignedList) -> int:
    """Write office and motto side by side, then the title; return the row of the table's header."""
    last = len(pen.widths) - 1
    middle = _half(pen.widths)
    above, office = listed.issuer
    pairs: tuple[tuple[str, dict[str, Any], str, dict[str, Any]], ...] = (
        (above.upper(), {}, MOTTO[0], {"bold": True}),
        (office.upper(), {"bold": True}, MOTTO[1], {"bold": True, "font_size": SIZE + 1}),
        (RULE_LINE, {}, RULE_LINE, {}),
        ("", {}, PLACE_AND_DAY, {"italic": True}),
    )
    for row, (left, left_style, right, right_style) in enumerate(pairs):
        lines = pen.span(row, 0, middle, left, align="center", **left_style)
        pen.span(row, middle + 1, last, right, align="center", **right_style)
        pen.worksheet.set_row(row, POINTS_A_LINE * max(lines, 1) if left != RULE_LINE else 8)
    row = len(pairs) + 1
    large, bold, italic = {"bold": True, "font_size": SIZE + 2}, {"bold": True}, {"italic": True}
    for number, line in enumerate(listed.title):
        pen.line(row, line, align="center", **(large, bold, italic)[min(number, 2)])
        row += 1
    return row + 1


def _half(widths: tuple[float, ...]) -> int:
    """Return the last column of the left half of the page."""
    reached = 0.0
    for position, width in enumerate(widths):
        reached += width
        if reached >= sum(widths) / 2:
            return max(position - 1, 0)
    return 0


def _write_table(pen: _Pen, listed: SignedList, row: int) -> int:
    """Write header, sections and sums; return the row below."""
    for position, column in enumerate(listed.columns):
        pen.span(row, position, position, column.label, bold=True, border=1, align="center")
    lines = max(_lines(column.label, column.width * 0.8) for column in listed.columns)
    pen.worksheet.set_row(row, POINTS_A_LINE * max(lines, 2) + PADDING)
    row += 1
    for section in listed.sections:
        if section.heading:
            pen.line(row, section.heading, bold=True, border=1)
            row += 1
        row = _write_rows(pen, listed, row, section.rows)
        if len(listed.sections) > 1:
            row = _write_sums(pen, row, "Cộng", section.sums)
    return _write_sums(pen, row, "TỔNG CỘNG", listed.sums)


def _write_rows(pen: _Pen, listed: SignedList, row: int, rows: pl.DataFrame) -> int:
    """Write the rows of a section as one block; return the row below."""
    styles = [
        pen.format(**_look(column, rows.schema[name]))._get_xf_index()
        for column, name in zip(listed.columns, rows.columns, strict=True)
    ]
    return pen.worksheet.write_block(row, rows, styles, _heights(listed, rows))


def _heights(listed: SignedList, rows: pl.DataFrame) -> list[float]:
    """Return how high each row is to be, in points, so that its texts fit."""
    lines = [1] * rows.height
    for column, texts in zip(listed.columns, rows, strict=True):
        if not texts.dtype.is_integer():
            width = int(column.width)
            for place, text in enumerate(texts.to_list()):
                if text is not None and len(text) > width:
                    lines[place] = max(lines[place], _lines(text, column.width))
    return [max(listed.row_height, POINTS_A_LINE * count + PADDING) for count in lines]


def _look(column: Column, kind: pl.DataType) -> dict[str, Any]:
    look: dict[str, Any] = {"border": 1, "align": column.align}
    if column.align != "center":
        look["indent"] = 1
    return look | NUMBER if kind.is_integer() else look


@lru_cache(maxsize=4096)
def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a cell."""
    return max(1, len(textwrap.wrap(text, max(1, int(width * LETTERS_A_WIDTH)))))


def _write_sums(pen: _Pen, row: int, label: str, sums: dict[int, int]) -> int:
    if not sums:
        return row
    first = min(sums)
    pen.span(row, 0, first - 1, label, bold=True, border=1, align="center")
    style = pen.format(bold=True, **NUMBER, align="right", indent=1)
    for position in range(first, len(pen.widths)):
        write_cell(pen.worksheet, row, position, sums.get(position), style)
    pen.worksheet.set_row(row, POINTS_A_LINE + PADDING)
    return row + 1


def _write_closing(pen: _Pen, lines: tuple[str, ...], row: int) -> int:
    row += 1
    for line in lines:
        pen.line(row, line)
        row += 1
    return row + 1


def _write_signatures(pen: _Pen, signers: tuple[tuple[str, str], ...], row: int) -> int:
    """Write the roles, room to sign, and the names; return the last row.

    All in one row, which no page break can tear apart.
    """
    bold, italic = pen.format(bold=True), pen.format(italic=True)
    place = pen.format(align="center", valign="top")
    edges = _shares(pen.widths, len(signers))
    for (first, last), (role, name) in zip(edges, signers, strict=True):
        pen.span(row, first, last, "", align="center", valign="top")
        parts = (bold, role.upper(), italic, f"\n{SIGN_HERE}", bold, f"{ROOM_TO_SIGN}{name}")
        pen.worksheet.write_rich_string(row, first, *parts, place)
    pen.worksheet.set_row(row, SIGNING_HEIGHT)
    return row


def _shares(widths: tuple[float, ...], count: int) -> list[tuple[int, int]]:
    """Return first and last column of `count` parts of a page, about equally wide."""
    edges: list[tuple[int, int]] = []
    first, reached = 0, 0.0
    for position, width in enumerate(widths):
        reached += width
        parts_left = count - len(edges)
        columns_left = len(widths) - position - 1
        is_full = reached >= sum(widths) * (len(edges) + 1) / count
        if columns_left == 0 or (parts_left > 1 and (is_full or columns_left < parts_left)):
            edges.append((first, position))
            first = position + 1
    return edges
