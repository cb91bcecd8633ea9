"""Read files in a child process, so that a file which takes its reader down takes nothing else.

A workbook reader can abort, hang or eat all memory where no exception helps. One child reads file
after file; when it dies or takes too long, the file is refused and the next one gets a new child.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

from tasks.archive_check import MEGABYTE
from tasks.office import Limits
from tasks.sheets import Parsed, parse, parse_to, refused

Result = TypeVar("Result")

MEMORY_BYTES = 4 * 1024**3  # address space of the child
ATTEMPTS = 2
SECONDS = 60.0
SECONDS_PER_MEGABYTE = 6.0
DIED = "Tệp làm hỏng trình đọc (quá lớn hoặc cấu trúc bất thường)."
TOO_SLOW = "Đọc tệp quá lâu. Chia nhỏ tệp rồi gửi lại."
# What a reading came to on the machine of that day, and may not come to again.
OF_THE_MACHINE = (DIED, TOO_SLOW)


class ChildFailed(Exception):
    """The child process died or took too long; the text says which, in Vietnamese."""


class SheetReader:
    """A child process that parses files, one at a time, and is replaced when it fails."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self.memory_bytes = memory_bytes
        self._pool: ProcessPoolExecutor | None = None
        # One file at a time: a dead child then names the file that killed it.
        self._turn = threading.Lock()

    def parse(self, path: Path, name: str, limits: Limits, seconds: float | None = None) -> Parsed:
        """Read a file as `tasks.sheets.parse` does; a child that dies or stalls is a refusal.

        A child that dies once may have been killed from outside, so the file gets a second one.
        """
        return self._read(path, seconds, parse, path, name, limits)

    def parse_to(
        self, path: Path, name: str, limits: Limits, target: Path, seconds: float | None = None
    ) -> Parsed:
        """Read a file as `parse` does, its rows into a Parquet file that the child writes.

        Where the child dies or stalls, what it wrote is no whole file.
        """
        return self._read(path, seconds, parse_to, path, name, limits, target)

    def _read(
        self, path: Path, seconds: float | None, function: Callable[..., Parsed], *arguments: Any
    ) -> Parsed:
        try:
            return self.run(_allowed(path) if seconds is None else seconds, function, *arguments)
        except ChildFailed as failed:
            return refused(str(failed))

    def run(self, seconds: float, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call a function of a module in the child; ChildFailed where that dies or stalls."""
        with self._turn:
            for _ in range(ATTEMPTS):
                try:
                    return self._started().submit(function, *arguments).result(seconds)
                except BrokenProcessPool:
                    self._stop()
                except TimeoutError:
                    self._stop()
                    raise ChildFailed(TOO_SLOW) from None
            raise ChildFailed(DIED)

    def close(self) -> None:
        """End the child; the next file starts a new one."""
        with self._turn:
            self._stop()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                mp_context=get_context("spawn"),
                initializer=_begin_child,
                initargs=(self.memory_bytes,),
            )
        return self._pool

    def _stop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # A stalled child does not see a polite shutdown; Python 3.14 has kill_workers for this.
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def _allowed(path: Path) -> float:
    """Return the seconds that a file of this size may take."""
    size = path.stat().st_size if path.is_file() else 0
    return SECONDS + SECONDS_PER_MEGABYTE * size / MEGABYTE


def _begin_child(memory_bytes: int) -> None:
    """Bound the child's memory, and let it end when its parent is gone, killed or not."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(memory_bytes)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    """Cap the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


_READER = SheetReader()


def parse_in_child(path: Path, name: str, limits: Limits) -> Parsed:
    """Read one file in the child process that all calls share."""
    return _READER.parse(path, name, limits)


def parse_in_child_to(path: Path, name: str, limits: Limits, target: Path) -> Parsed:
    """Read one file in the shared child process, which writes its rows into a Parquet file."""
    return _READER.parse_to(path, name, limits, target)


def run_in_child(path: Path, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in the shared child process, in the time that the file at `path` may take.

    ChildFailed where the child dies or stalls; what the function raises comes through.
    """
    return _READER.run(_allowed(path), function, *arguments)


def close_reader() -> None:
    """End the shared child process; the next call starts a new one."""
    _READER.close()
