"""Each file of the corpus through the real office: received, read, judged, sent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows import steps
from flows.ingest import ingest
from schemas.period import month_text
from schemas.quality import RULES
from schemas.submissions import RAW_OF_KIND
from schemas.table import Month
from tasks.sheet_pool import close_reader
from tests.corpus import CASES, Case, Expect
from tests.corpus.rules import NOT_OF_ROWS
from tests.corpus.writing import csv_text, people, table
from tests.house import COMMUNE, House, new_house

TODAY = date(2024, 6, 5)
GOOD = "zz người bên cạnh.csv"  # a file in order, beside those of every case
Settings = tuple[tuple[str, str], ...]
FILES = [(case, name) for case in CASES for name in case.expect]


@dataclass(frozen=True)
class Seen:
    """What an office made of all cases with the same settings."""

    house: House
    files: dict[str, dict[str, Any]]  # by name below the inbox
    hashes: dict[str, str]
    remarks: dict[str, str]
    issues: dict[str, list[dict[str, Any]]]
    repairs: dict[str, list[dict[str, Any]]]
    rows: dict[str, list[dict[str, Any]]]
    wrong: list[str]

    def of(self, case: Case, name: str) -> tuple[dict[str, Any], str]:
        place = place_of(case, name)
        return self.files[place], self.hashes[place]


def place_of(case: Case, name: str) -> str:
    """Return where a file of a case lies in the inbox."""
    return f"{case.name}/{COMMUNE}/{name}"


def numbers_of(case: Case):
    """Return the dossier numbers of a case: no other case has them."""
    prefix = f"K{CASES.index(case):03d}"
    return lambda number: f"{prefix}-{number:02d}"


def put(house: House, place: str, data: bytes) -> None:
    path = house.home / "inbox" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def neighbour_of(case: Case) -> bytes:
    no = numbers_of(case)
    return csv_text(table("TANG", people(lambda number: no(90 + number), 1))).encode()


def seen_by_an_office(folder: Path, settings: Settings) -> Seen:
    """Let one office receive all cases that want these settings; first what came before them."""
    house = new_house(folder, today=TODAY)
    for setting, value in settings:
        house.set(setting, value)
    cases = [case for case in CASES if case.settings == settings]
    for case in cases:
        for kind, rows in (case.before(numbers_of(case)) if case.before else {}).items():
            data = csv_text(table(kind, rows)).encode()
            put(house, f"trước/{COMMUNE}/{case.name}_{kind}.csv", data)
    for one in ingest(str(folder), TODAY.isoformat())["files"]:
        assert (one["outcome"], one["rows_rejected"]) == ("taken", 0), one["name"]
    for case in cases:
        put(house, place_of(case, GOOD), neighbour_of(case))
        for name, data in case.files(numbers_of(case)).items():
            put(house, place_of(case, name), data)
    files = ingest(str(folder), TODAY.isoformat())["files"]
    return look(house, {one["name"]: one for one in files})


def look(house: House, files: dict[str, dict[str, Any]]) -> Seen:
    office = house.office()
    from tasks import inbox

    hashes = {arrival.name: arrival.sha256 for arrival in inbox.arrivals(office)}
    received = house.table("received_file")
    rows = [
        row
        for submitted in set(RAW_OF_KIND.values())
        for row in shown(submitted, house.table(submitted.table_name))
    ]
    return Seen(
        house,
        files,
        hashes,
        {one["sha256"]: one["remark"] or "" for one in received},
        by_file(house.table("issue")),
        by_file(house.table("repair")),
        by_file(rows),
        steps.check_ledger(str(house.home), TODAY.isoformat()),
    )


def shown(submitted: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows as cases state them: months as text, factors as text."""
    months = {column.name for column in submitted.columns if isinstance(column, Month)}
    return [
        {
            name: month_text(value)
            if name in months and value is not None
            else str(value)
            if name == "coefficient" and value is not None
            else value
            for name, value in row.items()
        }
        for row in rows
    ]


def by_file(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["sha256"], []).append(row)
    return found


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Settings, Seen]]:
    """An office for each group of cases, made when the first of them is asked for."""
    found = {
        settings: seen_by_an_office(tmp_path_factory.mktemp("office"), settings)
        for settings in dict.fromkeys(case.settings for case in CASES)
    }
    yield found
    close_reader()


def params() -> list[Any]:
    return [param(case, name) for case, name in FILES]


def param(case: Case, name: str) -> Any:
    """Return one file as a parameter."""
    label = case.name if len(case.expect) == 1 else f"{case.name}:{name}"
    return pytest.param(case, name, id=label)


