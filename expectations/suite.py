"""What a suite is: expectations in Great Expectations' own configuration form, as plain data.

Importing this does not import Great Expectations. A suite reads like a list of rules:

    Suite("identity_change", "Định danh", (
        matches("ID01", "citizen_id", r"^\\d{12}$"),
        equal("ID02", "id_birth_year", "fact_birth_year", field="citizen_id"),
    ))

A null value is judged by the two null expectations only; elsewhere it means: not to be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Parameters = Mapping[str, Any]
Kwargs = Mapping[str, Any]

COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
COLUMN_KEYS = ("column", "column_A", "column_B")
UNSAID = (*COLUMN_KEYS, "column_list", "ignore_row_if")  # left out of an expectation's name
OPERATORS = ("==", "!=", "in", "is not null")


@dataclass(frozen=True)
class Where:
    """A condition on one column that says which rows an expectation is about.

    A null meets none of them.
    """

    column: str
    operator: str
    value: Any = None

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise ValueError(f"unknown operator {self.operator!r} on {self.column}")

    def __str__(self) -> str:
        return f"{self.column} {self.operator} {shown(self.value)}".removesuffix(" None")

    def configurations(self) -> Iterator[dict[str, Any]]:
        """Yield the condition in Great Expectations' form."""
        column = {"name": self.column}
        if self.operator in ("is not null", "!="):
            # pandas takes a null text for different from a value, a null flag not.
            yield {"type": "nullity", "column": column, "is_null": False}
        if self.operator != "is not null":
            value = list(self.value) if self.operator == "in" else self.value
            comparison = {"operator": self.operator.upper(), "parameter": value}
            yield {"type": "comparison", "column": column} | comparison


@dataclass(frozen=True)
class Expectation:
    """One expectation: its Great Expectations type, the rule it judges, and on which rows.

    `field` is the column as people know it; it stands in the finding.
    """

    type: str
    rule: str
    kwargs: Kwargs
    row_condition: tuple[Where, ...] = ()
    mostly: float = 1
    field: str = ""

    def __post_init__(self) -> None:
        for column in self.columns():
            if not COLUMN_NAME.fullmatch(column):
                raise ValueError(f"{column!r} is no column name")
        if not self.field:
            object.__setattr__(self, "field", next(self.columns(), ""))

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def name(self) -> str:
        """What the expectation says, on one line: its key within the suite."""
        others = (
            f"{key}={shown(value)}" for key, value in self.kwargs.items() if key not in UNSAID
        )
        where = f" where {' and '.join(map(str, self.row_condition))}" if self.row_condition else ""
        return f"{self.type}({', '.join([*self.judged_columns(), *others])}){where}"

    def judged_columns(self) -> Iterator[str]:
        """Yield the columns whose values are judged."""
        yield from (self.kwargs[key] for key in COLUMN_KEYS if key in self.kwargs)
        yield from self.kwargs.get("column_list", ())

    def columns(self) -> Iterator[str]:
        """Yield every column that is read."""
        yield from self.judged_columns()
        yield from (where.column for where in self.row_condition)

    def configuration(self) -> dict[str, Any]:
        """Return type, kwargs and meta as Great Expectations writes them into JSON."""
        kwargs = dict(self.kwargs)
        if self.row_condition:
            kwargs["row_condition"] = {
                "type": "and",
                "conditions": [
                    condition
                    for where in self.row_condition
                    for condition in where.configurations()
                ],
            }
        if self.mostly != 1:
            kwargs["mostly"] = self.mostly
        return {"type": self.type, "kwargs": kwargs, "meta": self.meta()}

    def meta(self) -> dict[str, Any]:
        """Return the rule and the field that a finding names."""
        return {"rule": self.rule, "field": self.field}


@dataclass(frozen=True)
class Suite:
    """Expectations about the rows of one relation, with a title for officers."""

    name: str
    title_vi: str
    expectations: tuple[Expectation, ...]

    def __post_init__(self) -> None:
        names = {expectation.name for expectation in self.expectations}
        if len(names) != len(self.expectations):
            raise ValueError(f"suite {self.name} states an expectation twice")

    def configuration(self) -> dict[str, Any]:
        """Return the suite in Great Expectations' JSON form."""
        return {
            "name": self.name,
            "meta": {"title_vi": self.title_vi},
            "expectations": [expectation.configuration() for expectation in self.expectations],
        }


