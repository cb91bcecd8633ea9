"""The truth outside the warehouse: one small file per event, each with the hash of the one before.

With the bytes in `archive/` the files in `journal/` are enough to make everything else again. They
name officers and say what they decided of which payment; of beneficiaries they say nothing else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from tasks.office import InvariantBroken, Office, Refused
from tasks.visible import write_with

NOTHING = "0" * 64  # the hash before the first entry
NAME = re.compile(r"(\d{6,})_([a-z]+)\.json")
HEAD_DIGITS = 16  # of the hash, as people write it down
RECENT = 3  # entries that every command compares with the warehouse

BEHIND = (
    "Sổ trong warehouse/ thiếu các việc đã ghi trong journal/ (mới có {} trên {} mục): sổ bị mất, "
    "hoặc là bản cũ chép lại. Chạy “chitra rebuild” để dựng lại."
)
BROKEN = "Sổ trong warehouse/ bị hỏng, không mở được. Chạy “chitra rebuild” để dựng lại."
FORKED = (
    "Mục {} của nhật ký khác với sổ: một trong hai đã bị sửa ngoài chương trình, hoặc là của đơn "
    "vị khác. Không làm gì thêm. So với biên nhận (“chitra verify --receipt TỆP”), chép lại "
    "journal/ từ bản sao lưu; nếu chắc nhật ký đúng thì “chitra rebuild” dựng lại sổ theo nhật ký."
)
PUT_BACK = "Thư mục journal/ thiếu %s mục; đã ghi lại từ sổ. Ai đó đã xóa? Chạy “chitra verify”."
UNREADABLE = "journal/{}: không đọc được, đã bị sửa hoặc hỏng. Chép lại từ bản sao lưu."


class Behind(Refused):
    """The warehouse lacks what the journal holds; `office` is the one that has to be rebuilt."""

    def __init__(self, office: Office, told: str) -> None:
        super().__init__(told)
        self.office = office


class Forked(Refused):
    """Warehouse and journal say different things of the same entry."""


@dataclass(frozen=True)
class Entry:
    """One event, as the bytes of its file."""

    number: int
    kind: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def body(self) -> dict[str, Any]:
        """Return what the file says: number, kind, day, before, reference, facts."""
        try:
            return dict(json.loads(self.data))
        except ValueError:
            raise InvariantBroken(UNREADABLE.format(self.name)) from None

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.body["facts"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.body["day"])

    @property
    def name(self) -> str:
        return f"{self.number:06d}_{self.kind}.json"


def made(
    number: int, kind: str, before: str, day: date, reference: str, facts: Mapping[str, Any]
) -> Entry:
    """Return the entry that says this; `before` is the hash of the entry before it."""
    body = {
        "number": number,
        "kind": kind,
        "day": day.isoformat(),
        "before": before,
        "reference": reference,
        "facts": facts,
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Entry(number, kind, text.encode("utf-8", "backslashreplace"))


def folder(office: Office) -> Path:
    """Return where the journal of an office lies."""
    return office.home / "journal"


def write(office: Office, entry: Entry) -> None:
    """Put an entry's file in place, for its owner to read alone."""
    write_with(folder(office) / entry.name, lambda path: _write_read_only(path, entry.data))


