"""A folder aside in which one process at a time works; a dead process holds nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tasks import sheet_pool
from tasks.office import Refused


@contextmanager
def held(path: Path, busy: str) -> Iterator[None]:
    """Hold a file; Refused with `busy` where another process does."""
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Refused(busy) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def scratch(folder: Path, lock: Path, busy: str) -> Iterator[Path]:
    """Give an empty folder that only this user can look into, and remove it whatever happens.

    What a killed run left behind is removed first.
    """
    with held(lock, busy):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            sheet_pool.close_reader()  # it may still be writing for a run that is stopped
            raise
        finally:
            shutil.rmtree(folder)
