"""What leaves the office: a folder of files with a manifest, seen whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.visible import replace_folder

MANIFEST = "manifest.json"
SIGNATURE = ".minisig"  # beside the file that it signs (tasks.seal)


@dataclass(frozen=True)
class Listed:
    """What a manifest says of a file; its bytes lie on disk."""

    name: str
    sha256: str
    rows: int
    amount: int = 0  # VND
    about: Mapping[str, Any] = field(default_factory=dict)

    def entry(self) -> dict[str, Any]:
        """Return the manifest's line for this file."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "rows": self.rows,
            "total_vnd": self.amount,
            **self.about,
        }


@dataclass(frozen=True)
class OutFile:
    """A file to be written: its bytes, and what the manifest says of it."""

    name: str
    data: bytes
    rows: int
    amount: int = 0  # VND
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def entry(self) -> dict[str, Any]:
        """Return the manifest's line for this file."""
        return Listed(self.name, self.sha256, self.rows, self.amount, self.about).entry()


Files = Sequence[OutFile | Listed]


def sha256_of(path: Path) -> str:
    """Return the hash of a file, read a little at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_bytes(files: Files) -> bytes:
    """Return the manifest of a folder: its files by name, and their totals."""
    body = {
        "files": [file.entry() for file in sorted(files, key=lambda file: file.name)],
        "rows": sum(file.rows for file in files),
        "total_vnd": sum(file.amount for file in files),
    }
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def write_folder(
    folder: Path,
    files: Sequence[OutFile],
    large: Sequence[Listed] = (),
    fill: Callable[[Path], None] | None = None,
) -> None:
    """Make `folder` hold exactly these files and their manifest, by one rename of the folder.

    Nothing is touched where it holds them already. A run that dies half-way leaves the old
    folder, or none; never a part. The large ones lie beside the folder already, unseen
    (`emptied`); where one is lost or changed, `fill` writes them all again.
    """
    manifest = manifest_bytes([*files, *large])
    fresh = _beside(folder)
    if _holds(folder, [*files, *large], manifest):
        shutil.rmtree(fresh, ignore_errors=True)
        return
    if not (large and fresh.is_dir() and _complete(fresh, files, large, manifest)):
        emptied(folder)
        if fill is not None:
            fill(fresh)
        if not _complete(fresh, files, large, manifest):
            raise OSError(f"Files in {fresh} are not what was written")
    replace_folder(fresh, folder)


def _complete(
    fresh: Path, files: Sequence[OutFile], large: Sequence[Listed], manifest: bytes
) -> bool:
    """Write what lies beside the large files; tell whether all reads back as planned."""
    for file in files:
        (fresh / file.name).write_bytes(file.data)
    (fresh / MANIFEST).write_bytes(manifest)
    return _holds(fresh, [*files, *large], manifest)


def emptied(folder: Path) -> Path:
    """Return an empty folder, unseen, in which the files of `folder` are written first."""
    fresh = _beside(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _holds(folder: Path, files: Files, manifest: bytes) -> bool:
    """Tell whether every file reads back as planned and nothing else is there."""
    planned = {MANIFEST, *(file.name for file in files)}
    if not folder.is_dir() or _unsigned(folder, planned) != planned:
        return False
    return (folder / MANIFEST).read_bytes() == manifest and _read_back(folder, files)


def _read_back(folder: Path, files: Files) -> bool:
    return all(
        (folder / file.name).is_file() and sha256_of(folder / file.name) == file.sha256
        for file in files
    )


def _unsigned(folder: Path, planned: set[str]) -> set[str]:
    """Return the names of what lies in a folder but for the signatures of what is planned."""
    signatures = {name + SIGNATURE for name in planned}
    return {path.name for path in folder.iterdir()} - signatures


def entries(outbox: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield folder and manifest line of every file that a month's outbox lists."""
    for manifest in sorted(outbox.glob(f"*/{MANIFEST}")):
        for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
            yield manifest.parent.name, entry


def verify_folder(folder: Path) -> list[str]:
    """Return, in Vietnamese, every way in which a folder differs from its manifest."""
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{folder}: thiếu {MANIFEST}"]
    entries = json.loads(path.read_text(encoding="utf-8"))["files"]
    found = []
    for entry in entries:
        file = folder / entry["name"]
        if not file.is_file():
            found.append(f"{file}: thiếu tệp")
        elif sha256_of(file) != entry["sha256"]:
            found.append(f"{file}: nội dung đã bị thay đổi")
    listed = {MANIFEST, *(entry["name"] for entry in entries)}
    found += [
        f"{folder / extra}: tệp lạ, không có trong {MANIFEST}"
        for extra in sorted(_unsigned(folder, listed) - listed)
    ]
    return found
