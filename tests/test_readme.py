"""What the README says is true: its queries run, its paths and commands exist."""

import re
from pathlib import Path

import duckdb
import pytest

from flows import steps
from flows.cli import app
from tests.house import new_house, tang

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    house = new_house(tmp_path_factory.mktemp("readme") / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024"), tang("H2", "BT06D", "")])
    house.ingest()
    house.pay("2024-06")
    steps.publish_tables(str(house.home), "2024-06-19", "2024-06", False)
    return duckdb.connect(str(house.home / "published" / "analytics.duckdb"), read_only=True)


@pytest.mark.parametrize("query", re.findall(r'db\.sql\("(.+?)"\)', README))
def test_queries_run(snapshot: duckdb.DuckDBPyConnection, query: str) -> None:
    assert snapshot.execute(query.replace("2024-07", "2024-06")).fetchall()


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_command_is_named() -> None:
    commands = {name for name in app if not name.startswith("-")}
    told = set(re.findall(r"\b[a-z]+\b", README))
    assert commands <= told
