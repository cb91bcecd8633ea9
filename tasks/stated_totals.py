"""Totals and counts that a sender states, held against the rows of the sheet (FL07).

A total may stand below its rows or above them, per village, per page or for all. So a stated value
is right when it fits any stretch of rows that begins or ends where it stands and whose other end
is a total, a village's row, or an end of the list. What fits none is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tasks.amount_words import dotted
from tasks.headers import Header, header_key
from tasks.stated_words import AMOUNT, COUNT, Said, counted, is_plain_label, said_in
from tasks.values import read_amount, read_count

AMOUNTS = ("monthly_amount", "amount")
KEYS = ("dossier_no", "full_name", "payment_id")
ORDINALS = frozenset(("stt", "tt", "so tt", "so thu tu"))
MAX_PLACES = 20_000  # with more totals and villages than this, nothing is compared
MAX_SEEN = 300_000  # dossiers that are told apart; one person may have several rows
MAX_SAID = 5
ROWS, DOSSIERS, UNITS, UNITS_OR_ONE = "rows", "dossiers", "units", "units_or_one"
TIMES_UNITS = "amount_times_units"


@dataclass(frozen=True)
class Statement:
    """A stated value: the row it stands in, and how many places were passed before it."""

    row_no: int
    what: str  # `count`, `units`, or the field whose amounts are added
    value: int
    place: int


@dataclass
class Sums:
    """Running sums of one measure, at every place where a stretch of rows may begin or end."""

    total: int = 0
    at: list[int] = field(default_factory=lambda: [0])

    def fits(self, value: int, place: int, first: dict[int, int], last: dict[int, int]) -> bool:
        """Tell whether a value is the sum from an earlier place on, or up to a later one."""
        here = self.at[place]
        return first.get(here - value, len(self.at)) <= place or last.get(here + value, -1) >= place

    def ends(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return sum -> first place, and sum -> last place, at which it stood."""
        first: dict[int, int] = {}
        for place, total in enumerate(self.at):
            first.setdefault(total, place)
        return first, {total: place for place, total in enumerate(self.at)}


