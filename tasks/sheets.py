"""Read a received file by its layout: which rows it holds, word by word, and where they stood.

Rows go out piece by piece as they are read, so that memory does not grow with the file. Nothing is
judged or cleaned here. A file that cannot be taken gives a reason, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import polars as pl

from schemas.layouts import Layout, Sheet
from tasks import bank_lines
from tasks.archive_check import ENCRYPTED, MACROS, MEGABYTE, OLE_MARK, ZIP_MARK, check_archive
from tasks.bank_lines import Message, frames
from tasks.bank_messages import bank_message
from tasks.csv_text import UNREADABLE, open_csv
from tasks.data_rows import BodyReader, RawRows, our_columns, raw_schema
from tasks.echo import NO_STATUS, is_without_status
from tasks.grids import Grid, csv_grid, workbook_grids
from tasks.headers import Header, find_header, missing_headers, stated
from tasks.legible import (
    Legacy,
    has_vni,
    is_vni_top,
    legible_headings,
    legible_top,
    tcvn3_columns,
)
from tasks.office import Limits
from tasks.provider_words import provider_named
from tasks.raw_rows import Gathered, ParquetRows, Rows
from tasks.sheet_xml import Refusal
from tasks.stated_totals import StatedTotals, joined
from tasks.template_header import template_header
from tasks.values import fold

EMPTY = "Tệp rỗng."
TOO_MANY_BYTES = "Tệp lớn hơn {} MB."
UNKNOWN = "Không nhận ra biểu mẫu: không có hàng tiêu đề quen thuộc trong 30 hàng đầu."
MIXED = "Tệp có nhiều loại biểu ({}). Tách mỗi loại thành một tệp."
TOO_MANY_ROWS = "Trang tính có quá {} dòng."
WHICH_SHEET = "Không rõ trang “{}” là TĂNG, GIẢM hay ĐIỀU CHỈNH. Đặt lại tên trang."
VNI = "Tệp gõ bằng bảng mã VNI (font VNI-…). Chuyển sang Unicode (Times New Roman) rồi gửi lại."


@dataclass(frozen=True)
class Place:
    """Where one sheet was read: rows of its header and column of each field, all from 0."""

    sheet: str
    sheet_no: int
    kind: str
    first_row: int
    last_row: int
    columns: dict[str, list[int]]


@dataclass(frozen=True)
class Parsed:
    """What a file holds. `frame` has the columns of the raw table but for `sha256`.

    `rows` counts the rows, also where `frame` is without them because they were written to a file.
    `stated_unit` and `stated_period` are heading cells as written; where sheets disagree they are
    None, and each row has its own sheet's. `discrepancy` says which stated total or count differs
    from the rows (FL07). `refusal` says why the file goes back (FL02).
    """

    kind: str | None
    frame: pl.DataFrame
    stated_unit: str | None = None
    stated_period: str | None = None
    refusal: str | None = None
    remark: str = ""
    discrepancy: str = ""
    places: tuple[Place, ...] = ()
    rows: int = 0


def refused(reason: str, remark: str = "") -> Parsed:
    """Return the result for a file that cannot be taken."""
    return Parsed(None, pl.DataFrame(), refusal=reason, remark=remark)


def parse(path: Path, name: str, limits: Limits) -> Parsed:
    """Read a file under any name; whatever its bytes are, the result says what came of it.

    OSError where the bytes cannot be had: that is not the sender's fault.
    """
    rows = Gathered()
    parsed = _parse(path, limits, rows)
    return parsed if parsed.refusal else rows.with_frame(parsed)


def parse_to(path: Path, name: str, limits: Limits, target: Path) -> Parsed:
    """Read a file as `parse` does, its rows into a Parquet file; the result is without rows."""
    with ParquetRows(target) as rows:
        parsed = _parse(path, limits, rows)
        rows.finish(parsed.frame)
    return parsed


def _parse(path: Path, limits: Limits, rows: Rows) -> Parsed:
    if path.stat().st_size > limits.max_file_mb * MEGABYTE:
        return refused(TOO_MANY_BYTES.format(limits.max_file_mb))
    try:
        message = bank_message(path)
        if message is not None:
            return _of_bank(message, limits, rows)
        return _taken(_grids(path, limits), limits, rows)
    except Refusal as refusal:
        return refused(str(refusal))
    except OSError:
        raise
    except BaseException as error:
        # A panic in the workbook reader is no Exception; only these two are not the file's doing.
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        return refused(UNREADABLE, remark=f"lỗi khi đọc: {type(error).__name__}")


def _of_bank(message: Message, limits: Limits, target: Rows) -> Parsed:
    """Put the lines of a bank's message together; they are results, whatever else they are."""
    count = 0
    units: set[str | None] = set()
    for rows in frames(message, limits):
        target.take(rows)
        count += rows.height
        units |= set(rows["unit"].unique())
    return Parsed(
        bank_lines.LAYOUT.kind,
        pl.DataFrame(schema=bank_lines.SCHEMA),
        units.pop() if len(units) == 1 else None,
        discrepancy=joined(message.complaints),
        places=(Place("", 1, message.kind, 0, 0, {}),),
        rows=count,
    )


