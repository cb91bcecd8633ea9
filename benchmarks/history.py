"""Time a month with more and more months behind it: `python -m benchmarks.history [PEOPLE]`.

A small office lives its months for real; copies of it make offices of PEOPLE with 3, 12 and 36
closed months (benchmarks.past). In each the next month is prepared, in turns and in a process of
its own, so that a noisy machine is noisy to all; then it is released, answered and reconciled,
once. What counts are the ratios between lengths of history: seconds are of this machine, and of
files it is only the waiting that is seen, for a child reads them.

`--months 3,36` other lengths; `--repeats 3` how often each is prepared; `--memory 8GB` what DuckDB
may use; `--keep DIR` keeps the small office for the next run, and with `--prepare-only`, which
stops before the release, the large ones too.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.past import ANSWERED_ON, SEED_PEOPLE, Past, enlarge, live
from benchmarks.stopwatch import CLOCKS, Stopwatch, watching
from flows.quality import ingest_judge, prepare_judge
from schemas.period import month_text, month_vi
from tasks import (
    cycles,
    inbox,
    intake,
    ledger,
    payroll,
    reconciliation,
    registry,
    release,
    warehouse,
)
from tasks.office import Office
from tasks.sheet_pool import close_reader
from tasks.warehouse import Connection

DEFAULT_PEOPLE = 200_000
DEFAULT_MONTHS = "3,12,36"
WATCHED = (payroll, reconciliation, registry, ledger, warehouse)
WHOLE = "open, prepare, close"
SHOWN = 0.005  # share of prepare below which a step is not worth a line
ROWS_OF_A_FILE = 400_000  # of answers; a sheet may have half a million
# One payment in fifty fails.
ANSWERS = """
    SELECT
        payment_id AS "Mã chi trả", account_number AS "Số tài khoản", amount AS "Số tiền",
        if(is_failed, 'LOI', 'THANH_CONG') AS "Trạng thái",
        if(is_failed, if(channel = 'cash', 'KHONG_DEN_NHAN', 'SAI_SO_TK'), NULL) AS "Mã lỗi",
        provider AS "Đơn vị", $period AS "Kỳ"
    FROM (
        SELECT *, row_number() OVER (ORDER BY provider, dossier_no, scheme) % 50 = 0 AS is_failed
        FROM payment
        WHERE month = $month AND channel <> 'none'
    )
