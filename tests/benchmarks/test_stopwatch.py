"""Steps inside steps are timed once, and leave the functions as they were."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from benchmarks.stopwatch import CLOCKS, Stopwatch, watching
from schemas.payments import Held
from tasks import warehouse
from tests.house import new_house


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look at a clock take a second."""
    for clock in CLOCKS:
        monkeypatch.setitem(CLOCKS, clock, count().__next__)


@pytest.mark.usefixtures("ticking")
def test_a_step_has_its_own_seconds_and_those_inside_it() -> None:
    watch = Stopwatch()
    with watch.step("prepare"), watch.step("store"):
        pass
    assert watch.whole["elapsed"] == {"prepare": 3, "store": 1}
    assert watch.own["processor"] == {"prepare": 2, "store": 1}
    assert (watch.parts(None), watch.parts("prepare")) == (["prepare"], ["store"])


def test_what_writes_is_named_by_its_table_and_put_back(tmp_path: Path) -> None:
    watch, written = Stopwatch(), warehouse.replace
    opened = warehouse.opened(new_house(tmp_path).office())
    with opened as connection, watching(watch, [warehouse]):
        warehouse.stage(connection, "nobody", "SELECT * FROM held")
        warehouse.replace(connection, Held, "TRUE", "SELECT * FROM nobody")
    # What replacing stages on its way is part of it.
    assert watch.parts(None) == ["stage nobody", "replace held"]
    assert warehouse.replace is written
