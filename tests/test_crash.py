"""Killed half-way and run again: nothing lost, nothing twice, the same bytes (THREATS P1)."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tasks import journal, keys
from tests.house import House, new_house, own_account, tang

ROOT = Path(__file__).resolve().parents[1]
KILLED = -signal.SIGKILL
VERBS = ("ingest", "prepare", "release")


@pytest.fixture(scope="module")
def prepared_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with files in its inbox, none of them taken."""
    home = tmp_path_factory.mktemp("crash") / "office"
    house = new_house(home)
    keys.make(house.office(), practice=b"crash")
    house.send("TANG", [tang(f"H{n}", "BT06D", "05/2024") for n in range(8)])
    house.send("TANG", [tang(f"K{n}", "NC_TNLS_1", "06/2024") for n in range(4)], "03220")
    house.send("tai_khoan", [own_account("H1", "1234567890"), own_account("H2", "123")])
    return home


def run(home: Path, verb: str, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    """Run one verb in a process of its own; kill it at the given point."""
    command = [sys.executable, "-m", "tests.killed", str(home), verb, str(kill_at)]
    return subprocess.run(
        command, cwd=ROOT, check=False, timeout=240, stdout=subprocess.PIPE, text=True
    )


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
    names = ("change", "account", "issue", "payment", "payment_item", "payment_file")
    return [house.table(name) for name in (*names, "cycle", "approval")]


def chosen(points: int, after_commit: int) -> list[int]:
    """Return the points to be killed at: all in a long run, else the last and one half-way.

    Besides the one after the commit, when the journal lacks what the warehouse has. The last point
    is after what became visible.
    """
    if os.environ.get("CHITRA_LONG"):
        return list(range(1, points + 1))
    return sorted({points // 2, after_commit, points})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("verb", ["ingest", "prepare", "release"])
def test_killed_half_way(prepared_inputs: Path, tmp_path: Path, verb: str) -> None:
    before = tmp_path / "before"
    shutil.copytree(prepared_inputs, before)
    for earlier in VERBS[: VERBS.index(verb)]:
        assert run(before, earlier).returncode == 0
    whole = tmp_path / "whole"
    shutil.copytree(before, whole)
    points, after_commit = map(int, run(whole, verb).stdout.split())
    assert points > 4, "the points are not where the work is"
    assert 0 < after_commit < points, "the journal is not written after the commit"
    for point in chosen(points, after_commit):
        home = tmp_path / f"killed{point}"
        shutil.copytree(before, home)
        assert run(home, verb, point).returncode == KILLED
        assert run(home, verb).returncode == 0
        assert outputs(home) == outputs(whole), f"killed at point {point}"
        assert facts(home) == facts(whole), f"killed at point {point}"
        office = House(home, date(2024, 6, 1)).office()
        assert journal.problems(office, journal.entries(office)) == []
        shutil.rmtree(home)
