"""Killed half-way and run again: nothing lost, nothing twice, the same bytes (THREATS P1)."""

import hashlib
import os
import shutil
import signal
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from tasks import journal, keys
from tests.house import House, new_house, own_account, tang
from tests.killed import run_apart

KILLED = -signal.SIGKILL
VERBS = ("ingest", "prepare", "release", "treasury", "resolve")


@pytest.fixture(scope="module")
def prepared_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with files in its inbox, none of them taken."""
    home = tmp_path_factory.mktemp("crash") / "office"
    house = new_house(home)
    house.set_release("require_treasury = true")
    keys.make(house.office(), practice=b"crash")
    house.send("TANG", [tang(f"H{n}", "BT06D", "05/2024") for n in range(8)])
    house.send("TANG", [tang(f"K{n}", "NC_TNLS_1", "06/2024") for n in range(4)], "03220")
    house.send("tai_khoan", [own_account("H1", "1234567890"), own_account("H2", "123")])
    return home


def outputs(home: Path) -> dict[str, str]:
    """Return path -> SHA-256 of everything that the office shows to others."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("archive", "returned", "outbox")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file()
    }


def facts(home: Path) -> list[list[dict]]:
    house = House(home, date(2024, 6, 1))
    names = ("change", "account", "issue", "payment", "payment_item", "payment_file", "decision")
    return [house.table(name) for name in (*names, "cycle", "approval")]


def chosen(points: int, after_commit: int) -> list[int]:
    """Return the points to be killed at: all in a long run, else the last and one half-way.

    Besides the one after the commit, when the journal lacks what the warehouse has. The last point
    is after what became visible.
    """
    if os.environ.get("CHITRA_LONG"):
        return list(range(1, points + 1))
    return sorted({points // 2, after_commit, points})


@pytest.fixture(scope="module")
def done(prepared_inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the office as each verb leaves it, one after the other; "" as it is before all."""
    homes = {"": prepared_inputs}
    for earlier, verb in pairwise(("", *VERBS)):
        homes[verb] = tmp_path_factory.mktemp("done") / verb
        shutil.copytree(homes[earlier], homes[verb])
        code, points, after_commit = run_apart(homes[verb], verb)
        assert code == 0
        assert points > 4, "the points are not where the work is"
        assert 0 < after_commit < points, "the journal is not written after the commit"
        (homes[verb].parent / "points").write_text(f"{points} {after_commit}")
    return homes


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("earlier", "verb"), list(pairwise(("", *VERBS))))
def test_killed_half_way(done: dict[str, Path], tmp_path: Path, earlier: str, verb: str) -> None:
    whole, points = done[verb], (done[verb].parent / "points").read_text()
    for point in chosen(*map(int, points.split())):
        home = tmp_path / f"killed{point}"
        shutil.copytree(done[earlier], home)
        assert run_apart(home, verb, point) == (KILLED, 0, 0)
        assert run_apart(home, verb)[0] == 0
        assert outputs(home) == outputs(whole), f"killed at point {point}"
        assert facts(home) == facts(whole), f"killed at point {point}"
        office = House(home, date(2024, 6, 1)).office()
        assert journal.problems(office, journal.entries(office)) == []
        shutil.rmtree(home)
