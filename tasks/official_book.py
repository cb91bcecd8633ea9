"""The official report as a workbook: the letter on a page, each appendix on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tasks.official_figures import Table
from tasks.official_report import OfficialReport
from tasks.render import lines_of, write_cell, xlsx_bytes
from tasks.signed_list import A4, FONT, RULE_LINE

COLUMNS, WIDTH, MIDDLE = 10, 9.0, 3  # of the letter; its left half ends with column MIDDLE
LETTERS = COLUMNS * WIDTH * 1.08  # that a line of the letter has room for
POINTS, HEADER_POINTS = 17, 52  # height of a line, and of a table's header
MARGINS = {"left": 1.18, "right": 0.67, "top": 0.79, "bottom": 0.79}  # inches: 30, 17, 20, 20 mm
SIGN_HERE, ROOM_TO_SIGN, SIGNING_LINES = "(Ký, ghi rõ họ tên, đóng dấu)", "\n" * 5, 9
WIDE_MARGINS = {"left": 0.6, "right": 0.5, "top": 0.79, "bottom": 0.6}


def report_book(report: OfficialReport) -> bytes:
    """Return the workbook of a report."""
    sheets = [
        _Appendix(report, table, f"Phụ lục {number}")
        for number, table in enumerate(report.appendices, start=1)
    ]
    return xlsx_bytes([_Letter(report), *sheets])


@dataclass(frozen=True)
class _Letter:
    """The report itself."""

    report: OfficialReport

    def write_to(self, workbook: Workbook) -> None:
        worksheet = workbook.add_worksheet("Báo cáo")
        worksheet.set_column(0, COLUMNS - 1, WIDTH)
        pen = _Pen(workbook, worksheet)
        row = pen.pairs(0, self._heading())
        report = self.report
        row = pen.line(row + 1, report.kind, bold=True, align="center", font_size=14)
        row = pen.line(row, report.about, bold=True, align="center")
        row = pen.line(row, RULE_LINE, align="center")
        row = pen.line(row + 1, f"Kính gửi: {report.addressee}", align="center")
        row = pen.line(row + 1, report.opening, indent=1)
        for part in report.parts:
            row = pen.line(row, part.heading, bold=True)
            for paragraph in part.paragraphs:
                row = pen.line(row, paragraph, indent=1)
        row = pen.line(row, report.closing, indent=1)
        row = self._sign(pen, row + 1)
        worksheet.set_portrait()
        worksheet.set_paper(A4)
        worksheet.set_margins(**MARGINS)
        worksheet.fit_to_pages(1, 0)
        worksheet.hide_gridlines(1)
        worksheet.set_header(f'&C&"{FONT},Regular"&13&P')
        worksheet.print_area(0, 0, row, COLUMNS - 1)

    def _heading(self) -> list[tuple[str, dict[str, Any], str, dict[str, Any]]]:
        report, bold = self.report, {"bold": True}
        return [
            (report.issuer[0], {}, report.motto[0], bold),
            (report.issuer[1], bold, report.motto[1], bold),
            (RULE_LINE, {}, RULE_LINE, {}),
            (report.number, {}, report.place_and_day, {"italic": True}),
        ]

    def _sign(self, pen: _Pen, row: int) -> int:
        """Write who gets it and who signs into one row, which no page break can tear apart."""
        role, name = self.report.signer
        bold, italic = (pen.format(bold=True), pen.format(italic=True))
        small, heading = pen.format(font_size=11), pen.format(bold=True, italic=True, font_size=12)
        recipients = "".join(f"\n- {line}" for line in self.report.recipients)
        pen.rich(row, 0, MIDDLE, (heading, "Nơi nhận:", small, recipients))
        signed = (bold, role, italic, f"\n{SIGN_HERE}", bold, f"{ROOM_TO_SIGN}{name}")
        pen.rich(row, MIDDLE + 1, COLUMNS - 1, signed, align="center")
        pen.worksheet.set_row(row, POINTS * SIGNING_LINES)
        return row


@dataclass(frozen=True)
class _Appendix:
    """A table of the report."""

    report: OfficialReport
    table: Table
    name: str

    def write_to(self, workbook: Workbook) -> None:
        worksheet = workbook.add_worksheet(self.name)
        pen = _Pen(workbook, worksheet)
        table = self.table
        for place, width in enumerate(table.widths):
            worksheet.set_column(place, place, width + 1)
        last = len(table.widths) - 1
        pen.span(0, 0, last, table.title, bold=True, align="center")
        pen.span(1, 0, last, f"({self.report.about})", italic=True, align="center")
        for place, label in enumerate(table.headers):
            style = pen.format(bold=True, border=1, align="center", valign="vcenter")
            write_cell(worksheet, 3, place, label, style)
        worksheet.set_row(3, HEADER_POINTS)
        row = self._write_rows(pen, 4)
        if self.report.note:
            pen.span(row, 0, last, self.report.note, italic=True, text_wrap=False)
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.set_margins(**WIDE_MARGINS)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(3)
        worksheet.freeze_panes(4, 2)

    def _write_rows(self, pen: _Pen, first: int) -> int:
        rows = self.table.rows
        for offset, row in enumerate(rows):
            is_total = self.table.has_total and offset == len(rows) - 1
            for place, cell in enumerate(row):
                look: dict[str, Any] = {"border": 1, "bold": is_total}
                if place == 0:
                    look["align"] = "center"
                elif isinstance(cell, int):
                    look["num_format"] = "#,##0"
                elif str(cell or "")[-1:] in "%-" and cell:
                    look["align"] = "right"
                write_cell(pen.worksheet, first + offset, place, cell, pen.format(**look))
        return first + len(rows) + 1


class _Pen:
    """Writes cells of one worksheet in the font of official papers."""

    def __init__(self, workbook: Workbook, worksheet: Worksheet) -> None:
        self.workbook, self.worksheet = workbook, worksheet
        self.formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            base = {"font_name": FONT, "font_size": 13, "text_wrap": True, "valign": "top"}
            self.formats[key] = self.workbook.add_format(base | look)
        return self.formats[key]

    def span(self, row: int, first: int, last: int, text: str, **look: Any) -> None:
        """Write text over the cells from first to last of a row."""
        style = self.format(**look)
        self.worksheet.merge_range(row, first, row, last, "", style)
        write_cell(self.worksheet, row, first, text, style)

    def rich(self, row: int, first: int, last: int, parts: Sequence[Any], **look: Any) -> None:
        """Write text of several looks over the cells from first to last of a row."""
        style = self.format(**look)
        self.worksheet.merge_range(row, first, row, last, "", style)
        self.worksheet.write_rich_string(row, first, *parts, style)

    def line(self, row: int, text: str, **look: Any) -> int:
        """Write text over a row of the letter, as high as it needs; return the row below."""
        self.span(row, 0, COLUMNS - 1, text, **look)
        self.worksheet.set_row(row, POINTS * lines_of(text, LETTERS) + 3)
        return row + 1

    def pairs(self, row: int, lines: list[tuple[str, dict[str, Any], str, dict[str, Any]]]) -> int:
        """Write lines side by side, each half with its look; return the row below."""
        for left, left_look, right, right_look in lines:
            self.span(row, 0, MIDDLE, left, **({"align": "center", "font_size": 12} | left_look))
            right_look = {"align": "center", "font_size": 12} | right_look
            self.span(row, MIDDLE + 1, COLUMNS - 1, right, **right_look)
            room = (MIDDLE + 1) * WIDTH * 0.8
            self.worksheet.set_row(row, POINTS * lines_of(left, room))
            row += 1
        return row
