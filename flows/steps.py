"""Every step once: it opens the office and the warehouse itself and gives back a small value.

Paths, days and months pass between steps, never frames or connections; so a step can be run
again by itself, here or in a Prefect flow (flows.step).
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from expectations import thresholds
from flows import quality
from flows.step import step
from schemas.period import month_number, month_text
from tasks import (
    backup,
    confirmation,
    cycles,
    dashboard,
    inbox,
    intake,
    journal,
    journal_check,
    keys,
    ledger,
    lists,
    outbox,
    payroll,
    publish,
    receipts,
    recompute,
    reconciliation,
    recorded,
    registry,
    release,
    reminders,
    resolution,
    returned,
    seal,
    warehouse,
)
from tasks.inbox import Arrival
from tasks.journal import Behind
from tasks.mending import mend_outputs
from tasks.office import InvariantBroken, Office, Refused, load_office
from tasks.warehouse import Connection

Row = dict[str, Any]


def office_of(home: str, today: str) -> Office:
    """Return the office of a home folder on a day."""
    return load_office(Path(home), date.fromisoformat(today))


@contextmanager
def opened(
    home: str, today: str, is_read_only: bool = False
) -> Iterator[tuple[Office, Connection]]:
    """Open an office and its warehouse for one step.

    Where it does not belong to the journal it is rebuilt first; where the last payment files are
    lost, they are put back.
    """
    office = office_of(home, today)
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(warehouse.opened(office, is_read_only))
        except Behind as behind:
            from flows.rebuild import mend  # it plays these steps

            mend(office, str(behind))
            connection = stack.enter_context(warehouse.opened(office, is_read_only))
        if not is_read_only and (told := mend_outputs(connection, office)):
            print(told, file=sys.stderr)
        yield office, connection


@step("Tìm tệp trong hộp thư đến", minutes=30, repeatable=True)
def find_arrivals(home: str, today: str) -> list[Row]:
    """Return the files of the inbox: name, sha256, size, path, and whether their bytes are new."""
    with opened(home, today) as (office, connection):
        arrivals = inbox.arrivals(office)
        new = {arrival.sha256 for arrival in intake.new_arrivals(connection, arrivals)}
    return [
        asdict(arrival) | {"path": str(arrival.path), "is_new": arrival.sha256 in new}
        for arrival in arrivals
    ]


@step("Lưu {arrival[name]}", minutes=10, repeatable=True, run_name="Lưu tệp {arrival[sha256]:.8}")
def archive_file(home: str, today: str, arrival: Row) -> bool:
    """Keep the bytes of a file; False where it is still being written or is gone again."""
    try:
        inbox.archive(office_of(home, today), _arrival(arrival))
    except (Refused, FileNotFoundError):
        return False
    return True


@step("Đọc {arrival[name]}", minutes=15, repeatable=True, run_name="Đọc tệp {arrival[sha256]:.8}")
def stage_file(home: str, today: str, arrival: Row) -> None:
    """Read the kept bytes of a file and keep what was read."""
    inbox.stage(office_of(home, today), _arrival(arrival))


def _arrival(row: Row) -> Arrival:
    return Arrival(row["name"], row["sha256"], row["size"], Path(row["path"]))


@step("Ghi sổ các tệp đã đọc", minutes=120)
def take_files(home: str, today: str, arrivals: list[Row]) -> list[Row]:
    """Take everything new in one go; return what came of each file."""
    with opened(home, today) as (office, connection):
        judge = quality.ingest_judge(connection, office, cycles.open_month(connection, office))
        outcomes = intake.take(connection, office, [_arrival(row) for row in arrivals], judge)
    return [outcome.as_dict() for outcome in outcomes]


@step("Ghi tệp trả lại cho nơi gửi", minutes=60, repeatable=True)
def write_returned(home: str, today: str) -> int:
    """Write the workbook of every file that has something to mend and has none yet; return both.

    All files received so far are looked at: a run that died before this step is made good.
    """
    written = 0
    with opened(home, today) as (office, connection):
        for name, sha256, refusal in _worth_returning(connection):
            if returned.returned_path(office, name, sha256).exists():
                continue
            inbox.stage(office, Arrival(name, sha256, 0, inbox.archive_path(office, sha256)))
            findings = warehouse.frame(
                connection,
                "SELECT sheet, row_no, rule, severity, field, message FROM issue"
                " WHERE sha256 = $sha256 AND stage = 'ingest' ORDER BY ALL",
                sha256=sha256,
            )
            repairs = warehouse.frame(
                connection,
                "SELECT sheet, row_no, rule, field, before, after FROM repair"
                " WHERE sha256 = $sha256 ORDER BY ALL",
                sha256=sha256,
            )
            path = returned.write_returned(office, name, sha256, findings, refusal, repairs)
            written += path is not None
    return written


def _worth_returning(connection: Connection) -> list[tuple[str, str, str | None]]:
    """Return name, hash and refusal of the received files of which something is to be said."""
    return warehouse.rows(
        connection,
        "SELECT name, sha256, if(outcome = 'returned', remark, NULL) FROM received_file"
        " WHERE outcome = 'returned' OR sha256 IN (SELECT sha256 FROM issue"
        " WHERE stage = 'ingest' AND severity IN $severities)"
        " ORDER BY ingest_no, name",
        severities=list(returned.WORTH_SENDING),
    )


@step("Tính danh sách chi trả kỳ {month}", minutes=120)
def compute_payroll(
    home: str, today: str, month: str, through: str, by: str, docs: bool = False
) -> Row:
    """Judge, compute and keep the payroll of the open cycle; return what an approver looks at.

    Refused where more of what was sent went back than the settings allow.
    """
    number = month_number(month)
    with opened(home, today) as (office, connection):
        cycles.require_open(connection, office, number)
        thresholds.require_good(connection, office, number)
        judge = quality.prepare_judge(connection, office, number)
        until = month_number(through)
        prepared = payroll.prepare(connection, office, number, until, by, judge, docs)
    return asdict(prepared) | {"alerts": list(prepared.alerts)}


@step("Ghi danh sách kỳ {month}", minutes=60, repeatable=True)
def write_lists(home: str, today: str, month: str) -> None:
    """Write the lists of a prepared cycle."""
    with opened(home, today) as (office, connection):
        lists.write_lists(office, connection, month_number(month))


@step("Ghi trang kiểm tra dữ liệu kỳ {month}", minutes=30, repeatable=True)
def write_data_docs(home: str, today: str, month: str) -> str:
    """Write the Data Docs of all suite runs of a cycle; return their folder."""
    number = month_number(month)
    with opened(home, today) as (office, connection):
        tallies = quality.kept_tallies(connection, number)
    return str(quality.write_docs(office, tallies, number))


@step("Duyệt chi kỳ {month}", minutes=120)
def approve(
    home: str, today: str, month: str, digest: str, approver: str, accept: str | None
) -> Row:
    """Freeze the payroll with this digest and write payment files and Treasury tables."""
    with opened(home, today) as (office, connection):
        released = release.release(
            connection, office, month_number(month), digest, approver, accept
        )
    told = asdict(released)
    return told | {name: list(told[name]) for name in ("approvers", "missing", "files")}


@step("Ghi Kho bạc xác nhận kỳ {month}", minutes=60)
def confirm_treasury(
    home: str, today: str, month: str, confirmed_on: str, reference: str, by: str
) -> Row:
    """Write down the Treasury's confirmation, and the payment files that wait for it."""
    with opened(home, today) as (office, connection):
        day = date.fromisoformat(confirmed_on)
        found = confirmation.confirm(connection, office, month_number(month), day, reference, by)
    return asdict(found) | {"files": list(found.files), "confirmed_on": day.isoformat()}


