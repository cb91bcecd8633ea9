"""Walk the XML of sheets in bounded memory: how far cells reach, where formulas stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tasks.office import Limits

MAX_AREA = 30_000_000  # cells from A1 to the last one; no honest file of 300 MB has more
SMALL_AREA = 1_000_000  # cells that may be as sparse as they like
SPARSE = 50  # blank cells for each that is written
ROWS_AROUND = 50  # titles, headers and signatures do not count as rows of a list
NOT_A_ZIP = "Tệp nén bị hỏng hoặc bị cắt ngắn, không đọc được."
Start = Callable[[str, dict[str, str]], None]  # takes a name with its prefix, and attributes
TOO_WIDE = "Trang tính quá lớn: quá {} dòng, {} cột hoặc có ô nằm quá xa."


class Refusal(Exception):
    """The file cannot be taken; the text says why, in Vietnamese."""


def column_number(letters: bytes | str) -> int:
    """Return the number of a column, 1 for `A`."""
    number = 0
    for letter in letters.decode() if isinstance(letters, bytes) else letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number


def is_size_allowed(rows: int, columns: int, limits: Limits) -> bool:
    """Tell whether a sheet that reaches from A1 to this row and column may be read."""
    if columns > limits.max_columns or rows > limits.max_rows + ROWS_AROUND:
        return False
    return rows * columns <= MAX_AREA


def is_sparse(rows: int, columns: int, cells: int) -> bool:
    """Tell whether a sheet is nearly all blank, and so costs much more than it holds."""
    return rows * columns > max(SMALL_AREA, SPARSE * cells)


def too_wide(limits: Limits) -> str:
    """Return the reason given for a sheet over the limits."""
    return TOO_WIDE.format(limits.max_rows, limits.max_columns)


@dataclass
class Cells:
    """Walks a sheet's XML and notes where formulas and error values stand (row, column from 1)."""

    limits: Limits
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)  # of array formulas
    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    filled: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag, whatever its namespace prefix."""
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag in ("v", "is", "f"):
            self._content(tag, attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        # A cell without an address stands beside the one before.
        self.row, self.column = address(attributes.get("r", "")) or (self.row, self.column + 1)
        if attributes.get("t") == "e":
            self.errors.add((self.row, self.column))

    def _content(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.column:
            return
        self.filled += 1
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if not is_size_allowed(self.last_row, self.last_column, self.limits):
            raise Refusal(too_wide(self.limits))
        if tag == "f":
            self.formulas.add((self.row, self.column))
            if attributes.get("t") in ("array", "dataTable") and (span := _span(attributes)):
                self.spans.append(span)

    def special(self) -> set[tuple[int, int]]:
        """Return every cell with a formula or an error, inside array formulas too."""
        found = self.formulas | self.errors
        for top, left, bottom, right in self.spans:
            for row in range(top, min(bottom, self.last_row) + 1):
                found.update((row, column) for column in range(left, right + 1))
        return found


def address(text: str) -> tuple[int, int] | None:
    """Return (row, column) of `B7`, None for anything else."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", text.strip())
    return (int(found[2]), column_number(found[1])) if found else None


def _span(attributes: dict[str, str]) -> tuple[int, int, int, int] | None:
    first, _, last = attributes.get("ref", "").partition(":")
    start, end = address(first), address(last or first)
    return (*start, *end) if start and end else None


def walk_cells(chunks: Iterator[bytes], limits: Limits) -> Cells:
    """Walk the cells of a sheet's XML; Refusal as soon as one lies outside the limits."""
    cells = Cells(limits)
    walk(chunks, cells.start)
    if is_sparse(cells.last_row, cells.last_column, cells.filled):
        raise Refusal(too_wide(limits))
    return cells


def walk(
    chunks: Iterator[bytes],
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Give the tags and texts of a part of XML to who takes them; Refusal where it is broken."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise Refusal(NOT_A_ZIP) from None


@dataclass
class Repeats:
    """Counts the filled rows and columns of OpenDocument tables, which repeat by number."""

    limits: Limits
    row: int = 0
    column: int = 0
    row_repeat: int = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag; what is filled moves the edge, empty cells do not."""
        if name == "table:table":
            self.row = self.column = 0
        elif name == "table:table-row":
            self.row += self.row_repeat
            self.row_repeat = int(attributes.get("table:number-rows-repeated", 1))
            self.column = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes:
                self._check()

    def _check(self) -> None:
        if not is_size_allowed(self.row + self.row_repeat, self.column, self.limits):
            raise Refusal(too_wide(self.limits))


def check_repeats(chunks: Iterator[bytes], limits: Limits) -> None:
    """Refuse an OpenDocument sheet whose filled cells, repeated, lie outside the limits."""
    walk(chunks, Repeats(limits).start)