"""


@dataclass(frozen=True)
class Measured:
    """What one process took, and what it prepared."""

    seconds: Stopwatch
    peak: int  # bytes
    payments: int
    digest: str


Times = dict[int, list[Measured]]  # by closed months


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a process of its own, so that its peak of memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def prepare(past: Past, memory: str | None) -> Measured:
    """Prepare the month after a past; it can be prepared again."""
    office, watch = past.office(), Stopwatch()
    with watching(watch, WATCHED), watch.step(WHOLE), _opened(office, memory) as connection:
        judge = watch.timed(prepare_judge(connection, office, past.month))
        prepared = payroll.prepare(connection, office, past.month, past.month, "An", judge)
    return Measured(watch, _peak(), prepared.payments, prepared.digest)


def finish(past: Past, memory: str | None) -> Measured:
    """Release the prepared month, have it answered, and reconcile it."""
    office, watch = past.office(), Stopwatch()
    with _opened(office, memory) as connection:
        prepared = payroll.summary(connection, past.month)
        with watch.step("release"):
            release.release(connection, office, past.month, prepared.digest, "Bình", "đo")
        _answer(connection, office, past.month)
    office = past.office(ANSWERED_ON)
    _take_answers(office, memory, watch)
    with _opened(office, memory) as connection, watch.step("reconcile"):
        reconciliation.reconcile(connection, office, past.month)
    return Measured(watch, _peak(), prepared.payments, prepared.digest)


@contextmanager
def _opened(office: Office, memory: str | None) -> Iterator[Connection]:
    with warehouse.opened(office) as connection:
        connection.execute("SET enable_progress_bar = false")
        if memory:
            connection.execute(f"SET memory_limit = '{memory}'")
        yield connection


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _answer(connection: Connection, office: Office, month: int) -> None:
    """Write what the providers say of a month into the inbox."""
    rows = warehouse.frame(connection, ANSWERS, month=month, period=month_vi(month))
    folder = office.inbox / month_text(month)
    folder.mkdir(parents=True)
    for number, part in enumerate(rows.iter_slices(ROWS_OF_A_FILE)):
        part.write_csv(folder / f"ket_qua_{number:02d}.csv")


def _take_answers(office: Office, memory: str | None, watch: Stopwatch) -> None:
    arrivals = inbox.arrivals(office)
    with _opened(office, memory) as connection:
        with watch.step("ingest results: read"):
            for arrival in intake.new_arrivals(connection, arrivals):
                inbox.archive(office, arrival)
                inbox.stage(office, arrival)
            close_reader()
        judge = ingest_judge(connection, office, cycles.open_month(connection, office))
        with watch.step("ingest results: judge and fold"):
            intake.take(connection, office, arrivals, judge)


def measure(folder: Path, asked: argparse.Namespace) -> None:
    """Make the offices, take their times in turns, and print them."""
    pasts = _pasts(folder, asked.people, sorted(asked.months))
    prepared: Times = {past.months: [] for past in pasts}
    for turn in range(1, asked.repeats + 1):
        for past in pasts:
            _say(f"prepare after {past.months} months, {turn} of {asked.repeats}")
            prepared[past.months].append(apart(prepare, past, asked.memory))
    _require_same_digest(prepared)
    report(pasts, prepared)
    if asked.prepare_only:
        return
    finished: Times = {}
    for past in pasts:
        _say(f"release, ingest of results and reconcile after {past.months} months")
        finished[past.months] = [apart(finish, past, asked.memory)]
        shutil.rmtree(past.home)  # its month is over: it is not the office that was made
    for clock in CLOCKS:
        title = f"the rest of the month, once, {clock} seconds"
        _print_steps(title, finished, clock, _parts(finished, None))


def _pasts(folder: Path, people: int, lengths: list[int]) -> list[Past]:
    """Return offices of these lengths, made where they are not there."""
    _say(f"running {max(lengths)} months of {SEED_PEOPLE:,} people")
    small = apart(live, folder, SEED_PEOPLE, lengths)
    copies = max(1, round(people / SEED_PEOPLE))
    pasts = [Past(folder / f"large-{copies}-{length:03d}", length) for length in lengths]
    for past in pasts:
        if not past.home.exists():
            _say(f"copying the office with {past.months} months {copies} times")
            apart(enlarge, small[past.months], past, copies)
    return pasts


def _require_same_digest(times: Times) -> None:
    """Raise where preparing a month again gave another payroll: nothing was measured then."""
    for months, measured in times.items():
        if len({one.digest for one in measured}) > 1:
            raise RuntimeError(f"after {months} months: another digest each time")


def report(pasts: list[Past], times: Times) -> None:
    """Print what prepare took by each clock: its parts, and the single steps."""
    print(f"\n{'':46}" + "".join(f"{past.months:>5} months" for past in pasts))
    _print_row("payments prepared", [times[past.months][0].payments for past in pasts], "12,d")
    _print_row("digest", [times[past.months][0].digest[:10] for past in pasts], ">12")
    sizes = [past.office().warehouse.stat().st_size / 1024**3 for past in pasts]
    _print_row("warehouse, GiB", sizes, "12.2f")
    _print_row("peak memory of prepare, GiB", [_peak_of(times[p.months]) for p in pasts], "12.2f")
    parts = [WHOLE, "prepare", *_parts(times, "prepare")]
    for clock in CLOCKS:
        _print_steps(f"prepare and its parts, {clock} seconds", times, clock, parts)
    for clock in CLOCKS:
        title = f"single steps, without the steps inside them, {clock} seconds"
        _print_steps(title, times, clock, _worth_a_line(times, clock), "own")


def _peak_of(measured: list[Measured]) -> float:
    return max(one.peak for one in measured) / 1024**3


def _parts(times: Times, step: str | None) -> list[str]:
    """Return the steps right inside a step, in their order."""
    return list(dict.fromkeys(part for one in _all(times) for part in one.seconds.parts(step)))


def _worth_a_line(times: Times, clock: str) -> list[str]:
    """Return the steps that take a share of prepare at the longest history, longest first."""
    longest = times[max(times)]
    least = SHOWN * _seconds(longest, clock, WHOLE)
    steps = dict.fromkeys(step for one in _all(times) for step in one.seconds.parent)
    own = {step: _seconds(longest, clock, step, "own") for step in steps}
    return sorted((step for step in own if own[step] > least), key=lambda step: -own[step])


def _all(times: Times) -> Iterable[Measured]:
    return (one for measured in times.values() for one in measured)


def _seconds(measured: list[Measured], clock: str, step: str, which: str = "whole") -> float:
    return median(getattr(one.seconds, which)[clock][step] for one in measured)


def _print_steps(
    title: str, times: Times, clock: str, steps: list[str], which: str = "whole"
) -> None:
    """Print a line a step: the median at each length, and longest over shortest."""
    print(f"\n{title} ({max(times)} / {min(times)} months)")
    for step in steps:
        seconds = [_seconds(measured, clock, step, which) for measured in times.values()]
        ratio = seconds[-1] / max(seconds[0], 0.001)
        _print_row(step, seconds, "12.2f", f"  x {ratio:6.2f}")


def _print_row(name: str, figures: list[Any], form: str, after: str = "") -> None:
    told = "".join(format(figure, form) for figure in figures)
    print(f"  {name:44}{told}{after}", flush=True)


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Read what is asked, and measure in a folder that is kept or thrown away."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("people", nargs="?", type=int, default=DEFAULT_PEOPLE)
    asked.add_argument("--months", default=DEFAULT_MONTHS)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--memory", help="what DuckDB may use, as 8GB")
    asked.add_argument("--keep", type=Path, metavar="DIR")
    asked.add_argument("--prepare-only", action="store_true")
    given = asked.parse_args()
    given.months = [int(months) for months in given.months.split(",")]
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        measure(given.keep, given)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given)


if __name__ == "__main__":
    main()
