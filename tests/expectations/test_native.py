"""Great Expectations itself: it finds what the scan finds, and its pages carry no person.

The library takes seconds to import: tests that need it stand here, so that one worker has it.
"""

from __future__ import annotations

import re
from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from expectations.compiled import run_suite
from expectations.runner import SUITES, Tallies, judge
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

# One of every kind, on every type of column, under every condition.
ANYTHING = Suite(
    "anything",
    "",
    (
        not_null("not_null", "word", Where("flag", "==", True)),
        null("null", "number", Where("word", "!=", "a"), Where("number", "!=", 2)),
        null("null of all", "day"),
        matches("matches", "word", r"^[a-c]\d?$", Where("number", "in", (1, 2))),
        in_set("in_set", "word", ["a", "b'"], Where("word", "is not null")),
        in_set("in_set of none", "other", []),
        in_set("in_set of flags", "flag", [True]),
        not_matches("not_matches", "word", r"^[a-c]\d?$", Where("number", "in", (1, 2))),
        not_matches("not_matches a list", "other", ",b,"),
        not_in_set("not_in_set", "number", parameter("numbers"), Where("flag", "!=", True)),
        not_in_set("not_in_set of none", "word", []),
        between("between", "number", 1, 2, Where("word", "in", ("a", "b'", "no such"))),
        between("between days", "day", parameter("first"), None),
        equal("equal", "number", "again", Where("flag", "==", False)),
        equal("equal words", "word", "other"),
        unique("unique", "number"),
        unique("unique words", "word"),
        unique("unique together", "word", "number"),
        Expectation(
            "expect_column_values_to_be_in_set",
            "mostly",
            {"column": "flag", "value_set": [False]},
            mostly=0.5,
        ),
    ),
)
CASES = {
    "anything": (ANYTHING, "anything"),
    "file": (SUITES["file"], "round_file"),
    "identity_change": (SUITES["identity_change"], "round_change"),
    "change_row": (SUITES["change_row"], "round_change"),
    "verification_row": (SUITES["verification_row"], "round_verification"),
    "result_row": (SUITES["result_row"], "round_result"),
    "report_row": (SUITES["report_row"], "round_report"),
    "account_row": (SUITES["account_row"], "round_account"),
    "identity_standing": (SUITES["identity_standing"], "standing_now"),
    "account_standing": (SUITES["account_standing"], "standing_now"),
    "derived_standing": (SUITES["derived_standing"], "standing_now"),
}

WORDS = ["", " ", "a", "b'", "c1", "c1\n", "c١", "á", "ệ", "SAI", "DUNG", "Nam", "NaN", "None"]
LISTS = [",b,", ",gender,units,", ",amount,value,"]
CODES = [
    "TANG",
    "DIEU_CHINH",
    "CHET",
    "CHUYEN_DEN",
    "CHUYEN_DI",
    "bien_dong",
    "GIAM",
    "CHINH_CHU",
    "GIAM_HO",
    "UY_QUYEN",
    "account",
    "same_holder",
    "2",
]
DIGITS = ["011045678901", "011045678901\n", "01104567890", "0912345678", "097", "011", "8" * 20]
DAYS = [date(1904, 6, 30), date(1904, 7, 1), date(2024, 7, 5), date(2990, 1, 1)]
VALUES = {
    "VARCHAR": st.sampled_from(WORDS + CODES + DIGITS + LISTS) | st.text("ab0\n$", max_size=3),
    "BIGINT": st.sampled_from([-1, 0, 1, 2, 3, 5, 6, 14, 15, 1945]),
    "INTEGER": st.sampled_from([-25, -24, 0, 1, 12, 13, 24294]),
    "BOOLEAN": st.booleans(),
    "DATE": st.sampled_from(DAYS),
}


@pytest.fixture(scope="module")
def native():
    """Import the library once."""
    from expectations import native

    return native


def compared(con, native, suite, relation, parameters):
    """Return what the scan and Great Expectations say, in the same words."""
    tallies = run_suite(con, suite, relation, parameters)
    found: dict[tuple[str, str], set[int]] = {}
    for rule, field, row_id in con.execute("SELECT rule, field, row_id FROM finding").fetchall():
        found.setdefault((rule, field), set()).add(row_id)
    frame = con.execute(f"FROM {relation}").df()
    own = native.own_run(suite, frame, parameters)
    own_found: dict[tuple[str, str], set[int]] = {}
    for one in own:
        if one.row_ids:
            key = (one.expectation.rule, one.expectation.field)
            own_found.setdefault(key, set()).update(one.row_ids)
    scanned = [
        (one.expectation.name, one.rows, one.judged, one.failed, one.success) for one in tallies
    ]
    own_counts = [
        (one.expectation.name, one.rows, one.judged, len(one.row_ids), one.success) for one in own
    ]
    return (scanned, found), (own_counts, own_found)


