"""Literal relations for suites: what a test does not say of a row is null."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest

from schemas.payments import Standing
from schemas.submissions import AccountRow, Change, ReportRow, Result, Verification

Row = Mapping[str, Any]

FACTS = {
    "round_change": {
        "birth_first_day": "DATE",
        "fact_birth_year": "BIGINT",
        "fact_gender": "VARCHAR",
        "has_band": "BOOLEAN",
        "registry_fold": "VARCHAR",
        "last_commune": "VARCHAR",
        "last_reason": "VARCHAR",
        "last_stop": "INTEGER",
        "expected_amount": "BIGINT",
        "months_ahead": "INTEGER",
        **dict.fromkeys(
            (
                "is_of_office",
                "is_contradicted",
                "is_per_unit",
                "is_roster",
                "is_in_law",
                "coefficient_differs",
                "is_running_already",
                "lacks_benefit",
                "lacks_old_category",
                "is_second_family",
                "keeps_family",
                "reaches_before_roster",
            ),
            "BOOLEAN",
        ),
    },
    "round_account": {
        "number_digits": "BIGINT",
        "has_number": "BOOLEAN",
        "is_known": "BOOLEAN",
        "is_contradicted": "BOOLEAN",
        "last_commune": "VARCHAR",
    },
    "round_verification": {"is_known": "BOOLEAN", "is_contradicted": "BOOLEAN"},
    "round_result": {"names_payment": "BOOLEAN"},
    "round_report": {"has_sender": "BOOLEAN"},
    "round_file": {
        "kind": "VARCHAR",
        "refusal": "VARCHAR",
        "discrepancy": "VARCHAR",
        "stated_month": "INTEGER",
        "cycle": "INTEGER",
        "is_vni": "BOOLEAN",
    },
    "standing_now": {},
    "anything": {
        "word": "VARCHAR",
        "other": "VARCHAR",
        "number": "BIGINT",
        "again": "BIGINT",
        "flag": "BOOLEAN",
        "day": "DATE",
    },
}
TABLES = {
    "round_change": Change,
    "round_account": AccountRow,
    "round_verification": Verification,
    "round_result": Result,
    "round_report": ReportRow,
    "standing_now": Standing,
}


def _columns_of(relation: str) -> dict[str, str]:
    table = TABLES.get(relation)
    declared = {column.name: column.sql_type for column in table.columns} if table else {}
    return {"row_id": "BIGINT"} | declared | FACTS[relation]


def _fill(con: duckdb.DuckDBPyConnection, relation: str, rows: Sequence[Row]) -> None:
    columns = _columns_of(relation)
    assert not {name for row in rows for name in row} - set(columns)
    body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TABLE {relation} ({body})")
    places = ", ".join("?" * len(columns))
    numbered = ({**row, "row_id": number} for number, row in enumerate(rows, start=1))
    values = [[row.get(name) for name in columns] for row in numbered]
    if values:
        con.executemany(f"INSERT INTO {relation} VALUES ({places})", values)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory."""
    with duckdb.connect() as con:
        yield con


@pytest.fixture(scope="session")
def columns_of() -> Callable[[str], dict[str, str]]:
    """Return the columns of a relation that a suite judges, with their SQL types."""
    return _columns_of


@pytest.fixture(scope="session")
def fill() -> Callable[[duckdb.DuckDBPyConnection, str, Sequence[Row]], None]:
    """Create a relation with rows, numbered from 1."""
    return _fill


@pytest.fixture(scope="session")
def parameters() -> dict[str, Any]:
    """Return what a run gives to the suites."""
    return {
        "provinces": ["001", "011"],
        "oldest_arrears": -24,
        "earliest_birth": date(1904, 7, 1),
        "today": date(2024, 7, 5),
        "phone_pattern": r"^0(?:3[2-9]|9[0-46-9])\d{7}$",
    }
