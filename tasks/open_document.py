"""Where formulas and error values stand in an OpenDocument workbook."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from io import BytesIO

from tasks.archive_check import unpacked
from tasks.office import Limits
from tasks.sheet_xml import Refusal, is_size_allowed, too_wide, walk

CONTENT = "content.xml"
CELLS = ("table-cell", "covered-table-cell")


@dataclass
class Special:
    """Cells (row, column from 1) of one table with a formula, and those that show an error."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Tables:
    """Walks content.xml; rows and cells that repeat by number are each of their places."""

    limits: Limits
    found: dict[str, Special] = field(default_factory=dict)
    special: Special = field(default_factory=Special)
    row: int = 0
    row_repeat: int = 1
    column: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        tag = name.rpartition(":")[2]
        if tag == "table":
            self.special = self.found.setdefault(attributes.get("table:name", ""), Special())
            self.row, self.row_repeat = 0, 1
        elif tag == "table-row":
            self.row += self.row_repeat if self.row else 1
            self.row_repeat = int(attributes.get("table:number-rows-repeated", 1))
            self.column = 0
        elif tag in CELLS:
            self._cell(attributes, int(attributes.get("table:number-columns-repeated", 1)))

    def _cell(self, attributes: dict[str, str], repeat: int) -> None:
        first, self.column = self.column + 1, self.column + repeat
        is_error = "error" in (
            attributes.get("office:value-type"),
            attributes.get("calcext:value-type"),
        )
        if not is_error and "table:formula" not in attributes:
            return
        last_row = self.row + self.row_repeat - 1
        if not is_size_allowed(last_row, self.column, self.limits):
            raise Refusal(too_wide(self.limits))
        target = self.special.errors if is_error else self.special.formulas
        for row in range(self.row, last_row + 1):
            target.update((row, column) for column in range(first, self.column + 1))


def special_cells(data: bytes, limits: Limits) -> dict[str, Special]:
    """Return table name -> its cells with formulas and error values."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entry = archive.getinfo(CONTENT)
    tables = Tables(limits)
    walk(unpacked(data, entry), tables.start)
    return tables.found