def _write_read_only(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
    path.chmod(0o400)


def entries(office: Office) -> list[Entry]:
    """Return the whole journal in order, as it lies on disk."""
    return [_read(path) for _, path in _lying(office)]


def last(office: Office) -> Entry | None:
    """Return the latest entry on disk."""
    lying = _lying(office)
    return _read(lying[-1][1]) if lying else None


def head(entry: Entry | None) -> str:
    """Return the hash of an entry, as far as people write it down."""
    return (NOTHING if entry is None else entry.sha256)[:HEAD_DIGITS]


def drop_from(office: Office, number: int) -> None:
    """Remove the files of a number and all after it: of an office that is played again."""
    for lying, path in _lying(office):
        if lying >= number:
            path.unlink()


def numbers(office: Office) -> list[int]:
    """Return the numbers of the entries that lie on disk."""
    return [number for number, _ in _lying(office)]


def put_back_since(office: Office, before: Sequence[int]) -> list[str]:
    """Say which entries lie on disk now and did not before, but for a last one."""
    fresh = sorted(set(numbers(office)) - set(before))
    if not fresh or fresh == numbers(office)[-1:]:
        return []
    told = ", ".join(map(str, fresh))
    return [f"{folder(office)}: đã mất mục {told}; đã ghi lại từ sổ"]


def _lying(office: Office) -> list[tuple[int, Path]]:
    """Return the files of the journal by number."""
    return [(_number(name), folder(office) / name) for name in _names(office)]


def _names(office: Office) -> list[str]:
    """Return the names of the journal's files in order: every command asks, after years too."""
    try:
        return sorted(filter(NAME.fullmatch, os.listdir(folder(office))))
    except FileNotFoundError:
        return []


def _number(name: str) -> int:
    return int(name.partition("_")[0])


def _read(path: Path) -> Entry:
    number, kind = path.stem.split("_")
    return Entry(int(number), kind, path.read_bytes())


# --- the warehouse belongs to it ---------------------------------------------------------------


def require_fit(
    office: Office, known: Sequence[tuple[int, str]], entry_of: Callable[[int], Entry]
) -> None:
    """Compare the end of the journal with the warehouse; a few small files are read, no more.

    `known`: number and hash of the warehouse's latest entries, latest first. A file that a killed
    command could not write any more is written now, from `entry_of`. Raises Behind where the
    journal holds more than the warehouse, Forked where they differ.
    """
    names = _names(office)
    count = known[0][0] if known else 0
    for number, sha256 in known:
        name = names[number - 1] if number <= len(names) else ""
        is_there = name and _number(name) == number
        if is_there and _read(folder(office) / name).sha256 != sha256:
            raise Forked(FORKED.format(number))
    written = _number(names[-1]) if names else 0
    if written > count:
        raise Behind(office, BEHIND.format(count, written))
    if len(names) != count:
        _put_back(office, [_number(name) for name in names], count, entry_of)


def _put_back(
    office: Office, given: Sequence[int], count: int, entry_of: Callable[[int], Entry]
) -> None:
    """Write entries whose files are missing; only the last one can be missing by a power cut."""
    if len(set(given)) < len(given):
        raise Forked(FORKED.format(next(n for n in given if given.count(n) > 1)))
    missing = sorted(set(range(1, count + 1)) - set(given))
    for number in missing:
        write(office, entry_of(number))
    if missing != [count]:
        logging.getLogger(__name__).warning(PUT_BACK, len(missing))


# --- the whole of it ---------------------------------------------------------------------------


def problems(office: Office, found: Sequence[Entry]) -> list[str]:
    """Return, in Vietnamese, every way in which a journal is no unbroken chain."""
    told: list[str] = []
    before = NOTHING
    for place, entry in enumerate(found, start=1):
        where = folder(office) / entry.name
        if entry.number != place:
            return [*told, f"{where}: nhật ký thiếu hoặc thừa mục trước mục {entry.number}"]
        try:
            says = entry.body
        except InvariantBroken as error:
            return [*told, str(error)]
        if (says.get("number"), says.get("kind")) != (entry.number, entry.kind):
            told.append(f"{where}: tên tệp khác với nội dung")
        if says.get("before") != before:
            told.append(f"{where}: không nối tiếp mục trước, một trong hai đã bị sửa hoặc thay")
        before = entry.sha256
    return told


def require_chain(office: Office) -> list[Entry]:
    """Return the whole journal; InvariantBroken where it is no unbroken chain."""
    found = entries(office)
    if told := problems(office, found):
        raise InvariantBroken(told[0])
    return found
