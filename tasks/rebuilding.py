"""A warehouse and its outputs made anew: in a folder aside, compared, and only then put in place.

Outputs are put in place file by file: where one lies already as it must be, nothing is touched, and
what the office put beside them stays. The warehouse comes last: until then it does not belong to
the journal, and whatever command comes next begins again.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tasks import events, exclusive, journal, recorded, warehouse
from tasks.journal import Entry
from tasks.office import InvariantBroken, Office, Refused, load_office
from tasks.publish import ACCESS_LOG
from tasks.replay import Replay
from tasks.visible import replace_folder, write_with

SCRATCH = ".rebuild"
LOCK = ".rebuild.lock"
OUTPUTS = ("outbox", "returned", "published")
BUSY = "Một lệnh khác đang dựng lại sổ. Chờ lệnh đó xong rồi chạy lại."
NO_JOURNAL = (
    "Đơn vị chưa có nhật ký (journal/), không có gì để dựng lại. Nếu thư mục này bị mất, khôi phục "
    "từ bản sao lưu: “chitra restore”."
)
DIFFERENT = (
    "Mục {} của nhật ký ({}) làm lại không ra như đã ghi: {}. Dùng đúng bản chương trình đã ghi "
    "mục đó, hoặc kho lưu, nhật ký đã bị sửa (“chitra verify”). Không thay gì."
)


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to: entries done again, and files that were not as they had to be.

    `kept` are files in the output folders that no command wrote.
    """

    entries: int
    head: str
    written: tuple[str, ...]
    replaced: tuple[str, ...]
    kept: tuple[str, ...]


def scratch(office: Office) -> AbstractContextManager[Path]:
    """Give an empty folder to play an office again in."""
    return exclusive.scratch(office.home / SCRATCH, office.home / LOCK, BUSY)


def play(office: Office, again: Replay) -> list[Entry]:
    """Do everything again that the journal says, and what is added meanwhile; return the journal.

    InvariantBroken where the journal is no chain, or where an entry comes out differently.
    """
    done: list[Entry] = []
    while left := journal.require_chain(office)[len(done) :]:
        for entry in left:
            _do(entry, again)
        done += left
    if not done:
        raise Refused(NO_JOURNAL)
    return done


def _do(entry: Entry, again: Replay) -> None:
    event = events.event_of(entry.body)
    if event is None:
        again.play(_before_the_journal(entry))
        _put(entry, again)
        return
    again.play([event])
    if isinstance(event, events.Signing):
        _put(entry, again)
        return
    _require_same(entry, again)


def _before_the_journal(entry: Entry) -> list[events.Event]:
    """Return what an office had done before it kept a journal."""
    if entry.kind != "begin":
        return []
    told = map(events.event_of, entry.facts["events"])
    return [event for event in told if event is not None]


def _put(entry: Entry, again: Replay) -> None:
    """Keep an entry of which nothing is computed."""
    office = again.office_of(entry.day, entry.body["reference"])
    with warehouse.opened(office) as connection:
        recorded.put(connection, office, entry)


def _require_same(entry: Entry, again: Replay) -> None:
    office = load_office(again.home, entry.day)
    done = journal.last(office)
    if done is not None and done.sha256 == entry.sha256:
        return
    differing = (
        []
        if done is None
        else [name for name, value in entry.facts.items() if done.facts.get(name) != value]
    )
    said = ", ".join(differing) or "số mục, ngày hoặc bảng tra cứu"
    raise InvariantBroken(DIFFERENT.format(entry.number, entry.kind, said))


def put_in_place(office: Office, fresh: Path, found: list[Entry]) -> Rebuilt:
    """Put outputs and warehouse from `fresh` where they belong; say what was not as it must be."""
    written, replaced, kept = [], [], []
    for name in OUTPUTS:
        mended, changed = _mend(fresh / name, office.home / name)
        kept += _not_in(fresh / name, office.home / name)
        written += mended
        replaced += changed
    shutil.rmtree(fresh / "warehouse" / "staging", ignore_errors=True)
    replace_folder(fresh / "warehouse", office.warehouse.parent)
    names = (tuple(sorted(paths)) for paths in (written, replaced, kept))
    return Rebuilt(len(found), journal.head(found[-1]), *names)


def _mend(fresh: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Make every file of `fresh` lie in `folder`; return those that were missing, and changed.

    The log of unmasked copies is written before them, so it may know more than the journal.
    """
    missing, changed = [], []
    for source in files(fresh):
        target = folder / source.relative_to(fresh)
        name = target.relative_to(folder.parent).as_posix()
        if not target.is_file():
            missing.append(name)
        elif target.name == ACCESS_LOG or filecmp.cmp(source, target, shallow=False):
            continue
        else:
            changed.append(name)
        write_with(target, _copy_of(source))
    return missing, changed


def _copy_of(source: Path) -> Callable[[Path], None]:
    def copy(target: Path) -> None:
        shutil.copy(source, target)  # with its mode: an unmasked copy is for its owner alone

    return copy


def _not_in(fresh: Path, folder: Path) -> list[str]:
    """Return the files of a folder that were not made again."""
    made = {path.relative_to(fresh) for path in files(fresh)}
    return [
        path.relative_to(folder.parent).as_posix()
        for path in files(folder)
        if path.relative_to(folder) not in made
    ]


def files(folder: Path) -> list[Path]:
    """Return the files below a folder but those that a run left half-written."""
    return sorted(
        Path(place) / name
        for place, _, names in os.walk(folder)
        for name in names
        if not any(part.startswith(".") for part in (Path(place) / name).relative_to(folder).parts)
    )
