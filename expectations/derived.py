"""Suites that follow from the declarations of columns, with nothing written twice."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.suite import Expectation, Suite, between, in_set, matches, not_null, unique
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
