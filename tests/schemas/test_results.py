"""Each profile reads its golden result files as the `.json` beside them says, in our words.

To add a provider: its section `[results]`, then a golden pair `<PROVIDER>.<ending>` and `.json`.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from schemas.providers import iso, results
from schemas.providers.results import (
    AmountFormat,
    declared_files_in,
    read_section,
    silence_days,
)
from schemas.submissions import Result
from tasks.headers import header_key
from tasks.normalise import ReferenceWords, clean
from tasks.office import SHIPPED_REFERENCE, Limits
from tasks.provider_words import amount_in, by_key, in_our_words, provider_named
from tasks.sheets import parse

GOLDEN = Path(__file__).parent / "results"
FILES = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")


def read(path: Path) -> dict:
    """Return what a file says: who sent it, and its rows in our words."""
    parsed = parse(path, path.name, Limits())
    assert parsed.refusal is None
    raw = parsed.frame.with_columns(sha256=pl.lit("golden"))
    said = in_our_words(raw, pl.Series([parsed.stated_unit] * raw.height, dtype=pl.String))
    cleaned = clean(Result, said, ReferenceWords.load(SHIPPED_REFERENCE)).rows
    names = ["row_no", *Result.fields, "unreadable"]
    rows = [
        {name: value for name, value in row.items() if value not in (None, "")}
        for row in cleaned.select(names).to_dicts()
    ]
    return {"unit": parsed.stated_unit, "discrepancy": parsed.discrepancy, "rows": rows}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_golden_file_reads_as_it_should(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(read(path))) == expected


def test_every_profile_with_results_has_a_golden_pair() -> None:
    assert {path.stem.split("_")[0] for path in FILES} == set(declared_files_in())
    assert {path.stem for path in FILES} == {path.stem for path in GOLDEN.glob("*.json")}


@pytest.mark.parametrize("declared", declared_files_in().values(), ids=declared_files_in())
def test_words_mean_one_thing_however_they_are_written(declared: results.FileIn) -> None:
    for words in (declared.statuses, declared.errors):
        meant = {(key, meaning) for word, meaning in words.items() for key in by_key({word: ""})}
        assert len(meant) == len({key for key, _ in meant})


def test_a_header_is_that_of_one_field_over_all_profiles() -> None:
    fields: dict[str, set[str]] = {}
    for declared in declared_files_in().values():
        for name, headers in declared.columns.items():
            for header in headers:
                fields.setdefault(header_key(header), set()).add(name)
    assert {key: names for key, names in fields.items() if len(names) > 1} == {}


def test_an_identifier_names_one_provider() -> None:
    for provider, declared in declared_files_in().items():
        assert {provider_named([one]) for one in declared.identifiers} == {provider}
    assert provider_named(["VBAAVNVXHCM", "Xã Sính Phình"]) == "AGRIBANK"
    assert provider_named(["VBAAVNVX", "LVBKVNVX"]) is None
    assert provider_named(["VBAAVNVXHC", "970405123"]) is None


@pytest.mark.parametrize(
    "section",
    [
        {"colums": {}},
        {"columns": {"dossier_no": ["Hồ sơ"]}},
        {"statuses": {"PAID": ["ok"]}},
        {"statuses": {"THANH_CONG": ["ok"], "LOI": ["ok"]}},
        {"errors": {"SAI": ["ok"]}},
        {"amount": {"thousands": ".", "decimal": "."}},
        {"amount": {"thousands": "x"}},
        {"amount": {"minor_units": 9}},
        {"silence_means_paid_after_days": 0},
        {"silence_means_paid_after_days": "5"},
    ],
)
def test_what_nobody_would_read_is_no_section(section: dict) -> None:
    with pytest.raises(ValueError, match=r"X\.toml"):
        read_section("X", section)


def test_silence_says_something_only_where_that_is_declared() -> None:
    assert (
        read_section("X", {"silence_means_paid_after_days": 5}).silence_means_paid_after_days == 5
    )
    days = {one.silence_means_paid_after_days for one in declared_files_in().values()}
    assert days == {None}
    assert [silence_days(name) for name in ("AGRIBANK", "VIETTEL", "NOBODY")] == [None] * 3


@pytest.mark.parametrize(
    ("how", "text", "expected"),
    [
        (AmountFormat(",", "."), "1,080,000.00", "1080000"),
        (AmountFormat(",", "."), "1080000 VND", "1080000"),
        (AmountFormat(",", "."), "1.080", None),
        (AmountFormat(",", "."), "1,08,000", None),
        (AmountFormat(".", ","), "1.080.000,0", "1080000"),
        (AmountFormat(".", ","), "1.080", "1080"),
        (AmountFormat(minor_units=2), "108000000", "1080000"),
        (AmountFormat(minor_units=2), "108000050", None),
        (AmountFormat(minor_units=2), "50", None),
        (AmountFormat(decimal="."), "540.000", "540"),
        (AmountFormat(decimal="."), "540.5", None),
        (AmountFormat(decimal=","), "540000,", "540000"),
        (AmountFormat(decimal="."), "-540000", None),
        (AmountFormat(decimal="."), "٥٤", None),
    ],
)
def test_amounts_are_read_as_they_are_declared(
    how: AmountFormat, text: str, expected: str | None
) -> None:
    assert amount_in(text, how) == expected


def test_a_declared_amount_is_never_read_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One dong for a thousand: where points are decimals, 1.080 is no amount of dong."""
    declared = {"X": results.FileIn("X", amount=AmountFormat(",", "."))}
    monkeypatch.setattr("tasks.provider_words.file_in", lambda name: declared.get(name, UNKNOWN))
    texts = pl.Series(["1.080", "1,080", "1080.00", None])
    raw = pl.DataFrame(dict.fromkeys(Result.fields, pl.Series([None] * 4, dtype=pl.String)))
    raw = raw.with_columns(amount=texts, kind=pl.lit("KET_QUA"), number_cells=pl.lit(""))
    of_x = in_our_words(raw, pl.Series(["X"] * 4))["amount"].to_list()
    assert of_x == ["? 1.080", "1080", "1080", None]
    assert in_our_words(raw, pl.Series([None] * 4, dtype=pl.String))["amount"].equals(texts)


UNKNOWN = results.UNKNOWN


def test_messages_have_words_for_every_kind() -> None:
    assert set(iso.STATUSES) == set(iso.AMOUNTS) == set(iso.MESSAGE_KINDS)
    assert "CRDT BOOK" not in iso.STATUSES[iso.CAMT]
    assert "C" not in iso.STATUSES[iso.MT940]
