"""What column declarations say, as expectations."""

from __future__ import annotations

import pytest

from expectations.compiled import run_suite
from expectations.derived import (
    derived_suite,
    known_words,
    no_formulas,
    readable_fields,
    required_fields,
)
from expectations.runner import SUITES
from schemas.layouts import LAYOUTS
from schemas.payments import PAYMENTS
from schemas.registry import REGISTRY
from schemas.submissions import Change
from schemas.table import Amount, Code, Table, Text


class Parcel(Table, name="parcel"):
    """One row per parcel and day."""

    parcel_no = Text(key=True, pattern=r"P\d{3}|X")
    day = Text(key=True)
    state = Code(values=("sent", "lost"), required=True)
    weight = Amount(minimum=1)


def test_declarations_become_expectations():
    suite = derived_suite(Parcel)
    assert (suite.name, suite.title_vi) == ("derived_parcel", "One row per parcel and day.")
    assert [one.name.removeprefix("expect_") for one in suite.expectations] == [
        "column_values_to_not_be_null(parcel_no)",
        r"column_values_to_match_regex(parcel_no, regex=^(?:P\d{3}|X)$)",
        "column_values_to_not_be_null(day)",
        "column_values_to_not_be_null(state)",
        "column_values_to_be_in_set(state, value_set=[sent, lost])",
        "column_values_to_be_between(weight, min_value=1)",
        "compound_columns_to_be_unique(parcel_no, day)",
    ]


def test_rows_that_break_a_declaration_are_found(con):
    con.execute(
        """CREATE TABLE parcel AS FROM (VALUES
            (1, 'P001', '1', 'sent', 5),
            (2, 'P001', '2', 'lost', NULL),
            (3, 'P0011', '1', 'sent', 0),
            (4, 'X', '1', 'gone', 1),
            (5, 'X', '1', NULL, 1)
        ) t(row_id, parcel_no, day, state, weight)"""
    )
    run_suite(con, derived_suite(Parcel), "parcel", {})
    found = con.execute("SELECT row_id, rule, field FROM finding ORDER BY ALL").fetchall()
    assert found == [
        (3, "SCHEMA", "parcel_no"),
        (3, "SCHEMA", "weight"),
        (4, "SCHEMA", "parcel_no"),
        (4, "SCHEMA", "state"),
        (5, "SCHEMA", "parcel_no"),
        (5, "SCHEMA", "state"),
    ]


@pytest.mark.parametrize("table", [*REGISTRY, *PAYMENTS], ids=lambda table: table.table_name)
def test_declared_tables_have_a_suite_that_runs(con, table):
    con.execute(table.create_sql())
    con.execute(f"CREATE VIEW judged AS SELECT rowid AS row_id, * FROM {table.table_name}")
    tallies = run_suite(con, SUITES[f"derived_{table.table_name}"], "judged", {})
    assert tallies
    assert all(tally.success for tally in tallies)


def said(expectations):
    """Return (rule, field, condition) of expectations."""
    return [
        (one.rule, one.field, " and ".join(map(str, one.row_condition))) for one in expectations
    ]


def test_required_fields_are_those_of_the_sheets():
    assert said(required_fields(LAYOUTS["bien_dong"], Change.birth_date)) == [
        ("EN09", "dossier_no", ""),
        ("EN09", "full_name", ""),
        ("EN09", "category_code", ""),
        ("EN09", "effective_month", ""),
        ("EN09", "reason", ""),
        ("EN09", "gender", "kind == TANG"),
    ]


def test_a_field_must_be_readable_where_it_may_be_empty():
    fields = (Change.gender, Change.units)
    assert said(readable_fields(LAYOUTS["bien_dong"], *fields)) == [
        ("EN09", "gender", "kind in [GIAM, DIEU_CHINH]"),
        ("EN09", "units", ""),
    ]


def test_each_sheet_has_its_words():
    stops = list(known_words(LAYOUTS["bien_dong"]))[1]
    assert said([stops]) == [("EN09", "reason", "kind == GIAM")]
    assert stops.kwargs["value_set"][:2] == ["CHET", "CHUYEN_DI"]
    assert not list(known_words(LAYOUTS["ket_qua"]))


def test_no_field_may_hold_a_formula():
    fields = [one.field for one in no_formulas(LAYOUTS["xac_thuc"])]
    assert fields == ["dossier_no", "subject", "value", "outcome", "checked_on", "checked_by"]
