"""Copies kept elsewhere: made, put back, and tried out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.rebuild import rebuild
from tasks import backup as saving
from tasks import rebuilding, restoring
from tasks.office import Office, Refused, load_office
from tasks.outbox import sha256_of

Row = dict[str, Any]

DRILL = ".drill"
OTHER_HEAD = (
    "Dựng lại từ bản sao lưu ra đầu nhật ký {}, bản sao lưu ghi {}: bản sao lưu không dùng được."
)


@writes("Sao lưu")
def backup(
    home: str, today: str, to: str | None = None, recipients: Sequence[str] = ()
) -> dict[str, Any]:
    """Copy what is new since the last back-up to `to`, else to where the settings say.

    Result: to, name, entry, head, encrypted, files, copied, bytes, lost (paths).
    """
    return steps.back_up(home, today, to, list(recipients))


def restore(source: str, home: str, today: str, identity: Path | None = None) -> Row:
    """Put the latest back-up of a folder into an empty one, and rebuild the office from it."""
    began = time.monotonic()
    found = restoring.find(Path(source), identity)
    restoring.put_back(found, Path(home))
    office = load_office(Path(home), date.fromisoformat(today))
    rebuilt = rebuild(office)
    if rebuilt["head"] != found.head:
        raise Refused(OTHER_HEAD.format(rebuilt["head"], found.head))
    return {
        "home": home,
        **restoring.about(found),
        "outputs": len(rebuilt["written"]),
        "seconds": round(time.monotonic() - began),
    }


def drill(home: str, today: str, to: str | None = None, identity: Path | None = None) -> Row:
    """Restore the latest back-up into a folder aside, and compare every output with the office's.

    `different` are those that are not the same; work done after the back-up shows there too.
    """
    office = load_office(Path(home), date.fromisoformat(today))
    source = Path(to or office.saving.to or _nowhere())
    folder = office.home / DRILL
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        told = restore(str(source), str(folder / "office"), today, identity)
        again = load_office(folder / "office", office.today)
        different = _different(office, again)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {**told, "home": home, "different": different, "same": not different}


def _nowhere() -> str:
    raise Refused(saving.NO_PLACE)


def _different(office: Office, again: Office) -> list[str]:
    """Return the outputs that are not the same in both offices, by path."""
    lying, made = _hashes(office), _hashes(again)
    return sorted(path for path in lying.keys() | made.keys() if lying.get(path) != made.get(path))


def _hashes(office: Office) -> dict[str, str]:
    return {
        path.relative_to(office.home).as_posix(): sha256_of(path)
        for name in rebuilding.OUTPUTS
        for path in rebuilding.files(office.home / name)
    }
