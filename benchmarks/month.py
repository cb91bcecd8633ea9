"""Time every step of one month: `python -m benchmarks.month [PEOPLE …]`.

The first month of a fictional office takes in the roster; the second is the month measured:
its changes come in, are checked and folded, paid, answered, reconciled and published. Figures of
one run are to be compared with one another, not with those of another machine.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from expectations.runner import Tallies, judge
from flows.quality import parameters as suite_parameters
from schemas.period import first_day, month_number, month_text
from tasks import (
    inbox,
    intake,
    ledger,
    lists,
    payroll,
    publish,
    reconciliation,
    release,
    sample,
    warehouse,
)
from tasks.office import Office, init_office, load_office

DEFAULT_PEOPLE = (5_000, 60_000, 1_000_000)
START = month_number("2024-06")


@dataclass
class Watch:
    """Seconds by step, in the order in which steps were run."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, step: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = work()
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started
        return result


def run_month(home: Path, inputs: Path, month: int, watch: Watch) -> None:
    """Run one month with the plain steps, no Prefect; the roster is loaded in the first."""
    day = first_day(month)
    shutil.copytree(inputs / month_text(month), home / "inbox" / month_text(month))
    _take_in(load_office(home, day), watch, "ingest")
    office = load_office(home, day)
    with warehouse.opened(office) as connection:
        said = judge(suite_parameters(connection, office), Tallies())
        prepared = watch.time(
            "prepare",
            lambda: payroll.prepare(connection, office, month, month, "An", said),
        )
        watch.time("lists", lambda: lists.write_lists(office, connection, month))
        released = watch.time(
            "release",
            lambda: release.release(connection, office, month, prepared.digest, "Bình", "đo"),
        )
    _answer(office, released, month)
    _take_in(office, watch, "ingest results")
    with warehouse.opened(office) as connection:
        watch.time("reconcile", lambda: reconciliation.reconcile(connection, office, month))
        watch.time("publish", lambda: publish.publish(office, connection, month))
        watch.time("invariants", lambda: ledger.require(connection, month))


def _take_in(office: Office, watch: Watch, step: str) -> None:
    arrivals = watch.time(f"{step}: hash", lambda: inbox.arrivals(office))
    with warehouse.opened(office) as connection:
        fresh = intake.new_arrivals(connection, arrivals)
        watch.time(f"{step}: read", lambda: _read(office, fresh))
        said = judge(suite_parameters(connection, office), Tallies())
        watch.time(
            f"{step}: judge and fold",
            lambda: intake.take(connection, office, arrivals, said),
        )


def _read(office: Office, fresh: list[inbox.Arrival]) -> None:
    for arrival in fresh:
        inbox.archive(office, arrival)
        inbox.stage(office, arrival)


def _answer(office: Office, released: release.Released, month: int) -> None:
    """Play the providers; not a step of ours, so not timed."""
    folder = office.inbox / month_text(month) / "ket_qua"
    folder.mkdir()
    for file in released.files:
        sample.answer_payments(
            office.outbox(month) / "payments" / file["name"],
            folder / file["name"],
            1,
            file["provider"],
            month_text(month),
            date(2024, 7, 12),
        )


def prefect_overhead() -> float:
    """Return seconds that a flow of ten empty tasks takes on Prefect's temporary server."""
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "ERROR"}
    from prefect import flow, task
    from prefect.testing.utilities import prefect_test_harness

    @task
    def nothing() -> None:
        """Do no work."""

    @flow
    def empty() -> None:
        for _ in range(10):
            nothing()

    with prefect_test_harness(server_startup_timeout=180):
        empty()
        started = time.perf_counter()
        empty()
        return time.perf_counter() - started


def report(people: int, watch: Watch) -> None:
    """Print seconds, people a second and share of each step, the slowest marked."""
    total = sum(watch.seconds.values())
    slowest = max(watch.seconds, key=lambda step: watch.seconds[step])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    speed = people / total
    print(f"\n{people:,} people: {total:.1f} s, {speed:,.0f} people/s, peak {peak:.1f} GiB")
    for step, seconds in watch.seconds.items():
        mark = "  <- slowest" if step == slowest else ""
        speed = people / max(seconds, 0.001)
        print(f"  {step:32} {seconds:8.2f} s {speed:14,.0f}/s {seconds / total:6.1%}{mark}")


def main(sizes: list[int]) -> None:
    """Measure the sizes given, smallest first."""
    for people in sorted(sizes):
        with tempfile.TemporaryDirectory() as folder:
            home, inputs = Path(folder) / "office", Path(folder) / "inputs"
            init_office(home)
            sample.write_sample(inputs, people, 2, 1)
            run_month(home, inputs, START, Watch())
            watch = Watch()
            run_month(home, inputs, START + 1, watch)
            report(people, watch)
    print(f"\nPrefect alone, ten empty tasks in a flow: {prefect_overhead():.2f} s")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or list(DEFAULT_PEOPLE))
