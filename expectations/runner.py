"""Suites by name, and what a task or flow calls to run one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from duckdb import DuckDBPyConnection

from expectations.account import ACCOUNT_ROW, ACCOUNT_STANDING
from expectations.answers import REPORT_ROW, RESULT_ROW
from expectations.change import CHANGE_ROW
from expectations.compiled import run_suite
from expectations.derived import derived_suite
from expectations.files import FILE
from expectations.identity import IDENTITY_CHANGE, IDENTITY_STANDING
from expectations.suite import Parameters, Tally
from expectations.verification import VERIFICATION_ROW
from schemas.payments import PAYMENTS
from schemas.registry import REGISTRY

# What a task is given: (connection, suite name, relation). Failures are left in temp.finding.
Judge = Callable[[DuckDBPyConnection, str, str], None]

SUITES = {
    suite.name: suite
    for suite in (
        FILE,
        IDENTITY_CHANGE,
        CHANGE_ROW,
        ACCOUNT_ROW,
        VERIFICATION_ROW,
        RESULT_ROW,
        REPORT_ROW,
        IDENTITY_STANDING,
        ACCOUNT_STANDING,
        *map(derived_suite, (*REGISTRY, *PAYMENTS)),
    )
}


def run(
    con: DuckDBPyConnection, suite_name: str, relation: str, parameters: Parameters
) -> list[Tally]:
    """Judge `relation` by the suite of that name; append to TEMP TABLE finding."""
    return run_suite(con, SUITES[suite_name], relation, parameters)


@dataclass
class Tallies:
    """The counts of one stage of a cycle, added up over the relations that each suite judged."""

    by_expectation: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def add(self, tallies: Iterable[Tally]) -> None:
        """Add counts to those of the same suite and expectation."""
        for tally in tallies:
            key = (tally.suite, tally.expectation.name)
            before = self.by_expectation.get(key)
            self.by_expectation[key] = sum_of(before, tally) if before else tally

    def __iter__(self) -> Iterator[Tally]:
        """Yield the tallies suite by suite, in the order in which SUITES state them."""
        for suite in SUITES.values():
            for expectation in suite.expectations:
                if tally := self.by_expectation.get((suite.name, expectation.name)):
                    yield tally

    def suite_runs(
        self, cycle: int, stage: str, run_no: int, run_on: date
    ) -> list[dict[str, object]]:
        """Return rows of schemas.quality.SuiteRun."""
        return [
            {
                "cycle": cycle,
                "stage": stage,
                "run_no": run_no,
                "suite": tally.suite,
                "expectation": tally.expectation.name,
                "rule": tally.rule,
                "rows_judged": tally.judged,
                "rows_failed": tally.failed,
                "run_on": run_on,
            }
            for tally in self
        ]


def sum_of(one: Tally, other: Tally) -> Tally:
    """Return two tallies of the same expectation as one."""
    return replace(
        one,
        rows=one.rows + other.rows,
        judged=one.judged + other.judged,
        failed=one.failed + other.failed,
    )


def judge(parameters: Parameters, tallies: Tallies) -> Judge:
    """Return what a task calls to have a relation judged; counts go to `tallies`."""

    def judge_relation(con: DuckDBPyConnection, suite_name: str, relation: str) -> None:
        tallies.add(run(con, suite_name, relation, parameters))

    return judge_relation
