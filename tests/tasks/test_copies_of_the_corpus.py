"""Whatever people send, its copy says the same: read again, it has the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tasks.office import Limits
from tasks.returned import SEND_AGAIN, Told
from tasks.sender_copy import CELL_LETTERS, try_copy
from tasks.sheet_pool import close_reader, parse_in_child, run_in_child
from tasks.sheets import Parsed

corpus = pytest.importorskip("tests.corpus")

LIMITS = Limits()
FINDINGS = (
    ("ID01", "reject", "citizen_id"),
    ("EN08", "warn", "decision_no"),
    ("ID10", "fix", "full_name"),
)
SCHEMA = {
    "sheet": pl.String,
    "row_no": pl.Int64,
    "rule": pl.String,
    "severity": pl.String,
    "field": pl.String,
    "message": pl.String,
}


@pytest.fixture(scope="module", autouse=True)
def _child() -> Iterator[None]:
    yield
    close_reader()


def everything_wrong(parsed: Parsed) -> pl.DataFrame:
    """Return three findings for every row."""
    rows = parsed.frame.select("sheet", "row_no").rows()
    found = [(*place, *finding, "Sửa lại.") for place in rows for finding in FINDINGS]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def said(parsed: Parsed) -> pl.DataFrame:
    """Return what a file says, wherever it says it; no cell of a workbook is longer than this."""
    place = ("sheet", "sheet_no", "formula_cells")
    text = pl.selectors.string()
    return parsed.frame.drop(place).with_columns(text.str.slice(0, CELL_LETTERS))


def headings(parsed: Parsed) -> tuple[str | None, str | None, str]:
    return parsed.stated_unit, parsed.stated_period, parsed.discrepancy


@pytest.mark.nightly
def test_a_copy_that_comes_back_says_what_the_file_said(tmp_path: Path) -> None:
    source, target = tmp_path / "sent", tmp_path / "copy.xlsx"
    copied = 0
    for case in corpus.CASES:
        for name, data in case.files(lambda number: f"HS-{number:04d}").items():
            source.write_bytes(data)
            parsed = parse_in_child(source, name, LIMITS)
            if parsed.refusal or parsed.frame.is_empty():
                continue
            told = Told(name, everything_wrong(parsed), None, parsed)
            about = (told.summary(SEND_AGAIN), told.notes(), LIMITS, 20_000)
            if run_in_child(source, try_copy, source, target, *about):
                continue  # a list goes back
            again = parse_in_child(target, target.name, LIMITS)
            assert (again.refusal, again.kind) == (None, parsed.kind), (case.name, name)
            assert said(again).equals(said(parsed)), (case.name, name)
            assert headings(again) == headings(parsed), (case.name, name)
            copied += 1
    assert copied > 100
