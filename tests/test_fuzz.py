"""Broken and random files: each is taken or goes back, no row is lost, nothing else is stopped.

CHITRA_LONG=1 runs twenty times as many.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import steps
from flows.ingest import ingest
from tasks.sheet_pool import close_reader
from tasks.values import clean_name, clean_text, fold
from tests.corpus.bank_files import (
    DEBIT,
    FEE,
    camt,
    detail,
    entry,
    mt940,
    pain002,
    payment_id,
    report,
)
from tests.corpus.old_excel import xls
from tests.corpus.random_files import NASTY, RandomFile, random_file
from tests.corpus.writing import (
    MAIN,
    SHEET,
    Grid,
    csv_text,
    ods,
    ods_row,
    people,
    raw_parts,
    rows_xml,
    table,
    xlsx,
    zipped,
)
from tests.house import COMMUNE, new_house

TODAY = "2024-06-05"
LONG = bool(os.environ.get("CHITRA_LONG"))
BATCHES = 20 if LONG else 1
FILES = 60  # of one batch, which one office receives at once
KNOWN = 6
GOOD = f"{COMMUNE}/zz tốt.csv"
drawn = settings(derandomize=not LONG, max_examples=2000 if LONG else 100, deadline=None)
seeded = pytest.mark.parametrize("batch", range(BATCHES))


@pytest.fixture(scope="module", autouse=True)
def _child() -> Iterator[None]:
    yield
    close_reader()


def no_of(prefix: str):
    return lambda number: f"{prefix}-{number:02d}"


def received(folder: Path, files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """Let a fresh office receive files, and one in order beside them; return what came of each."""
    house = new_house(folder, today=date.fromisoformat(TODAY))
    inbox = house.home / "inbox"
    put(inbox / COMMUNE / "trước.csv", listed(no_of("BIET"), KNOWN))
    ingest(str(folder), TODAY)
    put(inbox / GOOD, listed(no_of("TOT"), 3))
    for name, data in files.items():
        put(inbox / COMMUNE / name, data)
    found = {one["name"]: one for one in ingest(str(folder), TODAY)["files"]}
    assert steps.check_ledger(str(folder), TODAY) == []
    return found


def some_people(random: Random, prefix: str, most: int) -> Grid:
    """Return a TANG table; every other one has a row that goes back to its sender."""
    rows = people(no_of(prefix), random.randint(1, most))
    if random.random() < 0.5:
        random.choice(rows)["category_code"] = "BT99"
    return table("TANG", rows)


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def listed(no, count: int) -> bytes:
    return csv_text(table("TANG", people(no, count))).encode()


def assert_accounted(found: Mapping[str, Mapping[str, object]], files: Mapping[str, bytes]) -> None:
    """Every file is taken or goes back; its rows are in one place each; the good one is whole."""
    assert {f"{COMMUNE}/{name}" for name in files} < set(found)
    for one in found.values():
        assert one["outcome"] in ("taken", "returned", "duplicate"), one
        assert one["rows_in"] == one["rows_taken"] + one["rows_rejected"], one
        assert one["outcome"] == "taken" or one["rows_in"] == 0, one
    assert (found[GOOD]["outcome"], found[GOOD]["rows_taken"]) == ("taken", 3)


def hit(random: Random, data: bytes) -> bytes:
    """Return bytes with some of them flipped, cut out, repeated, blanked or put in."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        start = random.randrange(len(out) + 1)
        end = min(len(out), start + random.choice((1, 1, 4, 64, 1024)))
        change = random.randrange(5)
        if change == 0 and start < len(out):
            out[start] ^= 1 << random.randrange(8)
        elif change == 1:
            del out[start:end]
        elif change == 2:
            out[start:start] = out[start:end]
        elif change == 3:
            out[start:end] = bytes(end - start)
        else:
            out[start:start] = random.randbytes(random.choice((1, 4, 64)))
    return bytes(out)


def whole_files(random: Random, number: int) -> tuple[str, bytes]:
    """Return a file in order, as one of the programs writes it."""
    grid = some_people(random, f"F{number}", 12)
    kind = random.choice(("raw", "openpyxl", "ods", "xls", "message"))
    if kind == "message":
        return bank_message(random, f"F{number}")
    if kind == "raw":
        return "xlsx", zipped(raw_parts(rows_xml(grid)))
    if kind == "openpyxl":
        return "xlsx", xlsx({"TANG": grid})
    return (
        (kind, xls({"TANG": grid})) if kind == "xls" else ("ods", ods("".join(map(ods_row, grid))))
    )


