"""Warehouse and outputs made again from archive and journal alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextvars import Context
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flows import quality
from flows.ingest import take
from flows.one_writer import alone
from flows.prepare import prepare
from flows.publish import publish
from flows.reconcile import reconcile
from flows.resolve import resolve
from schemas.period import month_text
from tasks import dashboard_map, rebuilding
from tasks.events import Matching, Preparation, Publication, Resolution
from tasks.inbox import Arrival
from tasks.office import Office
from tasks.rebuilding import Rebuilt
from tasks.replay import Replay

SAID = "{} Đang dựng lại từ archive/ và journal/ …"
DONE = "Đã dựng lại: {} mục nhật ký, {} tệp ghi lại."


class FullReplay(Replay):
    """A replay that writes, after each event, what the command of that name writes."""

    def __init__(self, source: Office, home: Path) -> None:
        super().__init__(source, home, quality.ingest_judge, quality.prepare_judge)

    def office_of(self, day: date, reference: str | None) -> Office:
        """Return the office on a day; the map of its pages, bound to no payroll, is today's."""
        office = super().office_of(day, reference)
        drawn = self.source.home / "reference" / dashboard_map.FILE
        if drawn.is_file():
            shutil.copyfile(drawn, office.home / "reference" / dashboard_map.FILE)
        return office

    def _take(self, office: Office, arrivals: Sequence[Arrival]) -> None:
        rows = [asdict(arrival) | {"path": str(arrival.path)} for arrival in arrivals]
        take(*_then(office), rows)

    def _prepare(self, office: Office, event: Preparation) -> None:
        months = (month_text(event.month), month_text(event.through))
        prepare(*_then(office), *months, event.by, event.docs)

    def _resolve(self, office: Office, event: Resolution) -> None:
        resolve(*_then(office), asdict(event.asked))

    def _match(self, office: Office, event: Matching) -> None:
        reconcile(*_then(office), None if event.month is None else month_text(event.month))

    def _publish(self, office: Office, event: Publication) -> None:
        is_full = event.reader is not None
        publish(*_then(office), month_text(event.month), is_full, event.reader)


def _then(office: Office) -> tuple[str, str]:
    """Return what every verb begins with."""
    return str(office.home), office.today.isoformat()


def rebuild(office: Office) -> dict[str, Any]:
    """Make warehouse and outputs again in a folder aside, and put them in place.

    Nothing is changed where the journal cannot be played to its end, or comes out differently.
    """
    with alone(office.home, "Dựng lại sổ"), rebuilding.scratch(office) as folder:
        return asdict(_rebuilt(office, folder))


def _rebuilt(office: Office, folder: Path) -> Rebuilt:
    # Inside a Prefect run: the verbs are played, they are no runs of their own.
    found = Context().run(rebuilding.play, office, FullReplay(office, folder))
    return rebuilding.put_in_place(office, folder, found)


def mend(office: Office, why: str) -> None:
    """Rebuild an office whose warehouse does not belong to its journal, and say so."""
    print(SAID.format(why.partition(". ")[0] + "."), file=sys.stderr)
    told = rebuild(office)
    count = len(told["written"]) + len(told["replaced"])
    print(DONE.format(told["entries"], count), file=sys.stderr)