@step("Đọc lại tệp chi trả kỳ {month} cho {provider}", minutes=30)
def check_payment_files(home: str, today: str, month: str, provider: str, files: list[Row]) -> int:
    """Read the files for a provider back from disk; return their VND.

    Raises InvariantBroken where a file is not what was approved.
    """
    folder = office_of(home, today).outbox(month_number(month)) / "payments"
    for file in files:
        if outbox.sha256_of(folder / file["name"]) != file["sha256"]:
            raise InvariantBroken(f"Tệp {file['name']} trên đĩa khác với tệp đã duyệt.")
    return sum(file["total_vnd"] for file in files)


@step("Ký tệp kỳ {month}", minutes=60, repeatable=True)
def sign_files(home: str, today: str, month: str) -> Row:
    """Sign what is given away of a released month; return how many files, and the key's id.

    The journal holds the signatures before they are seen: they need no key to be put back.
    """
    signatures, key = seal.made(office_of(home, today), month_number(month))
    with opened(home, today) as (office, connection):
        said = recorded.latest(connection, "sign", month)
        if signatures and (said is None or said["signatures"] != signatures):
            public = keys.public_text(office)
            told = {"month": month, "key": key, "public": public, "signatures": signatures}
            recorded.note(connection, office, "sign", **told)
    seal.put(office, month_number(month), signatures)
    return {"files": len(signatures), "key": key}


@step("Viết biên nhận kỳ {month}", minutes=10, repeatable=True)
def write_receipt(home: str, today: str, month: str, what: str) -> Row | None:
    """Write the receipt of a released (`release`) or published (`publish`) month."""
    with opened(home, today) as (office, connection):
        return receipts.write(connection, office, month_number(month), what)


@step("Đối chiếu kết quả chi trả", minutes=60)
def match_results(home: str, today: str, month: str | None) -> list[Row]:
    """Match all results taken so far; return where the released months stand."""
    number = None if month is None else month_number(month)
    with opened(home, today) as (office, connection):
        months = reconciliation.reconcile(connection, office, number)
    return [asdict(one) for one in months]


