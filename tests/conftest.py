"""For all tests: how long an example takes on a shared machine says nothing."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import house

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    """Close at the end of a test the warehouses that its houses keep open."""
    yield
    house.let_go()
