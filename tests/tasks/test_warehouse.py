"""The one writer: transactions, replacing by key, reference tables, and one process at a time."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from schemas.registry import UnitChange
from tasks import warehouse
from tasks.office import Office, Refused, init_office, load_office
from tests.house import let_go, new_house, tang

ROW = "SELECT 'H1' AS dossier_no, 'BT04' AS family, 1 AS event_no, 24294 AS from_month, {} AS units"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    init_office(tmp_path)
    return load_office(tmp_path, date(2024, 6, 3))


def _append_and_fail(connection: warehouse.Connection) -> None:
    with warehouse.transaction(connection):
        warehouse.append(connection, UnitChange, ROW.format(1))
        _ = 1 / 0


def test_replacing_by_key_leaves_one_row(office: Office) -> None:
    with warehouse.opened(office) as connection:
        assert warehouse.append(connection, UnitChange, ROW.format(1)) == 1
        assert warehouse.upsert(connection, UnitChange, ROW.format(2)) == 1
        assert warehouse.rows(connection, "SELECT units FROM unit_change") == [(2,)]


def test_a_failed_transaction_leaves_nothing(office: Office) -> None:
    with warehouse.opened(office) as connection:
        with pytest.raises(ZeroDivisionError):
            _append_and_fail(connection)
        assert warehouse.value(connection, "SELECT count(*) FROM unit_change") == 0


def test_both_standards_of_july_2024_are_read(office: Office) -> None:
    with warehouse.opened(office) as connection:
        found = warehouse.rows(
            connection,
            "SELECT valid_from, amount_vnd FROM standard WHERE standard_code = 'SA_STD'"
            " AND scope = 'VN' AND valid_from >= '2021' ORDER BY 1",
        )
        assert found == [("2021-07", 360_000), ("2024-07", 500_000)]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("SA_STD,VN,500000,2024-07", "dòng 12"),
        ("SA_STD,VN,nhiều,2024-07,,x,y,yes", "standards.csv"),
        ("SA_STD,VN,500000,7/2024,,x,y,yes", "standards.csv"),
        ("SA_STD,VN,500000,2024-07,,x,y,maybe", "standards.csv"),
    ],
)
def test_a_wrong_reference_row_stops_and_is_named(office: Office, line: str, word: str) -> None:
    with (office.reference / "standards.csv").open("a", encoding="utf-8") as table:
        table.write(line + "\n")
    with pytest.raises(Refused, match=word), warehouse.opened(office):
        pass


def test_another_process_is_waited_for_then_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warehouse.opened(office):
        pass
    monkeypatch.setattr(warehouse, "WAIT_SECONDS", 0.5)
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(office.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(Refused, match="Một lệnh khác"), warehouse.opened(office):
            pass
        process.communicate(b"\n")
    with warehouse.opened(office):
        pass


def test_reading_leaves_the_file_as_it_is(tmp_path):
    house = new_house(tmp_path)
    house.send("TANG", [tang("P1", "BT06D", "06/2024")])
    house.ingest()
    office = house.office()
    let_go()
    before = office.warehouse.read_bytes()
    with warehouse.opened(office, is_read_only=True) as connection:
        warehouse.stage(connection, "asked", "SELECT * FROM person")
        assert warehouse.value(connection, "SELECT dossier_no FROM asked") == "P1"
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("DELETE FROM main.person")
    assert office.warehouse.read_bytes() == before


def test_an_office_that_did_nothing_can_be_read(tmp_path):
    office = new_house(tmp_path).office()
    with warehouse.opened(office, is_read_only=True) as connection:
        assert warehouse.value(connection, "SELECT count(*) FROM main.person") == 0


def spoil(office: Office, *statements: str) -> None:
    """Make a warehouse as an earlier version left it."""
    with warehouse.opened(office):
        pass
    with duckdb.connect(str(office.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("is_read_only", [False, True])
def test_an_older_warehouse_gets_what_may_be_empty(office: Office, is_read_only: bool) -> None:
    spoil(office, "DROP TABLE unsettled", "ALTER TABLE cycle DROP COLUMN basis")
    with warehouse.opened(office, is_read_only) as connection:
        assert warehouse.rows(connection, "SELECT basis FROM cycle") == []
        assert warehouse.value(connection, "SELECT count(*) FROM unsettled") == 0


def test_an_older_warehouse_that_lacks_what_must_be_there_is_refused(office: Office) -> None:
    spoil(office, "DROP TABLE unsettled", "ALTER TABLE outcome DROP COLUMN dossier_no")
    with pytest.raises(Refused, match="bản chương trình cũ hơn"), warehouse.opened(office):
        pass


def test_sums_are_whole_above_a_left_join_without_partners(office: Office) -> None:
    """DuckDB 2.0.0 gives 0 here by itself: it packs the sum as if it were always the 0."""
    with warehouse.opened(office) as connection:
        for name, month in (("due_then", 2), ("settled_then", 1)):
            warehouse.stage(
                connection,
                name,
                f"SELECT i AS dossier, i % 2 AS half, {month} AS month, 500000 AS vnd"
                " FROM range(2000) AS numbers(i)",
            )
        found = warehouse.rows(
            connection,
            "SELECT due_then.half, coalesce(sum(due_then.vnd), 0)::BIGINT FROM due_then"
            " LEFT JOIN settled_then USING (dossier, month) WHERE month = 2"
            " GROUP BY ALL ORDER BY ALL",
        )
    assert found == [(0, 500_000_000), (1, 500_000_000)]
