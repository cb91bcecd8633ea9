"""CSV files in every delimiter and encoding, with the quirks of what writes them."""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus.case import CASES, Case, Numbers, case, rejects, takes
from tests.corpus.writing import account, csv_text, known, people, person, table, windows_1258

NAMED = {3: {"full_name": "Vừ A Hùng"}, 4: {"full_name": "Giàng Thị Mỷ"}}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf_8": lambda text: text.encode("utf-8"),
    "utf_8_with_bom": lambda text: text.encode("utf-8-sig"),
    "utf_16_with_bom": lambda text: text.encode("utf-16"),
    "utf_16_little": lambda text: text.encode("utf-16-le"),
    "utf_16_big": lambda text: text.encode("utf-16-be"),
    "windows_1258": windows_1258,
}


def plain_text(no: Numbers, delimiter: str = ",") -> str:
    """Return a TANG list of two people with one line of heading."""
    return csv_text([["Kỳ: 06/2024"], *table("TANG", people(no, 2))], delimiter)


def dialect(name: str, delimiter: str, encode: Callable[[str], bytes]) -> Case:
    """Return the case of one delimiter in one encoding."""
    return Case(
        name,
        lambda no: encode(plain_text(no, delimiter)),
        {"tăng.csv": takes(3, 4, cells=NAMED)},
        f"A program writes CSV as {name}.",
    )


CASES.extend(
    dialect(f"{mark}_{encoding}", delimiter, encode)
    for mark, delimiter in DELIMITERS.items()
    for encoding, encode in ENCODINGS.items()
)


@case(takes(2, 4, cells={2: {"note": "dòng 1 dòng 2", "village": 'Bản "Huổi, Só"'}}), name="a.csv")
def quoted_fields(no: Numbers) -> bytes:
    """Fields with commas, quotes and line breaks inside; `row_no` counts records."""
    rows = [person(no, n, village='Bản "Huổi, Só"', note="dòng 1\ndòng 2") for n in (1, 2)]
    head, one, two = table("TANG", rows)
    return csv_text([head, one, [], two]).encode()


@case(takes(2, 3), name="a.csv")
def old_mac_line_ends(no: Numbers) -> bytes:
    """A Mac of before 2001 ends lines with CR alone."""
    return csv_text(table("TANG", people(no, 2)), end="\r").encode()


@case(takes(2, 3), name="a.csv")
def unix_line_ends_without_the_last(no: Numbers) -> bytes:
    """Lines end with LF, the last one with nothing."""
    return csv_text(table("TANG", people(no, 2)), end="\n").rstrip("\n").encode()


@case(takes(3, 4, cells={3: {"full_name": "Vừ A Hùng"}}), name="a.csv")
def the_line_sep(no: Numbers) -> bytes:
    """The first line says `sep=;`, as Excel wants it."""
    return ("sep=;\r\n" + csv_text(table("TANG", people(no, 2)), ";")).encode("utf-8-sig")


@case(takes(2, 3, 4), name="a.csv")
def ragged_lines(no: Numbers) -> bytes:
    """Lines have more or fewer cells than the header."""
    head, one, two, three = table("TANG", people(no, 3))
    return csv_text([head, [*one, "", "", ""], two, [*three, "x", "y"], [""] * 20]).encode()


@case(takes(4, 8, cells={4: {"full_name": "Vừ A Hùng"}}), name="a.csv")
def blank_lines(no: Numbers) -> bytes:
    """Blank lines and lines of commas stand between the people; they count."""
    head, one, two = table("TANG", people(no, 2))
    grid = [[], head, [""] * 11, one, [], [], [""] * 11, two, [], []]
    return csv_text(grid).encode()


@case(takes(2, cells={2: {"account_number": "0001234567890"}}), name="tk.csv", before=known(1))
def zeros_stay_in_text(no: Numbers) -> bytes:
    """An account number with leading zeros: in a text file nothing is a number."""
    rows = [account(no, account_number="0001234567890")]
    return csv_text(table("TAI_KHOAN", rows), ";").encode()


@case(takes(2, 3), name="danh sách.txt")
def another_ending(no: Numbers) -> bytes:
    """The file is called .txt."""
    return csv_text(table("TANG", people(no, 2)), "\t").encode()


@case(
    rejects(3, taken=(2, 4), found=("3 EN01 reject",)),
    name="a.csv",
)
def one_bad_line(no: Numbers) -> bytes:
    """One line of three has a category that does not exist."""
    rows = people(no, 3)
    rows[1]["category_code"] = "BT99"
    return csv_text(table("TANG", rows)).encode()


@case(takes(2, cells={2: {"full_name": "Vừ A Hùng"}}), name="a.csv")
def a_very_long_line(no: Numbers) -> bytes:
    """One note is 900,000 letters long."""
    return csv_text(table("TANG", [person(no, note="x" * 900_000)])).encode()
