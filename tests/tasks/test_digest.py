"""The digest: whatever is paid, to whom, where to and what for, another digest if it differs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemas.table import Amount, Column, Integer, Month, Table
from tasks import warehouse
from tasks.digest import ORDERS, payroll_digest
from tasks.office import Office
from tasks.warehouse import Connection
from tests.small_office import JULY, payment_id, small_office

Opened = tuple[Office, Connection]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with small_office(tmp_path_factory.mktemp("digest")) as both:
        yield both


def digest_after(opened: Opened, *statements: str) -> str:
    """Return the digest of July after statements that are then undone."""
    office, connection = opened
    connection.execute("BEGIN TRANSACTION")
    try:
        for statement in statements:
            connection.execute(statement)
        return payroll_digest(connection, office, JULY)
    finally:
        connection.execute("ROLLBACK")


def other_value(column: Column) -> str:
    """Return in SQL a value of a column that is not the one it has."""
    name = column.name
    if isinstance(column, (Amount, Integer, Month)):
        return f"coalesce({name}, 0) + 1"
    if column.values:
        first, second = column.values[:2]
        return f"if({name} IS NOT DISTINCT FROM '{first}', '{second}', '{first}')"
    return f"coalesce({name} || '9', '9')"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{table.table_name}.{column.name}")
        for table in ORDERS
        for column in table.columns
    ],
)
def test_every_column_counts(opened: Opened, table: type[Table], column: Column) -> None:
    changed = (
        f"UPDATE {table.table_name} SET {column.name} = {other_value(column)}"
        f" WHERE rowid = (SELECT max(rowid) FROM {table.table_name} WHERE month = {JULY})"
    )
    assert digest_after(opened, changed) != digest_after(opened)


@pytest.mark.parametrize("table", list(ORDERS), ids=lambda table: table.table_name)
def test_a_row_less_or_more_counts(opened: Opened, table: type[Table]) -> None:
    one = f"(SELECT max(rowid) FROM {table.table_name} WHERE month = {JULY})"
    less = digest_after(opened, f"DELETE FROM {table.table_name} WHERE rowid = {one}")
    more = digest_after(
        opened, f"INSERT INTO {table.table_name} FROM {table.table_name} WHERE rowid = {one}"
    )
    assert len({less, more, digest_after(opened)}) == 3


def test_the_order_of_rows_does_not_count(opened: Opened) -> None:
    moved = (
        f"CREATE TEMP TABLE moved AS FROM payment WHERE month = {JULY} ORDER BY amount, payment_id",
        f"DELETE FROM payment WHERE month = {JULY}",
        "INSERT INTO payment FROM moved",
    )
    assert digest_after(opened, *moved) == digest_after(opened)


def test_nothing_moves_from_one_column_into_the_next(opened: Opened) -> None:
    found = {
        digest_after(
            opened,
            f"UPDATE payment SET payee_name = '{name}', payee_citizen_id = '{citizen_id}'"
            f" WHERE payment_id = '{payment_id(1)}'",
        )
        for name, citizen_id in (("A|B", "C"), ("A", "B|C"), ("A\\", "B|C"), ("A\\|B", "C"))
    }
    assert len(found) == 4


def test_offices_and_months_have_digests_of_their_own(opened: Opened) -> None:
    _, connection = opened
    empty = digest_after(opened, *(f"DELETE FROM {table.table_name}" for table in ORDERS))
    assert empty != digest_after(opened)
    assert warehouse.value(connection, "SELECT count(*) FROM payment") > 0
