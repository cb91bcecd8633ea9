"""The scan itself: counts, uniqueness, many expectations, and what must never reach the SQL."""

from __future__ import annotations

import duckdb
import pytest

from expectations.compiled import run_suite
from expectations.suite import (
    Expectation,
    Suite,
    Where,
    between,
    equal,
    in_set,
    matches,
    not_in_set,
    not_matches,
    not_null,
    null,
    parameter,
    unique,
)


def tally(con, expectation, parameters=None):
    """Return (rows, judged, failed) of one expectation on the relation `anything`."""
    (one,) = run_suite(con, Suite("s", "", (expectation,)), "anything", parameters or {})
    return one.rows, one.judged, one.failed


def failed_rows(con):
    """Return the numbers of the rows found so far."""
    return [number for (number,) in con.execute("SELECT row_id FROM finding ORDER BY 1").fetchall()]


WORDS = [{"word": "a"}, {"word": "b"}, {"word": None}]


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        (not_null("R", "word"), (3, 3, 1)),
        (null("R", "word"), (3, 3, 2)),
        (matches("R", "word", "^a$"), (3, 2, 1)),
        (not_matches("R", "word", "a"), (3, 2, 1)),
        (in_set("R", "word", ["a"]), (3, 2, 1)),
        (in_set("R", "word", []), (3, 2, 2)),
        (not_in_set("R", "word", ["a"]), (3, 2, 1)),
        (not_in_set("R", "word", []), (3, 2, 0)),
        (between("R", "row_id", 2, None), (3, 3, 1)),
        (between("R", "row_id", 2, 2), (3, 3, 2)),
        (equal("R", "word", "other"), (3, 0, 0)),
        (unique("R", "word"), (3, 2, 0)),
        (not_null("R", "other", Where("word", "==", "a")), (1, 1, 1)),
        (not_null("R", "other", Where("word", "!=", "a")), (1, 1, 1)),
        (not_null("R", "other", Where("word", "in", ("a", "b"))), (2, 2, 2)),
        (not_null("R", "other", Where("word", "in", ())), (0, 0, 0)),
        (not_null("R", "other", Where("word", "is not null")), (2, 2, 2)),
        (not_null("R", "other", Where("word", "!=", "a"), Where("word", "!=", "b")), (0, 0, 0)),
    ],
)
def test_rows_judged_and_failed(con, fill, expectation, expected):
    fill(con, "anything", WORDS)
    assert tally(con, expectation) == expected
    assert len(failed_rows(con)) == expected[2]


def test_nothing_fails_where_there_are_no_rows(con, fill):
    fill(con, "anything", [])
    assert tally(con, not_null("R", "word")) == (0, 0, 0)
    assert tally(con, unique("R", "word")) == (0, 0, 0)


def test_all_rows_of_a_repeated_value_fail(con, fill):
    fill(con, "anything", [{"word": "a"}, {"word": "b"}, {"word": "a"}, {}, {}])
    assert tally(con, unique("R", "word")) == (5, 3, 2)
    assert failed_rows(con) == [1, 3]


def test_columns_unique_together(con, fill):
    rows = [
        {"word": "a", "number": 1},
        {"word": "a", "number": 2},
        {"word": "a", "number": 1},
        {"word": "a"},
        {"word": "a"},
    ]
    fill(con, "anything", rows)
    assert tally(con, unique("R", "word", "number")) == (5, 3, 2)
    assert failed_rows(con) == [1, 3]


def test_a_rule_broken_twice_in_a_field_is_found_once(con, fill):
    fill(con, "anything", [{"word": "ab"}])
    expectations = (matches("R", "word", "^.$"), in_set("R", "word", ["c"]))
    tallies = run_suite(con, Suite("s", "", expectations), "anything", {})
    assert [one.failed for one in tallies] == [1, 1]
    assert failed_rows(con) == [1]


def test_runs_append_their_findings(con, fill):
    fill(con, "anything", [{"word": "a"}])
    tally(con, null("R", "word"))
    tally(con, not_null("R", "other"))
    assert failed_rows(con) == [1, 1]


def test_more_expectations_than_bits(con, fill):
    fill(con, "anything", [{"number": number} for number in range(100)])
    suite = Suite("s", "", tuple(between("R", "number", None, most) for most in range(130)))
    tallies = run_suite(con, suite, "anything", {})
    assert [one.failed for one in tallies] == [max(0, 99 - most) for most in range(130)]
    assert {one.judged for one in tallies} == {100}


def test_a_view_and_a_schema_may_be_judged(con, fill):
    fill(con, "anything", WORDS)
    con.execute("CREATE SCHEMA s; CREATE VIEW s.seen AS FROM anything WHERE row_id > 1")
    (one,) = run_suite(con, Suite("s", "", (not_null("R", "word"),)), "s.seen", {})
    assert (one.rows, one.failed) == (2, 1)
    assert con.execute("FROM finding").fetchall() == [("s.seen", 3, "R", "word")]


def test_enough_may_be_enough(con, fill):
    fill(con, "anything", [{"word": "a"}] * 3 + [{"word": "b"}])
    kwargs = {"column": "word", "value_set": ["a"]}
    for mostly, success in ((0.75, True), (0.76, False)):
        expectation = Expectation("expect_column_values_to_be_in_set", "R", kwargs, mostly=mostly)
        (one,) = run_suite(con, Suite("s", "", (expectation,)), "anything", {})
        assert one.success is success


def test_values_are_quoted(con, fill):
    evil = "'; DROP TABLE anything; --"
    fill(con, "anything", [{"word": evil}, {"word": "a"}])
    assert tally(con, in_set("R'", "word", parameter("x")), {"x": [evil]}) == (2, 2, 1)
    assert tally(con, not_null("R", "other", Where("word", "==", evil))) == (1, 1, 1)
    assert con.execute("SELECT count(*) FROM anything").fetchone() == (2,)


def test_names_are_no_place_for_sql(con, fill):
    with pytest.raises(ValueError, match="no column name"):
        not_null("R", "word; DROP TABLE anything")
    with pytest.raises(ValueError, match="no column name"):
        not_null("R", "word", Where('"', "is not null"))
    with pytest.raises(ValueError, match="no table name"):
        run_suite(con, Suite("s", "", ()), "anything; DROP TABLE anything", {})


def test_what_a_developer_must_fix_is_said(con, fill):
    fill(con, "anything", WORDS)
    with pytest.raises(KeyError, match="provinces"):
        tally(con, in_set("R", "word", parameter("provinces")))
    with pytest.raises(TypeError, match="float"):
        tally(con, between("R", "number", 0.5, None))
    with pytest.raises(duckdb.BinderException):
        tally(con, not_null("R", "no_such_column"))
    with pytest.raises(ValueError, match="twice"):
        Suite("s", "", (not_null("R", "word"), not_null("Q", "word")))
    with pytest.raises(ValueError, match="operator"):
        Where("word", "like", "a")
