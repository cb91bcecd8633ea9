"""Find the header of a sheet by what it says, wherever it stands, however it is spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import fuzz

from schemas.layouts import LAYOUTS, Field, Layout, Sheet

HEADER_ROWS = 30  # the header begins within these
TOP_ROWS = HEADER_ROWS + 3  # and may be two rows deep
HEADING_LETTERS = 300  # of a longer cell only the beginning is read as a header or heading
NEAR = 92  # rapidfuzz ratio from which a header counts as a misspelling
NEAR_LENGTH = 8  # shorter words are too easily another word
PROMISING = 2  # a row with fewer known words is not searched for misspellings

Row = Sequence[str]
STROKES = str.maketrans("đĐÐðƣƢ", "ddddưư")
BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
NUMBERED = re.compile(r"^\s*\(?\d+\)?[.)\s-]\s*")
WORD_BREAK = re.compile(r"[\W_]+")
TRAILING_NUMBER = re.compile(r"(\s\d+)+$")


@cache
def header_key(text: str) -> str:
    """Return what a header is compared by: no case, accents, breaks, `*`, notes or numbers."""
    text = text[:HEADING_LETTERS].replace("*", " ").strip()
    while (shorter := BRACKETED.sub("", text)) and shorter != text:
        text = shorter
    text = NUMBERED.sub("", text)
    plain = unicodedata.normalize("NFD", text.lower().translate(STROKES))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return TRAILING_NUMBER.sub("", WORD_BREAK.sub(" ", plain).strip())


@dataclass(frozen=True)
class Spelling:
    """One word for one field; a lower rank is the more proper one."""

    field: Field
    rank: int


@cache
def spellings(sheet: Sheet) -> dict[str, Spelling]:
    """Return header key -> spelling of a sheet."""
    found: dict[str, Spelling] = {}
    for known in sheet.fields:
        for rank, header in enumerate(known.headers):
            found.setdefault(header_key(header), Spelling(known, rank))
    return found


@dataclass
class Header:
    """A header that was found: rows `first` to `last` (from 0) and what its columns hold.

    `columns` gives field name -> sheet columns (from 0), the one to be preferred first.
    `sheet` is None while nothing tells which sheet of its layout this is.
    """

    layout: Layout
    sheet: Sheet | None
    first: int
    last: int
    columns: dict[str, list[int]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        return len(self.columns)


def find_header(top: Sequence[Row], sheet_name: str) -> Header | None:
    """Return the header among the first rows of a sheet, None where no layout fits.

    The most known fields win; then one row before two, then the upper row.
    """
    best: Header | None = None
    for depth in (1, 2):
        for first in range(min(HEADER_ROWS, len(top)) - depth + 1):
            keys = column_keys(top[first : first + depth])
            for layout in LAYOUTS.values():
                found = _fit(layout, keys, first, depth, sheet_name)
                if found and (best is None or found.score > best.score):
                    best = found
    return best


def column_keys(rows: Sequence[Row]) -> list[list[str]]:
    """Return for each column the keys that it may be known by, the most telling first.

    Of two rows the upper may be a merged heading over several columns: `Quyết định` over `Số` and
    `Ngày` makes `Số quyết định` and `Ngày quyết định`.
    """
    if len(rows) == 1:
        return [[header_key(cell)] if cell else [] for cell in rows[0]]
    keys, parent = [], ""
    for upper, lower in zip(header_keys(rows[0]), header_keys(rows[1]), strict=True):
        parent = upper or (parent if lower else "")
        if lower and parent:
            keys.append([f"{lower} {parent}", f"{parent} {lower}", lower])
        else:
            keys.append([key for key in (lower or upper,) if key])
    return keys


def header_keys(row: Row) -> list[str]:
    """Return the keys of a row of cells, empty for empty cells."""
    return [header_key(cell) if cell else "" for cell in row]


def _fit(
    layout: Layout, keys: list[list[str]], first: int, depth: int, sheet_name: str
) -> Header | None:
    """Return the layout's header in these cells, None where a needed field is not there."""
    named = sheet_by_name(layout, sheet_name)
    sheet = named or sheet_by_header(layout, keys)
    found = Header(layout, sheet, first, first + depth - 1)
    model = sheet or _all_sheets(layout)
    _match_exactly(found, model, keys)
    if found.score < PROMISING:
        return None
    if sheet is not None:
        _match_sibling(found, sheet, keys)
    _match_nearly(found, model, keys)
    if any(column.name not in found.columns for column in model.needed):
        return None
    _match_unit_and_period(found, keys)
    return found


