"""Received files become rows: stored raw, cleaned, judged, and every one accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from pyarrow import dataset

from schemas.period import month_text
from schemas.quality import Issue, ReceivedFile, Repair
from schemas.submissions import (
    CELL_LISTS,
    RAW_OF_KIND,
    AccountRow,
    Change,
    ReportRow,
    Result,
    Submitted,
    Verification,
)
from tasks import cycles, inbox, ledger, reference_kept, registry, warehouse
from tasks.bank_names import BankNames
from tasks.inbox import Arrival
from tasks.normalise import Cleaned, ReferenceWords, clean, each, month_of_text
from tasks.office import InvariantBroken, Office
from tasks.provider_words import in_our_words
from tasks.raw_rows import BATCH_ROWS
from tasks.recorded import recorded
from tasks.sheet_pool import OF_THE_MACHINE
from tasks.sheets import VNI, Parsed
from tasks.units import providers_of, stage_unit_words
from tasks.warehouse import Connection

# Who sent a row: the heading, else a column, else the folder in which the file lay.
SENT_BY = """
    WITH named AS (
        SELECT cleaned.*, place.place, place.stated_month,
            coalesce(place.stated_unit, cleaned.unit, place.folder_unit) AS sender
        FROM {cleaned} AS cleaned JOIN place USING (sha256)
    )
    SELECT named.* EXCLUDE (sender), unit_word.commune_code, unit_word.provider,
        row_number() OVER (ORDER BY place, sheet_no, row_no) AS row_id
    FROM named LEFT JOIN unit_word ON word = sender AND unit_word.month = {month}
"""
# A report speaks of communes as they were in its month; everything else as they are now.
REPORTED = "least(coalesce({}, $cycle), $cycle)"
ROW_REPORTED = REPORTED.format("stated_month, own_month")
FILE_REPORTED = f"if(kind = 'bao_cao', {REPORTED.format('stated_month')}, $cycle)"

# Two rows of one sheet that say different things of one benefit contradict each other (FL05).
CONTRADICTED = """
    count(DISTINCT fingerprint) OVER (PARTITION BY sha256, sheet, {key}) > 1
    AND {first} IS NOT NULL AS is_contradicted
"""


@dataclass(frozen=True)
class FileOutcome:
    """What came of one file in the inbox."""

    name: str
    kind: str | None
    outcome: str  # taken, returned or duplicate
    rows_in: int
    rows_taken: int
    rows_rejected: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def new_arrivals(connection: Connection, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return the arrivals whose bytes were never received, each content once, in path order."""
    known = {sha for (sha,) in warehouse.rows(connection, "SELECT sha256 FROM received_file")}
    fresh: dict[str, Arrival] = {}
    for arrival in arrivals:
        if arrival.sha256 not in known:
            fresh.setdefault(arrival.sha256, arrival)
    return list(fresh.values())


def take(
    connection: Connection, office: Office, arrivals: Sequence[Arrival], judge: registry.Judge
) -> list[FileOutcome]:
    """Take everything new among the arrivals, in one transaction; say what came of each.

    The bytes must be archived and staged (tasks.inbox). Bytes received before are duplicates.
    """
    with recorded(connection, office) as note:
        fresh = new_arrivals(connection, arrivals)
        if fresh:
            cycle = cycles.open_month(connection, office)
            _take_fresh(connection, office, fresh, judge)
            ledger.require(connection, cycle)
            note("ingest", cycle=month_text(cycle), **_told(connection))
        return _outcomes(connection, arrivals, fresh)


def _take_fresh(
    connection: Connection, office: Office, fresh: list[Arrival], judge: registry.Judge
) -> None:
    cycle = cycles.open_month(connection, office)
    facts = {arrival.sha256: inbox.staged_facts(office, arrival.sha256) for arrival in fresh}
    _stage_places(connection, fresh, facts)
    words = ReferenceWords.load(office.reference)
    for kind, table in RAW_OF_KIND.items():
        batches = (
            batch.with_columns(sha256=pl.lit(sha256))
            for sha256, found in facts.items()
            if found.kind == kind
            for batch in inbox.staged_batches(office, sha256)
        )
        spoken = partial(_in_our_words, connection) if table is Result else _as_sent
        _clean_batches(connection, table, batches, words, office.staging, spoken)
    _stage_unit_words(connection, cycle)
    registry.stage_next_event(connection)
    for table in RAW_OF_KIND.values():
        _stage_incoming(connection, table, cycle)
    registry.fold(connection, office, cycle, judge)
    _write_files(connection, office, cycle)
    _require_every_row(connection, facts)
    _issue_files(connection, cycle, judge)
    _issue_repairs(connection, cycle)
    if any(found.kind not in (None, "bao_cao") for found in facts.values()):
        cycles.reopen(connection, cycle)