class StatedTotals:
    """Goes along the rows of one sheet and keeps what is stated of them."""

    def __init__(self, sheet: str, header: Header, top: Sequence[Sequence[str]]) -> None:
        self.sheet = sheet
        self.header = header
        self._statements: list[Statement] = []
        self._unreadable: set[str] = set()
        self._seen = pl.Series(dtype=pl.UInt64)
        self._is_lost = header.layout.kind == "bao_cao"  # its rows are figures, totals among them
        self._amounts = [name for name in AMOUNTS if name in header.columns]
        self._sums = {name: Sums() for name in self._measure_names()}
        self._counts = _count_columns(header, top)
        for row_no, cells in enumerate(top[: header.first], 1):
            self._keep(row_no, said_in([cell for cell in cells if cell]))

    def _measure_names(self) -> list[str]:
        columns = self.header.columns
        names = [ROWS, *([DOSSIERS] if "dossier_no" in columns else []), *self._amounts]
        if UNITS in columns:
            names += [UNITS, UNITS_OR_ONE, *(f"{name}_{TIMES_UNITS}" for name in self._amounts)]
        return names

    def take(self, body: pl.DataFrame) -> None:
        """Add the rows of a body; `is_data` and `is_total` say what each is."""
        if self._is_lost or body.is_empty():
            return
        measures = self._measured(body)
        others = (~body["is_data"]).arg_true()
        if len(self._sums[ROWS].at) + others.len() > MAX_PLACES:
            self._is_lost = True
            return
        running = measures.select(pl.all().cum_sum())
        at = running[others.to_list()]
        for name, sums in self._sums.items():
            before = sums.total
            sums.total += int(running[name][-1])
            sums.at.extend(before + value for value in at[name])
        start = len(self._sums[ROWS].at) - others.len()
        for place, row in enumerate(body[others.to_list()].iter_rows(named=True), start):
            self._state(row, place)

    def complaints(self, file_rows: int) -> list[str]:
        """Return what is stated and not so; a count above a list may be that of the whole file."""
        if self._is_lost:
            return []
        for sums in self._sums.values():
            sums.at.append(sums.total)
        ends = {name: sums.ends() for name, sums in self._sums.items()}
        return [
            self._complaint(statement)
            for statement in self._statements
            if not self._is_right(statement, ends)
            and not (statement.what == COUNT and statement.value == file_rows)
        ]

    def _is_right(
        self, statement: Statement, ends: dict[str, tuple[dict[int, int], dict[int, int]]]
    ) -> bool:
        if statement.what in self._unreadable:
            return True
        return any(
            self._sums[name].fits(statement.value, statement.place, *ends[name])
            for name in _measures_of(statement.what)
            if name in self._sums
        )

    def _complaint(self, statement: Statement) -> str:
        sums = self._sums[_measures_of(statement.what)[0]].at
        place = statement.place
        found = dotted(sums[place] if place else sums[-1])
        since = sums[place] - sums[place - 1] if place else 0
        if since and since != sums[place]:
            found += f" (từ dòng tổng hay tên thôn trước: {dotted(since)})"
        sheet = f"trang “{self.sheet}” " if self.sheet else ""
        return f"{sheet}dòng {statement.row_no}: {self._stated(statement)}, danh sách có {found}"

    def _stated(self, statement: Statement) -> str:
        value = dotted(statement.value)
        if statement.what == COUNT:
            return f"ghi {value} dòng"
        names = {known.name: known.header for s in self.header.layout.sheets for known in s.fields}
        return f"ghi tổng “{names[statement.what]}” {value}"

    def _state(self, row: dict[str, Any], place: int) -> None:
        """Keep what a row that is no data states."""
        cells = [(n, row[f"c{n}"]) for n in self._cell_numbers(row) if row[f"c{n}"] is not None]
        texts = [text for _, text in cells]
        said = said_in(texts)
        if row["is_total"] and is_plain_label(texts[0]):
            said = _without_repeats([*said, *self._said_by_columns(row, cells)])
        elif row["is_total"]:
            said = []
        self._keep(row["row_no"], said, place)

    @staticmethod
    def _cell_numbers(row: dict[str, Any]) -> list[int]:
        return [int(name[1:]) for name in row if name[0] == "c" and name[1:].isdigit()]

    def _said_by_columns(self, row: dict[str, Any], cells: list[tuple[int, str]]) -> list[Said]:
        """Return what the cells of a total say by the columns under which they stand."""
        label = cells[0][0]
        found: list[Said] = []
        for name in (*self._amounts, UNITS):
            filled = [n for n in self.header.columns.get(name, []) if row[f"c{n}"] and n != label]
            if filled:
                is_number = bool(row.get(f"n{filled[0]}"))
                value = read_amount(row[f"c{filled[0]}"], is_number=is_number)
                found += [Said(name, value)] if value is not None else []
        is_about_money = "tien" in header_key(cells[0][1]).split()
        for column, text in cells[1:]:
            count = counted(text)
            if count is None and column in self._counts and not is_about_money:
                count = read_count(text)
            found += [Said(COUNT, count)] if count is not None else []
        return found

    def _keep(self, row_no: int, said: Iterable[Said], place: int = 0) -> None:
        for one in said:
            # Money stated in words is that of the one column of amounts.
            names = (
                self._amounts[:1]
                if one.what == AMOUNT and one.what not in self._amounts
                else ([one.what])
            )
            for name in names:
                self._statements.append(Statement(row_no, name, one.value, place))

    def _measured(self, body: pl.DataFrame) -> pl.DataFrame:
        """Return for every row what it adds to each measure; rows that are no data add 0."""
        is_data = body["is_data"]
        found: dict[str, pl.Series] = {ROWS: is_data.cast(pl.Int64)}
        if DOSSIERS in self._sums:
            found[DOSSIERS] = self._new_dossiers(body, self.header.columns["dossier_no"])
        for name in (*self._amounts, *((UNITS,) if UNITS in self._sums else ())):
            numbers = self._numbers(body, name)
            found[name] = numbers.zip_with(is_data, _zeros(numbers))
        if UNITS in found:
            given = self._numbers(body, UNITS, blank=1)
            found[UNITS_OR_ONE] = given.zip_with(is_data, _zeros(given))
            for name in self._amounts:
                found[f"{name}_{TIMES_UNITS}"] = found[name] * found[UNITS_OR_ONE]
        return pl.DataFrame(found)

    def _new_dossiers(self, body: pl.DataFrame, columns: list[int]) -> pl.Series:
        """Return 1 for a row whose dossier stood in no row before, or that has none."""
        if self._seen.len() > MAX_SEEN:
            if self._sums[DOSSIERS].total < self._sums[ROWS].total:
                self._unreadable.add(COUNT)  # there are more such people, but who knows how many
            return body["is_data"].cast(pl.Int64)
        cells = body.select(pl.coalesce([pl.col(f"c{n}") for n in columns])).to_series()
        hashes = cells.hash()
        is_new = cells.is_null() | (
            hashes.is_first_distinct() & ~hashes.is_in(self._seen.implode())
        )
        self._seen = pl.concat([self._seen, hashes.filter(body["is_data"])]).unique()
        return (is_new & body["is_data"]).cast(pl.Int64)

    def _numbers(self, body: pl.DataFrame, name: str, blank: int = 0) -> pl.Series:
        """Return the whole numbers of a field; one that cannot be read makes its sums unknown."""
        column = self.header.columns[name][0]
        cells = pl.coalesce([pl.col(f"c{n}") for n in self.header.columns[name]])
        flag = pl.col(f"n{column}") if f"n{column}" in body.columns else pl.lit(value=False)
        given = body.select(text=cells, is_number=flag)
        is_digits = pl.col("text").str.contains(r"^\d{1,15}$")
        plain = pl.when(is_digits).then(pl.col("text").str.to_integer(strict=False))
        numbers = given.select(plain.cast(pl.Int64)).to_series()
        odd = given.filter(numbers.is_null() & given["text"].is_not_null() & body["is_data"])
        if odd.height:
            numbers = self._odd_numbers(given, numbers, odd.unique(), name)
        return numbers.fill_null(blank)

    def _odd_numbers(
        self, given: pl.DataFrame, numbers: pl.Series, odd: pl.DataFrame, name: str
    ) -> pl.Series:
        read = [read_amount(text, is_number=bool(is_number)) for text, is_number in odd.iter_rows()]
        if None in read:
            self._unreadable.add(name)
        table = odd.with_columns(value=pl.Series(read, dtype=pl.Int64))
        joined = given.join(
            table, on=["text", "is_number"], how="left", maintain_order="left", nulls_equal=True
        )
        return numbers.zip_with(numbers.is_not_null(), joined["value"])