@dataclass(frozen=True)
class Tally:
    """How one expectation came out: rows it is about, rows it judged, rows that failed."""

    suite: str
    expectation: Expectation
    rows: int
    judged: int
    failed: int

    @property
    def rule(self) -> str:
        """The rule that the expectation judges."""
        return self.expectation.rule

    @property
    def success(self) -> bool:
        """Whether enough of the judged rows meet the expectation."""
        if not self.judged:
            return True
        return (self.judged - self.failed) / self.judged >= self.expectation.mostly


def given(kwargs: Kwargs, parameters: Parameters) -> dict[str, Any]:
    """Return `kwargs` with every {"$PARAMETER": name} replaced; KeyError names what lacks."""
    return {key: _given(value, parameters) for key, value in kwargs.items()}


def _given(value: Any, parameters: Parameters) -> Any:
    match value:
        case {"$PARAMETER": name}:
            return parameters[name]
    return value


def shown(value: Any) -> str:
    """Return a value as it stands in the name of an expectation."""
    match value:
        case {"$PARAMETER": name}:
            return f"${name}"
        case str() | None | bool() | date():
            return str(value)
        case Iterable():
            return f"[{', '.join(map(shown, value))}]"
    return str(value)


def parameter(name: str) -> dict[str, str]:
    """Return the place of a value that the run gives."""
    return {"$PARAMETER": name}


def not_null(rule: str, column: str, *where: Where, field: str = "") -> Expectation:
    """Expect a value in every row."""
    kwargs = {"column": column}
    return Expectation("expect_column_values_to_not_be_null", rule, kwargs, where, field=field)


def null(rule: str, column: str, *where: Where, field: str = "") -> Expectation:
    """Expect no value in any row."""
    kwargs = {"column": column}
    return Expectation("expect_column_values_to_be_null", rule, kwargs, where, field=field)


def matches(rule: str, column: str, regex: Any, *where: Where, field: str = "") -> Expectation:
    """Expect `regex` (RE2) to be found in every value; anchor it to match the whole."""
    kwargs = {"column": column, "regex": regex}
    return Expectation("expect_column_values_to_match_regex", rule, kwargs, where, field=field)


def not_matches(rule: str, column: str, regex: Any, *where: Where, field: str = "") -> Expectation:
    """Expect `regex` (RE2) to be found in no value."""
    kwargs = {"column": column, "regex": regex}
    return Expectation("expect_column_values_to_not_match_regex", rule, kwargs, where, field=field)


def in_set(rule: str, column: str, values: Any, *where: Where, field: str = "") -> Expectation:
    """Expect every value to be one of `values`."""
    kwargs = {"column": column, "value_set": values}
    return Expectation("expect_column_values_to_be_in_set", rule, kwargs, where, field=field)


def not_in_set(rule: str, column: str, values: Any, *where: Where, field: str = "") -> Expectation:
    """Expect no value to be one of `values`."""
    kwargs = {"column": column, "value_set": values}
    return Expectation("expect_column_values_to_not_be_in_set", rule, kwargs, where, field=field)


def between(
    rule: str, column: str, least: Any, most: Any, *where: Where, field: str = ""
) -> Expectation:
    """Expect every value to lie from `least` to `most`, both included; None is no bound."""
    bounds = {"min_value": least, "max_value": most}
    kwargs = {"column": column} | {key: value for key, value in bounds.items() if value is not None}
    return Expectation("expect_column_values_to_be_between", rule, kwargs, where, field=field)


def equal(rule: str, left: str, right: str, *where: Where, field: str = "") -> Expectation:
    """Expect two columns to agree in every row where both have a value."""
    kwargs = {"column_A": left, "column_B": right, "ignore_row_if": "either_value_is_missing"}
    return Expectation("expect_column_pair_values_to_be_equal", rule, kwargs, where, field=field)


def unique(rule: str, *columns: str, field: str = "") -> Expectation:
    """Expect no two rows with the same values in `columns`."""
    if len(columns) == 1:
        kwargs: dict[str, Any] = {"column": columns[0]}
        return Expectation("expect_column_values_to_be_unique", rule, kwargs, field=field)
    kwargs = {"column_list": list(columns), "ignore_row_if": "any_value_is_missing"}
    return Expectation("expect_compound_columns_to_be_unique", rule, kwargs, field=field)
