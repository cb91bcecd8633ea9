"""A tiny office on disk: three months of files of about 60 people, none received yet."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.office import init_office
from tasks.sample import answer_payments, write_sample
from tests.flows.service_fixture import service  # noqa: F401

PEOPLE, SEED = 60, 1
OUTPUTS = ("outbox", "returned", "published")
Send = Callable[[Path, str], None]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that communes send, by month."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, PEOPLE, 2, SEED)
    return folder


@pytest.fixture
def home(tmp_path: Path, sample: Path) -> Path:
    """An office whose first month lies in the inbox."""
    home = tmp_path / "office"
    init_office(home)
    shutil.copytree(sample / "2024-06", home / "inbox" / "2024-06")
    return home


def answer(home: Path, month: str, day: str) -> None:
    """Let every provider answer."""
    from datetime import date

    folder = home / "inbox" / month / "ket_qua"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((home / "outbox" / month / "payments").glob("*.csv")):
        provider = path.stem.split("_")[1]
        on = date.fromisoformat(day)
        answer_payments(path, folder / f"{path.stem}.xlsx", SEED, provider, month, on)


def fingerprints(home: Path) -> dict[str, str]:
    """Return the hash of every file that leaves the office, by its path."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in OUTPUTS
        for path in sorted((home / part).rglob("*"))
        if path.is_file()
    }