def _zeros(numbers: pl.Series) -> pl.Series:
    return pl.Series([0], dtype=pl.Int64).new_from_index(0, numbers.len())


def _without_repeats(said: list[Said]) -> list[Said]:
    return list(dict.fromkeys(said))


def _measures_of(what: str) -> tuple[str, ...]:
    """Return the measures of which one must fit, the first is the one that is told."""
    if what == COUNT:
        return (ROWS, DOSSIERS)
    if what == UNITS:
        return (UNITS, UNITS_OR_ONE, ROWS, DOSSIERS)
    # Some write the number of people under whatever column is free.
    return (what, f"{what}_{TIMES_UNITS}", ROWS, DOSSIERS)


def _count_columns(header: Header, top: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return the columns under which a bare number of a total is a count of rows."""
    ordinals = {
        column
        for row in top[header.first : header.last + 1]
        for column, cell in enumerate(row)
        if cell and header_key(cell) in ORDINALS
    }
    keys = {column for name in KEYS for column in header.columns.get(name, [])}
    return frozenset(ordinals | keys)


def joined(complaints: Sequence[str]) -> str:
    """Return the complaints of a file as one sentence, the first few of many."""
    if not complaints:
        return ""
    more = len(complaints) - MAX_SAID
    tail = [f"và {more} chỗ khác"] if more > 0 else []
    text = "; ".join([*complaints[:MAX_SAID], *tail])
    return f"{text[0].upper()}{text[1:]}."
