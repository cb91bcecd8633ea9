"""Offices with many months behind them: a small one that lives every month, then copied.

The small office runs its months for real, with churn, failures, retries, debts and holds; its
warehouse is kept as it stands just before some of the months are prepared. A large office is that
warehouse many times over, each copy with people, accounts and payments of its own, so that every
table fits the others because it did in the small one. Rows lie in the order in which a large
office would have stored them. Only `raw` is left out: no step after an ingest reads it.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flows.quality import ingest_judge, prepare_judge
from schemas.payments import Approval, Cycle, Outcome, PaymentFile
from schemas.period import first_day, month_number, month_text
from schemas.quality import ReceivedFile, SuiteRun
from schemas.submissions import ReportRow
from schemas.table import Table
from tasks import cycles, inbox, intake, payroll, reconciliation, release, sample, warehouse
from tasks.office import Office, init_office, load_office
from tasks.sheet_pool import close_reader
from tasks.warehouse import Connection

# Three years and a month from here end before the reform of July 2025.
START = month_number("2022-05")
SEED_PEOPLE = 5_000
MAX_COPIES = 1_000  # a copy's number takes three digits
SAMPLE_SEED = 1
ANSWERED_ON = 12  # day of the month on which providers answer
WRITERS = 2  # tables copied side by side

# Tables that speak of the office, not of its people: not copied, but these numbers of them grow.
OF_THE_OFFICE: dict[type[Table], tuple[str, ...]] = {
    Cycle: (),
    Approval: (),
    SuiteRun: (),
    ReportRow: ("event_no",),  # stays in the order of the copied ones
    ReceivedFile: ("rows_in", "rows_taken", "rows_rejected"),
    PaymentFile: ("lines", "amount"),
}
# What a value of the small office becomes in copy number `copy`, which is `tag` in three digits.
# A citizen id keeps century, gender and year; a payment id its month; events keep their order.
CITIZEN_ID = "tag || substr(lpad({0}, 12, '0'), 4)"
ACCOUNT_NUMBER = "tag || {0}"
IN_ORDER = "{0} * $copies + copy"
COPIED = {
    "dossier_no": "tag || '-' || {0}",
    "citizen_id": CITIZEN_ID,
    "holder_citizen_id": CITIZEN_ID,
    "payee_citizen_id": CITIZEN_ID,
    "account_number": ACCOUNT_NUMBER,
    "payment_id": "substr({0}, 1, 6) || tag || substr({0}, 10)",
    "fingerprint": "tag || substr({0}, 4)",
    "row_no": IN_ORDER,
}
CHECKED_VALUE = f"""CASE small.subject
    WHEN 'DAN_CU' THEN {CITIZEN_ID} WHEN 'TAI_KHOAN' THEN {ACCOUNT_NUMBER} ELSE {{0}} END"""


@dataclass(frozen=True)
class Past:
    """An office just before a month is prepared, its changes in and all earlier months closed."""

    home: Path
    months: int  # closed

    @property
    def month(self) -> int:
        """Return the month to be prepared."""
        return START + self.months

    def office(self, day_of_month: int = 1) -> Office:
        return load_office(self.home, first_day(self.month).replace(day=day_of_month))


def live(folder: Path, people: int, lengths: list[int]) -> dict[int, Path]:
    """Run a small office in a folder; return its warehouse at each number of closed months."""
    kept = {length: folder / f"small-{people}-{length:03d}.duckdb" for length in lengths}
    if all(path.exists() for path in kept.values()):
        return kept
    home, inputs = folder / "small", folder / "small-inputs"
    shutil.rmtree(home, ignore_errors=True)
    init_office(home, month_text(START))
    sample.write_sample(inputs, people, max(lengths) + 1, SAMPLE_SEED, month_text(START))
    for length in range(max(lengths) + 1):
        past = Past(home, length)
        name = month_text(past.month)
        shutil.copytree(inputs / name, home / "inbox" / name)
        take_in(past.office())
        if length in kept:
            shutil.copyfile(past.office().warehouse, kept[length])
        if length < max(lengths):
            _close(past)
    shutil.rmtree(home)
    shutil.rmtree(inputs)
    return kept


def take_in(office: Office) -> None:
    """Take what is new in the inbox."""
    arrivals = inbox.arrivals(office)
    with warehouse.opened(office) as connection:
        for arrival in intake.new_arrivals(connection, arrivals):
            inbox.archive(office, arrival)
            inbox.stage(office, arrival)
        close_reader()
        judge = ingest_judge(connection, office, cycles.open_month(connection, office))
        intake.take(connection, office, arrivals, judge)


def _close(past: Past) -> None:
    """Pay a month, have it answered, and reconcile it."""
    office, month = past.office(), past.month
    with warehouse.opened(office) as connection:
        judge = prepare_judge(connection, office, month)
        prepared = payroll.prepare(connection, office, month, month, "An", judge)
        released = release.release(connection, office, month, prepared.digest, "Bình", "đo")
    _answer(office, month, released)
    office = past.office(ANSWERED_ON)
    take_in(office)
    with warehouse.opened(office) as connection:
        reconciliation.reconcile(connection, office, month)


def _answer(office: Office, month: int, released: release.Released) -> None:
    name = month_text(month)
    folder = office.inbox / name / "ket_qua"
    folder.mkdir(parents=True)
    on = first_day(month).replace(day=ANSWERED_ON)
    for file in released.files:
        paid = office.outbox(month) / "payments" / file["name"]
        answer = folder / file["name"]
        sample.answer_payments(paid, answer, SAMPLE_SEED, file["provider"], name, on)


def enlarge(small: Path, past: Past, copies: int) -> None:
    """Make the office of a past: a small warehouse, that many times over."""
    if not 1 <= copies <= MAX_COPIES:
        raise ValueError(f"{copies} copies; at most {MAX_COPIES} can be told apart")
    unfinished = Past(past.home.with_suffix(".unfinished"), past.months)
    shutil.rmtree(unfinished.home, ignore_errors=True)
    init_office(unfinished.home, month_text(START))
    with warehouse.opened(unfinished.office()) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"ATTACH '{small}' AS small_office (READ_ONLY)")
        _require_distinct(connection)
        with ThreadPoolExecutor(WRITERS) as writers:
            done = [writers.submit(_fill, connection, table, copies) for table in _widest_first()]
            for one in done:
                one.result()
        connection.execute("CHECKPOINT")
    unfinished.home.rename(past.home)


def _widest_first() -> list[type[Table]]:
    return sorted(warehouse.TABLES, key=lambda table: -len(table.columns))


def _require_distinct(connection: Connection) -> None:
    """Raise ValueError where the part of a key that copies keep does not tell people apart."""
    for table, column, kept in (
        ("person", "citizen_id", "substr(citizen_id, 4)"),
        ("payment", "payment_id", "(substr(payment_id, 1, 6), substr(payment_id, 10))"),
    ):
        is_distinct = warehouse.value(
            connection,
            f"SELECT count(DISTINCT {kept}) = count(DISTINCT {column}) FROM small_office.{table}",
        )
        if not is_distinct:
            raise ValueError(f"{table}.{column}: copies would collide; take another sample")


def _fill(connection: Connection, table: type[Table], copies: int) -> None:
    """Copy a table month by month, which is how it was filled."""
    cursor = connection.cursor()
    if table in OF_THE_OFFICE:
        warehouse.append(cursor, table, _grown(table), copies=copies)
        return
    source, turn = f"small_office.{table.table_name}", _turn(table)
    for (month,) in warehouse.rows(cursor, f"SELECT DISTINCT {turn} FROM {source} ORDER BY 1"):
        warehouse.append(cursor, table, _copies(table), copies=copies, month=month)


def _turn(table: type[Table]) -> str:
    """Return in SQL when a row came into its table, as a number."""
    if table is Outcome:  # what was paid lies behind what failed (tasks/results.sql)
        return "2 * month + (status = 'paid')::INTEGER"
    for column, turn in (("month", "month"), ("cycle", "cycle"), ("payment_id", "payment_id[:6]")):
        if column in table.names():
            return turn
    return "0"


def _grown(table: type[Table]) -> str:
    # Reports of communes are not copied.
    times = "if(kind = 'bao_cao', 1, $copies)" if "kind" in table.names() else "$copies"
    counts = ", ".join(f"{name} * {times} AS {name}" for name in OF_THE_OFFICE[table])
    changed = f"REPLACE ({counts})" if counts else ""
    return f"SELECT * {changed} FROM small_office.{table.table_name}"


def _copies(table: type[Table]) -> str:
    """Return the SELECT of a month's rows in every copy, copy after copy, each in its order."""
    columns = ", ".join(f"{_copied(table, name)} AS {name}" for name in table.names())
    return f"""
        SELECT {columns}
        FROM (
            SELECT copy, printf('%03d', copy) AS tag, unnest(month_rows) AS small
            FROM range($copies) AS copies(copy), (
                SELECT list(stored ORDER BY rowid) AS month_rows
                FROM small_office.{table.table_name} AS stored
                WHERE {_turn(table)} = $month
            )
        )"""


def _copied(table: type[Table], name: str) -> str:
    if name.endswith(("event", "event_no")):
        told = IN_ORDER
    elif name == "value" and "subject" in table.names():
        told = CHECKED_VALUE
    else:
        told = COPIED.get(name, "{0}")
    return told.format(f"small.{name}")
