"""What follows from the declarations of columns and layouts, with nothing written twice."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.suite import (
    Expectation,
    Suite,
    Where,
    between,
    in_set,
    matches,
    not_matches,
    not_null,
    unique,
)
from schemas.layouts import Layout, Sheet
from schemas.table import Column, Table

# No rule of an officer: a broken declaration is a fault of ours.
DECLARED = "SCHEMA"


def derived_suite(table: type[Table]) -> Suite:
    """Return what the columns of `table` declare, and that its key tells rows apart."""
    declared = [expectation for column in table.columns for expectation in declared_of(column)]
    if table.keys():
        declared.append(unique(DECLARED, *table.keys()))
    return Suite(f"derived_{table.table_name}", table.summary(), tuple(declared))


def declared_of(column: Column) -> Iterator[Expectation]:
    """Yield the expectations of one column declaration; the same that its CHECKs say."""
    if column.key or column.required:
        yield not_null(DECLARED, column.name)
    if column.pattern is not None:
        yield matches(DECLARED, column.name, f"^(?:{column.pattern})$")
    if column.values:
        yield in_set(DECLARED, column.name, list(column.values))
    if column.minimum is not None:
        yield between(DECLARED, column.name, column.minimum, None)


def required_fields(layout: Layout, *others: Column) -> Iterator[Expectation]:
    """Yield EN09 for the fields that a layout requires on its sheets.

    `others` have a rule of their own for what is missing.
    """
    required = dict.fromkeys(column for sheet in layout.sheets for column in sheet.required)
    for column in required:
        if column not in others:
            sheets = [sheet for sheet in layout.sheets if column in sheet.required]
            yield not_null("EN09", column.name, *on_sheets(layout, sheets))


def readable_fields(layout: Layout, *columns: Column) -> Iterator[Expectation]:
    """Yield EN09 for these fields, filled but unreadable, on the sheets where they may be empty.

    What cannot be read is missing: where a field is required, that is said already.
    """
    for column in columns:
        sheets = [sheet for sheet in layout.sheets if column not in sheet.required]
        where = on_sheets(layout, sheets)
        yield not_matches("EN09", "unreadable", f",{column.name},", *where, field=column.name)


def known_words(layout: Layout) -> Iterator[Expectation]:
    """Yield EN09 for sheets whose rows may only use certain words in one field."""
    for sheet in layout.sheets:
        if sheet.worded is not None:
            where = on_sheets(layout, [sheet])
            yield in_set("EN09", sheet.worded.name, list(sheet.words), *where)


def no_formulas(layout: Layout) -> Iterator[Expectation]:
    """Yield FL04 for each field of a layout."""
    fields = dict.fromkeys(field.name for sheet in layout.sheets for field in sheet.fields)
    for name in fields:
        yield not_matches("FL04", "formula_cells", f",{name},", field=name)


def on_sheets(layout: Layout, sheets: list[Sheet]) -> tuple[Where, ...]:
    """Return the condition that a row stands on one of `sheets`: none where these are all."""
    if len(sheets) == len(layout.sheets):
        return ()
    kinds = tuple(sheet.kind for sheet in sheets)
    return (Where("kind", "==", kinds[0]) if len(kinds) == 1 else Where("kind", "in", kinds),)