def bank_message(random: Random, number: str) -> tuple[str, bytes]:
    """Return what a bank sends; every other XML has broken tags."""
    count = random.randint(1, 8)
    if random.random() < 0.4:
        return "sta", mt940(number, *((DEBIT, payment_id(n)) for n in range(count)), FEE)
    whole = random.choice(
        (
            pain002(number, *(report("ACSC", n) for n in range(count))),
            camt(number, *(entry("540000", "DBIT", detail(n), detail(n)) for n in range(count))),
        )
    )
    return "xml", whole if random.random() < 0.5 else broken_xml(random, whole.decode()).encode()


@seeded
def test_workbooks_with_damaged_bytes(batch: int, tmp_path: Path) -> None:
    random = Random(f"bytes {batch}")
    files = {}
    for number in range(FILES):
        ending, data = whole_files(random, number)
        files[f"{number}.{ending}"] = hit(random, data)
    assert_accounted(received(tmp_path, files), files)


TAG = re.compile(r"<[^<>]+>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
CELL = re.compile(r"<c .*?</c>|<c [^>]*/>")
ROW = re.compile(r"<row .*?</row>")
ADDRESSES = (
    "A1",
    "a1",
    "XFD1048576",
    "$B$2",
    "B0",
    "A9999999",
    "ZZZ1",
    "",
    "1",
    "B",
    "Ă1",
    "B2:C3",
)
TYPES = ("s", "str", "n", "b", "e", "d", "inlineStr", "x", "")
NUMBERS = ("-1", "0", "99999", "1e9", "NaN", "", "x", "1.5", "4294967296", "0x10")


def broken_xml(random: Random, xml: str) -> str:
    """Return XML with tags, attributes, cells or rows changed, dropped, moved or repeated."""
    for _ in range(random.choice((1, 1, 2, 5))):
        xml = random.choice((lose_tag, change_attribute, change_cell, change_row, put_text))(
            random, xml
        )
    return xml


def one_of(random: Random, pattern: re.Pattern[str], xml: str) -> re.Match[str] | None:
    found = list(pattern.finditer(xml))
    return random.choice(found) if found else None


def replaced(xml: str, found: re.Match[str] | None, text: str) -> str:
    return xml if found is None else xml[: found.start()] + text + xml[found.end() :]


def lose_tag(random: Random, xml: str) -> str:
    found = one_of(random, TAG, xml)
    return replaced(xml, found, random.choice(("", found[0] * 2)) if found else "")


def change_attribute(random: Random, xml: str) -> str:
    found = one_of(random, ATTRIBUTE, xml)
    if found is None:
        return xml
    values = {"r": ADDRESSES + NUMBERS, "t": TYPES, "s": NUMBERS}.get(found[1], NUMBERS + TYPES)
    new = random.choice(("", f'{found[1]}="{random.choice(values)}"', f"{found[0]} {found[0]}"))
    return replaced(xml, found, new)


def change_cell(random: Random, xml: str) -> str:
    found = one_of(random, CELL, xml)
    if found is None:
        return xml
    number = random.choice(NUMBERS)
    new = (
        "",
        found[0] * 2,
        re.sub(r"<v>.*?</v>", f"<v>{number}</v>", found[0]),
        re.sub(r"<is>.*</is>", f"<f>{number}</f>", found[0]),
        re.sub(r' t="\w+"', ' t="s"', found[0])
        .replace("<is><t>", "<v>")
        .replace("</t></is>", "</v>"),
        found[0].replace(">", "><extLst><ext/></extLst>", 1),
    )
    return replaced(xml, found, random.choice(new))


def change_row(random: Random, xml: str) -> str:
    found = one_of(random, ROW, xml)
    if found is None:
        return xml
    without = replaced(xml, found, "")
    other = one_of(random, ROW, without)
    moved = without if other is None else replaced(without, other, found[0] + other[0])
    return random.choice((without, moved, replaced(xml, found, found[0] * 2)))


def put_text(random: Random, xml: str) -> str:
    place = random.randrange(len(xml) + 1)
    text = random.choice(
        ("<", ">", "&", "&#0;", "&#x1F600;", "&x;", "\0", "<![CDATA[", "<!--", "]]>")
    )
    return xml[:place] + text + xml[place:]


def with_shared_strings(xml: str) -> tuple[str, str]:
    """Return a sheet whose texts stand in a table of shared strings, and that table."""
    texts: list[str] = []

    def share(found: re.Match[str]) -> str:
        texts.append(found[1])
        return f"<v>{len(texts) - 1}</v>"

    shared = re.sub(r"<is><t>(.*?)</t></is>", share, xml).replace("inlineStr", "s")
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return shared, f'<sst xmlns="{MAIN}">{items}</sst>'


@seeded
def test_workbooks_with_broken_xml(batch: int, tmp_path: Path) -> None:
    random = Random(f"xml {batch}")
    files = {}
    for number in range(FILES):
        grid = some_people(random, f"X{number}", 6)
        parts = raw_parts(rows_xml(grid))
        if random.random() < 0.5:
            parts[SHEET], parts["xl/sharedStrings.xml"] = with_shared_strings(parts[SHEET])
        part = random.choice([SHEET] * 6 + sorted(parts))
        parts[part] = broken_xml(random, parts[part])
        files[f"{number}.xlsx"] = zipped(parts)
    assert_accounted(received(tmp_path, files), files)


LETTERS = ',;\t"\r\n\0\ufeff=x0 \u0301\u200b\u2028'


@seeded
def test_csv_files_with_changed_letters(batch: int, tmp_path: Path) -> None:
    random = Random(f"csv {batch}")
    files = {}
    for number in range(FILES):
        grid = some_people(random, f"C{number}", 8)
        text = list(csv_text(grid, random.choice(",;\t")))
        for _ in range(random.choice((1, 2, 10))):
            place = random.randrange(len(text))
            text[place : place + random.randint(0, 2)] = random.choice(LETTERS)
        data = "".join(text).encode(random.choice(("utf-8", "utf-16", "utf-8-sig")))
        files[f"{number}.csv"] = hit(random, data) if random.random() < 0.3 else data
    assert_accounted(received(tmp_path, files), files)


@seeded
def test_no_row_of_a_random_file_is_lost(batch: int, tmp_path: Path) -> None:
    """Files of all kinds whose cells are bad at random: their rows are known beforehand.

    The same bytes again say nothing; the same rows in other bytes are taken as they were.
    """
    random = Random(f"rows {batch}")
    made: dict[str, RandomFile] = {}
    for number in range(FILES):
        file = random_file(random, no_of("BIET"), no_of(f"R{number}"))
        made[f"{number:02d}_{file.kind}.{file.ending}"] = file
    files = {name: file.data for name, file in made.items()}
    found = received(tmp_path, files)
    assert_accounted(found, files)
    counts = {name: found[f"{COMMUNE}/{name}"] for name in made}
    lost = {
        name: (one["outcome"], one["rows_in"], len(made[name].rows))
        for name, one in counts.items()
        if one["outcome"] != "duplicate" and one["rows_in"] != len(made[name].rows)
    }
    assert lost == {}
    assert {one["outcome"] for one in ingest(str(tmp_path), TODAY)["files"]} == {"duplicate"}
    starts = {name: file for name, file in made.items() if file.kind == "TANG"}
    for name, file in starts.items():
        put(tmp_path / "inbox" / COMMUNE / f"lại {name}", file.again)
    again = {one["name"]: one for one in ingest(str(tmp_path), TODAY)["files"]}
    changed = {
        name: (counts[name]["rows_taken"], again[f"{COMMUNE}/lại {name}"]["rows_taken"])
        for name in starts
        if again[f"{COMMUNE}/lại {name}"]["rows_taken"] != counts[name]["rows_taken"]
    }
    assert changed == {}


VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SYLLABLE = st.lists(
    st.tuples(st.sampled_from(VIETNAMESE), st.sampled_from(TONES)), min_size=1, max_size=5
).map(lambda pairs: "".join(letter + tone for letter, tone in pairs))


@drawn
@given(words=st.lists(SYLLABLE, min_size=1, max_size=4), space=st.sampled_from(" \u00a0\t"))
def test_names_fold_alike_however_they_are_composed(words: list[str], space: str) -> None:
    name = " ".join(words)
    folded = fold(unicodedata.normalize("NFC", name))
    assert folded.isascii()
    assert fold(folded) == folded
    for form in ("NFC", "NFD", "NFKD"):
        for dress in (name, name.upper(), name.title(), space + space.join(words) + space):
            assert fold(unicodedata.normalize(form, dress)) == folded


@drawn
@given(text=st.text(max_size=60))
def test_any_text_folds_and_cleans_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for read in (clean_text, clean_name):
        once = read(text)
        assert once is None or read(once) == once


def test_nasty_values_are_many() -> None:
    assert len(set(NASTY)) >= 50
