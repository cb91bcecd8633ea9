"""An office played again from what it kept: files, tables of each day, decisions, who said yes.

The same verbs run on the same bytes in the same order, in an empty folder. What an office did in
between leaves nothing behind and is left out: a month that was prepared and then prepared again,
results that were matched early (`prepare` matches them all), figures that were published.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from tasks import (
    approvals,
    confirmation,
    cycles,
    inbox,
    intake,
    lists,
    payroll,
    reference_kept,
    release,
    resolution,
    sheet_pool,
    warehouse,
)
from tasks.inbox import Arrival
from tasks.office import InvariantBroken, Office, load_office
from tasks.outbox import sha256_of
from tasks.registry import Judge
from tasks.warehouse import Connection

# What a reading came to on the machine of that day, and may not come to again.
OF_THE_MACHINE = (sheet_pool.DIED, sheet_pool.TOO_SLOW)
NO_REASON = "(không ghi)"  # where alerts come up that were not there: to be compared, not to stop

JudgeOf = Callable[[Connection, Office, int], Judge]


@dataclass(frozen=True)
class KeptFile:
    """A received file: its name below `inbox/`, its bytes' hash, and why it could not be read."""

    name: str
    sha256: str
    refusal: str | None


@dataclass(frozen=True)
class Ingest:
    """Files taken together. `reference` is the hash of the tables of that day, None: not kept."""

    cycle: int
    ingest_no: int
    day: date
    reference: str | None
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class Preparation:
    """The preparation of a month that was released."""

    month: int
    through: int
    by: str
    day: date
    reference: str | None


@dataclass(frozen=True)
class Approval:
    """Somebody's yes to a month; the last one releases it."""

    month: int
    approver: str
    accept: str | None
    day: date
    reference: str | None


@dataclass(frozen=True)
class Confirmation:
    """What the Treasury said of a released month, and who wrote it down."""

    month: int
    confirmed_on: date
    said: str
    by: str
    day: date
    reference: str | None


@dataclass(frozen=True)
class Resolution:
    """What the office decided of an exception or a payment, after an ingest and before the next."""

    cycle: int
    after_ingest: int
    day: date
    asked: resolution.Asked
    reference: str | None = None  # no table has a part in it


Event = Ingest | Resolution | Preparation | Approval | Confirmation


def history(connection: Connection, last: int) -> list[Event]:
    """Return all that leads to the release of month `last`, in the order in which it was done."""
    said: list[Ingest | Resolution] = [*_ingests(connection, last), *_resolutions(connection, last)]
    said.sort(key=_after_which_ingest)
    events: list[Event] = []
    for preparation, said_yes, prepared_after in _released(connection, last):
        taken = [one for one in said if one.cycle == preparation.month]
        is_late = [
            prepared_after is not None and _after_which_ingest(one)[0] > prepared_after
            for one in taken
        ]
        events += [one for one, late in zip(taken, is_late, strict=True) if not late]
        events.append(preparation)
        # Reports, files that went back and lines that were ignored: anything else would have
        # undone the preparation.
        events += [one for one, late in zip(taken, is_late, strict=True) if late]
        events += said_yes
    return events


def _after_which_ingest(event: Ingest | Resolution) -> tuple[int, bool]:
    """Order what was taken and decided; decisions keep the order in which they were made."""
    if isinstance(event, Ingest):
        return event.ingest_no, False
    return event.after_ingest, True


def _resolutions(connection: Connection, last: int) -> list[Resolution]:
    found = warehouse.rows(
        connection,
        "SELECT cycle, after_ingest, decided_on,"
        " coalesce(exception_no::VARCHAR, payment_id), word, decided_by, reason,"
        " if(word = 'belongs', payment_id, NULL), is_against_provider"
        " FROM decision WHERE cycle <= $last ORDER BY event_no",
        last=last,
    )
    return [
        Resolution(cycle, after_ingest, day, resolution.Asked(*asked))
        for cycle, after_ingest, day, *asked in found
    ]


