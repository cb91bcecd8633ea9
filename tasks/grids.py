"""The cells of received files as text, before anyone asks what they mean.

A grid counts rows as the sheet does: blank and hidden ones are there, and the first row is row 1.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

from tasks.archive_check import (
    Archive,
    Refusal,
    is_size_allowed,
    sheet_parts,
    special_cells,
    too_wide,
)
from tasks.office import Limits

TOP_ROWS = 33  # a header begins within 30 rows and may be two rows deep
DELIMITERS = (",", ";", "\t")
UNREADABLE = "Không đọc được tệp: tệp hỏng hoặc không phải bảng tính hay CSV."
UNKNOWN_ENCODING = "Không nhận ra bảng mã của tệp. Lưu lại dạng CSV UTF-8 hoặc .xlsx rồi gửi."


@dataclass(frozen=True)
class Grid:
    """One sheet: a text column per sheet column, null where a cell is blank.

    `numbers` tells, for the columns that have any, which cells were numbers; `special` gives for
    each column (from 0) the row numbers of cells with a formula or an error value.
    """

    sheet: str
    sheet_no: int
    cells: pl.DataFrame
    numbers: dict[int, pl.Series] = field(default_factory=dict)
    special: dict[int, list[int]] = field(default_factory=dict)
    is_hidden: bool = False

    def top(self) -> list[list[str]]:
        """Return the first rows, blank cells as empty text."""
        return [["" if cell is None else cell for cell in row] for row in _head(self.cells).rows()]


def _head(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.head(TOP_ROWS)


def workbook_grids(data: bytes, archive: Archive | None, limits: Limits) -> Iterator[Grid]:
    """Yield the sheets of a workbook; `archive` is None for .xls, which is no zip archive."""
    with load_workbook(io.BytesIO(data)) as workbook:
        parts = sheet_parts(data) if archive and archive.special else {}
        for number, meta in enumerate(workbook.sheets_metadata, 1):
            if meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            part = parts.get(meta.name, "")
            special = archive is not None and part in archive.special
            yield _sheet_grid(
                workbook.get_sheet_by_name(meta.name),
                number,
                special_cells(data, part, limits) if special else set(),
                limits,
                is_hidden=meta.visible is not SheetVisibleEnum.Visible,
            )


def _sheet_grid(
    sheet: CalamineSheet,
    number: int,
    special: set[tuple[int, int]],
    limits: Limits,
    *,
    is_hidden: bool,
) -> Grid:
    if not is_size_allowed(sheet.total_height, sheet.total_width, limits):
        raise Refusal(too_wide(limits))
    columns = list(zip(*sheet.to_python(skip_empty_area=False), strict=True))
    read = [column_text(column) for column in columns]
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(special):
        by_column.setdefault(column - 1, []).append(row)
    return Grid(
        sheet=sheet.name,
        sheet_no=number,
        cells=_blank_to_null({f"c{n}": text for n, (text, _) in enumerate(read)}),
        numbers={n: flags for n, (_, flags) in enumerate(read) if flags is not None},
        special=by_column,
        is_hidden=is_hidden,
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


def _blank_to_null(columns: dict[str, pl.Series]) -> pl.DataFrame:
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()).name.keep())


def decode(data: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 or, failing these, Windows-1258."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if data.startswith(b"\xfe\xff"):
        return _decoded(data, "utf-16")
    if b"\0" in data[:4096]:
        return _decoded(data, "utf-16-be" if data[:1] == b"\0" else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1258")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal(UNKNOWN_ENCODING) from None
    if "\0" in text:
        raise Refusal(UNREADABLE)
    return text


def csv_top(text: str, delimiter: str) -> list[list[str]]:
    """Return the first records of a CSV text under one delimiter."""
    rows = []
    for row in _records(text, delimiter):
        rows.append(row)
        if len(rows) == TOP_ROWS:
            break
    return rows


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 20)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def csv_grid(text: str, delimiter: str, limits: Limits) -> Grid:
    """Return a CSV text as a grid; by the fast reader where both give the same."""
    width = max(map(len, csv_top(text, delimiter)), default=0)
    if width > limits.max_columns:
        raise Refusal(too_wide(limits))
    cells = fast_cells(text, delimiter, width) if is_plain(text) else slow_cells(text, delimiter)
    if not is_size_allowed(cells.height, cells.width, limits):
        raise Refusal(too_wide(limits))
    return Grid(sheet="", sheet_no=1, cells=cells)


def is_plain(text: str) -> bool:
    """Tell whether every line is one record: no quotes and no odd line ends."""
    return '"' not in text and text.count("\r") == text.count("\r\n") and bool(text.strip())


def fast_cells(text: str, delimiter: str, width: int) -> pl.DataFrame:
    """Read plain CSV by polars, `width` columns; what a line has beyond these is left out."""
    # Polars takes the width from the first line, which here is a title more often than not.
    names = delimiter.join(f"c{n}" for n in range(width))
    frame = pl.read_csv(
        f"{names}\n{text}".encode(),
        infer_schema=False,
        separator=delimiter,
        quote_char=None,
        truncate_ragged_lines=True,
    )
    return _blank_to_null(frame.to_dict())


def slow_cells(text: str, delimiter: str) -> pl.DataFrame:
    """Read any CSV by the standard library."""
    try:
        rows = list(_records(text, delimiter))
    except csv.Error:
        raise Refusal(UNREADABLE) from None
    width = max(map(len, rows), default=0)
    padded = (row + [""] * (width - len(row)) for row in rows)
    columns = zip(*padded, strict=True)
    return _blank_to_null(
        {f"c{n}": pl.Series(column, dtype=pl.String) for n, column in enumerate(columns)}
    )


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
