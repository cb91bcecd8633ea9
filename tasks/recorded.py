"""The one place where what a command does is committed: in the warehouse, then in the journal.

The warehouse commits the effect and the entry together; then the entry's file is written, and only
then whatever leaves the office. A command killed in between leaves an entry without its file, which
the next one writes; a warehouse that lost its last commits is behind its journal, and is rebuilt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from schemas.journal import JournalEntry
from tasks import events, history, journal, reference_kept, warehouse
from tasks.journal import Entry
from tasks.office import Office
from tasks.warehouse import Connection

ROW = "SELECT $number AS entry_no, $kind AS kind, $sha256 AS sha256, $text AS entry"
LAST = "SELECT entry_no, sha256 FROM journal_entry ORDER BY entry_no DESC LIMIT 1"


class Note:
    """What a transaction has to say to the journal; nothing, where it changed nothing."""

    def __init__(self) -> None:
        self.said: tuple[str, dict[str, Any]] | None = None

    def __call__(self, kind: str, **facts: Any) -> None:
        self.said = (kind, facts)


@contextmanager
def recorded(connection: Connection, office: Office) -> Iterator[Note]:
    """Commit everything done inside, or nothing, with what it gives to the note in the journal."""
    note = Note()
    fresh: list[Entry] = []
    with warehouse.transaction(connection):
        fresh += _begun(connection, office)
        yield note
        if note.said is not None:
            fresh.append(_append(connection, office, *note.said))
    for entry in fresh:
        journal.write(office, entry)


def note(connection: Connection, office: Office, kind: str, **facts: Any) -> None:
    """Keep something that changes no table."""
    with recorded(connection, office) as say:
        say(kind, **facts)


def latest(connection: Connection, kind: str, month: str) -> dict[str, Any] | None:
    """Return the facts of the latest entry of this kind that speaks of a month."""
    found = warehouse.rows(
        connection,
        "SELECT json_extract(entry, '$.facts')::VARCHAR FROM journal_entry WHERE kind = $kind"
        " AND json_extract_string(entry, '$.facts.month') = $month"
        " ORDER BY entry_no DESC LIMIT 1",
        kind=kind,
        month=month,
    )
    return json.loads(found[0][0]) if found else None


def put(connection: Connection, office: Office, entry: Entry) -> None:
    """Keep an entry as it was written elsewhere, in place of its number and all after it."""
    with warehouse.transaction(connection):
        warehouse.replace(connection, JournalEntry, "entry_no >= $number", ROW, **_row(entry))
    journal.drop_from(office, entry.number)
    journal.write(office, entry)


def _append(connection: Connection, office: Office, kind: str, facts: dict[str, Any]) -> Entry:
    last = warehouse.rows(connection, LAST)
    number, before = last[0] if last else (0, journal.NOTHING)
    reference = reference_kept.keep(office, warehouse.reference_in_use(connection))
    entry = journal.made(number + 1, kind, before, office.today, reference, facts)
    warehouse.append(connection, JournalEntry, ROW, **_row(entry))
    return entry


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": entry.kind,
        "sha256": entry.sha256,
        "text": entry.data.decode("utf-8"),
    }


def _begun(connection: Connection, office: Office) -> list[Entry]:
    """Begin the journal of an office that is older than its journal with what its tables know."""
    if warehouse.rows(connection, LAST):
        return []
    past = history.all_known(connection, office.today)
    if not past:
        return []
    told = [events.told(event) for event in past]
    return [_append(connection, office, "begin", {"events": told})]
