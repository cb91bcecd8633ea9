"""The cells of received files as text, piece by piece, before anyone asks what they mean.

A grid counts rows as the sheet does: blank and hidden ones are there, and the first row is row 1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Any

import polars as pl
from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from schemas.layouts.ours import GUIDE_SHEET, SUMMARY_SHEET, TEMPLATE_MARK, TEMPLATE_SHEET
from tasks import open_document
from tasks.archive_check import Archive, sheet_parts, special_cells
from tasks.csv_text import CsvFile, blank_to_null
from tasks.fonts import Fonts, FontTable, font_table, sheet_fonts
from tasks.headers import HEADING_LETTERS, TOP_ROWS, header_key
from tasks.office import Limits
from tasks.sheet_xml import ROWS_AROUND, Refusal, is_size_allowed, too_wide

BATCH_CELLS = 800_000
SAME_NAMES = "Tệp có hai trang tính trùng tên. Đặt lại tên trang rồi gửi."


@dataclass(frozen=True)
class Grid:
    """One sheet. `pieces` gives its rows from the first on, again at every call.

    A piece has `row_no`, a text column `c…` per sheet column (from 0), null where a cell is blank,
    and a column `n…` beside each that holds numbers, telling which cells were. `special` gives for
    each column the row numbers of cells with a formula or an error value.
    """

    sheet: str
    sheet_no: int
    width: int
    top: list[list[str]]
    pieces: Callable[[], Iterator[pl.DataFrame]]
    special: Mapping[int, Sequence[int]] = field(default_factory=dict)
    fonts: Fonts = field(default_factory=Fonts)
    is_hidden: bool = False
    is_of_template: bool = False
    remark: str = ""


def workbook_grids(data: bytes, archive: Archive | None, limits: Limits) -> Iterator[Grid]:
    """Yield the sheets of a workbook; `archive` is None for .xls, which is no zip archive.

    Formulas of an .xls cannot be seen: its reader gives values only.
    """
    with load_workbook(io.BytesIO(data)) as workbook:
        _check_names(workbook.sheet_names)
        insides = _insides(data, archive, limits)
        is_template = _is_template(workbook)
        for number, meta in enumerate(workbook.sheets_metadata, 1):
            is_visible = meta.visible is SheetVisibleEnum.Visible
            if meta.typ is not SheetTypeEnum.WorkSheet or _is_ours(
                meta.name, is_template=is_template, is_visible=is_visible
            ):
                continue
            yield _sheet_grid(
                workbook.get_sheet_by_name(meta.name),
                number,
                insides,
                limits,
                is_hidden=not is_visible,
                is_of_template=is_template,
            )


def _check_names(names: Sequence[str]) -> None:
    """Refuse two sheets of one name: nobody could tell of which a finding speaks."""
    if len({name.casefold() for name in names}) != len(names):
        raise Refusal(SAME_NAMES)


@dataclass(frozen=True)
class Insides:
    """What only the XML of a workbook tells: formulas, error values, fonts."""

    data: bytes
    archive: Archive | None
    limits: Limits
    parts: dict[str, str]
    fonts: FontTable | None
    tables: dict[str, open_document.Special]

    def special(self, sheet: str) -> set[tuple[int, int]]:
        """Return (row, column) from 1 of the cells of a sheet with a formula or error value."""
        if sheet in self.tables:
            return self.tables[sheet].formulas | self.tables[sheet].errors
        part = self.parts.get(sheet, "")
        if self.archive is None or part not in self.archive.special:
            return set()
        return special_cells(self.data, part, self.limits)

    def errors(self, sheet: str) -> set[tuple[int, int]]:
        """Return the cells whose text is only the name of an error."""
        return self.tables[sheet].errors if sheet in self.tables else set()

    def sheet_fonts(self, sheet: str) -> Fonts:
        if self.fonts is None or sheet not in self.parts:
            return Fonts()
        return sheet_fonts(self.data, self.parts[sheet], self.fonts)


def _insides(data: bytes, archive: Archive | None, limits: Limits) -> Insides:
    if archive is None:
        return Insides(data, None, limits, {}, None, {})
    if archive.kind == "ods":
        tables = open_document.special_cells(data, limits) if archive.special else {}
        return Insides(data, archive, limits, {}, None, tables)
    fonts = font_table(data)
    parts = sheet_parts(data) if archive.special or fonts else {}
    return Insides(data, archive, limits, parts, fonts, {})


def _is_template(workbook: CalamineWorkbook) -> bool:
    """Tell whether a workbook says that it was made by `chitra template`."""
    if TEMPLATE_SHEET not in workbook.sheet_names:
        return False
    first = next(workbook.get_sheet_by_name(TEMPLATE_SHEET).iter_rows(), [])
    return bool(first) and first[0] == TEMPLATE_MARK


def _is_ours(name: str, *, is_template: bool, is_visible: bool) -> bool:
    """Tell whether a sheet is one that we put into the workbook beside the data."""
    key = header_key(name)
    if key == header_key(SUMMARY_SHEET):
        return True
    return is_template and (
        key == header_key(GUIDE_SHEET) or (name.startswith("_") and not is_visible)
    )


def _sheet_grid(
    sheet: CalamineSheet,
    number: int,
    insides: Insides,
    limits: Limits,
    *,
    is_hidden: bool,
    is_of_template: bool,
) -> Grid:
    height, width = _size(sheet)
    if not is_size_allowed(height, width, limits):
        raise Refusal(too_wide(limits))
    errors = _by_column(insides.errors(sheet.name))
    return Grid(
        sheet=sheet.name,
        sheet_no=number,
        width=width,
        top=[
            [cell_text(cell)[:HEADING_LETTERS] for cell in row]
            for row in islice(_rows(sheet), TOP_ROWS)
        ],
        pieces=lambda: _workbook_pieces(sheet, errors),
        special=_by_column(insides.special(sheet.name)),
        fonts=insides.sheet_fonts(sheet.name),
        is_hidden=is_hidden,
        is_of_template=is_of_template,
    )


def _size(sheet: CalamineSheet) -> tuple[int, int]:
    """Return rows and columns from A1 on; the reader's own `total_width` is one too few."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _by_column(cells: set[tuple[int, int]]) -> dict[int, list[int]]:
    """Return column (from 0) -> row numbers of these cells, in order."""
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        by_column.setdefault(column - 1, []).append(row)
    return by_column


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Yield the rows of a sheet from A1 on; the reader leaves out blank columns on the left."""
    left: list[Any] = [""] * (sheet.start[1] if sheet.start else 0)
    return (left + row for row in sheet.iter_rows())


def _workbook_pieces(sheet: CalamineSheet, errors: dict[int, list[int]]) -> Iterator[pl.DataFrame]:
    rows, first = _rows(sheet), 1
    size = max(BATCH_CELLS // max(_size(sheet)[1], 1), 1)
    while batch := list(islice(rows, size)):
        piece = _piece(batch, first)
        first += len(batch)
        for column in errors:
            is_error = pl.col("row_no").is_in(errors[column])
            cell = pl.col(f"c{column}")
            piece = piece.with_columns(pl.when(~is_error).then(cell).alias(f"c{column}"))
        yield piece


def _piece(rows: list[list[Any]], first: int) -> pl.DataFrame:
    """Return rows as a piece of a grid, the first of them with this number."""
    texts: dict[str, pl.Series] = {}
    numbers: dict[str, pl.Series] = {}
    for place, column in enumerate(zip(*rows, strict=True)):
        texts[f"c{place}"], flags = column_text(column)
        if flags is not None:
            numbers[f"n{place}"] = flags
    cells = blank_to_null(pl.DataFrame(texts)).with_columns(**numbers)
    return cells.with_row_index("row_no", offset=first).with_columns(
        pl.col("row_no").cast(pl.Int64)
    )


def column_text(values: Sequence[object]) -> tuple[pl.Series, pl.Series | None]:
    """Return the cells of a column as text, and which of them were numbers (None: none)."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        return pl.Series(values, dtype=pl.String), None
    text = pl.Series([cell_text(value) for value in values], dtype=pl.String)
    if not kinds & {int, float}:
        return text, None
    return text, pl.Series([type(value) in (int, float) for value in values], dtype=pl.Boolean)


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, dates as `YYYY-MM-DD`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def csv_grid(file: CsvFile, limits: Limits) -> Grid:
    """Return a CSV file as a grid without a name."""
    return Grid(
        sheet="",
        sheet_no=1,
        width=file.width,
        top=[
            [cell[:HEADING_LETTERS] for cell in row] + [""] * (file.width - len(row))
            for row in file.top
        ],
        pieces=lambda: _csv_pieces(file, limits),
        remark=file.remark,
    )


def _csv_pieces(file: CsvFile, limits: Limits) -> Iterator[pl.DataFrame]:
    first = 1
    for cells in file.pieces():
        row_no = pl.int_range(first, first + cells.height, dtype=pl.Int64).alias("row_no")
        first += cells.height
        if first > limits.max_rows + ROWS_AROUND + 1:
            raise Refusal(too_wide(limits))
        yield cells.select(row_no, pl.all())


LEADING_NUMBER = re.compile(r"\s*\(?\d{1,2}\)?\s*(=.*)?")


def is_numbering(row: Sequence[str | None]) -> bool:
    """Tell whether a row only numbers the columns: 1, 2, 3 … or (1), (2), (3)=(1)x(2) …"""
    filled = [cell for cell in row if cell]
    numbers = [LEADING_NUMBER.fullmatch(cell) for cell in filled]
    found = [int(re.findall(r"\d+", match[0])[0]) for match in numbers if match]
    letters = [cell for cell, match in zip(filled, numbers, strict=True) if not match]
    if len(found) < 3 or any(len(cell.strip()) > 1 for cell in letters):
        return False
    return all(after == before + 1 for before, after in pairwise(found))
