"""One writer at a time: the office is locked for a whole verb, whoever runs it and from where.

The lock is the operating system's, so it ends with its process however that dies. What only reads
takes no lock. Commands of people wait a minute, runs of the server until it is their turn.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from filelock import FileLock, Timeout

from flows.step import announce, in_flow_run
from tasks.office import TIME_ZONE, Refused

P = ParamSpec("P")
R = TypeVar("R")

LOCK, HOLDER = ".lock", ".lock.json"
PATIENCE_SECONDS = 60.0
PATIENCE_SECONDS_OF_A_RUN = 12 * 3600.0
BUSY = "Đơn vị đang bận: {}. Chờ việc đó xong rồi chạy lại; không có gì bị thay đổi."
UNKNOWN = "một lệnh khác đang chạy"


def writes(label: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a verb that writes: nothing else writes to its `home` while it runs.

    `label` names it by its arguments, in Vietnamese, to whoever has to wait for it.
    """

    def declare(verb: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(verb)

        @wraps(verb)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            with alone(Path(given.arguments["home"]), label.format(**given.arguments)):
                return verb(*args, **kwargs)

        return call

    return declare


@contextmanager
def alone(home: Path, doing: str, seconds: float | None = None) -> Iterator[None]:
    """Hold the office for a verb; Refused where another one holds it for longer than `seconds`.

    A verb may call another one: the same thread is let in again. Where there is no office there is
    nothing to hold.
    """
    if not (home / "reference").is_dir():
        yield
        return
    lock = FileLock(home / LOCK, is_singleton=True, poll_interval=0.2)
    is_again = lock.is_locked
    _wait_for(lock, home, _patience() if seconds is None else seconds)
    try:
        if not is_again:
            _say_who(home, doing)
        yield
    finally:
        if not is_again:
            (home / HOLDER).unlink(missing_ok=True)
        lock.release()


def _wait_for(lock: FileLock, home: Path, seconds: float) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _tell(f"Đang chờ đến lượt: {holder(home)}.")
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise Refused(BUSY.format(holder(home))) from None


def holder(home: Path) -> str:
    """Return in words what holds an office, and since when."""
    try:
        told = json.loads((home / HOLDER).read_text(encoding="utf-8"))
        return f"“{told['doing']}” chạy từ {told['since']} (tiến trình {told['process']})"
    except (OSError, ValueError, KeyError):
        return UNKNOWN  # it has just begun or ended


def _say_who(home: Path, doing: str) -> None:
    since = datetime.now(TIME_ZONE).strftime("%H:%M ngày %d/%m/%Y")
    told = {"doing": doing, "since": since, "process": os.getpid()}
    (home / HOLDER).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _patience() -> float:
    return PATIENCE_SECONDS_OF_A_RUN if in_flow_run() else PATIENCE_SECONDS


def _tell(sentence: str) -> None:
    """Say why nothing happens: in the log of a run, or where a person is looking."""
    if in_flow_run():
        from prefect.logging import get_run_logger

        get_run_logger().info(sentence)
    else:
        announce(sentence)
