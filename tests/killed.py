"""Run one verb and die by SIGKILL at the n-th point where something becomes durable.

Points: before and after every commit of the warehouse, every rename and every fsync.
Usage: python -m tests.killed HOME VERB N   (N = 0: not at all; prints how many points there are,
and which is the one after the last commit, when the journal lacks what the warehouse has)
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flows import ingest, prepare, release
from schemas.period import month_number
from tasks import cycles, warehouse
from tasks.office import load_office
from tasks.warehouse import Connection

MONTH, TODAY = "2024-06", "2024-06-03"


class Points:
    """Counts points as they are passed and kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.left = kill_at
        self.after_commit = 0

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
    else:
        office = load_office(Path(home), date.fromisoformat(TODAY))
        with warehouse.opened(office) as connection:
            state = cycles.find(connection, month_number(MONTH))
        assert state is not None
        assert state.digest is not None
        release.release(home, TODAY, MONTH, state.digest, "Bình")


if __name__ == "__main__":
    home, verb, kill_at = sys.argv[1:]
    points = Points(int(kill_at))
    watch(points)
    run(home, verb)
    print(-points.left, points.after_commit)
