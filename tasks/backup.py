"""Back-ups: journal, archive, reference tables, receipts and keys, each content copied once.

Warehouse and outputs are not in them: `chitra rebuild` makes those from the rest, so the open
warehouse is never copied. A back-up is complete once its list is there, which is written last. With
recipients (age) everything is encrypted, the list too, and only then the signing key goes along.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyrage

from tasks import journal, journal_check, receipts
from tasks.office import Office, Refused
from tasks.visible import write_bytes

RECORD = "backup.json"  # beside the receipts: when the last one was made
PLAIN, AGE = "plain", "age"
NOTHING = "Đơn vị chưa làm gì nên chưa có gì để sao lưu."
NO_PLACE = (
    "Chưa nói sao lưu vào đâu. Ghi --to THƯ-MỤC (đĩa khác, thư mục chung), hoặc đặt mục [backup] "
    "trong reference/office.toml."
)
INSIDE = "Thư mục sao lưu {} nằm trong thư mục đơn vị: hỏng đĩa là mất cả hai. Chọn nơi khác."
NOT_A_RECIPIENT = "“{}” không phải khóa nhận age. Khóa nhận bắt đầu bằng age1 (age-keygen in ra)."


@dataclass(frozen=True)
class Kept:
    """One file of a back-up: its path in the office, its bytes' hash and number."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Saved:
    """What a back-up came to; `copied` files of `bytes` were not there yet, `lost` are nowhere."""

    to: str
    name: str
    entry: int
    head: str
    encrypted: bool
    files: int
    copied: int
    bytes: int
    lost: tuple[str, ...]


class Store:
    """The back-ups of one office for one set of recipients, in a folder of their own."""

    def __init__(self, folder: Path, recipients: Sequence[pyrage.x25519.Recipient] = ()) -> None:
        self.folder = folder
        self.recipients = list(recipients)
        self.ending = f".{AGE}" if recipients else ""

    def place(self, sha256: str) -> Path:
        """Return where the bytes with this hash are."""
        return self.folder / "objects" / sha256[:2] / f"{sha256}{self.ending}"

    def put(self, path: Path, data: bytes) -> None:
        """Write bytes, encrypted where the store is."""
        write_bytes(path, pyrage.encrypt(data, self.recipients) if self.recipients else data)

    def put_list(self, name: str, about: dict[str, Any]) -> None:
        """Write the list that makes a back-up complete."""
        data = (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()
        self.put(self.folder / "backups" / f"{name}.json{self.ending}", data)


def store_of(office: Office, to: str | None, recipients: Sequence[str]) -> Store:
    """Return where an office's back-ups go: as given, else as its settings say."""
    place = to or office.saving.to
    if not place:
        raise Refused(NO_PLACE)
    folder = Path(place).absolute()
    if folder.resolve().is_relative_to(office.home.resolve()):
        raise Refused(INSIDE.format(folder))
    given = sorted(set(recipients or office.saving.recipients))
    return Store(folder / f"{office.code}-{_kind(given)}", [_recipient(text) for text in given])


def _kind(recipients: Sequence[str]) -> str:
    """Name a set of recipients: other people's copies are others."""
    if not recipients:
        return PLAIN
    return f"{AGE}-{hashlib.sha256(' '.join(recipients).encode()).hexdigest()[:8]}"


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Refused(NOT_A_RECIPIENT.format(text)) from None


def back_up(office: Office, store: Store) -> Saved:
    """Copy what the store has not yet, then write the list.

    Nobody may be writing meanwhile: the caller holds the warehouse.
    """
    found = journal.require_chain(office)
    if not found:
        raise Refused(NOTHING)
    kept, lost, copied, size = [], [], 0, 0
    for path, sha256 in _wanted(office, found, bool(store.recipients)):
        file, fresh = _copy(office, store, path, sha256)
        if file is None:
            lost.append(path)
            continue
        kept.append(file)
        copied += fresh
        size += file.size if fresh else 0
    name = f"{office.today.isoformat()}_{len(found):06d}"
    head = journal.head(found[-1])
    about = {"office": office.code, "day": office.today.isoformat(), "entry": len(found)}
    listed = [asdict(file) for file in kept]
    store.put_list(name, {**about, "head": head, "lost": lost, "files": listed})
    saved = Saved(
        *(str(store.folder), name, len(found), head, bool(store.recipients)),
        *(len(kept), copied, size, tuple(lost)),
    )
    _record(office, saved)
    return saved


def _wanted(
    office: Office, found: Sequence[journal.Entry], with_secrets: bool
) -> Iterator[tuple[str, str | None]]:
    """Yield the path of each file to be kept, and its hash where the path tells it."""
    for sha256 in sorted(journal_check.archived(found)):
        yield f"archive/{sha256}", sha256
    for entry in found:
        yield f"journal/{entry.name}", entry.sha256
    for folder in ("reference", receipts.folder(office).name, "keys"):
        for path in sorted((office.home / folder).rglob("*")):
            is_left_out = path.name == "office.key" and not with_secrets
            is_left_out |= path.name == RECORD or path.name.startswith(".")
            if path.is_file() and not is_left_out:
                yield path.relative_to(office.home).as_posix(), None


def _copy(office: Office, store: Store, path: str, sha256: str | None) -> tuple[Kept | None, bool]:
    """Keep one file; tell whether it was new. None where the office has lost it, and the store too.

    What lies in the store already under the hash that a path tells is not read again.
    """
    source = office.home / path
    if sha256 is not None and store.place(sha256).is_file():
        size = source.stat().st_size if source.is_file() else 0
        return Kept(path, sha256, size), False
    data = source.read_bytes() if source.is_file() else None
    if data is None:
        return None, False
    found = hashlib.sha256(data).hexdigest()
    if sha256 not in (None, found):
        return None, False  # damaged: it would take the place of what it was
    target = store.place(found)
    if is_new := not target.is_file():
        store.put(target, data)
    return Kept(path, found, len(data)), is_new


def _record(office: Office, saved: Saved) -> None:
    about = {"day": office.today.isoformat(), "to": saved.to, "name": saved.name}
    data = json.dumps({**about, "entry": saved.entry, "head": saved.head}, indent=1) + "\n"
    write_bytes(receipts.folder(office) / RECORD, data.encode())


def last_backup(office: Office) -> date | None:
    """Return the day of the last back-up that was completed, None where there is none."""
    path = receipts.folder(office) / RECORD
    try:
        return date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["day"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def age_in_days(office: Office) -> int | None:
    """Return how old the last back-up is, None where there is none."""
    day = last_backup(office)
    return None if day is None else (office.today - day).days
