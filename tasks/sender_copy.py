"""The sender's own file once more: the same sheets and rows, with what is to be mended in colour.

Runs in the child process of tasks.sheet_pool. Whatever the sender wrote is written as text or as a
value, never as a formula or a link. Rows and columns count from 0 here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from schemas.layouts.ours import ERROR_COLUMN, SUMMARY_SHEET
from tasks.headers import header_key
from tasks.office import Limits
from tasks.render import fit_row, lines_of
from tasks.returned_book import (
    COLOURS,
    INKS,
    Styles,
    Summary,
    print_on_width,
    workbook,
    write_summary,
)
from tasks.sender_sheets import Budget, Cell, NoSheets, SentSheet, TooLong, is_filled, sent_sheets
from tasks.sheets import Place

TOO_LONG = "Tệp dài nên chỉ liệt kê các dòng cần xem, không chép lại cả tệp."
NO_SHEETS = "Tệp của ngân hàng không phải bảng tính nên chỉ liệt kê các dòng cần xem."
NOT_COPIED = "Không chép lại được tệp này nên chỉ liệt kê các dòng cần xem ({})."
COPY_CELLS = 1_000_000  # a copy of more cells is too slow for everyone
ALL_ROWS = 2  # times the rows of data that may be copied: titles, and sheets that were not read
MAX_COMMENTS = 1_000  # a sheet: spreadsheets become slow with more, and the column says it all
AUTHOR = "Chi Trả"
CELL_LETTERS = 32_767  # Excel's own limit
NAME_LETTERS = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
NO_NAME = "Danh sách"
RESERVED = "history"  # Excel keeps this name for itself
SEVERITIES = ("reject", "warn", "fix")  # what colours a cell, the worst first
TEXT_FORMAT = "@"  # cells of this format keep what is typed
LEGACY_FONT = ".VnTime"
ERROR_WIDTH = 70
NARROWEST, WIDEST = 8, 40  # columns whose width the file does not tell
WIDTH_ROWS = 200  # rows looked at for such a width
FROZEN_ROWS = 12  # a header further down would leave no room for the rows below it
EXACT_FROM = 10**11  # whole numbers from here on would be shown as 1,2E+11
FIRST_DAY = date(1900, 3, 1)  # Excel counts earlier days wrongly
COMMENT_LINE, COMMENT_WIDTH = 18, 300  # pixels
MERGED_SIDE = 100  # rows; nothing that people merge is higher
CENTRED = {"align": "center", "valign": "vcenter"}
COMMENT_LETTERS = 44  # a line of a comment


@dataclass(frozen=True)
class Note:
    """What one rule says of one row: the line as people read it, and the cells it speaks of."""

    severity: str  # reject, warn or fix
    line: str
    columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class SheetNotes:
    """What is said of a sheet that was read: notes by row, and where its table stands."""

    place: Place
    last_row: int  # of its data
    rows: Mapping[int, tuple[Note, ...]] = field(default_factory=dict)
    legacy: frozenset[tuple[int, int]] = frozenset()  # cells whose text is TCVN3
    text_columns: frozenset[int] = frozenset()  # whose cells are typed as text, as ids are
    name: str = ""  # for a sheet that has no name of its own


def try_copy(*arguments: Any) -> str:
    """Write the copy as `write_copy` does; return why there is none, empty where there is.

    OSError and its kind come through: a full disk is not the sender's fault.
    """
    try:
        return "" if write_copy(*arguments) else TOO_LONG
    except NoSheets:
        return NO_SHEETS
    except (OSError, FileCreateError):
        raise
    except BaseException as error:
        # A panic in the workbook reader is no Exception; only these two are not the file's doing.
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        return NOT_COPIED.format(type(error).__name__)


def write_copy(
    source: Path,
    target: Path,
    summary: Summary,
    notes: tuple[SheetNotes, ...],
    limits: Limits,
    max_rows: int,
) -> bool:
    """Write the copy of a received file; False where it is too long to be copied.

    `max_rows` bounds the rows of data; all sheets together may have twice as many rows.
    """
    by_sheet = {one.place.sheet: one for one in notes}
    try:
        sheets = sent_sheets(source, limits, Budget(ALL_ROWS * max_rows, COPY_CELLS))
        pages = [
            Page(sheet, by_sheet.get(sheet.name), limits.max_columns)
            for sheet in sheets
            if sheet.name in by_sheet or not is_ours(sheet.name)
        ]
    except TooLong:
        return False
    with workbook(target) as (book, styles):
        write_summary(book, styles, summary)
        for page, name in zip(pages, sheet_names(page.wanted_name for page in pages), strict=True):
            page.write(book, styles, name)
    return True


def is_ours(sheet_name: str) -> bool:
    """Tell whether a sheet is the summary of a workbook that went back earlier."""
    return header_key(sheet_name) == header_key(SUMMARY_SHEET)


def sheet_names(wanted: Iterable[str]) -> Iterator[str]:
    """Yield names that Excel takes: no odd signs, 31 letters, none twice in any case."""
    taken = {SUMMARY_SHEET.lower(), RESERVED}
    for name in wanted:
        plain = FORBIDDEN.sub("-", name).strip().strip("'") or NO_NAME
        found, number = plain[:NAME_LETTERS], 1
        while found.lower() in taken:
            number += 1
            ending = f" ({number})"
            found = plain[: NAME_LETTERS - len(ending)] + ending
        taken.add(found.lower())
        yield found


class Page:
    """One sheet of the copy: the sender's cells, coloured, and one column for the reasons."""

    def __init__(self, sheet: SentSheet, notes: SheetNotes | None, max_columns: int) -> None:
        self.sheet = sheet
        self.notes = notes
        self.wanted_name = sheet.name or (notes.name if notes else "")
        self.width = max((len(row) for row in sheet.rows), default=0)
        self.error_column = self._clear_error_columns() if notes else None
        if self.error_column is not None and self.error_column >= max_columns:
            raise TooLong
        self.colours = dict(self._coloured())
        told = sheet.shape.widths
        self.widths = [told.get(n) or self._fitting_width(n) for n in range(self.width)]

    def _clear_error_columns(self) -> int:
        """Return where the reasons go; those of an earlier time are taken out of the way."""
        assert self.notes is not None
        place, rows = self.notes.place, self.sheet.rows
        wanted = header_key(ERROR_COLUMN)
        earlier = sorted(
            column
            for row in rows[place.first_row : place.last_row + 1]
            for column, cell in enumerate(row)
            if isinstance(cell, str) and cell and header_key(cell) == wanted
        )
        for row in rows[place.first_row :]:
            for column in earlier:
                row[column] = ""
        if earlier:
            return earlier[0]
        return self.width

    def _coloured(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield cell -> severity, the worst last."""
        if self.notes is None:
            return
        for severity in reversed(SEVERITIES):
            for row, notes in self.notes.rows.items():
                for note in notes:
                    if note.severity == severity:
                        yield from (((row, column), severity) for column in note.columns)

    def write(self, book: Workbook, styles: Styles, name: str) -> None:
        """Add this sheet to a workbook."""
        out = book.add_worksheet(name)
        out.set_comments_author(AUTHOR)
        if not (self.notes and self.notes.rows):
            self._hide(out)
        self._set_columns(out)
        self._hide_rows(out)
        self._merge(out, styles)
        for row, cells in enumerate(self.sheet.rows):
            for column, cell in enumerate(cells):
                self._write_cell(out, styles, row, column, cell)
        if self.notes:
            self._write_reasons(out, styles)
            self._write_comments(out)
            self._set_view(out)
        print_on_width(out)

    def _hide(self, out: Worksheet) -> None:
        if self.sheet.is_very_hidden:
            out.very_hidden()
        elif self.sheet.is_hidden:
            out.hide()

    def _set_columns(self, out: Worksheet) -> None:
        marked = {column for _, column in self.colours}
        for column in range(self.width):
            is_hidden = column in self.sheet.shape.hidden_columns and column not in marked
            out.set_column(column, column, self.widths[column], None, {"hidden": is_hidden})
        if self.error_column is not None:
            out.set_column(self.error_column, self.error_column, ERROR_WIDTH)

    def _fitting_width(self, column: int) -> float:
        """Return a width for the cells of a column; titles above the table may run over it."""
        first = self.notes.place.last_row + 1 if self.notes else 0
        texts = [shown(row[column]) for row in self.sheet.rows[first : first + WIDTH_ROWS]]
        return min(max([NARROWEST, *map(len, texts)]) + 2, WIDEST)

    def _hide_rows(self, out: Worksheet) -> None:
        told = self.notes.rows if self.notes else {}
        for row in sorted(self.sheet.shape.hidden_rows):
            if row < len(self.sheet.rows) and row not in told:
                out.set_row(row, None, None, {"hidden": True})

    def _merge(self, out: Worksheet, styles: Styles) -> None:
        """Merge what the sender merged, within the cells that are there."""
        seen: set[tuple[int, int]] = set()
        for top, left, bottom, right in self.sheet.merged:
            bottom, right = min(bottom, len(self.sheet.rows) - 1), min(right, self.width - 1)
            area = [
                (row, column)
                for row in range(top, min(bottom, top + MERGED_SIDE) + 1)
                for column in range(left, right + 1)
            ]
            if len(area) < 2 or bottom > top + MERGED_SIDE or not seen.isdisjoint(area):
                continue
            if self._is_in_the_way(left, bottom, right):
                continue
            seen.update(area)
            style = styles.of(**self._look(top, left) | CENTRED)
            out.merge_range(top, left, bottom, right, "", style)

    def _is_in_the_way(self, left: int, bottom: int, right: int) -> bool:
        """Tell whether merged cells would cover the column for the reasons."""
        if self.notes is None or self.error_column is None:
            return False
        return bottom >= self.notes.place.first_row and left <= self.error_column <= right

    def _look(self, row: int, column: int) -> dict[str, Any]:
        """Return how a cell looks, whatever it holds."""
        look: dict[str, Any] = {}
        if self.notes and self.notes.place.first_row <= row <= self.notes.last_row:
            look = {"border": 1, "valign": "top"}
        if self._is_header(row):
            look |= {"bold": True, "text_wrap": True, **CENTRED}
        if severity := self.colours.get((row, column)):
            look["bg_color"] = COLOURS[severity]
        if font := self._font(row, column):
            look["font_name"] = font
        return look

    def _is_header(self, row: int) -> bool:
        place = self.notes.place if self.notes else None
        return place is not None and place.first_row <= row <= place.last_row

    def _font(self, row: int, column: int) -> str:
        """Return the font without which a text is no Vietnamese, and no such thing for the rest."""
        if font := self.sheet.shape.fonts.get((row, column)):
            return font
        return LEGACY_FONT if self.notes and (row, column) in self.notes.legacy else ""

    def _write_cell(
        self, out: Worksheet, styles: Styles, row: int, column: int, cell: Cell
    ) -> None:
        look = self._look(row, column)
        is_merged = (row, column) in out.merged_cells
        if is_filled(cell) or (look and not is_merged):
            if self._is_typed_as_text(row, column, cell):
                look["num_format"] = TEXT_FORMAT
            write_value(out, styles, row, column, cell, look | CENTRED if is_merged else look)

    def _is_typed_as_text(self, row: int, column: int, cell: Cell) -> bool:
        """Tell whether what people type into a cell must stay as typed, zeros in front and all."""
        notes = self.notes
        if notes is None or not notes.place.last_row < row <= notes.last_row:
            return False
        is_text = isinstance(cell, str) and is_filled(cell)
        return is_text or (column in notes.text_columns and not format_of(cell))

    def _write_reasons(self, out: Worksheet, styles: Styles) -> None:
        """Write the header of the new column, and for each row what is to be done."""
        assert self.notes is not None
        assert self.error_column is not None
        place, column = self.notes.place, self.error_column
        head = styles.of(**CENTRED, bold=True, border=1, font_color=INKS["reject"])
        if place.last_row > place.first_row:
            out.merge_range(place.first_row, column, place.last_row, column, "", head)
        out.write_string(place.first_row, column, ERROR_COLUMN, head)
        self._fit_header(out, place)
        for row in range(place.last_row + 1, self.notes.last_row + 1):
            notes = self.notes.rows.get(row, ())
            text = "\n".join(note.line for note in notes)
            worst = next((one for one in SEVERITIES if any(n.severity == one for n in notes)), "")
            style = styles.boxed(font_color=INKS[worst]) if worst else styles.boxed()
            fit_row(out, row, [(text, ERROR_WIDTH)])
            if text:
                out.write_string(row, column, text[:CELL_LETTERS], style)
            else:
                out.write_blank(row, column, None, style)

    def _fit_header(self, out: Worksheet, place: Place) -> None:
        """Make room for headers that need several lines; cells merged downwards share theirs."""
        depth = place.last_row - place.first_row + 1
        for row in range(place.first_row, place.last_row + 1):
            if row not in self.sheet.shape.hidden_rows:
                cells = zip(self.sheet.rows[row], self.widths, strict=True)
                fit_row(out, row, [(shown(cell), width * depth * 0.9) for cell, width in cells])

    def _write_comments(self, out: Worksheet) -> None:
        assert self.notes is not None
        told: dict[tuple[int, int], list[str]] = {}
        for row, notes in self.notes.rows.items():
            for note in notes:
                for column in note.columns:
                    told.setdefault((row, column), []).append(note.line)
        worst_first = sorted(
            told, key=lambda cell: (SEVERITIES.index(self.colours[cell]), cell[0], cell[1])
        )
        for row, column in sorted(worst_first[:MAX_COMMENTS]):
            text = "\n".join(told[row, column])[:CELL_LETTERS]
            lines = lines_of(text, COMMENT_LETTERS)
            size = {"width": COMMENT_WIDTH, "height": COMMENT_LINE * (lines + 1)}
            out.write_comment(row, column, text, {"author": AUTHOR, **size})

    def _set_view(self, out: Worksheet) -> None:
        """Keep the header in sight and on each printed page, and let people filter."""
        assert self.notes is not None
        assert self.error_column is not None
        place = self.notes.place
        if place.last_row < FROZEN_ROWS:
            out.freeze_panes(place.last_row + 1, 0)
        out.repeat_rows(place.first_row, place.last_row)
        if self.notes.last_row > place.last_row:
            out.autofilter(
                place.last_row, 0, self.notes.last_row, max(self.error_column, self.width - 1)
            )


def write_value(
    out: Worksheet, styles: Styles, row: int, column: int, cell: Cell, look: dict[str, Any]
) -> None:
    """Write a cell as what it is: text, number, date, time or truth, else blank."""
    number_format = format_of(cell)
    if number_format:
        look = look | {"num_format": number_format}
    if isinstance(cell, str) and "\n" in cell:
        look = look | {"text_wrap": True}
    style = styles.of(**look) if look else None
    if isinstance(cell, bool):
        out.write_boolean(row, column, cell, style)
    elif number_format or isinstance(cell, (int, float)):
        _write_number(out, row, column, cell, style)
    elif is_filled(cell):
        out.write_string(row, column, shown(cell)[:CELL_LETTERS], style)
    else:
        out.write_blank(row, column, None, style)


def _write_number(out: Worksheet, row: int, column: int, cell: Cell, style: Any) -> None:
    if isinstance(cell, (date, time, timedelta)):
        out.write_datetime(row, column, cell, style)
    elif math.isfinite(cell):
        out.write_number(row, column, cell, style)
    else:
        out.write_string(row, column, str(cell), style)


def format_of(cell: Cell) -> str:
    """Return the number format of a cell, empty where it needs none."""
    if isinstance(cell, datetime):
        is_day = cell.time() == time()
        return _dated(cell.date(), "dd/mm/yyyy" if is_day else "dd/mm/yyyy hh:mm:ss")
    if isinstance(cell, date):
        return _dated(cell, "dd/mm/yyyy")
    if isinstance(cell, time):
        return "hh:mm:ss"
    if isinstance(cell, timedelta):
        return "[h]:mm:ss"
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return "0" if math.isfinite(cell) and _is_long(cell) else ""
    return ""


def _dated(day: date, number_format: str) -> str:
    return number_format if day >= FIRST_DAY else ""


def _is_long(number: float) -> bool:
    return abs(number) >= EXACT_FROM and float(number).is_integer()


def shown(cell: Cell) -> str:
    """Return a cell as people see it."""
    if isinstance(cell, datetime) and cell.time() != time():
        return cell.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
