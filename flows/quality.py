"""The quality suites as the flows run them: their parameters, their counts, their Data Docs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations import runner
from expectations.runner import SUITES, Judge, Tallies
from expectations.suite import Tally
from schemas.period import month_text
from schemas.quality import SuiteRun
from tasks import warehouse
from tasks.office import Office
from tasks.warehouse import Connection

OLDEST_YEARS = 120  # ID07
PREPARE_RUN = 1  # preparing again takes the place of the run before


def parameters(connection: Connection, office: Office) -> dict[str, Any]:
    """Return what the suites are given by a run: codes, patterns and days of this office."""
    provinces = warehouse.rows(connection, "SELECT cccd_code FROM province_code ORDER BY 1")
    prefixes = warehouse.rows(connection, "SELECT prefix FROM phone_prefix ORDER BY 1")
    return {
        "provinces": [code for (code,) in provinces],
        "phone_pattern": rf"^(?:{'|'.join(prefix for (prefix,) in prefixes)})\d{{7}}$",
        "today": office.today,
        "oldest_arrears": -office.max_arrears_months,
        "earliest_birth": years_before(office.today, OLDEST_YEARS),
    }


def years_before(day: date, years: int) -> date:
    """Return the same day some years earlier; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def ingest_judge(connection: Connection, office: Office, cycle: int) -> Judge:
    """Return the judge of one ingest; its counts are kept as the cycle's next run."""
    last = warehouse.value(
        connection,
        "SELECT max(run_no) FROM suite_run WHERE cycle = $cycle AND stage = 'ingest'",
        cycle=cycle,
    )
    return _recording(connection, office, cycle, "ingest", (last or 0) + 1)


def prepare_judge(connection: Connection, office: Office, cycle: int) -> Judge:
    """Return the judge of a preparation."""
    return _recording(connection, office, cycle, "prepare", PREPARE_RUN)


def _recording(
    connection: Connection, office: Office, cycle: int, stage: str, run_no: int
) -> Judge:
    """Return a judge that keeps its counts in the transaction in which it is called."""
    tallies = Tallies()
    judge = runner.judge(parameters(connection, office), tallies)

    def judge_and_keep(connection: Connection, suite: str, relation: str) -> None:
        judge(connection, suite, relation)
        counts = tallies.suite_runs(cycle, stage, run_no, office.today)
        _keep(connection, [row for row in counts if row["suite"] == suite])

    return judge_and_keep


def _keep(connection: Connection, counts: list[dict[str, object]]) -> None:
    """Put the counts of one suite in place of those that the same run had so far."""
    connection.register("suite_counts", pl.DataFrame(counts, schema=SuiteRun.polars_schema()))
    warehouse.replace_by(
        connection,
        SuiteRun,
        ["cycle", "stage", "run_no", "suite"],
        "SELECT * FROM suite_counts",
    )
    connection.unregister("suite_counts")


def kept_tallies(connection: Connection, cycle: int) -> list[Tally]:
    """Return the counts of all runs of a cycle, added up, suite by suite."""
    judged: dict[tuple[str, str], int] = defaultdict(int)
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for suite, expectation, rows_judged, rows_failed in warehouse.rows(
        connection,
        "SELECT suite, expectation, rows_judged, rows_failed FROM suite_run WHERE cycle = $cycle",
        cycle=cycle,
    ):
        judged[suite, expectation] += rows_judged
        failed[suite, expectation] += rows_failed
    return [
        Tally(suite.name, expectation, judged[key], judged[key], failed[key])
        for suite in SUITES.values()
        for expectation in suite.expectations
        if (key := (suite.name, expectation.name)) in judged
    ]


def write_docs(office: Office, tallies: Iterable[Tally], cycle: int) -> Path:
    """Write Great Expectations' pages of a cycle; importing the library takes seconds."""
    from expectations.native import write_data_docs

    folder = office.published / "data_docs" / month_text(cycle)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_data_docs(folder, tallies, f"Kỳ {month_text(cycle)}", office.today)
    return folder
