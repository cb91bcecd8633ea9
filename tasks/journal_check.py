"""The whole journal compared with archive, warehouse and receipts: what `verify` says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.period import month_number
from tasks import cycles, journal, ledger, outbox, receipts, warehouse
from tasks.journal import Entry
from tasks.office import Office
from tasks.release import frozen_files
from tasks.warehouse import Connection


def problems(connection: Connection, office: Office) -> list[str]:
    """Return, in Vietnamese, every way in which the journal does not hold."""
    found = journal.entries(office)
    broken = journal.problems(office, found)
    if broken:
        return broken
    return [
        *_not_as_kept(connection, office, found),
        *_not_as_approved(connection, found),
        *_lost(connection, office, found),
        *_against_receipts(connection, office),
    ]


def _not_as_kept(connection: Connection, office: Office, found: Sequence[Entry]) -> Iterator[str]:
    kept = dict(warehouse.rows(connection, "SELECT entry_no, sha256 FROM journal_entry"))
    for entry in found:
        if kept.get(entry.number) != entry.sha256:
            yield f"{journal.folder(office) / entry.name}: khác với mục đó trong sổ"


def _not_as_approved(connection: Connection, found: Sequence[Entry]) -> Iterator[str]:
    """Yield each release whose digest or files are not in the warehouse as the journal says."""
    for entry in found:
        if entry.kind != "approve" or not entry.facts["files"]:
            continue
        facts = entry.facts
        state = cycles.find(connection, month_number(facts["month"]))
        if state is None or state.digest != facts["digest"]:
            yield f"Kỳ {facts['month']}: mã xác nhận trong sổ khác với nhật ký (mục {entry.number})"
        elif frozen_files(connection, state.month) != facts["files"]:
            yield f"Kỳ {facts['month']}: tệp chi trả trong sổ khác với nhật ký"


def _lost(connection: Connection, office: Office, found: Sequence[Entry]) -> Iterator[str]:
    """Yield what the journal alone needs of the archive and is not there, or changed.

    What the warehouse needs too is looked at in `tasks.ledger`.
    """
    known = {sha256 for (sha256,) in warehouse.rows(connection, ledger.ARCHIVED)}
    for sha256 in sorted(archived(found) - known):
        path = office.archive / sha256
        if not path.is_file():
            yield f"{path}: thiếu tệp lưu mà nhật ký nói đến"
        elif outbox.sha256_of(path) != sha256:
            yield f"{path}: tệp lưu đã bị thay đổi"


def archived(found: Sequence[Entry]) -> set[str]:
    """Return the hashes of all that entries need of the archive: files and reference tables."""
    needed: set[str] = set()
    for entry in found:
        for body in (entry.body, *entry.facts.get("events", ())):
            needed |= {body["reference"]} - {None}
            if body["kind"] == "ingest":
                needed |= {file["sha256"] for file in body["facts"]["files"]}
    return needed


def _against_receipts(connection: Connection, office: Office) -> list[str]:
    lying = sorted(receipts.folder(office).glob("[0-9]*.json"))
    return [problem for path in lying for problem in receipts.problems(connection, office, path)]