def _told(connection: Connection) -> dict[str, Any]:
    """Return what the journal says of an ingest: which one it was, and its files in order."""
    files = warehouse.dicts(
        connection,
        "SELECT received_file.name, sha256, outcome, rows_in, rows_taken, ingest_no,"
        " if(received_file.remark IN $of_the_machine, received_file.remark, NULL) AS refusal"
        " FROM received_file JOIN place USING (sha256) ORDER BY place",
        of_the_machine=list(OF_THE_MACHINE),
    )
    (ingest_no,) = {file.pop("ingest_no") for file in files}
    return {"ingest_no": ingest_no, "files": files}


def _stage_places(connection: Connection, fresh: list[Arrival], facts: dict[str, Parsed]) -> None:
    """Create temp table `place`: one row a file, in path order."""
    found = [
        {
            "sha256": arrival.sha256,
            "place": place,
            "name": arrival.name,
            "kind": file.kind,
            "refusal": file.refusal,
            "remark": file.remark,
            "discrepancy": file.discrepancy,
            "stated_unit": file.stated_unit,
            "stated_month": month_of_text(file.stated_period),
            "folder_unit": arrival.folder_unit,
        }
        for place, arrival in enumerate(fresh)
        for file in [facts[arrival.sha256]]
    ]
    schema = dict.fromkeys(found[0], pl.String) | {
        "place": pl.Int64,
        "stated_month": pl.Int32,
    }
    connection.register("places", pl.DataFrame(found, schema=schema))
    warehouse.stage(connection, "place", "SELECT * FROM places")
    connection.unregister("places")


def _clean_batches(
    connection: Connection,
    table: type[Submitted],
    batches: Iterable[pl.DataFrame],
    words: ReferenceWords,
    scratch: Path,
    spoken: Callable[[pl.DataFrame], pl.DataFrame],
) -> None:
    """Store raw rows and stage the cleaned ones as `cleaned_<table>`, a batch at a time.

    `spoken` puts raw rows into our words before they are cleaned.

    Cleaned rows wait in files: of rows that are added to a temporary table bit by bit, DuckDB 2.0
    loses some.
    """
    nothing = _nothing(table)  # type: ignore[arg-type] # mypy takes a class for its instances
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        for number, raw in enumerate(_joined(batches)):
            connection.register("batch", raw)
            connection.execute(f"INSERT INTO raw.{table.table_name} BY NAME SELECT * FROM batch")
            connection.unregister("batch")
            _keep(Path(folder), number, clean(table, spoken(raw), words))
        connection.register("batch", _kept(Path(folder), "rows", nothing.rows))
        warehouse.stage(connection, f"cleaned_{table.table_name}", "SELECT * FROM batch")
        connection.register("batch", _kept(Path(folder), "repairs", nothing.repairs))
        warehouse.append(connection, Repair, "SELECT * FROM batch")
        connection.unregister("batch")


def _as_sent(raw: pl.DataFrame) -> pl.DataFrame:
    return raw


def _in_our_words(connection: Connection, raw: pl.DataFrame) -> pl.DataFrame:
    """Return rows of results in our words: the profile of each row's sender says what its mean."""
    places = warehouse.frame(connection, "SELECT sha256, stated_unit, folder_unit FROM place")
    said = raw.select("sha256", "unit").join(places, "sha256", how="left", maintain_order="left")
    senders = said.select(pl.coalesce("stated_unit", "unit", "folder_unit").alias("sender"))
    return in_our_words(raw, providers_of(connection, senders["sender"]))


@cache
def _nothing(table: type[Submitted]) -> Cleaned:
    """Return what cleaning no row of a table gives."""
    words = ReferenceWords(BankNames.of([], [], set()), frozenset(), frozenset(), {})
    cleaned = clean(table, _empty_raw(table), words)
    return Cleaned(_with_month(cleaned.rows), cleaned.repairs)


def _kept(folder: Path, what: str, nothing: pl.DataFrame) -> dataset.Dataset | pl.DataFrame:
    """Return what `_keep` wrote; by name of file, for DuckDB would take `[` in a path for more."""
    files = sorted(map(str, folder.glob(f"{what}-*.parquet")))
    return dataset.dataset(files, format="parquet") if files else nothing


def _keep(folder: Path, number: int, cleaned: Cleaned) -> None:
    """Write a batch into files whose names are in the order of the batches."""
    _with_month(cleaned.rows).write_parquet(folder / f"rows-{number:06d}.parquet")
    cleaned.repairs.write_parquet(folder / f"repairs-{number:06d}.parquet")