@pytest.mark.parametrize(("case", "name"), params())
def test_what_comes_of_a_file(case: Case, name: str, offices: dict[Settings, Seen]) -> None:
    seen, expect = offices[case.settings], case.expect[name]
    outcome, sha256 = seen.of(case, name)
    is_copy = expect.outcome == "duplicate"
    rows = [] if is_copy else seen.rows.get(sha256, [])
    issues = [] if is_copy else seen.issues.get(sha256, [])
    remark = seen.remarks[sha256]

    assert (outcome["outcome"], remark if expect.outcome != outcome["outcome"] else "") == (
        expect.outcome,
        "",
    )
    assert places(rows, expect, is_taken=True) == sorted(map(str, expect.taken))
    assert places(rows, expect, is_taken=False) == sorted(map(str, expect.rejected))
    assert outcome["rows_in"] == outcome["rows_taken"] + outcome["rows_rejected"]
    assert outcome["rows_taken"] == len(expect.taken)
    assert outcome["rows_rejected"] == len(expect.rejected)
    assert {line_of(issue, expect) for issue in issues} == set(expect.found)
    for place, cells in expect.cells.items():
        row = next(row for row in rows if place_in(row, expect) == str(place))
        assert {column: row[column] for column in cells} == cells
    repairs = {
        f"{place_in(one, expect)} {one['rule']} {one['field']}: {one['before']} -> {one['after']}"
        for one in seen.repairs.get(sha256, [])
    }
    assert set(expect.repairs) <= repairs
    assert [word for word in expect.said if word not in remark] == []
    assert is_copy or len(sent_back(seen, sha256)) == expect.goes_back


def names_sheets(expect: Expect) -> bool:
    return any("!" in str(place) for place in (*expect.taken, *expect.rejected))


def place_in(row: dict[str, Any], expect: Expect) -> str:
    if row["row_no"] is None:
        return "-"
    return f"{row['sheet']}!{row['row_no']}" if names_sheets(expect) else str(row["row_no"])


def places(rows: list[dict[str, Any]], expect: Expect, *, is_taken: bool) -> list[str]:
    return sorted(place_in(row, expect) for row in rows if row["is_taken"] is is_taken)


def line_of(issue: dict[str, Any], expect: Expect) -> str:
    return f"{place_in(issue, expect)} {issue['rule']} {issue['severity']}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_file_beside_it_is_taken(case: Case, offices: dict[Settings, Seen]) -> None:
    outcome, _ = offices[case.settings].of(case, GOOD)
    assert (outcome["outcome"], outcome["rows_in"], outcome["rows_taken"]) == ("taken", 1, 1)


def sent_back(seen: Seen, sha256: str) -> list[Path]:
    """Return the workbooks that go back to the sender of a file; none of them holds a formula."""
    paths = sorted((seen.house.home / "returned").rglob("*"))
    found = [path for path in paths if path.is_file() and sha256[:8] in path.name]
    for path in found:
        sheets = openpyxl.load_workbook(path).worksheets
        assert all(cell.data_type != "f" for sheet in sheets for row in sheet for cell in row)
    return found


def test_the_ledgers_are_in_order(offices: dict[Settings, Seen]) -> None:
    assert [seen.wrong for seen in offices.values()] == [[] for _ in offices]


def test_nothing_was_written_outside_the_offices_folders(offices: dict[Settings, Seen]) -> None:
    """No file name of a sender made a file of its own anywhere."""
    for seen in offices.values():
        home = seen.house.home
        assert sorted(path.name for path in home.iterdir()) == [
            ".lock",
            "archive",
            "inbox",
            "journal",
            "outbox",
            "published",
            "reference",
            "returned",
            "warehouse",
        ]
        assert not list(home.rglob("hong"))


def test_every_rule_on_files_and_rows_has_a_case() -> None:
    broken = set().union(*(one.rules for case in CASES for one in case.expect.values()))
    broken |= {
        "FL01" for case in CASES for one in case.expect.values() if one.outcome == "duplicate"
    }
    assert broken == (set(RULES) | {"FL01"}) - NOT_OF_ROWS


def test_every_case_says_what_it_is_and_what_comes_of_it() -> None:
    assert all(case.story.endswith((".", "…")) for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)
    workbooks = [name for case, name in FILES if not name.endswith((".csv", ".txt"))]
    assert len(workbooks) >= 40
    assert sum(one.outcome == "returned" for case in CASES for one in case.expect.values()) >= 30
