"""From one declaration: DDL, CHECKs, comments, polars and Arrow schemas, masking, dictionary."""

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from schemas import dictionary, payments, quality, reference, registry, submissions
from schemas.table import Amount, Code, Month, Table, Text

ALL_TABLES = (
    *reference.REFERENCES,
    *submissions.SUBMISSIONS,
    *registry.REGISTRY,
    *payments.PAYMENTS,
    *quality.QUALITY,
)


class Purse(Table, name="purse"):
    """One row per purse.

    A second paragraph that no summary shows.
    """

    owner = Text("Chủ", description="whose it is", key=True, mask="left({column}, 1)")
    kind = Code("Loại", values=("RED", "BLUE"))
    month = Month("Kỳ")
    amount = Amount("Số tiền", minimum=0, required=True)


@pytest.fixture
def purse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(Purse.create_sql())
    return connection


def test_columns_know_their_names() -> None:
    assert Purse.names() == ["owner", "kind", "month", "amount"]
    assert Purse.keys() == ["owner"]
    assert str(Purse.amount) == "amount"


@pytest.mark.parametrize(
    "row", ["('a', 'GREEN', 1, 1)", "('a', 'RED', 1, -1)", "(NULL, 'RED', 1, 1)"]
)
def test_checks_refuse_what_is_not_declared(purse: duckdb.DuckDBPyConnection, row: str) -> None:
    with pytest.raises(duckdb.ConstraintException):
        purse.execute(f"INSERT INTO purse VALUES {row}")


def test_comments_stand_in_the_catalogue(purse: duckdb.DuckDBPyConnection) -> None:
    assert purse.execute("SELECT comment FROM duckdb_tables()").fetchall() == [
        ("One row per purse.",)
    ]
    found = purse.execute("SELECT comment FROM duckdb_columns() WHERE column_name = 'owner'")
    assert found.fetchall() == [("Chủ - whose it is",)]


def test_frames_and_arrow_have_the_same_types() -> None:
    assert Purse.polars_schema() == pl.Schema(
        {"owner": pl.String, "kind": pl.String, "month": pl.Int32, "amount": pl.Int64}
    )
    assert Purse.arrow_schema().field("amount").type == pa.int64()
    assert not Purse.arrow_schema().field("owner").nullable


def test_masking_follows_the_declaration(purse: duckdb.DuckDBPyConnection) -> None:
    purse.execute("INSERT INTO purse VALUES ('Mai', 'RED', 1, 5)")
    assert purse.execute(Purse.masked_select("purse")).fetchall() == [("M", "RED", 1, 5)]


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.table_name)
def test_every_table_says_what_a_row_is_and_can_be_created(table: type[Table]) -> None:
    assert table.summary().startswith("One row per")
    duckdb.connect().execute(table.create_sql())


def test_the_data_dictionary_is_up_to_date() -> None:
    written = Path(dictionary.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert written == dictionary.page(), "run `make docs`"