def _grids(path: Path, limits: Limits) -> Iterator[Grid]:
    """Return the sheets of a file, whatever its name says that it is."""
    with path.open("rb") as file:
        mark = file.read(len(OLE_MARK))
    if not mark:
        raise Refusal(EMPTY)
    if mark.startswith(OLE_MARK):
        data = path.read_bytes()
        _check_ole(data)
        return workbook_grids(data, None, limits)
    if mark.startswith(ZIP_MARK):
        data = path.read_bytes()
        return workbook_grids(data, check_archive(data, limits), limits)
    return iter([csv_grid(open_csv(path, limits), limits)])


def _check_ole(data: bytes) -> None:
    """Refuse encrypted workbooks and macros by the names of their streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refusal(ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Refusal(MACROS)


@dataclass
class Reading:
    """One recognised sheet: where its rows come from, its heading cells, what to say of it."""

    grid: Grid
    layout: Layout
    bodies: Iterator[pl.DataFrame]
    raw: RawRows
    place: Place
    totals: StatedTotals
    remarks: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def kind(self) -> str:
        return self.layout.kind

    def rows(self, limits: Limits) -> Iterator[pl.DataFrame]:
        """Yield the data rows as they go into the raw table; Refusal where they are too many."""
        for body in self.bodies:
            self.totals.take(body)
            rows = body.filter("is_data")
            self.count += rows.height
            if self.count > limits.max_rows:
                raise Refusal(TOO_MANY_ROWS.format(limits.max_rows))
            if rows.height:
                yield self.raw.of(rows)


def _taken(grids: Iterable[Grid], limits: Limits, target: Rows) -> Parsed:
    """Put the sheets of a file together; Refusal where none or several kinds are recognised."""
    readings: list[Reading] = []
    ignored: list[str] = []
    missing, kind = "", ""
    for grid in grids:
        reading, reason = _opened(grid)
        if reading is None:
            ignored.append(grid.sheet)
            missing = missing or reason
            continue
        readings.append(reading)
        for rows in reading.rows(limits):
            kind = kind or reading.kind
            if reading.kind == kind:
                target.take(rows)
    if not readings:
        raise Refusal(missing or UNKNOWN)
    return _joined(readings, [name for name in ignored if name])


def _joined(readings: list[Reading], ignored: list[str]) -> Parsed:
    filled = [reading for reading in readings if reading.count] or readings[:1]
    kinds = {reading.kind: reading.grid.sheet for reading in filled}
    if len(kinds) > 1:
        raise Refusal(MIXED.format("; ".join(f"{kind}: {name}" for kind, name in kinds.items())))
    kind = filled[0].kind
    same = [reading for reading in readings if reading.kind == kind]
    count = sum(reading.count for reading in same)
    wrong = [text for reading in same for text in reading.totals.complaints(count)]
    return Parsed(
        kind,
        pl.DataFrame(schema=raw_schema(filled[0].layout)),
        _only({reading.raw.unit for reading in same}),
        _only({reading.raw.period for reading in same}),
        remark=_remark(same, ignored),
        discrepancy=joined(wrong),
        places=tuple(reading.place for reading in same),
        rows=count,
    )


def _only(values: set[str | None]) -> str | None:
    """Return the one value that was given, None where there is none or they differ."""
    given = values - {None}
    return given.pop() if len(given) == 1 else None


def _remark(readings: list[Reading], ignored: list[str]) -> str:
    parts = [f"bỏ qua trang tính “{name}” (không phải biểu nào)" for name in ignored]
    for reading in readings:
        sheet = reading.grid.sheet
        place = f"trang “{sheet}”: " if sheet else ""
        parts += [f"{place}{remark}" for remark in reading.remarks]
    return "; ".join(parts)


def _opened(grid: Grid) -> tuple[Reading | None, str]:
    """Recognise one sheet; (None, reason) where it matches no layout."""
    top, evidence = legible_top(grid.top, grid.fonts.tcvn3)
    header = template_header(top, grid.sheet) if grid.is_of_template else None
    header = header or find_header(top, grid.sheet)
    if header is None:
        return None, _why_not(grid, top)
    pieces = grid.pieces()
    first = next(pieces, pl.DataFrame())
    ours = our_columns(header, top)
    legacy = _legacy(grid, header, first, evidence, ours)
    body = BodyReader(grid, header, top, legacy, ours)
    sheet = header.sheet or sheet_by_words(header, body)
    if sheet is None:
        is_empty = not any(rows["is_data"].any() for rows in body.bodies(grid.pieces()))
        return None, "" if is_empty else WHICH_SHEET.format(grid.sheet)
    above = legible_headings(top[: header.first], [*evidence, *legacy.evidence])
    return _reading(
        grid, header, sheet, [*above, *top[header.first :]], body, chain([first], pieces)
    ), ""


def _why_not(grid: Grid, top: list[list[str]]) -> str:
    """Return why a sheet without a known header is not read; empty where it is just another."""
    if is_vni_top(top, grid.fonts.vni):
        return VNI
    if is_without_status(top):
        return NO_STATUS
    reason = missing_headers(top)
    return f"Không nhận ra biểu mẫu. {reason}" if reason else ""


def _legacy(
    grid: Grid, header: Header, first: pl.DataFrame, evidence: list[str], ours: frozenset[int]
) -> Legacy:
    """Return what of a sheet is TCVN3, judged by its first piece; Refusal where it is VNI."""
    rows = first.filter(pl.col("row_no") > header.last + 1)
    known = {column for columns in header.columns.values() for column in columns}
    if has_vni(rows, sorted(known), grid.fonts.vni):
        raise Refusal(VNI)
    columns = [column for column in range(grid.width) if column not in ours]
    return tcvn3_columns(rows, columns, evidence, grid.fonts.tcvn3)


def _reading(
    grid: Grid,
    header: Header,
    sheet: Sheet,
    top: list[list[str]],
    body: BodyReader,
    pieces: Iterator[pl.DataFrame],
) -> Reading:
    unit, period = stated(top[: header.first])
    if unit is None and header.layout is bank_lines.LAYOUT:
        # Banks do not know our headings, but print their name above the table.
        unit = provider_named(cell for row in top[: header.first] for cell in row if cell)
    remarks = [grid.remark] if grid.remark else []
    remarks += header.remarks
    if grid.is_hidden:
        remarks.append("trang tính ẩn, vẫn được đọc")
    columns = header.columns
    return Reading(
        grid,
        header.layout,
        body.bodies(pieces),
        RawRows(grid, header, sheet, unit, period),
        Place(grid.sheet, grid.sheet_no, sheet.kind, header.first, header.last, columns),
        StatedTotals(grid.sheet, header, top),
        remarks,
    )


def sheet_by_words(header: Header, body: BodyReader) -> Sheet | None:
    """Return the sheet whose words the rows use, None where they fit no or several sheets."""
    sheets = header.layout.sheets
    if sheets[0].worded is None or not (columns := header.columns.get(sheets[0].worded.name)):
        return None
    hits: set[str] = set()
    for rows in body.bodies(body.grid.pieces()):
        words = rows.filter("is_data")[f"c{columns[0]}"].drop_nulls().unique()
        keys = {fold(word).replace(" ", "_") for word in words}
        hits |= {sheet.kind for sheet in sheets if keys.intersection(sheet.words)}
    return next((sheet for sheet in sheets if hits == {sheet.kind}), None)
