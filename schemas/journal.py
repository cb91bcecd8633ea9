"""The journal: what the office did, entry by entry, as its files in `journal/` say it."""

from __future__ import annotations

from schemas.table import Code, Integer, Pii, Table, Text

# What was done. `begin` is what a warehouse knew when it got its journal.
KINDS = (
    *("begin", "ingest", "prepare", "approve", "treasury"),
    *("sign", "reconcile", "resolve", "publish", "keys"),
)


class JournalEntry(Table, name="journal_entry"):
    """One row per event that the office's journal holds: the file that says it, byte for byte."""

    entry_no = Integer("Mục", key=True, minimum=1)
    kind = Code("Việc", values=KINDS, required=True)
    sha256 = Text("SHA-256", required=True, description="of the file, which the next one names")
    entry = Text(
        "Nội dung",
        pii=Pii.BASIC,
        required=True,
        description="the file: who, what, on which day, under which tables",
    )


JOURNAL = (JournalEntry,)
