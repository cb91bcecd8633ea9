"""Run one verb in a process of its own, which dies by SIGKILL at the n-th durable point.

Points: before and after every commit of the warehouse, every rename and every fsync.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flows import ingest, prepare, release, resolve, treasury
from schemas.period import month_number
from tasks import cycles, resolution, warehouse
from tasks.office import load_office
from tasks.warehouse import Connection

MONTH, TODAY = "2024-06", "2024-06-03"


class Points:
    """Counts points as they are passed and kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.left = kill_at
        self.after_commit = 0  # the last one: the journal lacks what the warehouse has

    def pass_one(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.pass_one()
            result = function(*args, **kwargs)
            self.pass_one()
            return result

        return call


def watch(points: Points) -> None:
    """Put points around everything that makes work durable."""
    transaction = warehouse.transaction

    @contextmanager
    def counted(connection: Connection) -> Iterator[None]:
        with transaction(connection):
            yield
            points.pass_one()
        points.pass_one()
        points.after_commit = -points.left

    warehouse.transaction = counted  # type: ignore[assignment]
    for name in ("rename", "replace", "fsync"):
        setattr(os, name, points.around(getattr(os, name)))
    Path.rename = points.around(Path.rename)  # type: ignore[method-assign]
    Path.replace = points.around(Path.replace)  # type: ignore[method-assign]


def run(home: str, verb: str) -> None:
    if verb == "ingest":
        ingest.ingest(home, TODAY)
    elif verb == "prepare":
        prepare.prepare(home, TODAY, MONTH, None, "An", False)
    elif verb == "release":
        release.release(home, TODAY, MONTH, str(prepared_digest(home)), "Bình")
    elif verb == "treasury":
        treasury.treasury(home, TODAY, MONTH, TODAY, "KB 12", "Chi")
    else:
        reference = any_payment(home)
        asked = resolution.Asked(reference, "failed", "Chi", "đã gọi điện")
        resolve.resolve(home, TODAY, asdict(asked))


def prepared_digest(home: str) -> str | None:
    with warehouse.opened(load_office(Path(home), date.fromisoformat(TODAY))) as connection:
        state = cycles.find(connection, month_number(MONTH))
    return state.digest if state else None


def any_payment(home: str) -> str:
    with warehouse.opened(load_office(Path(home), date.fromisoformat(TODAY))) as connection:
        return str(warehouse.value(connection, "SELECT min(payment_id) FROM payment"))


def _run_watched(home: str, verb: str, kill_at: int, passed: Any) -> None:
    points = Points(kill_at)
    watch(points)
    run(home, verb)
    passed.send((-points.left, points.after_commit))
    # Its own reading child would be waited for, who waits for it: a new process ends at once.
    os._exit(0)


def run_apart(home: Path, verb: str, kill_at: int = 0) -> tuple[int | None, int, int]:
    """Run a verb in a new process, killed at a point (0: at none).

    Returns its exit code, and, where it was not killed, how many points it passed and which of them
    is the one after the last commit. The process is forked from one that has only imported what it
    needs: importing takes longer than the verb.
    """
    apart = multiprocessing.get_context("forkserver")
    apart.set_forkserver_preload([__name__])
    receiver, sender = apart.Pipe(duplex=False)
    process = apart.Process(target=_run_watched, args=(str(home), verb, kill_at, sender))
    process.start()
    sender.close()
    process.join(240)
    process.kill()
    return process.exitcode, *(receiver.recv() if process.exitcode == 0 else (0, 0))
