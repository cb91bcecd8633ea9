"""One published office of literal rows, with its lists and its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks import warehouse
from tasks.dashboard import write_dashboard
from tasks.lists import write_followup, write_lists
from tasks.office import Office
from tasks.publish import publish
from tasks.warehouse import Connection
from tests.small_office import JULY, fill, new_office

HOSTILE = '<b>Huổi "Só" & bản</b>'


@dataclass(frozen=True)
class Board:
    """An office whose pages are written, with its open warehouse."""

    office: Office
    connection: Connection
    paths: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        return self.office.published / "dashboard"

    def text(self, name: str = "2024-07.html") -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """The pages of July and of the months around it; one commune has a name that is markup."""
    office = new_office(tmp_path_factory.mktemp("board"))
    units = office.reference / "admin_units_dien_bien.csv"
    name = HOSTILE.replace('"', '""')
    told = units.read_text(encoding="utf-8").replace("Xã Huổi Só", f'"{name}"')
    units.write_text(told, encoding="utf-8")
    with warehouse.opened(office) as connection:
        fill(connection)
        write_lists(office, connection, JULY)
        write_followup(office, connection, JULY)
        publish(office, connection, JULY)
        yield Board(office, connection, write_dashboard(office, connection, JULY))
