"""Receive files once: find them, keep their bytes under their hash, read them, keep what was read.

Nothing is ever taken out of the inbox; what is in the archive is never changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from tasks.office import Office, Refused
from tasks.outbox import sha256_of
from tasks.raw_rows import batches
from tasks.sheet_pool import parse_in_child_to
from tasks.sheets import Parsed, Place, refused
from tasks.visible import write_bytes, write_with

TEMPORARY_ENDINGS = (".tmp", ".part", ".partial", ".crdownload", ".download", "~")
STAGING_VERSION = 3  # of what is kept of a file that was read: an older one is read again
IGNORED_NAMES = frozenset(("thumbs.db", "desktop.ini"))
CHANGING = "Tệp “{}” đang thay đổi trong khi nhận. Chờ chép xong rồi chạy lại."


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox: its name below `inbox/` with `/`, its bytes' hash and their number."""

    name: str
    sha256: str
    size: int
    path: Path

    @property
    def folder_unit(self) -> str | None:
        """Return the name of the folder that holds the file, None right in the inbox."""
        return PurePosixPath(self.name).parent.name or None


def arrivals(office: Office) -> list[Arrival]:
    """Return the files of the inbox by name, without hidden, temporary and lock files."""
    return sorted(_found(office.inbox), key=lambda arrival: arrival.name)


def _found(inbox: Path) -> Iterator[Arrival]:
    for path in inbox.rglob("*"):
        if not _is_sent(path.relative_to(inbox)) or path.is_symlink() or not path.is_file():
            continue
        try:
            sha256 = sha256_of(path)
            size = path.stat().st_size
        except OSError:
            continue  # still locked by who writes it: it comes with the next run
        yield Arrival(_name(path.relative_to(inbox)), sha256, size, path)


def _is_sent(relative: Path) -> bool:
    """Tell whether a path is something that people sent."""
    if any(part.startswith((".", "~$")) for part in relative.parts):
        return False
    name = relative.name.lower()
    return not name.endswith(TEMPORARY_ENDINGS) and name not in IGNORED_NAMES


def _name(relative: Path) -> str:
    """Return a path as text; bytes of a name that are no UTF-8 become `?`."""
    return relative.as_posix().encode("utf-8", "replace").decode()


def archive_path(office: Office, sha256: str) -> Path:
    """Return where the bytes with this hash are kept."""
    return office.archive / sha256


def archive(office: Office, arrival: Arrival) -> Path:
    """Keep the received bytes, read-only, under their hash; nothing to do if they are there.

    Refused where the file is no longer what `arrivals` saw.
    """
    target = archive_path(office, arrival.sha256)
    if not target.exists():
        write_with(target, lambda temporary: _copy(arrival, temporary))
    return target


def _copy(arrival: Arrival, temporary: Path) -> None:
    shutil.copyfile(arrival.path, temporary)
    if sha256_of(temporary) != arrival.sha256:
        raise Refused(CHANGING.format(arrival.name))
    temporary.chmod(0o444)


def stage(office: Office, arrival: Arrival, refusal: str | None = None) -> None:
    """Read the archived bytes and keep what was read; skipped where that was done before.

    With `refusal` they are not read: it was said of them once, and stands.
    """
    rows, about = _staging_paths(office, arrival.sha256)
    if rows.exists() and about.exists():
        return
    path = archive_path(office, arrival.sha256)
    found: list[Parsed] = []

    def read(target: Path) -> None:
        found.append(
            refused(refusal)
            if refusal
            else parse_in_child_to(path, arrival.name, office.limits, target)
        )
        if found[0].refusal:
            found[0].frame.write_parquet(target)  # without rows

    write_with(rows, read)
    # Last: it says that the rows are whole.
    write_bytes(about, json.dumps(_facts(found[0]), ensure_ascii=False, indent=1).encode())


def staged(office: Office, sha256: str) -> Parsed:
    """Return what was read from the archived bytes with this hash; they must be staged."""
    rows, _ = _staging_paths(office, sha256)
    frame = pl.read_parquet(rows, memory_map=False)
    return replace(staged_facts(office, sha256), frame=frame)


def staged_facts(office: Office, sha256: str) -> Parsed:
    """Return what was read from the archived bytes with this hash, without its rows."""
    rows, about = _staging_paths(office, sha256)
    facts = json.loads(about.read_text(encoding="utf-8"))
    facts["places"] = tuple(Place(**place) for place in facts["places"])
    return Parsed(frame=pl.DataFrame(schema=pl.read_parquet_schema(rows)), **facts)


def staged_batches(office: Office, sha256: str) -> Iterator[pl.DataFrame]:
    """Yield the rows that were read from the archived bytes with this hash, some at a time."""
    return batches(_staging_paths(office, sha256)[0])


def _staging_paths(office: Office, sha256: str) -> tuple[Path, Path]:
    stem = f"{sha256}.v{STAGING_VERSION}"
    return office.staging / f"{stem}.parquet", office.staging / f"{stem}.json"


def _facts(parsed: Parsed) -> dict[str, Any]:
    """Return all but the rows."""
    names = [field.name for field in fields(parsed) if field.name not in ("frame", "places")]
    facts = {name: getattr(parsed, name) for name in names}
    return facts | {"places": [asdict(place) for place in parsed.places]}