def _ingests(connection: Connection, last: int) -> list[Ingest]:
    found = warehouse.rows(
        connection,
        "SELECT cycle, ingest_no, received_at::DATE, reference_sha256, name, sha256,"
        " if(remark IN $of_the_machine, remark, NULL)"
        " FROM received_file WHERE cycle <= $last ORDER BY ingest_no, name, rowid",
        last=last,
        of_the_machine=list(OF_THE_MACHINE),
    )
    together = groupby(found, lambda row: row[:4])  # one ingest: one cycle, day and state of tables
    return [
        Ingest(cycle, ingest_no, day, reference, tuple(KeptFile(*row[4:]) for row in rows))
        for (cycle, ingest_no, day, reference), rows in together
    ]


def _released(
    connection: Connection, last: int
) -> list[tuple[Preparation, list[Approval | Confirmation], int | None]]:
    """Return how each month was prepared and released, and after which ingest it was prepared."""
    found = warehouse.rows(
        connection,
        "SELECT month, through, prepared_by, prepared_on, prepare_reference, prepared_after"
        " FROM cycle WHERE state IN $frozen AND month <= $last ORDER BY month",
        frozen=list(cycles.FROZEN),
        last=last,
    )
    return [
        (
            Preparation(*row[:5]),
            [*_approvals(connection, row[0]), *_confirmations(connection, row[0])],
            row[5],
        )
        for row in found
    ]


def _approvals(connection: Connection, month: int) -> list[Approval]:
    """Return the approvals that counted, in order; the last is the one that released the month."""
    counted = warehouse.rows(
        connection,
        "SELECT month, name, accept_reason, said_on, reference_sha256 FROM approval"
        f" WHERE {approvals.COUNTED.format(catalog='')} ORDER BY number",
        month=month,
    )
    (releasing,) = warehouse.rows(
        connection,
        "SELECT month, approver, accept_reason, released_on, release_reference FROM cycle"
        " WHERE month = $month",
        month=month,
    )
    said = [Approval(*row) for row in counted]
    last = Approval(*releasing)
    # Somebody may have had to say it again, under a limit that was changed meanwhile.
    is_told = bool(said) and replace(said[-1], accept=last.accept) == last
    return said if is_told else [*said, last]


def _confirmations(connection: Connection, month: int) -> list[Confirmation]:
    found = warehouse.rows(
        connection,
        "SELECT month, treasury_confirmed_on, treasury_reference, treasury_by,"
        " treasury_recorded_on, release_reference FROM cycle"
        " WHERE month = $month AND treasury_confirmed_on IS NOT NULL",
        month=month,
    )
    return [Confirmation(*row) for row in found]


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
            office = self._office(event)
            if isinstance(event, Ingest):
                self._ingest(office, event)
            elif isinstance(event, Resolution):
                self._resolve(office, event)
            elif isinstance(event, Preparation):
                self._prepare(office, event)
                if event.month in listed:
                    with warehouse.opened(office) as connection:
                        lists.write_lists(office, connection, event.month)
            elif isinstance(event, Approval):
                self._release(office, event)
            else:
                with warehouse.opened(office) as connection:
                    confirmation.confirm(
                        *(connection, office, event.month),
                        *(event.confirmed_on, event.said, event.by),
                    )

    def _office(self, event: Event) -> Office:
        """Return the office with the tables and on the day of an event.

        Where no tables were kept, today's have to do.
        """
        if event.reference is None:
            data = reference_kept.snapshot(self.source.reference)
        else:
            data = reference_kept.kept(self.source, event.reference)
        reference_kept.unpack(data, self.home / "reference")
        return load_office(self.home, event.day)

    def _ingest(self, office: Office, event: Ingest) -> None:
        arrivals = [self._arrival(office, file) for file in event.files]
        for arrival, file in zip(arrivals, event.files, strict=True):
            inbox.stage(office, arrival, file.refusal)
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
        """Say yes to what is prepared here, whatever its digest: that is for others to compare."""
        with warehouse.opened(office) as connection:
            state = cycles.find(connection, event.month)
            digest = "" if state is None else state.digest or ""
            accept = event.accept or NO_REASON
            release.release(connection, office, event.month, digest, event.approver, accept)


def _link(source: Path, target: Path) -> None:
    """Make the bytes of a file available under another path; nobody writes into either."""
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)  # another disk
