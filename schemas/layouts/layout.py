"""What an inbound file looks like: sheets, fields in order, and the words people use for them.

A layout is data. To accept a new spelling of a header, add one word to its field.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.submissions import Submitted
from schemas.table import Column

UNIT_HEADERS = ("Xã", "Đơn vị", "Mã xã", "Tên xã", "Xã/thị trấn", "Xã, thị trấn")
# Of files that providers send too: the same words, the proper one first.
PROVIDER_HEADERS = ("Đơn vị", *(header for header in UNIT_HEADERS if header != "Đơn vị"))
PERIOD_HEADERS = ("Kỳ", "Kỳ chi trả", "Kỳ báo cáo")


@dataclass(frozen=True)
class Field:
    """A column of a sheet: what it means and how it may be headed, the proper header first."""

    column: Column
    headers: tuple[str, ...]
    # Where a file has columns under several of the headers, each row takes the first filled one.
    merges: bool = False

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def header(self) -> str:
        return self.headers[0]


def field(column: Column, *headers: str, merges: bool = False) -> Field:
    """Declare a field: its column, its proper header, then the synonyms."""
    return Field(column, headers, merges)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a layout; `kind` is what its rows are called in the raw table.

    `needed` are the fields without whose headers the sheet is not recognised, `required` those
    that every row must have (what depends on the reason is a rule of its own), `names` the sheet
    names that tell it from the other sheets of its layout; where the name says nothing, the header
    of the field `telling` does, else the values of the field `worded`, which are all of `words`.
    """

    kind: str
    fields: tuple[Field, ...]
    needed: tuple[Column, ...]
    names: tuple[str, ...] = ()
    telling: Column | None = None
    required: tuple[Column, ...] = ()
    worded: Column | None = None
    words: tuple[str, ...] = ()

    def named(self, column: Column) -> Field:
        """Return the field of a column; KeyError where the sheet has none."""
        for known in self.fields:
            if known.column is column:
                return known
        raise KeyError(column.name)


@dataclass(frozen=True)
class Layout:
    """One kind of inbound file. `keys`: any one of these groups, filled, makes a row a data row.

    `keys_hold_digit`: such values must hold a digit, as dossier numbers and payment ids do;
    `key_forms`: those that must look like more, by a pattern.
    """

    kind: str
    table: type[Submitted]
    sheets: tuple[Sheet, ...]
    keys: tuple[tuple[Column, ...], ...]
    keys_hold_digit: bool = True
    key_forms: tuple[tuple[Column, str], ...] = ()
    unit_headers: tuple[str, ...] = UNIT_HEADERS
    period_headers: tuple[str, ...] = PERIOD_HEADERS
