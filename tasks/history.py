"""What an office did, as its warehouse tells it: enough to do the released months again.

What left nothing behind is left out: a month that was prepared and then prepared again, results
that were matched early (`prepare` matches them all), figures that were published. The journal holds
all of it; this serves where the warehouse itself is asked, or is older than its journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from tasks import approvals, cycles, sheet_pool, warehouse
from tasks.events import (
    Approval,
    Asked,
    Confirmation,
    Event,
    Ingest,
    KeptFile,
    Matching,
    Preparation,
    Publication,
    Resolution,
)
from tasks.warehouse import Connection

EVER = 1_000_000  # later than every month
Said = list[Ingest | Resolution]


def history(connection: Connection, last: int) -> list[Event]:
    """Return all that leads to the release of month `last`, in the order in which it was done."""
    return _months(connection, last, cycles.FROZEN)[0]


def all_known(connection: Connection, today: date) -> list[Event]:
    """Return all that an office did so far, as well as its tables know it.

    On which day months were reconciled and published they do not know: `today` has to do.
    """
    events, rest = _months(connection, EVER, (*cycles.FROZEN, "prepared"))
    closed = warehouse.rows(
        connection,
        "SELECT month, state FROM cycle WHERE state IN ('reconciled', 'published') ORDER BY month",
    )
    later: list[Event] = [Matching(month, today, None) for month, _ in closed]
    published = [month for month, state in closed if state == "published"]
    later += [Publication(month, None, today, None) for month in published]
    return [*events, *rest, *later]


def _months(
    connection: Connection, last: int, states: Sequence[str]
) -> tuple[list[Event], list[Event]]:
    """Return what was done month by month in months of these states, and what came after."""
    said: Said = [*_ingests(connection, last), *_resolutions(connection, last)]
    said.sort(key=_after_which_ingest)
    events: list[Event] = []
    begun = _begun(connection, last, states)
    for preparation, said_yes, prepared_after in begun:
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
    done = {preparation.month for preparation, _, _ in begun}
    return events, [one for one in said if one.cycle not in done]


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
        Resolution(cycle, after_ingest, day, Asked(*asked))
        for cycle, after_ingest, day, *asked in found
    ]


def _ingests(connection: Connection, last: int) -> list[Ingest]:
    found = warehouse.rows(
        connection,
        "SELECT cycle, ingest_no, received_at::DATE, reference_sha256, name, sha256,"
        " if(remark IN $of_the_machine, remark, NULL)"
        " FROM received_file WHERE cycle <= $last ORDER BY ingest_no, name, rowid",
        last=last,
        of_the_machine=list(sheet_pool.OF_THE_MACHINE),
    )
    together = groupby(found, lambda row: row[:4])  # one ingest: one cycle, day and state of tables
    return [
        Ingest(cycle, ingest_no, day, reference, tuple(KeptFile(*row[4:]) for row in rows))
        for (cycle, ingest_no, day, reference), rows in together
    ]


def _begun(
    connection: Connection, last: int, states: Sequence[str]
) -> list[tuple[Preparation, list[Approval | Confirmation], int | None]]:
    """Return how each month was prepared and released, and after which ingest it was prepared."""
    found = warehouse.rows(
        connection,
        "SELECT month, through, prepared_by, prepared_on, prepare_reference, prepared_after"
        " FROM cycle WHERE state IN $states AND month <= $last ORDER BY month",
        states=list(states),
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
    said = [Approval(*row) for row in counted]
    releasing = warehouse.rows(
        connection,
        "SELECT month, approver, accept_reason, released_on, release_reference FROM cycle"
        " WHERE month = $month AND state IN $frozen",
        month=month,
        frozen=list(cycles.FROZEN),
    )
    if not releasing:
        return said
    last = Approval(*releasing[0])
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
