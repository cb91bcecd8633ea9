"""Take everything new in the inbox."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.step import ahead


@writes("Nhận tệp")
def ingest(home: str, today: str) -> dict[str, Any]:
    """Archive, read and take the files; return what came of each, and which must wait.

    A file that is still being written when it is copied waits for the next run.
    """
    ready, waiting = [], []
    arrivals = steps.find_arrivals(home, today)
    ahead(2 * sum(arrival["is_new"] for arrival in arrivals) + 2)
    for arrival in arrivals:
        if arrival["is_new"]:
            if not steps.archive_file(home, today, arrival):
                waiting.append(arrival["name"])
                continue
            steps.stage_file(home, today, arrival)
        ready.append(arrival)
    return {"files": take(home, today, ready), "waiting": waiting}


def take(home: str, today: str, ready: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take files that are kept and read, and write what goes back to their senders."""
    files = steps.take_files(home, today, ready)
    steps.write_returned(home, today)
    return files
