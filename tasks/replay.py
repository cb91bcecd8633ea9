"""An office played again from what it kept: files, tables of each day, decisions, who said yes.

The same verbs run on the same bytes in the same order, in an empty folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from tasks import (
    confirmation,
    cycles,
    inbox,
    intake,
    lists,
    payroll,
    reconciliation,
    reference_kept,
    release,
    resolution,
    seal,
    warehouse,
)
from tasks.events import (
    Approval,
    Confirmation,
    Event,
    Ingest,
    KeptFile,
    Matching,
    Preparation,
    Publication,
    Resolution,
    Signing,
)
from tasks.inbox import Arrival
from tasks.office import InvariantBroken, Office, load_office
from tasks.outbox import sha256_of
from tasks.registry import Judge
from tasks.warehouse import Connection

NO_REASON = "(không ghi)"  # where alerts come up that were not there: to be compared, not to stop

JudgeOf = Callable[[Connection, Office, int], Judge]


class Replay:
    """An empty office in the folder `home` that does again what another did."""

    def __init__(
        self, source: Office, home: Path, ingest_judge: JudgeOf, prepare_judge: JudgeOf
    ) -> None:
        self.source = source
        self.home = home
        self.ingest_judge = ingest_judge
        self.prepare_judge = prepare_judge

    def play(self, events: Iterable[Event], listed: Collection[int] = ()) -> None:
        """Do all events; write the lists of the months in `listed`.

        InvariantBroken where the archive lacks what an event needs; Refused where a verb refuses
        what it did once.
        """
        for event in events:
            office = self.office_of(event.day, event.reference)
            self._do(office, event)
            if isinstance(event, Preparation) and event.month in listed:
                with warehouse.opened(office) as connection:
                    lists.write_lists(office, connection, event.month)

    def _do(self, office: Office, event: Event) -> None:
        match event:
            case Ingest():
                self._ingest(office, event)
            case Resolution():
                self._resolve(office, event)
            case Preparation():
                self._prepare(office, event)
            case Approval():
                self._release(office, event)
            case Confirmation():
                self._confirm(office, event)
            case Matching():
                self._match(office, event)
            case Publication():
                self._publish(office, event)
            case Signing():
                seal.put(office, event.month, event.signatures)

    def office_of(self, day: date, reference: str | None) -> Office:
        """Return the office on a day, with the tables that have this hash.

        Where no tables were kept (None), today's have to do.
        """
        if reference is None:
            data = reference_kept.snapshot(self.source.reference)
        else:
            data = reference_kept.kept(self.source, reference)
        reference_kept.unpack(data, self.home / "reference")
        return load_office(self.home, day)

    def _ingest(self, office: Office, event: Ingest) -> None:
        arrivals = [self._arrival(office, file) for file in event.files]
        for arrival, file in zip(arrivals, event.files, strict=True):
            inbox.stage(office, arrival, file.refusal)
        self._take(office, arrivals)

    def _take(self, office: Office, arrivals: Sequence[Arrival]) -> None:
        with warehouse.opened(office) as connection:
            judge = self.ingest_judge(connection, office, cycles.open_month(connection, office))
            intake.take(connection, office, arrivals, judge)

    def _arrival(self, office: Office, file: KeptFile) -> Arrival:
        """Put the bytes of a file into the new office's archive."""
        source = inbox.archive_path(self.source, file.sha256)
        target = inbox.archive_path(office, file.sha256)
        if not source.is_file():
            raise InvariantBroken(f"{source}: thiếu tệp lưu")
        if sha256_of(source) != file.sha256:
            raise InvariantBroken(f"{source}: tệp lưu đã bị thay đổi")
        if not target.exists():
            _link(source, target)
        return Arrival(file.name, file.sha256, target.stat().st_size, target)

    def _resolve(self, office: Office, event: Resolution) -> None:
        with warehouse.opened(office) as connection:
            resolution.resolve(connection, office, event.asked)

    def _prepare(self, office: Office, event: Preparation) -> None:
        with warehouse.opened(office) as connection:
            judge = self.prepare_judge(connection, office, event.month)
            payroll.prepare(connection, office, event.month, event.through, event.by, judge)

    def _release(self, office: Office, event: Approval) -> None:
        """Say yes to what was approved, or, where that is not known, to what is prepared here.

        Whether that is the same is for others to compare.
        """
        with warehouse.opened(office) as connection:
            state = cycles.find(connection, event.month)
            prepared = "" if state is None else state.digest or ""
            accept = event.accept if event.digest else event.accept or NO_REASON
            release.release(
                *(connection, office, event.month),
                *(event.digest or prepared, event.approver, accept),
                needs_key=False,
            )

    def _confirm(self, office: Office, event: Confirmation) -> None:
        with warehouse.opened(office) as connection:
            confirmation.confirm(
                *(connection, office, event.month),
                *(event.confirmed_on, event.said, event.by),
            )

    def _match(self, office: Office, event: Matching) -> None:
        with warehouse.opened(office) as connection:
            reconciliation.reconcile(connection, office, event.month)

    def _publish(self, office: Office, event: Publication) -> None:
        """Nothing of it is part of a released month."""


def _link(source: Path, target: Path) -> None:
    """Make the bytes of a file available under another path; nobody writes into either."""
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)  # another disk