@pytest.mark.parametrize("name", CASES)
def test_the_scan_finds_what_great_expectations_finds(native, fill, columns_of, parameters, name):
    suite, relation = CASES[name]
    given_values = parameters | {"numbers": [0, 1], "first": date(1904, 7, 1)}
    read = {column for one in suite.expectations for column in one.columns()}
    columns = {key: kind for key, kind in columns_of(relation).items() if key in read}
    # None is as likely as any value: rules are lost in nulls.
    cells = {key: st.none() | VALUES[kind] for key, kind in columns.items()}

    @settings(
        max_examples=5,
        deadline=None,
        database=None,
        derandomize=True,
        # To shrink would take minutes: each try is a run of Great Expectations.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @example([])
    @given(st.lists(st.fixed_dictionaries(cells), max_size=25))
    def check(rows):
        with duckdb.connect() as con:
            fill(con, relation, rows)
            scanned, own = compared(con, native, suite, relation, given_values)
        assert scanned == own

    check()


def test_what_has_no_sql_is_judged_by_great_expectations_itself(con, fill):
    fill(con, "anything", [{"word": "ab", "number": 1}, {"word": "abc"}, {"number": 2}])
    kind = "expect_column_value_lengths_to_be_between"
    long = Expectation(kind, "LONG", {"column": "word", "max_value": parameter("most")})
    strict = {"column": "number", "min_value": 1, "strict_min": True}
    late = Expectation("expect_column_values_to_be_between", "LATE", strict)
    suite = Suite("s", "", (not_null("R", "word"), long, late))
    tallies = run_suite(con, suite, "anything", {"most": 2})
    assert [(one.rows, one.judged, one.failed) for one in tallies] == [
        (3, 3, 1),
        (3, 2, 1),
        (3, 2, 1),
    ]
    found = con.execute("SELECT rule, row_id FROM finding ORDER BY ALL").fetchall()
    assert found == [("LATE", 1), ("LONG", 2), ("R", 3)]


def test_many_expectations_around_one_without_sql(con, fill):
    fill(con, "anything", [{"word": "abc", "number": number} for number in range(100)])
    kwargs = {"column": "word", "max_value": 2}
    long = Expectation("expect_column_value_lengths_to_be_between", "LONG", kwargs)
    most = tuple(between("R", "number", None, most) for most in range(99))
    tallies = run_suite(con, Suite("s", "", (*most[:30], long, *most[30:])), "anything", {})
    failed = [one.failed for one in tallies]
    assert failed.pop(30) == 100
    assert failed == [99 - most for most in range(99)]


def test_an_expectation_that_cannot_be_evaluated_names_no_value(native, con, fill):
    fill(con, "anything", [{"word": "Vừ A Chống"}])
    frame = con.execute("FROM anything").df()
    suite = Suite("s", "", (between("R", "word", 1, None),))
    with pytest.raises(RuntimeError) as raised:
        native.own_run(suite, frame, {})
    assert "Chống" not in str(raised.value)


SECRET = {
    "citizen_id": "01198765432",
    "full_name": "Vừ Thị Bí Mật",
    "name_fold": "VU THI BI MAT",
    "registry_fold": "VU THI KHAC",
    "kind": "TANG",
    "id_province": "987",
}


@pytest.fixture
def tallies(con, fill, parameters):
    """Counts of a row that breaks rules, and of one that breaks none."""
    found = Tallies()
    fill(con, "round_change", [SECRET, {"kind": "GIAM"}])
    judge(parameters, found)(con, "identity_change", "round_change")
    fill(con, "standing_now", [{"citizen_id": "011045678901"}])
    judge(parameters, found)(con, "identity_standing", "standing_now")
    return found


def test_native_results_are_counts(native, tallies):
    change, standing = native.results(tallies)
    assert (change.suite_name, change.success) == ("identity_change", False)
    assert (standing.suite_name, standing.success) == ("identity_standing", True)
    assert change.statistics["evaluated_expectations"] == 8
    assert change.results[0].expectation_config.meta == {"rule": "ID01", "field": "citizen_id"}
    assert change.results[0].result == {
        "element_count": 2,
        "unexpected_count": 1,
        "unexpected_percent": 100.0,
        "missing_count": 1,
        "missing_percent": 50.0,
        "unexpected_percent_total": 50.0,
        "unexpected_percent_nonmissing": 100.0,
    }
    assert "98765432" not in str(change)


def test_native_counts_are_those_of_great_expectations(native, con, fill, tallies, parameters):
    """Field by field, for the figures that it gives itself in its BASIC form."""
    fill(con, "round_change", [SECRET, {"kind": "GIAM"}])
    suite = SUITES["identity_change"]
    frame = con.execute("FROM round_change").df()
    own = native.own_suite_result(suite, frame, parameters)
    by_number = {one.expectation_config.meta["number"]: one for one in own.results}
    ours = native.results(tallies)[0].results
    for number, one in enumerate(ours):
        theirs = by_number[number]
        assert one.success == theirs.success
        for key in one.result.keys() & theirs.result.keys():
            assert (one.result[key] or 0) == pytest.approx(theirs.result[key] or 0), key


def pages(folder):
    """Return the pages below a folder as bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_data_docs_are_the_same_bytes_twice_and_hold_no_person(native, tallies, tmp_path):
    site = tmp_path / "site"
    native.write_data_docs(site, tallies, "Kỳ 2024-07: nhận tệp", date(2024, 7, 5))
    first = pages(site)
    (site / "left_over.html").write_text("old")
    native.write_data_docs(site, tallies, "Kỳ 2024-07: nhận tệp", date(2024, 7, 5))
    assert pages(site) == first
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert sorted(first) == [
        "expectations/identity_change.html",
        "expectations/identity_standing.html",
        "index.html",
        "validations/identity_change/K-2024-07-nh-n-t-p/2024-07-05/identity_change.html",
        "validations/identity_standing/K-2024-07-nh-n-t-p/2024-07-05/identity_standing.html",
    ]
    for text in (page.decode() for page in first.values()):
        assert not re.search("98765432|Bí Mật|BI MAT|THI KHAC|987", text)
        assert not re.search(r"<script|<link|<img|url\(|@import", text)


def test_pages_lead_to_one_another(native, tallies, tmp_path):
    site = tmp_path / "site"
    native.write_data_docs(site, tallies, "2024-07", date(2024, 7, 5))
    for path in site.rglob("*.html"):
        for link in re.findall(r'href="([^"#:]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / link).resolve().is_file(), (path, link)