@cache
def _all_sheets(layout: Layout) -> Sheet:
    """Return a sheet of every field of the layout, for sheets that do not say which they are."""
    fields: dict[str, Field] = {}
    for sheet in layout.sheets:
        for known in sheet.fields:
            headers = (*fields[known.name].headers, *known.headers) if known.name in fields else ()
            fields[known.name] = Field(known.column, headers or known.headers, known.merges)
    return Sheet(kind="", fields=tuple(fields.values()), needed=layout.sheets[0].needed)


def sheet_by_name(layout: Layout, sheet_name: str) -> Sheet | None:
    """Return the sheet of a layout that a sheet's name tells, None where it tells none."""
    if len(layout.sheets) == 1:
        return layout.sheets[0]
    key = header_key(sheet_name)
    for sheet in layout.sheets:
        if any(f"{key} ".startswith(f"{header_key(name)} ") for name in sheet.names):
            return sheet
    return None


def sheet_by_header(layout: Layout, keys: list[list[str]]) -> Sheet | None:
    """Return the sheet whose telling header, shared with no other sheet, is among the columns."""
    present = {key for column in keys for key in column}
    hits = [sheet for sheet in layout.sheets if present & _telling_keys(layout, sheet)]
    return hits[0] if len(hits) == 1 else None


@cache
def _telling_keys(layout: Layout, sheet: Sheet) -> frozenset[str]:
    """Return the keys of the sheet's telling field that no other sheet of its layout uses."""
    if sheet.telling is None:
        return frozenset()
    own = {header_key(header) for header in sheet.named(sheet.telling).headers}
    others = [other.named(other.telling) for other in layout.sheets if other.telling]
    shared = {
        header_key(header)
        for known in others
        if known is not sheet.named(sheet.telling)
        for header in known.headers
    }
    return frozenset(own - shared)


def _match_exactly(found: Header, model: Sheet, keys: list[list[str]]) -> None:
    known = spellings(model)
    ranked: dict[str, list[tuple[int, int]]] = {}
    for column, candidates in enumerate(keys):
        spelling = next((known[key] for key in candidates if key in known), None)
        if spelling:
            ranked.setdefault(spelling.field.name, []).append((spelling.rank, column))
    merging = {known.name for known in model.fields if known.merges}
    for name, hits in ranked.items():
        columns = [column for _, column in (sorted(hits) if name in merging else hits)]
        found.columns[name] = columns if name in merging else columns[:1]
        if len(columns) > 1 and name not in merging:
            found.remarks.append(f"cột “{_label(model, name)}” có {len(columns)} lần, lấy cột đầu")


def _label(model: Sheet, name: str) -> str:
    return next(known.header for known in model.fields if known.name == name)


def _match_sibling(found: Header, sheet: Sheet, keys: list[list[str]]) -> None:
    """Take the telling header of another sheet of the layout: a copied sheet, not renamed."""
    if sheet.telling is None or sheet.telling.name in found.columns:
        return
    for other in found.layout.sheets:
        for column, candidates in enumerate(keys):
            if _telling_keys(found.layout, other).intersection(candidates):
                found.columns[sheet.telling.name] = [column]
                label = sheet.named(sheet.telling).header
                found.remarks.append(f"cột “{label}” mang tên của trang {other.kind}")
                return


def _match_nearly(found: Header, model: Sheet, keys: list[list[str]]) -> None:
    """Take misspelled headers for fields that have none; each is said in the remarks."""
    taken = {column for columns in found.columns.values() for column in columns}
    for column, candidates in enumerate(keys):
        if column in taken:
            continue
        score, name = max(_near(found, model, candidates), default=(0.0, ""))
        if name:
            found.columns[name] = [column]
            found.remarks.append(
                f"cột “{_label(model, name)}” nhận theo tên gần giống ({score:.0f}%)"
            )