def _joined(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the rows of many small files together: each cleaning has a price of its own."""
    waiting: list[pl.DataFrame] = []
    for batch in batches:
        waiting.append(batch)
        if sum(rows.height for rows in waiting) >= BATCH_ROWS:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _with_month(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the month that a row's own column `period` says."""
    return rows.with_columns(each(rows["period"], month_of_text, pl.Int32).alias("own_month"))


def _stage_unit_words(connection: Connection, cycle: int) -> None:
    """Create temp table `unit_word` for every word with which these files name a sender."""
    said = ["SELECT folder_unit AS word FROM place", "SELECT stated_unit FROM place"]
    said += [f"SELECT unit FROM cleaned_{table.table_name}" for table in QUEUES]
    words = warehouse.rows(
        connection, f"SELECT DISTINCT word FROM ({' UNION ALL '.join(said)}) WHERE word <> ''"
    )
    months = warehouse.rows(
        connection,
        f"SELECT {FILE_REPORTED} FROM place UNION SELECT {ROW_REPORTED}"
        f" FROM place JOIN cleaned_{ReportRow.table_name} USING (sha256)",
        cycle=cycle,
    )
    stage_unit_words(
        connection, (word for (word,) in words), {cycle, *(month for (month,) in months)}
    )


def _stage_incoming(connection: Connection, table: type[Submitted], cycle: int) -> None:
    """Stage the cleaned rows with their senders, in order, as `incoming_<table>`."""
    month = ROW_REPORTED if table is ReportRow else "$cycle"
    select = SENT_BY.format(cleaned=f"cleaned_{table.table_name}", month=month)
    warehouse.stage(connection, "sent", select, cycle=cycle)
    warehouse.stage(connection, QUEUES[table], COMPLETED[table], cycle=cycle)
    connection.execute(f"DROP TABLE temp.cleaned_{table.table_name}")


def _empty_raw(table: type[Submitted]) -> pl.DataFrame:
    names = ["sha256", "sheet", "kind", *CELL_LISTS, "unit", "period"]
    schema = dict.fromkeys([*names, *table.fields], pl.String)
    return pl.DataFrame(schema=schema | {"sheet_no": pl.Int32, "row_no": pl.Int64})


QUEUES: dict[type[Submitted], str] = {
    Change: "incoming_change",
    AccountRow: "incoming_account",
    Verification: "incoming_verification",
    Result: "incoming_result",
    ReportRow: "incoming_report",
}

COMPLETED: dict[type[Submitted], str] = {
    Change: f"""
        WITH family AS (
            SELECT category_code, any_value(family) AS family, any_value(scheme) AS scheme,
                bool_or(per_unit = 'yes') AS is_per_unit
            FROM category GROUP BY category_code
        ),
        named AS (
            SELECT sent.*, $cycle AS cycle, new.family, new.scheme, new.is_per_unit,
                old.family AS old_family
            FROM sent
            LEFT JOIN family AS new USING (category_code)
            LEFT JOIN family AS old ON old.category_code = old_category_code
        )
        SELECT *, {CONTRADICTED.format(key="dossier_no, family", first="dossier_no || family")}
        FROM named
    """,
    AccountRow: f"""
        SELECT *, $cycle AS cycle, NULL::VARCHAR AS own_fold,
            {CONTRADICTED.format(key="dossier_no", first="dossier_no")}
        FROM sent
    """,
    Verification: f"""
        SELECT *, $cycle AS cycle,
            {CONTRADICTED.format(key="dossier_no, subject, value", first="dossier_no || value")}
        FROM sent
    """,
    Result: "SELECT * REPLACE (coalesce(stated_month, own_month) AS stated_month),"
    " $cycle AS cycle FROM sent",
    ReportRow: "SELECT *, $cycle AS cycle, coalesce(stated_month, own_month) AS month FROM sent",
}


def _write_files(connection: Connection, office: Office, cycle: int) -> None:
    """Write one row a file, with its rows counted."""
    counted = " UNION ALL ".join(
        f"SELECT sha256, is_taken, commune_code FROM {table.table_name}"
        " SEMI JOIN place USING (sha256)"
        for table in RAW_OF_KIND.values()
    )
    warehouse.append(
        connection,
        ReceivedFile,
        f"""
        WITH counted AS (
            SELECT sha256, count(*) AS rows_in, count(*) FILTER (is_taken) AS rows_taken,
                if(count(DISTINCT commune_code) = 1, min(commune_code), NULL) AS row_commune
            FROM ({counted}) GROUP BY sha256
        ),
        sender AS (
            SELECT sha256, commune_code, provider
            FROM place LEFT JOIN unit_word
                ON word = coalesce(stated_unit, folder_unit)
                AND month = {FILE_REPORTED}
        )
        SELECT sha256, name, kind, coalesce(commune_code, row_commune) AS commune_code, provider,
            stated_unit, stated_month, folder_unit,
            (SELECT coalesce(max(ingest_no), 0) + 1 FROM received_file) AS ingest_no,
            $cycle AS cycle, $today::TIMESTAMP AS received_at, $reference AS reference_sha256,
            coalesce(rows_in, 0) AS rows_in, coalesce(rows_taken, 0) AS rows_taken,
            coalesce(rows_in - rows_taken, 0) AS rows_rejected,
            if(refusal IS NULL, 'taken', 'returned') AS outcome,
            coalesce(refusal, remark) AS remark
        FROM place LEFT JOIN sender USING (sha256) LEFT JOIN counted USING (sha256)
        ORDER BY place
        """,
        cycle=cycle,
        today=office.today,
        reference=reference_kept.keep(office, warehouse.reference_in_use(connection)),
    )


def _require_every_row(connection: Connection, facts: dict[str, Parsed]) -> None:
    """Raise InvariantBroken where not every row that was read of a file was judged."""
    counted = warehouse.rows(
        connection, "SELECT sha256, name, rows_in FROM received_file SEMI JOIN place USING (sha256)"
    )
    for sha256, name, rows_in in counted:
        if rows_in != facts[sha256].rows:
            read = facts[sha256].rows
            raise InvariantBroken(f"Tệp “{name}”: đọc được {read} dòng, vào sổ {rows_in} dòng.")


def _issue_files(connection: Connection, cycle: int, judge: registry.Judge) -> None:
    """Judge each file as a whole and write what is found of it, in the order of the files."""
    warehouse.stage(
        connection,
        "round_file",
        "SELECT place AS row_id, sha256, kind, refusal, nullif(discrepancy, '') AS discrepancy,"
        " stated_month, $cycle AS cycle, coalesce(refusal = $vni, FALSE) AS is_vni FROM place",
        cycle=cycle,
        vni=VNI,
    )
    registry.stage_findings(connection, judge, ("file",), "round_file")
    warehouse.append(
        connection,
        Issue,
        """
        SELECT cycle, sha256, '' AS sheet, rule,
            -- Text that cannot be turned into Unicode safely goes back; other text was mended.
            if(rule = 'ID10', 'reject', severity) AS severity,
            concat_ws(
                ' ',
                CASE WHEN rule = 'FL07' THEN discrepancy ELSE refusal END,
                if(rule = 'ID10', NULL, message)
            ) AS message,
            'ingest' AS stage
        FROM finding
        JOIN (SELECT rule, severity, message FROM rule_word) USING (rule)
        JOIN round_file USING (row_id)
        ORDER BY row_id, rule
        """,
    )


def _issue_repairs(connection: Connection, cycle: int) -> None:
    """Say of each repaired row that it was repaired; before and after stay in `repair`."""
    warehouse.append(
        connection,
        Issue,
        """
        SELECT $cycle AS cycle, sha256, sheet, row_no, rule, 'fix' AS severity,
            string_agg(DISTINCT field, ', ' ORDER BY field) AS field,
            'Đã tự sửa khi nhận; giá trị trước và sau được lưu lại.' AS message,
            any_value(dossier_no) AS dossier_no, 'ingest' AS stage
        FROM repair SEMI JOIN place USING (sha256)
        LEFT JOIN (
            SELECT sha256, sheet, row_no, dossier_no FROM change
            UNION ALL SELECT sha256, sheet, row_no, dossier_no FROM account_row
            UNION ALL SELECT sha256, sheet, row_no, dossier_no FROM verification
        ) USING (sha256, sheet, row_no)
        GROUP BY sha256, sheet, row_no, rule
        ORDER BY sha256, sheet, row_no, rule
        """,
        cycle=cycle,
    )


def _outcomes(
    connection: Connection, arrivals: Sequence[Arrival], fresh: list[Arrival]
) -> list[FileOutcome]:
    """Return what came of each arrival; all but the first of the same bytes are duplicates."""
    told = {
        sha256: found
        for sha256, *found in warehouse.rows(
            connection,
            "SELECT sha256, kind, outcome, rows_in, rows_taken, rows_rejected FROM received_file",
        )
    }
    first = {id(arrival) for arrival in fresh}
    return [
        FileOutcome(arrival.name, *told[arrival.sha256])
        if id(arrival) in first
        else FileOutcome(arrival.name, told[arrival.sha256][0], "duplicate", 0, 0, 0)
        for arrival in arrivals
    ]
