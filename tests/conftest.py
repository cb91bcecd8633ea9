"""For all tests: how long an example takes on a shared machine says nothing."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import house

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Files of a few long tests come first, so that no worker is left with one when others are done.
LONGEST_FIRST = (
    *("flows/test_approval.py", "flows/test_server.py", "test_histories.py"),
    *("flows/test_recompute.py", "flows/test_cli.py", "test_crash.py", "flows/test_demo.py"),
    *("flows/", "test_corpus.py", "test_cases.py", "test_fuzz.py"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave what is `nightly` to a run with CHITRA_LONG=1."""
    if os.environ.get("CHITRA_LONG") != "1":
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(item.config.rootpath / "tests").as_posix()
    found = (n for n, start in enumerate(LONGEST_FIRST) if path.startswith(start))
    return next(found, len(LONGEST_FIRST))


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    """Close at the end of a test the warehouses that its houses keep open."""
    yield
    house.let_go()


@pytest.fixture
def opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every session open the warehouse that lies there, for tests that put others in place."""
    house.let_go()
    monkeypatch.setattr(house, "keep_open", lambda path: None)
