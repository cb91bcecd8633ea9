"""Released months computed again from the archive, and compared with what was released.

Nothing of the office is changed: it is played again in a folder of its own inside `warehouse/`,
for nobody else to read, which is removed afterwards.
"""

from __future__ import annotations

import filecmp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schemas.payments import (
    Approval,
    Cycle,
    Decision,
    Delta,
    Entitlement,
    Held,
    Payment,
    PaymentFile,
    PaymentItem,
    Receivable,
    Standing,
    TooOld,
)
from schemas.period import month_text
from schemas.quality import Issue, ReceivedFile, Repair
from schemas.submissions import SUBMISSIONS
from schemas.table import Table, quote
from tasks import approvals, cycles, exclusive, history, warehouse
from tasks.office import InvariantBroken, Office, Refused
from tasks.outbox import SIGNATURE
from tasks.replay import JudgeOf, Replay
from tasks.warehouse import Connection

SCRATCH = ".recompute"
LOCK = ".recompute.lock"
BUSY = "Một lệnh tính lại khác đang chạy. Chờ lệnh đó xong rồi chạy lại."
FOLDERS = ("payments", "treasury", "lists")
OPTIONAL = ("lists",)  # of a month that was prepared by a run that died before it wrote them

OF_MONTH = "month = $month"
OF_CYCLE = "cycle = $month"
# What a month consists of: the rows that were taken in it, and all that was computed of it.
COMPARED: dict[type[Table], str] = {
    **dict.fromkeys((ReceivedFile, *SUBMISSIONS, Decision), OF_CYCLE),
    Repair: "sha256 IN (SELECT sha256 FROM main.received_file WHERE cycle = $month)",
    Issue: "cycle = $month AND stage IN ('ingest', 'prepare')",
    **dict.fromkeys(
        (Cycle, Entitlement, Standing, Payment, PaymentItem, Held, Receivable, TooOld, Delta),
        OF_MONTH,
    ),
    PaymentFile: OF_MONTH,
    # Those alone that count are played again; an office of an earlier version kept none.
    Approval: approvals.COUNTED.format(catalog="main.")
    + " AND EXISTS (FROM main.approval WHERE month = $month)",
}
# A month goes on after its release; and what the replay was told says nothing of it.
NOT_COMPARED = {
    *("state", "prepared_after"),
    "number",  # of an approval: preparations done again in between are not played
    *("reference_sha256", "prepare_reference", "release_reference"),
}


@dataclass(frozen=True)
class Recomputed:
    """A released month: its digest, and all in which computing it again came out differently."""

    month: str
    digest: str
    problems: tuple[str, ...]


def recompute(
    office: Office, months: Sequence[int] | None, ingest_judge: JudgeOf, prepare_judge: JudgeOf
) -> list[Recomputed]:
    """Compute released months (None: all) again and compare; Refused for one not released."""
    with warehouse.opened(office, is_read_only=True) as connection:
        asked = _released(connection) if months is None else sorted(set(months))
        for month in asked:
            cycles.require_frozen(connection, month)
        events = history.history(connection, asked[-1]) if asked else []
    if not asked:
        return []
    folder = office.warehouse.parent
    with exclusive.scratch(folder / SCRATCH, folder / LOCK, BUSY) as home:
        listed = [month for month in asked if (office.outbox(month) / "lists").is_dir()]
        stopped = None
        try:
            Replay(office, home, ingest_judge, prepare_judge).play(events, listed)
        except (Refused, InvariantBroken) as error:
            stopped = error
        return compare(office, home, asked, stopped)


def _released(connection: Connection, cycle: str = "main.cycle") -> list[int]:
    found = warehouse.rows(
        connection,
        f"SELECT month FROM {cycle} WHERE state IN $frozen ORDER BY month",
        frozen=list(cycles.FROZEN),
    )
    return [month for (month,) in found]


def compare(
    office: Office, home: Path, months: Sequence[int], stopped: Exception | None = None
) -> list[Recomputed]:
    """Compare released months of an office with those of its replay in `home`.

    `stopped` says why the replay did not come to an end.
    """
    again = replace(office, home=home)
    found = []
    with warehouse.opened(office, is_read_only=True) as connection:
        done = _attach(connection, again)
        for month in months:
            digest = cycles.require_frozen(connection, month).digest or ""
            problems = (
                _different(connection, office, again, month)
                if month in done
                else [f"không tính lại được: {stopped}"]
            )
            found.append(Recomputed(month_text(month), digest, tuple(problems)))
    return found


def _attach(connection: Connection, again: Office) -> list[int]:
    """Attach the replay's warehouse as `replayed`; return the months that it released."""
    if not again.warehouse.exists():
        return []  # stopped before it began
    connection.execute(f"ATTACH {quote(str(again.warehouse))} AS replayed (READ_ONLY)")
    return _released(connection, "replayed.main.cycle")


def _different(connection: Connection, office: Office, again: Office, month: int) -> Iterator[str]:
    """Yield, in Vietnamese, each table and file of a month that is not what it was."""
    digests = [
        warehouse.value(connection, f"SELECT digest FROM {cycle} WHERE month = $month", month=month)
        for cycle in ("main.cycle", "replayed.main.cycle")
    ]
    if digests[0] != digests[1]:
        yield f"mã xác nhận {digests[0]}, tính lại được {digests[1]}"
    for table, where in COMPARED.items():
        rows = _rows_that_differ(connection, table, where, month)
        if rows:
            yield f"bảng {table.table_name}: {rows} dòng khác"
    for folder in FOLDERS:
        yield from _files_that_differ(office, again, month, folder)


def _rows_that_differ(connection: Connection, table: type[Table], where: str, month: int) -> int:
    """Return how many rows of one are not in the other, whichever has more of them."""
    names = ", ".join(name for name in table.names() if name not in NOT_COMPARED)
    kept, again = (
        f"SELECT {names} FROM {catalog}{table.table_name} WHERE {where}"
        for catalog in ("main.", "replayed.main.")
    )
    return max(
        warehouse.value(connection, f"SELECT count(*) FROM ({one} EXCEPT ALL {other})", month=month)
        for one, other in ((kept, again), (again, kept))
    )


def _files_that_differ(office: Office, again: Office, month: int, name: str) -> Iterator[str]:
    """Compare a folder of a month's outbox, manifest and all, byte for byte.

    Signatures are looked at by `verify`: the replay has no key.
    """
    lying, computed = (one.outbox(month) / name for one in (office, again))
    if name in OPTIONAL and not lying.is_dir():
        return
    for file in sorted(_names(lying) | _names(computed)):
        path = (lying / file).relative_to(office.home)
        if not (computed / file).is_file():
            yield f"{path}: tệp lạ, tính lại không có"
        elif not (lying / file).is_file():
            yield f"{path}: thiếu tệp"
        elif not filecmp.cmp(lying / file, computed / file, shallow=False):
            yield f"{path}: khác với tệp tính lại"


def _names(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if path.suffix != SIGNATURE}
