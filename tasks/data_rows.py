"""Which rows below a header are data, and what they hold under the names of the raw table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.layouts import Layout, Sheet
from schemas.layouts.ours import ERROR_COLUMN
from schemas.submissions import CELL_LISTS
from schemas.table import Column
from tasks.grids import Grid, is_numbering
from tasks.headers import Header, header_key
from tasks.legible import Legacy

PLACE = ("sheet", "sheet_no", "row_no", "kind", *CELL_LISTS, "unit", "period")
ENOUGH_FIELDS = 3  # so many known fields make a row a data row without its key


def raw_schema(layout: Layout) -> pl.Schema:
    """Return the schema of the rows of a layout, as parsed."""
    types = {"sheet_no": pl.Int32, "row_no": pl.Int64}
    names = (*PLACE, *layout.table.fields)
    return pl.Schema({name: types.get(name, pl.String) for name in names})


@dataclass
class BodyReader:
    """Goes through the pieces of a sheet once and tells what each row below the header is.

    A data row has its key or three known fields; totals, repeated headers and the row of column
    numbers are none (SPEC section 3). `top` are the first rows as they are to be read.
    """

    grid: Grid
    header: Header
    top: Sequence[Sequence[str]]
    legacy: Legacy = field(default_factory=Legacy)
    ours: frozenset[int] = frozenset()  # columns that a returned workbook added
    _follows_header: bool = True  # the next row that holds anything

    def bodies(self, pieces: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield the rows of each piece that hold anything, with flags `is_data` and `is_total`.

        Repeated headers and rows of column numbers are left out.
        """
        for piece in pieces:
            below = piece.filter(pl.col("row_no") > self.header.last + 1)
            yield self._body(self.legacy.read(self._without_ours(below)))

    def _without_ours(self, piece: pl.DataFrame) -> pl.DataFrame:
        return piece.with_columns(
            pl.lit(None, pl.String).alias(f"c{column}") for column in self.ours
        )

    def _body(self, piece: pl.DataFrame) -> pl.DataFrame:
        cells = [pl.col(f"c{column}") for column in range(self.grid.width)]
        filled = [_filled(columns) for columns in known_columns(self.header).values()]
        body = piece.with_columns(
            is_header=_is_header(self.header, self.top),
            is_data=_has_key(self.header) | (pl.sum_horizontal(filled) >= ENOUGH_FIELDS),
        ).filter(pl.col("is_header") | pl.col("is_data") | _filled(list(range(self.grid.width))))
        numbering = self._numbering(body, cells)
        body = body.filter(~pl.col("is_header") & ~pl.col("row_no").is_in(numbering))
        body = body.with_columns(is_total=is_total(pl.coalesce(cells)))
        return body.with_columns(is_data=pl.col("is_data") & ~pl.col("is_total"))

    def _numbering(self, body: pl.DataFrame, cells: list[pl.Expr]) -> list[int]:
        """Return the rows next to a header that only number the columns, over pieces' ends too."""
        if body.is_empty():
            return []
        follows = body["is_header"].shift(1, fill_value=self._follows_header)
        self._follows_header = bool(body["is_header"][-1])
        after = body.filter(follows)
        rows = zip(after["row_no"], after.select(cells).iter_rows(), strict=True)
        return [row_no for row_no, row in rows if is_numbering(row)]


