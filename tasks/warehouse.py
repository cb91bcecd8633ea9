"""The DuckDB warehouse: opened, created from the declarations, and written in one place.

Rules are SELECTs in `.sql` files beside this one; only the functions here put rows into tables,
each step in one transaction, so that running a step again changes nothing.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas import journal as journalled
from schemas import payments, quality, reference, registry, submissions
from schemas.period import MACROS
from schemas.table import Column, Month, Table
from tasks import journal, reference_kept
from tasks.office import Office, Refused

Connection = duckdb.DuckDBPyConnection

TABLES: tuple[type[Table], ...] = (
    *quality.QUALITY,
    *submissions.SUBMISSIONS,
    *registry.REGISTRY,
    *payments.PAYMENTS,
    *journalled.JOURNAL,
)
WAIT_SECONDS = 60.0
DAMAGED = re.compile("not a valid DuckDB database file|corrupt|checksum", re.IGNORECASE)
PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
# Ages as SPEC section 5 has them. A birth known by year only counts in the person's favour:
# as January for people born more than 50 years before the month, else as December.
AGE_MACROS = """
CREATE OR REPLACE TEMP MACRO birth_month_number(birth, m) AS
    if(
        length(birth) = 4,
        12 * birth::INTEGER + if(m // 12 - birth::INTEGER > 50, 0, 11),
        month_number(birth)
    )::INTEGER;
CREATE OR REPLACE TEMP MACRO age_months(birth, m) AS
    if(
        birth IS NULL OR m IS NULL, NULL, greatest(0, m - birth_month_number(birth, m) - {shift})
    )::INTEGER;
CREATE OR REPLACE TEMP MACRO id_birth_year_of(citizen_id) AS
    1900 + 100 * (substr(citizen_id, 4, 1)::BIGINT // 2) + substr(citizen_id, 5, 2)::BIGINT;
CREATE OR REPLACE TEMP MACRO id_gender_of(citizen_id) AS
    CASE substr(citizen_id, 4, 1)::BIGINT % 2 WHEN 0 THEN 'Nam' WHEN 1 THEN 'Nữ' END;
CREATE OR REPLACE TEMP MACRO first_day_of(partial) AS
    try_cast(partial || substr('0000-01-01', length(partial) + 1) AS DATE);
CREATE OR REPLACE TEMP MACRO last_day_of(partial) AS
    CASE length(partial)
        WHEN 4 THEN make_date(partial::INTEGER, 12, 31)
        WHEN 7 THEN last_day(first_day_of(partial))
        ELSE first_day_of(partial)
    END;
CREATE OR REPLACE TEMP MACRO in_list(list_text, word) AS contains(list_text, ',' || word || ',');
-- The benefit that a change speaks of: a change of category names the old one.
CREATE OR REPLACE TEMP MACRO family_spoken_of(kind, reason, old_family, family) AS
    if(kind = 'DIEU_CHINH' AND reason <> 'CAI_CHINH', coalesce(old_family, family), family);
"""
OLDER = (
    "Sổ này do bản chương trình cũ hơn lập: bảng {} thiếu cột {}. Lập sổ mới và nhận lại các tệp, "
    "hoặc dùng tiếp bản cũ."
)
# What DuckDB 2.0.0 gets wrong, without an error.
MISTAKEN_OPTIMIZERS = (
    # Cuts `coalesce(sum(amount), 0)` to a byte when it sorts or packs what lies above a left join
    # whose right side is empty by its statistics.
    "compressed_materialization",
    # With several threads it now and then loses rows of a join, or crashes, where what is on one
    # side filters the scan of the other.
    "join_filter_pushdown",
)
UNITS_CHANGED = "2025-07"  # the administrative reform: communes merged, codes re-used


@contextmanager
def opened(
    office: Office, is_read_only: bool = False, reference: Path | None = None
) -> Iterator[Connection]:
    """Open the warehouse for this process alone, with tables and the office's reference rows.

    `reference` is a folder of reference tables to read in place of the office's present ones.
    Another process that holds it is waited for, then refused: one writer at a time. What only
    reads leaves the file as it is, byte for byte; its temporary tables are its own.
    """
    if is_read_only and not office.warehouse.exists():
        with opened(office):
            pass  # an office that never did anything has empty tables
    connection = _connect(office, is_read_only)
    if is_read_only and _missing_columns(connection):
        connection.close()
        with opened(office):
            pass  # of an earlier version: what it lacks is added once
        connection = _connect(office, is_read_only)
    try:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'; SET preserve_insertion_order = true")
        connection.execute(f"SET disabled_optimizers = '{','.join(MISTAKEN_OPTIMIZERS)}'")
        connection.execute("SET enable_progress_bar = false")  # not among what --json prints
        connection.execute(MACROS)
        define_ages(connection, office)
        if not is_read_only:
            _add_columns(connection)
            _create_tables(connection)
        _require_fit(connection, office)
        load_reference(connection, office, reference)
        yield connection
    finally:
        connection.close()


def _require_fit(connection: Connection, office: Office) -> None:
    """Refuse a warehouse that does not belong to the office's journal (tasks.journal)."""

    def entry_of(number: int) -> journal.Entry:
        kind, text = rows(
            connection,
            "SELECT kind, entry FROM journal_entry WHERE entry_no = $number",
            number=number,
        )[0]
        return journal.Entry(number, kind, text.encode())

    known = rows(
        connection,
        f"SELECT entry_no, sha256 FROM journal_entry ORDER BY entry_no DESC LIMIT {journal.RECENT}",
    )
    journal.require_fit(office, known, entry_of)


def define_ages(connection: Connection, office: Office) -> None:
    """Create the macros of ages and days on a connection, under the office's `age_change`."""
    connection.execute(AGE_MACROS.format(shift=1 if office.age_change == "next" else 0))


def _connect(office: Office, is_read_only: bool) -> Connection:
    path = office.warehouse
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return duckdb.connect(str(path), read_only=is_read_only)
        except duckdb.ConnectionException:
            if not is_read_only:
                raise
            return duckdb.connect(str(path))  # this very process has it open to write
        except duckdb.Error as error:
            if DAMAGED.search(str(error)) and journal.last(office) is not None:
                raise journal.Behind(office, journal.BROKEN) from None
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > give_up_at:
                raise Refused("Một lệnh khác đang ghi sổ. Chờ lệnh đó xong rồi chạy lại.") from None
            time.sleep(0.2)


def _create_tables(connection: Connection) -> None:
    found = _stored_tables(connection)
    if all(table.table_name in found for table in TABLES):
        return
    with transaction(connection):
        connection.execute("CREATE SCHEMA IF NOT EXISTS raw")
        for submitted in submissions.SUBMISSIONS:
            connection.execute(submitted.raw_create_sql())
        for table in TABLES:
            connection.execute(table.create_sql())


def _stored_tables(connection: Connection) -> set[str]:
    """Return the names of the tables of the warehouse, raw ones aside."""
    found = rows(
        connection,
        "SELECT table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = 'main'",
    )
    return {name for (name,) in found}


def _add_columns(connection: Connection) -> None:
    """Give the tables of an earlier version the columns that they lack, empty.

    Refused where a column cannot be empty: only a warehouse made anew has it right.
    """
    stored = _stored_tables(connection)
    missing = [
        (table, column)
        for table, column in _missing_columns(connection)
        if table.table_name in stored
    ]
    if not missing:
        return
    with transaction(connection):
        for table, column in missing:
            if column.key or column.required or any(column.checks()):
                raise Refused(OLDER.format(table.table_name, column.name))
            connection.execute(
                f"ALTER TABLE main.{table.table_name} ADD COLUMN {column.name} {column.sql_type}"
            )
        _let_be_empty(connection)
        for changed in dict.fromkeys(table for table, _ in missing):
            for comment in changed.comment_sql(f"main.{changed.table_name}"):
                connection.execute(comment)


def _let_be_empty(connection: Connection) -> None:
    """Let columns be empty that an earlier version wanted filled, and this one does not."""
    filled = set(
        rows(
            connection,
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT is_nullable"
            " AND database_name = current_database() AND schema_name = 'main'",
        )
    )
    for table in TABLES:
        for column in table.columns:
            may_be_empty = not (column.key or column.required)
            if may_be_empty and (table.table_name, column.name) in filled:
                connection.execute(
                    f"ALTER TABLE main.{table.table_name} ALTER {column.name} DROP NOT NULL"
                )


def _missing_columns(connection: Connection) -> list[tuple[type[Table], Column]]:
    """Return the declared columns that a warehouse of an earlier version has not."""
    found = set(
        connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = 'main'"
        ).fetchall()
    )
    return [
        (table, column)
        for table in TABLES
        for column in table.columns
        if (table.table_name, column.name) not in found
    ]


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit everything done inside, or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@cache
def sql(name: str) -> str:
    """Return the text of the SELECT in `tasks/<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def run(connection: Connection, statement: str, **parameters: Any) -> Connection:
    """Execute a statement with those of the parameters that it names as `$name`."""
    named = set(PARAMETER.findall(statement))
    return connection.execute(statement, {key: parameters[key] for key in named})


def rows(connection: Connection, statement: str, **parameters: Any) -> list[tuple]:
    """Return all rows of a SELECT."""
    return run(connection, statement, **parameters).fetchall()


def dicts(connection: Connection, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    """Return all rows of a SELECT as dicts by column name."""
    found = run(connection, statement, **parameters)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def frame(connection: Connection, statement: str, **parameters: Any) -> pl.DataFrame:
    """Return the rows of a SELECT as a frame."""
    named = set(PARAMETER.findall(statement))
    relation = connection.sql(statement, params={key: parameters[key] for key in named})
    return pl.DataFrame(relation.to_arrow_table())


def value(connection: Connection, statement: str, **parameters: Any) -> Any:
    """Return the single value of a SELECT, None where it has no row."""
    found = rows(connection, statement, **parameters)
    return found[0][0] if found else None


def stage(connection: Connection, name: str, select: str, **parameters: Any) -> None:
    """Put the rows of a SELECT into a temporary table, replaced whole."""
    run(connection, f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", **parameters)


def append(connection: Connection, table: type[Table], select: str, **parameters: Any) -> int:
    """Insert the rows of a SELECT that has the table's columns, by name; return how many.

    Where a temporary table of its name stands before the stored one, it is the one written.
    """
    statement = f"INSERT INTO main.{table.table_name} BY NAME {select}"
    return int(value(connection, statement, **parameters) or 0)


def replace(
    connection: Connection, table: type[Table], where: str, select: str, **parameters: Any
) -> int:
    """Put the rows of a SELECT in place of those that meet `where`; return how many."""
    stage(connection, "incoming_replacement", select, **parameters)
    run(connection, f"DELETE FROM main.{table.table_name} WHERE {where}", **parameters)
    return append(connection, table, "SELECT * FROM incoming_replacement")


def upsert(connection: Connection, table: type[Table], select: str, **parameters: Any) -> int:
    """Put the rows of a SELECT in place of those with the same key; return how many."""
    return replace_by(connection, table, table.keys(), select, **parameters)


def replace_by(
    connection: Connection, table: type[Table], keys: list[str], select: str, **parameters: Any
) -> int:
    """Put the rows of a SELECT in place of all that share their `keys`; return how many."""
    stage(connection, "incoming_replacement", select, **parameters)
    return _replace_same(
        connection,
        table,
        keys,
        "incoming_replacement",
        f"SELECT DISTINCT {', '.join(keys)} FROM incoming_replacement",
    )


def upsert_staged(connection: Connection, table: type[Table], name: str) -> int:
    """Put the rows of a temporary table, one a key, in place of those with the same key."""
    return _replace_same(connection, table, table.keys(), name, f"FROM {name}")


def _replace_same(
    connection: Connection, table: type[Table], keys: list[str], name: str, incoming: str
) -> int:
    same = " AND ".join(f"stored.{key} = incoming.{key}" for key in keys)
    # Months named as such are looked up in a table's statistics: the others are not read.
    months = [column.name for column in table.columns if isinstance(column, Month)]
    named = [key for key in keys if key in months]
    same += "".join(f" AND stored.{key} IN ${key}" for key in named)
    run(
        connection,
        f"DELETE FROM main.{table.table_name} AS stored USING ({incoming}) AS incoming"
        f" WHERE {same}",
        **{key: _distinct(connection, name, key) for key in named},
    )
    return append(connection, table, f"SELECT * FROM {name}")


def _distinct(connection: Connection, name: str, column: str) -> list[Any]:
    return [found for (found,) in rows(connection, f"SELECT DISTINCT {column} FROM {name}")]


def reference_in_use(connection: Connection) -> str:
    """Return the hash of the tables and settings that this session was opened with."""
    return str(value(connection, "SELECT sha256 FROM reference_in_use"))


def load_reference(connection: Connection, office: Office, folder: Path | None = None) -> None:
    """Create the reference tables of this session from the CSV files of a folder (the office's)."""
    # Before they are read: an edit in between is then seen by whoever keeps them.
    in_use = reference_kept.sha256_of(folder or office.reference)
    stage(connection, "reference_in_use", "SELECT $sha256 AS sha256", sha256=in_use)
    for table in reference.REFERENCES:
        load_rows(connection, table, _read_reference(folder or office.reference, table))
    units = pl.DataFrame(
        _admin_units(connection, office), schema=reference.AdminUnit.polars_schema(), orient="row"
    )
    load_rows(connection, reference.AdminUnit, units)
    stage(connection, "succession", sql("succession"))


def load_rows(connection: Connection, table: type[Table], incoming: pl.DataFrame) -> None:
    """Create a reference table of this session from rows, in place of the one it had."""
    body = ", ".join(column.ddl() for column in table.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table.table_name} ({body})")
    connection.register("incoming_reference", incoming)
    try:
        connection.execute(
            f"INSERT INTO temp.{table.table_name} BY NAME SELECT * FROM incoming_reference"
        )
    except duckdb.Error as error:
        source = getattr(table, "file", table.table_name)
        raise Refused(f"Bảng reference/{source} có dòng sai: {error}") from None
    finally:
        connection.unregister("incoming_reference")


def _read_reference(folder: Path, table: type[reference.Reference]) -> pl.DataFrame:
    path = folder / table.file
    try:
        data = path.read_bytes()
        return _reference_rows(table.file, tuple(table.names()), table.later_columns, data)
    except FileNotFoundError:
        if table.is_optional:
            return pl.DataFrame(schema=dict.fromkeys(table.names(), pl.String))
        raise Refused(f"Thiếu bảng {path}. Chạy “chitra init” để bổ sung.") from None


@lru_cache(maxsize=64)
def _reference_rows(
    file: str, names: tuple[str, ...], later: tuple[str, ...], data: bytes
) -> pl.DataFrame:
    """Return the rows of a table, of the same bytes read once: every session asks for them."""
    name = f"reference/{file}"
    header, *body = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) or [[]]
    lacking = [column for column in later if column not in header]
    missing = set(names) - set(header) - set(lacking)
    if missing:
        raise Refused(f"Bảng {name} thiếu cột {', '.join(sorted(missing))}.")
    for number, cells in enumerate(body, start=2):
        if len(cells) != len(header):
            raise Refused(f"Bảng {name} dòng {number}: có {len(cells)} ô, cần {len(header)} ô.")
    found = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String), orient="row")
    found = found.with_columns(pl.lit(None, pl.String).alias(column) for column in lacking)
    return found.select(pl.col(column).replace("", None) for column in names)


def _admin_units(connection: Connection, office: Office) -> list[tuple]:
    """Return the units before and after the reform, with those of this office marked."""
    return rows(
        connection,
        """
        SELECT
            old_ward_code, '2004-01', '2025-06', old_ward_name_gso,
            old_ward_name_nso_conversion_if_different, old_district_code, new_ward_code,
            if(list_contains($districts, old_district_code), 'yes', 'no')
        FROM unit_conversion
        UNION ALL
        SELECT
            new_ward_code, $changed, NULL, any_value(new_ward_name), NULL, NULL, NULL,
            if(bool_or(list_contains($districts, old_district_code)), 'yes', 'no')
        FROM unit_conversion
        GROUP BY new_ward_code
        ORDER BY 1, 2
        """,
        districts=list(office.districts),
        changed=UNITS_CHANGED,
    )
