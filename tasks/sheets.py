"""Read a received file by its layout: which rows it holds, word by word, and where they stood.

Nothing is judged or cleaned here. A file that cannot be taken gives a reason, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.layouts import Layout, Sheet
from schemas.submissions import CELL_LISTS
from tasks.archive_check import ENCRYPTED, MACROS, MEGABYTE, Refusal, check_archive
from tasks.grids import (
    DELIMITERS,
    UNREADABLE,
    Grid,
    csv_grid,
    csv_top,
    decode,
    is_numbering,
    workbook_grids,
)
from tasks.headers import Header, find_header, known_words, missing_headers, stated
from tasks.normalise import fold
from tasks.office import Limits

PLACE = ("sheet", "sheet_no", "row_no", "kind", *CELL_LISTS, "unit", "period")
ENOUGH_FIELDS = 3  # so many known fields make a row a data row without its key
ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMPTY = "Tệp rỗng."
TOO_MANY_BYTES = "Tệp lớn hơn {} MB."
UNKNOWN = "Không nhận ra biểu mẫu: không có hàng tiêu đề quen thuộc trong 30 hàng đầu."
MIXED = "Tệp có nhiều loại biểu ({}). Tách mỗi loại thành một tệp."
TOO_MANY_ROWS = "Trang tính có quá {} dòng."
VNI = "Tệp gõ bằng bảng mã VNI (font VNI-…). Chuyển sang Unicode (Times New Roman) rồi gửi lại."
WHICH_SHEET = "Không rõ trang “{}” là TĂNG, GIẢM hay ĐIỀU CHỈNH. Đặt lại tên trang."


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


def refused(reason: str, remark: str = "") -> Parsed:
    """Return the result for a file that cannot be taken."""
    return Parsed(None, pl.DataFrame(), refusal=reason, remark=remark)


def raw_schema(layout: Layout) -> pl.Schema:
    """Return the schema of the rows of a layout, as parsed."""
    types = {"sheet_no": pl.Int32, "row_no": pl.Int64}
    names = (*PLACE, *layout.table.fields)
    return pl.Schema({name: types.get(name, pl.String) for name in names})


def parse(path: Path, name: str, limits: Limits) -> Parsed:
    """Read a file under any name; whatever its bytes are, the result says what came of it.

    OSError where the bytes cannot be had: that is not the sender's fault.
    """
    size = path.stat().st_size
    if size > limits.max_file_mb * MEGABYTE:
        return refused(TOO_MANY_BYTES.format(limits.max_file_mb))
    data = path.read_bytes()
    try:
        return _parse_bytes(data, limits) if data else refused(EMPTY)
    except Refusal as refusal:
        return refused(str(refusal))
    except BaseException as error:
        # A panic in the workbook reader is no Exception; only these two are not the file's doing.
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        return refused(UNREADABLE, remark=f"lỗi khi đọc: {type(error).__name__}")


def _parse_bytes(data: bytes, limits: Limits) -> Parsed:
    if data.startswith(OLE_MARK):
        _check_ole(data)
        return _taken(workbook_grids(data, None, limits), limits)
    if data.startswith(ZIP_MARK):
        archive = check_archive(data, limits)
        return _taken(workbook_grids(data, archive, limits), limits)
    text = decode(data)
    delimiter = max(DELIMITERS, key=lambda mark: known_words(csv_top(text, mark)))
    return _taken([csv_grid(text, delimiter, limits)], limits)


def _check_ole(data: bytes) -> None:
    """Refuse encrypted workbooks and macros by the names of their streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refusal(ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Refusal(MACROS)


@dataclass
class Reading:
    """One recognised sheet: its rows, its heading cells, and what to say of it."""

    sheet: str
    kind: str
    frame: pl.DataFrame
    place: Place
    unit: str | None
    period: str | None
    remarks: list[str] = field(default_factory=list)


def _taken(grids: Iterable[Grid], limits: Limits) -> Parsed:
    """Put the sheets of a file together; Refusal where none or several kinds are recognised."""
    readings: list[Reading] = []
    ignored: list[str] = []
    missing = ""
    for grid in grids:
        reading, reason = _read(grid)
        if reading is None:
            ignored.append(grid.sheet)
            missing = missing or reason
            continue
        if reading.frame.height > limits.max_rows:
            raise Refusal(TOO_MANY_ROWS.format(limits.max_rows))
        readings.append(reading)
    if not readings:
        raise Refusal(missing or UNKNOWN)
    return _joined(readings, [name for name in ignored if name])


def _joined(readings: list[Reading], ignored: list[str]) -> Parsed:
    filled = [reading for reading in readings if reading.frame.height] or readings[:1]
    kinds = {reading.kind: reading.sheet for reading in filled}
    if len(kinds) > 1:
        raise Refusal(MIXED.format("; ".join(f"{kind}: {name}" for kind, name in kinds.items())))
    kind = filled[0].kind
    same = [reading for reading in readings if reading.kind == kind]
    return Parsed(
        kind,
        pl.concat([reading.frame for reading in same]),
        _only({reading.unit for reading in same}),
        _only({reading.period for reading in same}),
        remark=_remark(same, ignored),
        places=tuple(reading.place for reading in same),
    )


def _only(values: set[str | None]) -> str | None:
    """Return the one value that was given, None where there is none or they differ."""
    given = values - {None}
    return given.pop() if len(given) == 1 else None


def _remark(readings: list[Reading], ignored: list[str]) -> str:
    parts = [f"bỏ qua trang tính “{name}” (không phải biểu nào)" for name in ignored]
    for reading in readings:
        place = f"trang “{reading.sheet}”: " if reading.sheet else ""
        parts += [f"{place}{remark}" for remark in reading.remarks]
    return "; ".join(parts)


def _read(grid: Grid) -> tuple[Reading | None, str]:
    """Read one sheet; (None, reason) where it matches no layout."""
    if grid.cells.is_empty():
        return None, ""
    top = grid.top()
    header = find_header(top, grid.sheet)
    if header is None:
        reason = missing_headers(top)
        return None, f"Không nhận ra biểu mẫu. {reason}" if reason else ""
    unit, period = stated(top[: header.first])
    rows = data_rows(grid, header, top)
    sheet = header.sheet or sheet_by_words(header, rows)
    if sheet is None:
        return None, WHICH_SHEET.format(grid.sheet) if rows.height else ""
    if grid.is_hidden:
        header.remarks.append("trang tính ẩn, vẫn được đọc")
    frame = _raw_frame(rows, grid, header, sheet, unit, period)
    place = Place(grid.sheet, grid.sheet_no, sheet.kind, header.first, header.last, header.columns)
    return Reading(grid.sheet, header.layout.kind, frame, place, unit, period, header.remarks), ""


def sheet_by_words(header: Header, rows: pl.DataFrame) -> Sheet | None:
    """Return the sheet whose words the rows use, None where they fit no or several sheets."""
    sheets = header.layout.sheets
    if sheets[0].worded is None or not (columns := header.columns.get(sheets[0].worded.name)):
        return None
    words = {fold(word).replace(" ", "_") for word in rows[f"c{columns[0]}"].drop_nulls().unique()}
    hits = [sheet for sheet in sheets if words.intersection(sheet.words)]
    return hits[0] if len(hits) == 1 else None


def data_rows(grid: Grid, header: Header, top: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Return the data rows below a header: the grid's columns and `row_no` (from 1).

    A data row has its key or three known fields; totals, repeated headers and the row of column
    numbers are none (SPEC section 3).
    """
    body = grid.cells.with_row_index("row_no", offset=1).slice(header.last + 1)
    filled = [_filled(columns) for columns in _known(header).values()]
    is_data = _has_key(header) | (pl.sum_horizontal(filled) >= ENOUGH_FIELDS)
    marked = body.with_columns(is_header=_is_header(header, top))
    rows = marked.filter(is_data | pl.col("is_header"))
    after_header = {header.last + 2, *(rows.filter("is_header")["row_no"] + 1).to_list()}
    numbering = _numbering(grid, after_header)
    cells = [pl.col(name) for name in grid.cells.columns]
    return rows.filter(
        ~pl.col("is_header") & ~_is_total(pl.coalesce(cells)) & ~pl.col("row_no").is_in(numbering)
    )


def _known(header: Header) -> dict[str, list[int]]:
    """Return the columns of the fields proper, without unit and period."""
    return {name: header.columns[name] for name in header.columns if name not in ("unit", "period")}


def _cell(columns: list[int]) -> pl.Expr:
    """Return the first filled cell of these columns."""
    return pl.coalesce([pl.col(f"c{column}") for column in columns])


def _filled(columns: list[int]) -> pl.Expr:
    return _cell(columns).is_not_null()


def _has_key(header: Header) -> pl.Expr:
    """Tell whether a row has one of the layout's keys, with a digit where that is asked."""
    found = pl.lit(value=False)
    for group in header.layout.keys:
        if all(column.name in header.columns for column in group):
            cells = [_cell(header.columns[column.name]) for column in group]
            tests = [
                cell.str.contains(r"\d") if header.layout.keys_hold_digit else cell.is_not_null()
                for cell in cells
            ]
            found = found | pl.all_horizontal(tests)
    return found.fill_null(value=False)


def _is_header(header: Header, top: Sequence[Sequence[str]]) -> pl.Expr:
    """Tell whether a row repeats the header, as printed pages do."""
    same, filled = [], []
    for columns in _known(header).values():
        for column in columns:
            texts = {top[row][column] for row in range(header.first, header.last + 1)} - {""}
            same.append(pl.col(f"c{column}").is_in(sorted(texts)).fill_null(value=False))
            filled.append(pl.col(f"c{column}").is_not_null())
    hits = pl.sum_horizontal(same)
    return (hits >= 2) & (hits * 2 >= pl.sum_horizontal(filled))


def _is_total(first_cell: pl.Expr) -> pl.Expr:
    """Tell whether a row's first filled cell begins with `Tổng` or `Cộng`.

    With the accents: the family name Tòng is common here.
    """
    text = first_cell.str.normalize("NFC").str.strip_chars().str.to_lowercase()
    return (text.str.starts_with("tổng") | text.str.starts_with("cộng")).fill_null(value=False)


def _numbering(grid: Grid, rows: set[int]) -> list[int]:
    """Return which of these rows (from 1) only number the columns."""
    inside = sorted(row for row in rows if row <= grid.cells.height)
    return [row for row in inside if is_numbering(grid.cells.row(row - 1))]


def _raw_frame(
    rows: pl.DataFrame,
    grid: Grid,
    header: Header,
    sheet: Sheet,
    unit: str | None,
    period: str | None,
) -> pl.DataFrame:
    """Return the rows under the names of the raw table; a heading goes before a column."""
    names = header.layout.table.fields
    known = {field.name for field in sheet.fields}.intersection(header.columns)
    mapped = {name: header.columns[name] for name in names if name in known}
    values = {name: _cell(mapped[name]) if name in mapped else pl.lit(None) for name in names}
    for name, heading in (("unit", unit), ("period", period)):
        column = _cell(header.columns[name]) if name in header.columns else pl.lit(None)
        values[name] = pl.lit(heading) if heading else column
    rows = _with_number_flags(rows, grid)
    return rows.select(
        **values,
        sheet=pl.lit(grid.sheet),
        sheet_no=pl.lit(grid.sheet_no),
        row_no=pl.col("row_no"),
        kind=pl.lit(sheet.kind),
        number_cells=_listed({name: _number(mapped[name], grid) for name in mapped}),
        formula_cells=_listed({name: _special(mapped[name], grid) for name in mapped}),
        legacy_cells=pl.lit(""),
    ).select(pl.col(name).cast(kind) for name, kind in raw_schema(header.layout).items())


def _with_number_flags(rows: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Add a column `n…` beside each column `c…` that holds numbers."""
    if not grid.numbers:
        return rows
    places = (rows["row_no"] - 1).cast(pl.UInt32)
    return rows.with_columns(
        flags.gather(places).alias(f"n{column}") for column, flags in grid.numbers.items()
    )


def _number(columns: list[int], grid: Grid) -> pl.Expr | None:
    """Tell whether the cell that gives a field its value was a number; None: never."""
    if not any(column in grid.numbers for column in columns):
        return None
    chosen = pl.lit(value=False)
    for column in reversed(columns):
        flag = pl.col(f"n{column}") if column in grid.numbers else pl.lit(value=False)
        chosen = pl.when(pl.col(f"c{column}").is_not_null()).then(flag).otherwise(chosen)
    return chosen


def _special(columns: list[int], grid: Grid) -> pl.Expr | None:
    """Tell whether a field's cell held a formula or an error value; None: never."""
    rows = [row for column in columns for row in grid.special.get(column, [])]
    return pl.col("row_no").is_in(rows) if rows else None


def _listed(flags: dict[str, pl.Expr | None]) -> pl.Expr:
    """Return the names whose flag is set as `,a,b,`; empty text where none is."""
    parts = [
        pl.when(flag).then(pl.lit(f"{name},")).otherwise(pl.lit(""))
        for name, flag in flags.items()
        if flag is not None
    ]
    if not parts:
        return pl.lit("")
    names = pl.concat_str(parts)
    return pl.when(names == "").then(pl.lit("")).otherwise(pl.lit(",") + names)
