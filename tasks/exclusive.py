"""A file held by one process alone; a dead process holds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.office import Refused


@contextmanager
def held(path: Path, busy: str) -> Iterator[None]:
    """Hold a file; Refused with `busy` where another process does."""
    with path.open("w") as file:
        _lock(file.fileno(), busy)
        yield


def _lock(handle: int, busy: str) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(busy) from None
