"""The sender's own sheets, cell by cell with their types, as they stand in the archived bytes.

Runs in the child process of tasks.sheet_pool: the bytes were sent by strangers. Only files that
were read before, and so passed tasks.archive_check, come here. Rows and columns count from 0.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

from tasks.archive_check import OLE_MARK, ZIP_MARK, sheet_parts, unpacked
from tasks.bank_messages import bank_message
from tasks.csv_text import csv_cells
from tasks.fonts import style_fonts
from tasks.office import Limits
from tasks.sheet_xml import Refusal, Start, address, is_size_allowed, too_wide, walk

MAX_SPANS = 1_000  # stretches of columns with a width of their own; a sheet has fewer columns
MAX_MERGED = 10_000
WIDEST = 80.0  # a column is not wider, whatever the file says

Cell = Any  # str, float, int, bool, date, datetime, time or timedelta; "" for a blank cell
Range = tuple[int, int, int, int]  # first row, first column, last row, last column


class TooLong(Exception):
    """The file has too many cells to be copied."""


class NoSheets(Exception):
    """The file is a bank's message: it has no cells to be copied."""


@dataclass
class Shape:
    """What a sheet looks like beside its cells; `fonts`: those that a text cannot do without."""

    widths: dict[int, float] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class SentSheet:
    """One sheet: rows of equal length without blank columns and rows at its end."""

    name: str
    rows: list[list[Cell]]
    merged: tuple[Range, ...] = ()
    shape: Shape = field(default_factory=Shape)
    is_hidden: bool = False
    is_very_hidden: bool = False  # hidden so that only a program can show it


@dataclass
class Budget:
    """How many rows and cells may still be read."""

    rows: int
    cells: int

    def spend(self, rows: int, columns: int) -> None:
        """Take a sheet of this size into account; TooLong where that is too much."""
        self.rows -= rows
        self.cells -= rows * columns
        if self.rows < 0 or self.cells < 0:
            raise TooLong


def sent_sheets(path: Path, limits: Limits, budget: Budget) -> list[SentSheet]:
    """Return the sheets of a received file in its order; a CSV has one sheet without a name."""
    if bank_message(path) is not None:
        raise NoSheets
    with path.open("rb") as file:
        mark = file.read(len(OLE_MARK))
    if mark.startswith((ZIP_MARK, OLE_MARK)):
        return list(_workbook_sheets(path.read_bytes(), limits, budget))
    cells = csv_cells(path, limits)
    budget.spend(cells.height, cells.width)
    return [SentSheet("", [[cell or "" for cell in row] for row in cells.iter_rows()])]


def _workbook_sheets(data: bytes, limits: Limits, budget: Budget) -> Iterator[SentSheet]:
    is_xlsx = data.startswith(ZIP_MARK) and _has_part(data, "xl/workbook.xml")
    parts = sheet_parts(data) if is_xlsx else {}
    fonts = style_fonts(data) if is_xlsx else {}
    with load_workbook(io.BytesIO(data)) as workbook:
        for meta in workbook.sheets_metadata:
            if meta.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(meta.name)
                part = parts.get(meta.name, "")
                yield SentSheet(
                    meta.name,
                    _rows(sheet, limits, budget),
                    _merged(sheet),
                    sheet_shape(data, part, fonts) if part else Shape(),
                    meta.visible is not SheetVisibleEnum.Visible,
                    meta.visible is SheetVisibleEnum.VeryHidden,
                )


def _rows(sheet: CalamineSheet, limits: Limits, budget: Budget) -> list[list[Cell]]:
    last_row, last_column = sheet.end or (-1, -1)
    if not is_size_allowed(last_row + 1, last_column + 1, limits):
        raise Refusal(too_wide(limits))
    budget.spend(last_row + 1, last_column + 1)
    rows = sheet.to_python(skip_empty_area=False)
    width = max(map(_used, rows), default=0)
    while rows and not _used(rows[-1]):
        rows.pop()
    return [row[:width] for row in rows]


def _merged(sheet: CalamineSheet) -> tuple[Range, ...]:
    ranges = sheet.merged_cell_ranges or []
    return tuple((*first, *last) for first, last in ranges[:MAX_MERGED])


def _used(row: list[Cell]) -> int:
    """Return how many cells of a row there are up to the last filled one."""
    return next((n for n in range(len(row), 0, -1) if is_filled(row[n - 1])), 0)


def is_filled(cell: Cell) -> bool:
    """Tell whether a cell holds anything but blanks."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _has_part(data: bytes, name: str) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return name in archive.namelist()


@dataclass
class ShapeReader:
    """Takes the tags of a sheet's XML; `styles` are those whose font is to be kept."""

    styles: dict[int, str]
    shape: Shape = field(default_factory=Shape)
    row: int = 0
    column: int = 0
    spans: int = 0  # stretches of columns seen

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag, whatever its namespace prefix."""
        tag = name.rpartition(":")[2]
        if tag == "col" and self.spans < MAX_SPANS:
            self._columns(attributes)
        elif tag == "row":
            self.row, self.column = _whole(attributes.get("r", "")) or self.row + 1, 0
            if _is_set(attributes, "hidden"):
                self.shape.hidden_rows.add(self.row - 1)
        elif tag == "c" and self.styles:
            self._cell(attributes)

    def _columns(self, attributes: dict[str, str]) -> None:
        self.spans += 1
        first, last = _whole(attributes.get("min", "")), _whole(attributes.get("max", ""))
        width = _width(attributes.get("width", ""))
        for column in range(max(first, 1) - 1, min(last, 1_000)):
            if width is not None:
                self.shape.widths[column] = width
            if _is_set(attributes, "hidden"):
                self.shape.hidden_columns.add(column)

    def _cell(self, attributes: dict[str, str]) -> None:
        # A cell without an address stands beside the one before.
        self.row, self.column = address(attributes.get("r", "")) or (self.row, self.column + 1)
        font = self.styles.get(_whole(attributes.get("s", "0")))
        if font:
            self.shape.fonts[self.row - 1, self.column - 1] = font


def sheet_shape(data: bytes, part: str, styles: dict[int, str]) -> Shape:
    """Return widths, hidden rows and columns and old fonts of a sheet of an .xlsx."""
    reader = ShapeReader(styles)
    if _has_part(data, part):
        _walk(data, part, reader.start)
    return reader.shape


def _walk(data: bytes, part: str, start: Start) -> None:
    """Walk a part of the archive; the look of a sheet is worth no refusal: what was seen counts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(part)
    with suppress(Refusal):
        walk(unpacked(data, entry), start)


def _whole(text: str) -> int:
    """Return a whole number of up to seven digits, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _width(text: str) -> float | None:
    try:
        width = float(text)
    except ValueError:
        return None
    return width if 0 < width <= WIDEST else None


def _is_set(attributes: dict[str, str], name: str) -> bool:
    return attributes.get(name, "0") in ("1", "true")