def our_columns(header: Header, top: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return the columns that a returned workbook added to the sender's sheet."""
    return frozenset(
        column
        for row in top[header.first : header.last + 1]
        for column, cell in enumerate(row)
        if cell and header_key(cell) == header_key(ERROR_COLUMN)
    )


def known_columns(header: Header) -> dict[str, list[int]]:
    """Return the columns of the fields proper, without unit and period."""
    return {name: header.columns[name] for name in header.columns if name not in ("unit", "period")}


def cell_of(columns: list[int]) -> pl.Expr:
    """Return the first filled cell of these columns."""
    return pl.coalesce([pl.col(f"c{column}") for column in columns])


def _filled(columns: list[int]) -> pl.Expr:
    return cell_of(columns).is_not_null()


def _has_key(header: Header) -> pl.Expr:
    """Tell whether a row has one of the layout's keys, with a digit where that is asked."""
    found = pl.lit(value=False)
    for group in header.layout.keys:
        if all(column.name in header.columns for column in group):
            found = found | pl.all_horizontal([_is_key(header, column) for column in group])
    return found.fill_null(value=False)


def _is_key(header: Header, column: Column) -> pl.Expr:
    cell = cell_of(header.columns[column.name])
    form = dict(header.layout.key_forms).get(column, r"\d")
    return cell.str.contains(form) if header.layout.keys_hold_digit else cell.is_not_null()


def _is_header(header: Header, top: Sequence[Sequence[str]]) -> pl.Expr:
    """Tell whether a row repeats the header, as printed pages do."""
    same, filled = [], []
    for columns in known_columns(header).values():
        for column in columns:
            texts = {top[row][column] for row in range(header.first, header.last + 1)} - {""}
            same.append(pl.col(f"c{column}").is_in(sorted(texts)).fill_null(value=False))
            filled.append(pl.col(f"c{column}").is_not_null())
    hits = pl.sum_horizontal(same)
    return (hits >= 2) & (hits * 2 >= pl.sum_horizontal(filled))


def is_total(first_cell: pl.Expr) -> pl.Expr:
    """Tell whether a row's first filled cell begins with `Tổng` or `Cộng`.

    With the accents: the family name Tòng is common here.
    """
    text = first_cell.str.normalize("NFC").str.strip_chars().str.to_lowercase()
    return (text.str.starts_with("tổng") | text.str.starts_with("cộng")).fill_null(value=False)


@dataclass(frozen=True)
class RawRows:
    """Puts data rows under the names of the raw table; a heading goes before a column."""

    grid: Grid
    header: Header
    sheet: Sheet
    unit: str | None
    period: str | None

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return data rows of a body as they go into the raw table."""
        names = self.header.layout.table.fields
        known = {known.name for known in self.sheet.fields}.intersection(self.header.columns)
        mapped = {name: self.header.columns[name] for name in names if name in known}
        raw = set(rows.columns)
        values = {
            name: _sent(mapped[name], raw) if name in mapped else pl.lit(None) for name in names
        }
        for name, heading in (("unit", self.unit), ("period", self.period)):
            columns = self.header.columns.get(name)
            column = cell_of(columns) if columns else pl.lit(None)
            values[name] = pl.lit(heading) if heading else column
        return rows.select(
            **values,
            sheet=pl.lit(self.grid.sheet),
            sheet_no=pl.lit(self.grid.sheet_no),
            row_no=pl.col("row_no"),
            kind=pl.lit(self.sheet.kind),
            number_cells=_listed({name: _number(mapped[name], raw) for name in mapped}),
            formula_cells=_listed({name: self._special(mapped[name], rows) for name in mapped}),
            legacy_cells=_listed({name: _legacy(mapped[name], raw) for name in mapped}),
        ).select(pl.col(name).cast(kind) for name, kind in raw_schema(self.header.layout).items())

    def _special(self, columns: list[int], rows: pl.DataFrame) -> pl.Expr | None:
        """Tell whether a field's cell held a formula or an error value; None: never."""
        if rows.is_empty():
            return None
        first, last = rows["row_no"][0], rows["row_no"][-1]
        found: list[int] = []
        for column in columns:
            special = self.grid.special.get(column, [])
            found += special[bisect_left(special, first) : bisect_right(special, last)]
        return pl.col("row_no").is_in(found) if found else None


def _sent(columns: list[int], present: set[str]) -> pl.Expr:
    """Return the first filled cell of these columns as its sender wrote it."""
    names = (f"r{column}" if f"r{column}" in present else f"c{column}" for column in columns)
    return pl.coalesce([pl.col(name) for name in names])


def _number(columns: list[int], present: set[str]) -> pl.Expr | None:
    """Tell whether the cell that gives a field its value was a number; None: never."""
    return _of_chosen(columns, {n: pl.col(f"n{n}") for n in columns if f"n{n}" in present})


def _legacy(columns: list[int], present: set[str]) -> pl.Expr | None:
    """Tell whether the cell that gives a field its value was read as TCVN3; None: never."""
    changed = {n: pl.col(f"r{n}") != pl.col(f"c{n}") for n in columns if f"r{n}" in present}
    return _of_chosen(columns, changed)


def _of_chosen(columns: list[int], flags: dict[int, pl.Expr]) -> pl.Expr | None:
    """Return the flag of the first filled cell; None where no column has a flag."""
    if not flags:
        return None
    chosen = pl.lit(value=False)
    for column in reversed(columns):
        flag = flags.get(column, pl.lit(value=False))
        chosen = pl.when(pl.col(f"c{column}").is_not_null()).then(flag).otherwise(chosen)
    return chosen


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
