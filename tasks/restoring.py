"""A back-up put back into an empty folder; warehouse and outputs are then rebuilt from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage

from tasks.backup import AGE, Kept, Store
from tasks.office import InvariantBroken, Refused
from tasks.visible import write_with

UNFINISHED = ".restoring"  # lies in a folder into which a back-up is being put
NO_BACKUP = "Thư mục {} không có bản sao lưu nào."
SEVERAL = "Thư mục {} có bản sao lưu của nhiều nơi: {}. Ghi rõ một thư mục trong đó."
NOT_EMPTY = "Thư mục {} không trống. Khôi phục vào một thư mục trống rồi dùng thư mục đó."
LOCKED = "Bản sao lưu được mã hóa. Ghi tệp khóa riêng của người nhận: --identity TỆP."
NOT_AN_IDENTITY = "Tệp {} không có khóa riêng age (AGE-SECRET-KEY-…)."
WRONG_IDENTITY = "Khóa riêng này không mở được bản sao lưu. Dùng khóa của người nhận đã ghi."
LOST = "Bản sao lưu thiếu {} tệp, ví dụ {} ({}). Không khôi phục; lấy bản sao khác."
DAMAGED = "Bản sao lưu hỏng: {} ({}) không đúng nội dung đã lưu. Lấy bản sao khác."
OWNER_ONLY = {"keys/office.key": 0o600}
MODES = {"archive": 0o444, "journal": 0o400}


class Backup:
    """One complete back-up: its list, and the store that has its files."""

    def __init__(self, path: Path, identities: Sequence[pyrage.x25519.Identity]) -> None:
        self.store = Store(path.parents[1])
        self.store.ending = f".{AGE}" if path.suffix == f".{AGE}" else ""
        self.identities = identities
        self.name = path.name.partition(".")[0]
        about = json.loads(self._opened(path))
        self.entry: int = about["entry"]
        self.head: str = about["head"]
        self.day: str = about["day"]
        self.files = [Kept(**file) for file in about["files"]]

    def _opened(self, path: Path) -> bytes:
        data = path.read_bytes()
        if not self.store.ending:
            return data
        if not self.identities:
            raise Refused(LOCKED)
        try:
            return bytes(pyrage.decrypt(data, list(self.identities)))
        except pyrage.DecryptError:
            raise Refused(WRONG_IDENTITY) from None

    def require_complete(self) -> None:
        """Refuse a back-up of which files are missing, before anything is put anywhere."""
        missing = [file for file in self.files if not self.store.place(file.sha256).is_file()]
        if missing:
            place = self.store.place(missing[0].sha256)
            raise Refused(LOST.format(len(missing), missing[0].path, place))

    def data_of(self, file: Kept) -> bytes:
        """Return the bytes of a file; InvariantBroken where they are not those that were kept."""
        place = self.store.place(file.sha256)
        try:
            data = self._opened(place)
        except Refused:
            data = b""  # the list could be opened: this is damaged
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise InvariantBroken(DAMAGED.format(file.path, place))
        return data


def find(source: Path, identity: Path | None) -> Backup:
    """Return the latest back-up in a folder: that of one office, or the one that holds it."""
    lists = sorted(source.glob("backups/*.json*")) or sorted(source.glob("*/backups/*.json*"))
    lists = [path for path in lists if not path.name.startswith(".")]
    if not lists:
        raise Refused(NO_BACKUP.format(source))
    stores = sorted({path.parents[1].name for path in lists})
    if len(stores) > 1:
        raise Refused(SEVERAL.format(source, ", ".join(stores)))
    return Backup(max(lists, key=lambda path: path.name), _identities(identity))


def _identities(path: Path | None) -> list[pyrage.x25519.Identity]:
    if path is None:
        return []
    lines = path.read_text(encoding="utf-8").split() if path.is_file() else []
    found = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        made = [pyrage.x25519.Identity.from_str(line) for line in found]
    except pyrage.IdentityError:
        made = []
    if not made:
        raise Refused(NOT_AN_IDENTITY.format(path))
    return made


def put_back(backup: Backup, home: Path) -> None:
    """Write every file of a back-up into an empty folder; the journal last.

    A run that was killed is done again by the same command.
    """
    if home.exists() and any(home.iterdir()) and not (home / UNFINISHED).exists():
        raise Refused(NOT_EMPTY.format(home))
    backup.require_complete()
    home.mkdir(parents=True, exist_ok=True)
    (home / UNFINISHED).touch()
    for file in sorted(backup.files, key=lambda file: file.path.startswith("journal/")):
        _write(home / file.path, file, backup.data_of(file))
    (home / UNFINISHED).unlink()


def _write(target: Path, file: Kept, data: bytes) -> None:
    mode = OWNER_ONLY.get(file.path) or MODES.get(file.path.partition("/")[0], 0o644)

    def fill(temporary: Path) -> None:
        temporary.touch(mode=0o600)
        temporary.write_bytes(data)
        temporary.chmod(mode)

    write_with(target, fill)


def about(backup: Backup) -> dict[str, Any]:
    """Return what a back-up says of itself."""
    return {
        "backup": backup.name,
        "day": backup.day,
        "files": len(backup.files),
        "entries": backup.entry,
        "head": backup.head,
    }
