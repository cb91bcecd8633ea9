"""The analysts' snapshot: every published table as Parquet and in one database file.

The rows go from the warehouse through sorted Parquet files into a fresh database, so that the same
rows give the same bytes. Everything is built aside and put in place by renames.
"""

from __future__ import annotations

import csv
import getpass
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

import dashboards
from schemas import report_views
from schemas.period import month_text
from schemas.published import PUBLISHED
from schemas.table import Table, quote
from tasks import warehouse
from tasks.office import Office, Refused
from tasks.outbox import sha256_of
from tasks.progress_report import write_progress_report
from tasks.shown import stage_bases
from tasks.visible import sync, write_bytes
from tasks.warehouse import Connection

DATABASE = "analytics.duckdb"
FULL_DATABASE = "analytics_full.duckdb"
LATEST = "latest.json"  # put in place last: which publish the files beside it are of
VERSION_LENGTH = 16  # hexadecimal digits
ACCESS_LOG = "access_log.csv"
STORAGE = "v1.2.0"  # what the analysts' older tools can read
ROWS_A_GROUP = 122_880
# DuckDB writes gaps within a block as the memory was, its compressions sample at random and keep
# what lies below empty cells. The same rows give the same bytes only uncompressed, from one
# thread, in whole blocks of memory that begin as zeros. The Parquet files are the small copy.
SAME_BYTES: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "async_threads": 0,
    "force_compression": "uncompressed",
    "initial_column_segment_size": 262_144,
    "memory_limit": "1GB",  # what is more goes to disk
    "block_allocator_memory": "2GB",  # address space above the limit, taken only as needed
}


@dataclass(frozen=True)
class Published:
    """What a publish step wrote: rows by table, and every file it put in place."""

    month: int
    rows: Mapping[str, int]
    paths: tuple[Path, ...]


def publish(
    office: Office,
    connection: Connection,
    month: int,
    full: bool = False,
    reader: str | None = None,
) -> Published:
    """Replace what analysts open by the state of now, and write the month's reports.

    With `full`, an unmasked copy is written as well, and the access log says for whom: the
    `reader`, else the system's user.
    """
    _require_prepared(connection, month)
    stage_bases(office, connection)
    fresh = office.published / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    masked = _write_tables(connection, fresh / "parquet", PUBLISHED, masked=True)
    _build_database(fresh / DATABASE, masked)
    if full:
        _build_full(connection, fresh, masked)
        _log_access(office, reader or getpass.getuser())
    rows = {name: pq.read_metadata(path).num_rows for name, path in masked.items()}
    told = _told(office, month, masked, rows)
    paths = [*_put_in_place(fresh, office.published), office.published / LATEST]
    write_bytes(paths[-1], told)
    progress = pl.read_parquet(office.published / "parquet" / "progress.parquet")
    reports = write_progress_report(office, connection, month, progress)
    return Published(month, rows, (*paths, *reports))


def _require_prepared(connection: Connection, month: int) -> None:
    state = warehouse.value(connection, "SELECT state FROM cycle WHERE month = $m", m=month)
    if state is None or state == "open":
        raise Refused(
            f"Kỳ {month_text(month)} chưa lập. Chạy “chitra prepare {month_text(month)}” trước."
        )


def _write_tables(
    connection: Connection, folder: Path, tables: tuple[type[Table], ...], masked: bool
) -> dict[str, Path]:
    """Write each table as `<name>.parquet`; return the files by table name."""
    folder.mkdir(parents=True)
    written = {table.table_name: folder / f"{table.table_name}.parquet" for table in tables}
    for table in tables:
        _write_table(connection, table, written[table.table_name], masked)
    return written


def _write_table(connection: Connection, table: type[Table], target: Path, masked: bool) -> None:
    schema = table.arrow_schema()
    found = connection.sql(_sorted_select(table, masked))
    with pq.ParquetWriter(target, schema, compression="zstd") as out:
        for batch in found.to_arrow_reader(ROWS_A_GROUP):
            out.write_batch(batch.cast(schema))


def _sorted_select(table: type[Table], masked: bool) -> str:
    """Return the SELECT of a published table, typed and in one total order."""
    source = f"(\n{dashboards.select(table.table_name)}\n)"
    select = table.masked_select(source) if masked else f"FROM {source}"
    typed = ", ".join(
        f"{column.name}::{column.sql_type} AS {column.name}" for column in table.columns
    )
    return f"SELECT {typed} FROM ({select}) ORDER BY ALL"


def _build_database(target: Path, tables: Mapping[str, Path]) -> None:
    """Make a database file with every published table, described column by column."""
    builder = duckdb.connect(":memory:", config=SAME_BYTES)
    try:
        builder.execute(f"ATTACH {quote(str(target))} AS snapshot (STORAGE_VERSION '{STORAGE}')")
        builder.execute("USE snapshot")
        for table in PUBLISHED:
            builder.execute(table.create_sql())
            builder.execute(
                f"INSERT INTO main.{table.table_name} SELECT * FROM read_parquet($path)",
                {"path": str(tables[table.table_name])},
            )
        builder.execute(f"CREATE SCHEMA {report_views.SCHEMA}")
        for view in report_views.VIEWS:
            for statement in view.create_sql():
                builder.execute(statement)
        builder.execute("USE memory; DETACH snapshot")
    finally:
        builder.close()


def _build_full(connection: Connection, fresh: Path, masked: Mapping[str, Path]) -> None:
    """Make the unmasked copy; only its owner can read it."""
    personal = tuple(table for table in PUBLISHED if any(column.mask for column in table.columns))
    unmasked = _write_tables(connection, fresh / "full", personal, masked=False)
    _build_database(fresh / FULL_DATABASE, {**masked, **unmasked})
    (fresh / FULL_DATABASE).chmod(0o600)
    shutil.rmtree(fresh / "full")


def _log_access(office: Office, reader: str) -> None:
    """Say who took an unmasked copy, before there is one."""
    path = office.published / ACCESS_LOG
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        if is_new:
            writer.writerow(("day", "user"))
        writer.writerow((office.today.isoformat(), reader))
        out.flush()
        os.fsync(out.fileno())


def _told(office: Office, month: int, tables: Mapping[str, Path], rows: Mapping[str, int]) -> bytes:
    """Return what `latest.json` says of a publish: its version is that of its rows, all tables."""
    hashes = {name: sha256_of(path) for name, path in sorted(tables.items())}
    version = hashlib.sha256("".join(hashes.values()).encode("ascii")).hexdigest()[:VERSION_LENGTH]
    latest = {
        "version": version,
        "month": month_text(month),
        "published_on": office.today.isoformat(),
        "database": DATABASE,
        "storage": STORAGE,
        "tables": {name: {"rows": rows[name], "sha256": hashes[name]} for name in hashes},
    }
    return (json.dumps(latest, indent=2) + "\n").encode("utf-8")


def _put_in_place(fresh: Path, published: Path) -> list[Path]:
    """Rename every file below `fresh` over its namesake; return where they are now."""
    (published / "parquet").mkdir(exist_ok=True)
    placed = []
    for source in sorted(path for path in fresh.rglob("*") if path.is_file()):
        target = published / source.relative_to(fresh)
        sync(source)
        source.replace(target)
        placed.append(target)
    sync(published / "parquet")
    sync(published)
    shutil.rmtree(fresh)
    return placed
