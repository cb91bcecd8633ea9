"""A suite compiled into one DuckDB scan that leaves (relation, row_id, rule, field) of failures.

Great Expectations would run every expectation over a pandas frame of its own. Here each becomes
three conditions on a row: is the expectation about it, is it judged, does it fail. Rows with the
same answers are one group, so a single pass gives all counts and the numbers of all failed rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection

from expectations.suite import (
    COLUMN_NAME,
    Expectation,
    Kwargs,
    Parameters,
    Suite,
    Tally,
    Where,
    given,
)
from schemas.table import quote

FINDING = """CREATE TEMP TABLE IF NOT EXISTS temp.finding
    (relation VARCHAR, row_id BIGINT, rule VARCHAR, field VARCHAR)"""
BITS = 60  # expectations in one pass: each has its bit in a BIGINT


@dataclass(frozen=True)
class Compiled:
    """SQL conditions of one expectation; `groups` are the columns of a uniqueness rule."""

    number: int
    about: str
    judged: str
    fails: str
    groups: tuple[str, ...] = ()


def run_suite(
    con: DuckDBPyConnection, suite: Suite, relation: str, parameters: Parameters
) -> list[Tally]:
    """Judge every row of `relation`, append failures to TEMP TABLE finding, return the counts.

    `relation` is a table or view with a BIGINT column row_id and the columns that the suite reads.
    """
    if not all(COLUMN_NAME.fullmatch(part) for part in relation.split(".")):
        raise ValueError(f"{relation!r} is no table name")
    con.execute(FINDING)
    con.execute("CREATE OR REPLACE TEMP TABLE temp.broken (row_id BIGINT, number INTEGER)")
    counts = judge_all(con, suite.expectations, relation, parameters)
    con.execute(findings_sql(suite.expectations, relation))
    counted = con.execute("SELECT number, count(*) FROM temp.broken GROUP BY number").fetchall()
    failed = dict(counted)
    con.execute("DROP TABLE temp.broken")
    return [
        Tally(suite.name, expectation, *counts[number], failed.get(number, 0))
        for number, expectation in enumerate(suite.expectations)
    ]


def judge_all(
    con: DuckDBPyConnection,
    expectations: Sequence[Expectation],
    relation: str,
    parameters: Parameters,
) -> dict[int, tuple[int, int]]:
    """Fill `broken` with (row_id, number); return rows and judged rows by number."""
    counts: dict[int, tuple[int, int]] = {}
    compiled = {
        number: compiled_of(number, expectation, parameters)
        for number, expectation in enumerate(expectations)
    }
    # A uniqueness rule takes part in the scan for its counts; its failures need a group-by.
    scanned = [one for one in compiled.values() if one]
    for start in range(0, len(scanned), BITS):
        counts |= scan(con, scanned[start : start + BITS], relation)
    for one in scanned:
        if one.groups:
            con.execute(duplicates_sql(one, relation))
    for number in (number for number, one in compiled.items() if one is None):
        counts[number] = ordinary(con, number, expectations[number], relation, parameters)
    return counts


def scan(
    con: DuckDBPyConnection, compiled: Sequence[Compiled], relation: str
) -> dict[int, tuple[int, int]]:
    """Pass once over `relation`."""
    con.execute(verdict_sql(compiled, relation))
    reasons = ", ".join(f"({one.number}, {1 << place})" for place, one in enumerate(compiled))
    con.execute(
        f"""INSERT INTO temp.broken
        SELECT unnest(row_ids), number
        FROM temp.verdict JOIN (VALUES {reasons}) reason(number, bit) ON fails & bit <> 0"""
    )
    rows = con.execute(
        f"""SELECT number,
            coalesce(sum(rows) FILTER (about & bit <> 0), 0)::BIGINT,
            coalesce(sum(rows) FILTER (judged & bit <> 0), 0)::BIGINT
        FROM (VALUES {reasons}) reason(number, bit) LEFT JOIN temp.verdict ON true
        GROUP BY number"""
    ).fetchall()
    con.execute("DROP TABLE temp.verdict")
    return {number: (about, judged) for number, about, judged in rows}


def verdict_sql(compiled: Sequence[Compiled], relation: str) -> str:
    """Return the scan: one row per combination of answers, with the row_ids that fail."""
    return f"""CREATE OR REPLACE TEMP TABLE temp.verdict AS
    SELECT about, judged, fails, count(*) AS rows, list(row_id) FILTER (fails <> 0) AS row_ids
    FROM (
        SELECT row_id,
            {mask(one.about for one in compiled)} AS about,
            {mask(f"{one.about} AND {one.judged}" for one in compiled)} AS judged,
            {mask(f"{one.about} AND {one.judged} AND {one.fails}" for one in compiled)} AS fails
        FROM {relation}
    )
    GROUP BY ALL"""


def mask(conditions: Iterable[str]) -> str:
    """Return an integer whose bits say which conditions hold."""
    bits = (
        f"CASE WHEN {condition} THEN {1 << place} ELSE 0 END"
        for place, condition in enumerate(conditions)
    )
    return f"({' | '.join(bits)})::BIGINT"


def duplicates_sql(one: Compiled, relation: str) -> str:
    """Return the INSERT of rows whose `groups` occur more than once; null equals null."""
    names = ", ".join(one.groups)
    same = " AND ".join(f"r.{name} IS NOT DISTINCT FROM twice.{name}" for name in one.groups)
    judged = f"(SELECT row_id, {names} FROM {relation} WHERE {one.about} AND {one.judged})"
    return f"""INSERT INTO temp.broken
    SELECT r.row_id, {one.number}
    FROM {judged} r
    JOIN (SELECT {names} FROM {judged} GROUP BY ALL HAVING count(*) > 1) twice ON {same}"""


def findings_sql(expectations: Sequence[Expectation], relation: str) -> str:
    """Return the INSERT of findings: a row breaks a rule in a field once, however many ways."""
    reasons = ", ".join(
        f"({number}, {quote(one.rule)}, {quote(one.field)})"
        for number, one in enumerate(expectations)
    )
    return f"""INSERT INTO temp.finding
    SELECT DISTINCT {quote(relation)}, row_id, rule, field
    FROM temp.broken JOIN (VALUES {reasons}) reason(number, rule, field) USING (number)"""


def ordinary(
    con: DuckDBPyConnection,
    number: int,
    expectation: Expectation,
    relation: str,
    parameters: Parameters,
) -> tuple[int, int]:
    """Judge by Great Expectations itself what has no SQL here; return rows and judged rows."""
    from expectations import native

    names = ", ".join(sorted({identifier(column) for column in expectation.columns()}))
    frame = con.execute(f"SELECT row_id, {names} FROM {relation}").df()
    (own,) = native.own_run(Suite("ordinary", "", (expectation,)), frame, parameters)
    con.execute(
        "INSERT INTO temp.broken SELECT unnest($row_ids::BIGINT[]), $number",
        {"row_ids": list(own.row_ids), "number": number},
    )
    return own.rows, own.judged


def compiled_of(number: int, expectation: Expectation, parameters: Parameters) -> Compiled | None:
    """Return the conditions of an expectation, None for what has no SQL here."""
    kwargs = given(expectation.kwargs, parameters)
    about = " AND ".join(map(where_sql, expectation.row_condition)) or "TRUE"
    conditions = CONDITIONS.get(expectation.type)
    if conditions is None or not kwargs.keys() <= KNOWN_KWARGS:
        return None
    judged, fails = conditions(kwargs)
    groups: Sequence[str] = ()
    if expectation.type in UNIQUE:
        groups = tuple(identifier(column) for column in expectation.judged_columns())
    return Compiled(number, f"({about})", f"({judged})", f"({fails})", tuple(groups))


def where_sql(where: Where) -> str:
    """Return a row condition in SQL."""
    column = identifier(where.column)
    if where.operator == "is not null":
        return f"{column} IS NOT NULL"
    if where.operator == "in":
        return f"coalesce({one_of(column, where.value)}, FALSE)"
    sign = {"==": "=", "!=": "<>"}[where.operator]
    return f"coalesce({column} {sign} {literal(where.value)}, FALSE)"


def identifier(name: str) -> str:
    """Return a column name for SQL; the suite has checked its letters."""
    return f'"{name}"'


def literal(value: Any) -> str:
    """Return a value as SQL; TypeError for what suites do not use."""
    match value:
        case bool() | int():
            return str(value).upper()
        case str():
            return quote(value)
        case date():
            return f"DATE {quote(value.isoformat()[:10])}"
    raise TypeError(f"no SQL for a value of type {type(value).__name__}")


def one_of(column: str, values: Iterable[Any]) -> str:
    """Return `column IN (…)`, which is nowhere true for no values."""
    listed = ", ".join(map(literal, values))
    return f"{column} IN ({listed})" if listed else "FALSE"


def null_sql(kwargs: Kwargs) -> tuple[str, str]:
    return "TRUE", f"{identifier(kwargs['column'])} IS NOT NULL"


def not_null_sql(kwargs: Kwargs) -> tuple[str, str]:
    return "TRUE", f"{identifier(kwargs['column'])} IS NULL"


def regex_sql(kwargs: Kwargs) -> tuple[str, str]:
    column = identifier(kwargs["column"])
    return f"{column} IS NOT NULL", f"NOT regexp_matches({column}, {literal(kwargs['regex'])})"


def not_regex_sql(kwargs: Kwargs) -> tuple[str, str]:
    column = identifier(kwargs["column"])
    return f"{column} IS NOT NULL", f"regexp_matches({column}, {literal(kwargs['regex'])})"


def in_set_sql(kwargs: Kwargs) -> tuple[str, str]:
    column = identifier(kwargs["column"])
    return f"{column} IS NOT NULL", f"NOT ({one_of(column, kwargs['value_set'])})"


def not_in_set_sql(kwargs: Kwargs) -> tuple[str, str]:
    column = identifier(kwargs["column"])
    return f"{column} IS NOT NULL", one_of(column, kwargs["value_set"])


def between_sql(kwargs: Kwargs) -> tuple[str, str]:
    column = identifier(kwargs["column"])
    least, most = kwargs.get("min_value"), kwargs.get("max_value")
    outside = [f"{column} < {literal(least)}"] if least is not None else []
    outside += [f"{column} > {literal(most)}"] if most is not None else []
    return f"{column} IS NOT NULL", " OR ".join(outside)


def equal_sql(kwargs: Kwargs) -> tuple[str, str]:
    left, right = identifier(kwargs["column_A"]), identifier(kwargs["column_B"])
    return f"{left} IS NOT NULL AND {right} IS NOT NULL", f"{left} <> {right}"


def unique_sql(kwargs: Kwargs) -> tuple[str, str]:
    return f"{identifier(kwargs['column'])} IS NOT NULL", "FALSE"


def unique_together_sql(kwargs: Kwargs) -> tuple[str, str]:
    filled = " AND ".join(f"{identifier(name)} IS NOT NULL" for name in kwargs["column_list"])
    return filled, "FALSE"


CONDITIONS: dict[str, Callable[[Kwargs], tuple[str, str]]] = {
    "expect_column_values_to_be_null": null_sql,
    "expect_column_values_to_not_be_null": not_null_sql,
    "expect_column_values_to_match_regex": regex_sql,
    "expect_column_values_to_not_match_regex": not_regex_sql,
    "expect_column_values_to_be_in_set": in_set_sql,
    "expect_column_values_to_not_be_in_set": not_in_set_sql,
    "expect_column_values_to_be_between": between_sql,
    "expect_column_pair_values_to_be_equal": equal_sql,
    "expect_column_values_to_be_unique": unique_sql,
    "expect_compound_columns_to_be_unique": unique_together_sql,
}
UNIQUE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")
KNOWN_KWARGS = {
    "column",
    "column_A",
    "column_B",
    "column_list",
    "ignore_row_if",
    "regex",
    "value_set",
    "min_value",
    "max_value",
}
