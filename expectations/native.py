"""The only door to Great Expectations: its own run, its native results, its Data Docs pages.

Importing the library takes seconds, so this module is imported where it is needed, not at the top.
Nothing here reads or writes a value of a row into a result: counts and percentages only.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

# 1.24 sends no usage events of its own; should another version, then not from an office.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations.core import (
    ExpectationSuite,
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.components import RenderedContent
from great_expectations.render.renderer.page_renderer import (
    ExpectationSuitePageRenderer,
    ValidationResultsPageRenderer,
)
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import pass_context

from expectations.data_docs import Entry, index_page, offline, path_part, write_site
from expectations.runner import SUITES
from expectations.suite import Expectation, Parameters, Suite, Tally, given
from schemas.quality import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from great_expectations.core.batch_definition import BatchDefinition


@dataclass(frozen=True)
class OwnResult:
    """What Great Expectations itself found for one expectation."""

    expectation: Expectation
    rows: int
    judged: int
    row_ids: frozenset[int]
    success: bool


def own_run(suite: Suite, frame: pd.DataFrame, parameters: Parameters) -> list[OwnResult]:
    """Run `suite` by Great Expectations' pandas engine on `frame`, which has a column row_id.

    Raises RuntimeError where an expectation could not be evaluated.
    """
    result = own_suite_result(suite, frame, parameters)
    # It reports in an order of its own.
    by_number = {configured(one).meta["number"]: one for one in result.results}
    return [
        own_result(expectation, by_number[number])
        for number, expectation in enumerate(suite.expectations)
    ]


def own_suite_result(
    suite: Suite, frame: pd.DataFrame, parameters: Parameters
) -> ExpectationSuiteValidationResult:
    """Return what Great Expectations says of `frame`; it holds values of rows: never write it."""
    configurations = [configuration(expectation) for expectation in suite.expectations]
    for number, one in enumerate(configurations):
        one.meta["number"] = number
        if "regex" in one.kwargs:
            one.kwargs["regex"] = pandas_regex(given(one.kwargs, parameters)["regex"])
    with quiet():
        batch = whole_frame().get_batch({"dataframe": frame})
        return batch.validate(
            gx_suite(suite.name, configurations),
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": ["row_id"],
            },
            expectation_parameters={key: comparable(value) for key, value in parameters.items()},
        )


def own_result(expectation: Expectation, found: ExpectationValidationResult) -> OwnResult:
    """Return the counts and failed rows of one native result."""
    if found.exception_info.get("raised_exception", True):
        # Its message may hold values of rows, so only the expectation is named.
        raise RuntimeError(f"Great Expectations could not evaluate {expectation.name}")
    counts = found.result
    failed = counts.get("unexpected_index_list") or []
    rows = counts["element_count"]
    return OwnResult(
        expectation,
        rows,
        rows - counts.get("missing_count", 0),
        frozenset(int(one["row_id"]) for one in failed),
        bool(found.success),
    )


def comparable(value: Any) -> Any:
    """Return a value that pandas compares with its columns: it keeps days as points in time."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def pandas_regex(regex: str) -> str:
    r"""Return an RE2 pattern in the words that mean the same in Python.

    pandas chooses between RE2 and Python by the pattern. To Python `$` also stands before a last
    line break and `\d` is a digit of any script.
    """
    if re.search(r"\[[^\]]*\\d", regex):
        raise ValueError(f"write 0-9 for \\d inside brackets: {regex}")
    if regex.endswith("$") and not regex.endswith(r"\$"):
        regex = regex[:-1] + r"\Z"
    return regex.replace(r"\d", "[0-9]")


