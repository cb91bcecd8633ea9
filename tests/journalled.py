"""A forger's hand: a warehouse made to fit a journal that was rewritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from tasks import journal
from tasks.office import Office


def as_the_journal_says(office: Office, honest: Path) -> None:
    """Put an honest warehouse into an office and overwrite the entries that it holds."""
    shutil.copytree(honest / "warehouse", office.home / "warehouse", dirs_exist_ok=True)
    with duckdb.connect(str(office.warehouse)) as connection:
        for entry in journal.entries(office):
            connection.execute(
                "UPDATE journal_entry SET sha256 = ?, entry = ? WHERE entry_no = ?",
                [entry.sha256, entry.data.decode(), entry.number],
            )
