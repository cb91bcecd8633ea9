"""The one place where files and folders become visible: whole, on disk, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` at `path`, replacing what is there; a reader sees the old or the new file."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(data)

    write_with(path, fill)


def write_with(path: Path, writer: Callable[[Path], None]) -> None:
    """Let `writer` fill a temporary file beside `path`, then put it there in one step.

    Whatever fails on the way, nothing is seen at `path` and no temporary file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        writer(temporary)
        sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def replace_folder(fresh: Path, folder: Path) -> None:
    """Put a folder that is written whole in place of another, or where there is none yet."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    for path in fresh.iterdir():
        sync(path)
    sync(fresh)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