@lru_cache(maxsize=1)
def whole_frame() -> BatchDefinition[None]:
    """Return the definition of a batch that is a whole frame, in a context that lives in memory."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings and log lines of the library away: they may carry values of rows."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def configuration(expectation: Expectation) -> ExpectationConfiguration:
    """Return the native form of an expectation, described as an officer reads its rule."""
    description = f"{expectation.rule}: {expectation.name}"
    if rule := RULES.get(expectation.rule):
        description = f"{expectation.rule}: {rule.message} [{expectation.name}]"
    return ExpectationConfiguration(**expectation.configuration(), description=description)


def configured(result: ExpectationValidationResult) -> ExpectationConfiguration:
    """Return what a native result is about."""
    assert result.expectation_config is not None
    return result.expectation_config


def gx_suite(name: str, configurations: Iterable[ExpectationConfiguration]) -> ExpectationSuite:
    """Return a native suite."""
    return ExpectationSuite(name, expectations=[one.to_domain_obj() for one in configurations])


def results(
    tallies: Iterable[Tally], meta: Mapping[str, Any] | None = None
) -> list[ExpectationSuiteValidationResult]:
    """Return one native result per suite, in the order of the tallies."""
    return [
        suite_result(name, list(of_suite), dict(meta or {}))
        for name, of_suite in groupby(tallies, key=lambda tally: tally.suite)
    ]


def suite_result(
    name: str, tallies: list[Tally], meta: dict[str, Any]
) -> ExpectationSuiteValidationResult:
    """Return the native result of one suite from its tallies."""
    good = sum(tally.success for tally in tallies)
    return ExpectationSuiteValidationResult(
        success=good == len(tallies),
        results=[expectation_result(tally) for tally in tallies],
        suite_name=name,
        statistics={
            "evaluated_expectations": len(tallies),
            "successful_expectations": good,
            "unsuccessful_expectations": len(tallies) - good,
            "success_percent": percent(good, len(tallies)),
        },
        meta=meta | {"batch_spec": {"data_asset_name": title(name)}},
    )


def expectation_result(tally: Tally) -> ExpectationValidationResult:
    """Return the native result of one expectation: counts, never a value."""
    missing = tally.rows - tally.judged
    return ExpectationValidationResult(
        success=tally.success,
        expectation_config=configuration(tally.expectation),
        result={
            "element_count": tally.rows,
            "unexpected_count": tally.failed,
            "unexpected_percent": percent(tally.failed, tally.judged),
            "missing_count": missing,
            "missing_percent": percent(missing, tally.rows),
            "unexpected_percent_total": percent(tally.failed, tally.rows),
            "unexpected_percent_nonmissing": percent(tally.failed, tally.judged),
        },
        exception_info={
            "raised_exception": False,
            "exception_message": None,
            "exception_traceback": None,
        },
        meta={},
    )


def percent(part: int, whole: int) -> float | None:
    """Return how much of `whole` is `part`, None of nothing."""
    return 100 * part / whole if whole else None


class StillView(DefaultJinjaPageView):
    """Great Expectations' page without clock times and random ids: the same input, same bytes."""

    def __init__(self) -> None:
        self.numbers = count(1)
        super().__init__()

    def generate_html_element_uuid(self, prefix: str | None = None) -> str:
        """Return the next id of the page."""
        return f"{prefix or ''}{next(self.numbers)}"

    @pass_context
    def add_data_context_id_to_url(
        self, jinja_context: Any, url: str, add_datetime: bool = True
    ) -> str:
        """Return the address as it is, without the time that stock pages add."""
        return url

    def page(self, document: RenderedContent) -> str:
        """Return the page of a rendered document."""
        return str(self.render(document))


def write_data_docs(folder: Path, tallies: Iterable[Tally], run_name: str, day: date) -> None:
    """Write Data Docs of one run into `folder`, which is replaced as a whole.

    The pages are Great Expectations' own, freed of scripts and of everything fetched from the
    network; the index is ours, since the stock one is drawn by fetched scripts.
    """
    run = {"run_name": run_name, "run_time": f"{day.isoformat()}T00:00:00+00:00"}
    pages: dict[str, str] = {}
    found = results(tallies, {"run_id": run, "great_expectations_version": gx.__version__})
    for result in found:
        pages[validation_path(result)] = offline(validation_page(result))
        pages[suite_path(result)] = offline(suite_page(result))
    pages["index.html"] = index_page(map(index_entry, found), run_name, day)
    write_site(folder, pages)


def title(suite_name: str) -> str:
    """Return what officers call a suite."""
    suite = SUITES.get(suite_name)
    return suite.title_vi if suite else suite_name


def index_entry(result: ExpectationSuiteValidationResult) -> Entry:
    """Return the line of the index that leads to a result."""
    good = result.statistics["successful_expectations"]
    every = result.statistics["evaluated_expectations"]
    name = title(result.suite_name)
    return Entry(validation_path(result), name, bool(result.success), good, every)


def validation_path(result: ExpectationSuiteValidationResult) -> str:
    """Return the page of a result: four folders deep, as the links inside expect."""
    run: Any = result.meta["run_id"]
    name, day = path_part(run["run_name"]), run["run_time"][:10]
    return f"validations/{result.suite_name}/{name}/{day}/{result.suite_name}.html"


def suite_path(result: ExpectationSuiteValidationResult) -> str:
    """Return the page of a suite, to which the pages of its results link."""
    return f"expectations/{result.suite_name}.html"


def validation_page(result: ExpectationSuiteValidationResult) -> str:
    """Render a result."""
    with quiet():
        return StillView().page(ValidationResultsPageRenderer().render(result))


def suite_page(result: ExpectationSuiteValidationResult) -> str:
    """Render the suite of a result."""
    configurations = [configured(one) for one in result.results]
    with quiet():
        suite = gx_suite(result.suite_name, configurations)
        return StillView().page(ExpectationSuitePageRenderer().render(suite))