@step("Ghi quyết định", minutes=60)
def decide(home: str, today: str, asked: Row) -> Row:
    """Keep one decision on an exception or payment; return what it came to.

    `months` are those whose follow-up lists show it: its own, and the last released one.
    """
    with opened(home, today) as (office, connection):
        resolved = resolution.resolve(connection, office, resolution.Asked(**asked))
        last = cycles.open_month(connection, office) - 1
    months = {min(month_number(resolved.month), last), last}
    return asdict(resolved) | {"months": [month_text(month) for month in sorted(months)]}


@step("Ghi danh sách theo dõi kỳ {month}", minutes=30, repeatable=True)
def write_followup(home: str, today: str, month: str) -> None:
    """Write what has no result, does not fit, or failed."""
    with opened(home, today) as (office, connection):
        lists.write_followup(office, connection, month_number(month))


@step("Ghi việc cần nhắc", minutes=30, repeatable=True)
def write_reminders(home: str, today: str, month: str | None) -> Row:
    """Write whom to remind of what, with the other follow-up lists; return how many there are."""
    with opened(home, today) as (office, connection):
        asked = None if month is None else month_number(month)
        number = reminders.month_to_remind(office, connection, asked)
        return lists.write_followup(office, connection, number)


@step("Công bố số liệu kỳ {month}", minutes=120, repeatable=True)
def publish_tables(home: str, today: str, month: str, full: bool, reader: str | None = None) -> Row:
    """Replace what analysts open and write the month's report; return state, rows and paths.

    With `full`, the `reader` (else the system's user) gets an unmasked copy.
    """
    number = month_number(month)
    reader = (reader or getpass.getuser()) if full else None
    with opened(home, today) as (office, connection):
        _find_overdue(connection, office, number)
        published = publish.publish(office, connection, number, full, reader)
        with recorded.recorded(connection, office) as note:
            cycles.set_state(connection, number, "published", only_from="reconciled")
            note("publish", month=month, reader=reader)
        ledger.require(connection, number)
        state = cycles.find(connection, number)
    assert state is not None
    return {
        "month": month,
        "state": state.state,
        "is_released": state.is_frozen,
        "rows": dict(published.rows),
        "paths": [path.relative_to(office.home).as_posix() for path in published.paths],
    }


@step("Ghi trang theo dõi kỳ {month}", minutes=60, repeatable=True)
def write_dashboard(home: str, today: str, month: str) -> list[str]:
    """Write the pages of all published months; return the index and the month's page."""
    with opened(home, today, is_read_only=True) as (office, connection):
        paths = dashboard.write_dashboard(office, connection, month_number(month))
    return [path.relative_to(office.home).as_posix() for path in paths]


def _find_overdue(connection: Connection, office: Office, month: int) -> None:
    """Write what has no result as of today (RS04): a day of publishing may lie past the 20th."""
    state = cycles.find(connection, month)
    if state is not None and state.is_frozen:
        with warehouse.transaction(connection):
            registry.stage_rules(connection)
            reconciliation.write_pending_issues(connection, office, month)


@step("Kiểm tra sổ, tệp ra và tệp lưu", minutes=60, repeatable=True)
def check_ledger(home: str, today: str) -> list[str]:
    """Return, in Vietnamese, whatever in ledger, outputs, archive or journal is not as it must be.

    Entries that were missing are back once the warehouse is opened: they are told all the same.
    """
    before = journal.numbers(office_of(home, today))
    with opened(home, today, is_read_only=True) as (office, connection):
        lost = journal.put_back_since(office, before)
        return [
            *lost,
            *ledger.verify(connection, office),
            *journal_check.problems(connection, office),
        ]


@step("Sao lưu", minutes=600, repeatable=True)
def back_up(home: str, today: str, to: str | None, recipients: list[str]) -> Row:
    """Copy what is new to a second place, while nobody else writes; return what was copied."""
    with opened(home, today) as (office, connection):
        with recorded.recorded(connection, office):
            pass  # an office older than its journal begins it now
        saved = backup.back_up(office, backup.store_of(office, to, recipients))
    return asdict(saved) | {"lost": list(saved.lost)}


@step("So với biên nhận", minutes=60, repeatable=True)
def check_receipts(home: str, today: str, paths: list[str]) -> list[str]:
    """Return, in Vietnamese, all in which the office is not what these receipts say it was."""
    with opened(home, today, is_read_only=True) as (office, connection):
        return [
            problem
            for path in paths
            for problem in receipts.problems(connection, office, Path(path))
        ]


@step("Tính lại các kỳ đã duyệt từ tệp lưu", minutes=600)
def recompute_months(home: str, today: str, months: list[str] | None) -> list[Row]:
    """Compute released months (None: all) again from the archive; return what came out of each.

    `problems` says, in Vietnamese, in what a month is not what was released.
    """
    numbers = None if months is None else [month_number(month) for month in months]
    found = recompute.recompute(
        office_of(home, today), numbers, quality.ingest_judge, quality.prepare_judge
    )
    return [
        asdict(one) | {"equal": not one.problems, "problems": list(one.problems)} for one in found
    ]