def _near(found: Header, model: Sheet, candidates: list[str]) -> Iterator[tuple[float, str]]:
    for key, spelling in spellings(model).items():
        if spelling.field.name in found.columns or len(key) < NEAR_LENGTH:
            continue
        for candidate in candidates:
            score = fuzz.ratio(candidate, key, score_cutoff=NEAR)
            if score:
                yield score, spelling.field.name


def _match_unit_and_period(found: Header, keys: list[list[str]]) -> None:
    """Note the columns that say who sends and for which month."""
    taken = {column for columns in found.columns.values() for column in columns}
    wanted = {"unit": found.layout.unit_headers, "period": found.layout.period_headers}
    for name, headers in wanted.items():
        known = {header_key(header) for header in headers}
        for column, candidates in enumerate(keys):
            if column not in taken and known.intersection(candidates):
                found.columns.setdefault(name, []).append(column)


def known_words(rows: Sequence[Row]) -> int:
    """Return how many cells of the best row are headers of some layout."""
    every = _all_words()
    return max((sum(key in every for key in header_keys(row)) for row in rows), default=0)


def is_known_word(text: str) -> bool:
    """Tell whether a cell is a header of some layout."""
    return header_key(text) in _all_words()


@cache
def _all_words() -> frozenset[str]:
    sheets = [sheet for layout in LAYOUTS.values() for sheet in layout.sheets]
    return frozenset(key for sheet in sheets for key in spellings(sheet))


def missing_headers(top: Sequence[Row]) -> str:
    """Return what the nearest layout lacks, in Vietnamese; empty where nothing is near."""
    found = [
        _lacking(layout, sheet, set(header_keys(row)))
        for row in top[:HEADER_ROWS]
        for layout in LAYOUTS.values()
        for sheet in layout.sheets
    ]
    return max(found, key=lambda pair: pair[0], default=(0, ""))[1]


def _lacking(layout: Layout, sheet: Sheet, keys: set[str]) -> tuple[int, str]:
    """Return how many fields these cells head, and which needed ones they do not."""
    words = spellings(sheet)
    known = {words[key].field.name for key in keys & words.keys()}
    lacking = [sheet.named(need).header for need in sheet.needed if need.name not in known]
    if len(known) < PROMISING or not lacking:
        return 0, ""
    quoted = ", ".join(f"“{header}”" for header in lacking)
    return len(known), f"Thiếu cột {quoted} của biểu {layout.kind}."


UNIT_LABELS = frozenset(
    ("xa", "ma xa", "ten xa", "xa thi tran", "don vi", "don vi bao cao", "don vi chi tra")
)
PERIOD_LABELS = frozenset(("ky", "ky chi tra", "ky bao cao", "thang", "ky thang", "ky du lieu"))
LABELLED = re.compile(r"\s*([^:：]{1,40}?)\s*[:：]\s*(.*)", re.DOTALL)
MONTH_SAID = re.compile(
    r"(?:ky|ky chi tra|ky bao cao|thang)\s+(?:thang\s+)?(\d{1,2})\D{1,5}(\d{4})"
)


def stated(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    """Return (unit, period) as the cells above a header say, None where they do not."""
    unit = period = None
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        for place, cell in enumerate(filled):
            after = filled[place + 1] if place + 1 < len(filled) else ""
            unit = unit or _labelled(cell, after, UNIT_LABELS)
            period = period or _labelled(cell, after, PERIOD_LABELS) or _said_month(cell)
    return unit, period


def _labelled(cell: str, after: str, labels: frozenset[str]) -> str | None:
    """Return the value of a labelled cell: behind its colon, else in the next filled cell."""
    found = LABELLED.fullmatch(cell)
    label, value = (found[1], found[2]) if found else (cell, "")
    if header_key(label) not in labels:
        return None
    is_next_label = ":" in after
    return value.strip() or (None if is_next_label else after) or None


def _said_month(cell: str) -> str | None:
    """Return `MM/YYYY` of a cell that only says `Tháng 07/2024` or `Kỳ tháng 7 năm 2024`."""
    plain = unicodedata.normalize("NFD", cell.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(" ()")
    found = MONTH_SAID.fullmatch(plain)
    return f"{int(found[1]):02d}/{found[2]}" if found else None
