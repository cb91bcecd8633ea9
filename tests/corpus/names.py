"""File names and names of people that would be more than names."""

from __future__ import annotations

import unicodedata

from tests.corpus.case import CASES, Case, Files, Numbers, case, rejects, takes
from tests.corpus.writing import csv_text, people, person, table, tang_book, xlsx

FILE_NAMES = {
    "name_with_quotes": "tăng 'xã' \"1\".csv",
    "name_with_line_break": "tăng\n06.csv",
    "name_with_command": "$(touch hong).csv",
    "name_with_backticks": "`id`;rm -rf x|y&.csv",
    "name_with_glob": "tang_[ab]*?.csv",
    "name_with_formula": "=cmd|' C'!A1.csv",
    "name_with_backslashes": "a\\..\\..\\passwd.csv",
    "name_with_percent": "%2e%2e%2f%s{0}{name}.csv",
    "file_name_in_pieces": unicodedata.normalize("NFD", "Danh sách tăng xã Tủa Chùa.csv"),
    "name_very_long": "x" * 240 + ".csv",
    "name_of_emoji": "📄 danh sách \u202efdp.csv",
    "name_without_ending": "danhsach",
    "name_of_dots": "tăng....csv..",
    "name_of_a_minus": "-rf.csv",
    "name_with_markup": "<b>[red]tăng<script>.csv",
}


def named(case_name: str, file_name: str) -> Case:
    """Return the case of a good list under an odd name."""
    return Case(
        case_name,
        lambda no: csv_text(table("TANG", [person(no), person(no, 2, category_code="")])).encode(),
        {file_name: rejects(3, taken=(2,), found=("3 EN09 reject",))},
        f"A list with one fault is called {file_name!r}.",
    )


CASES.extend(named(*names) for names in FILE_NAMES.items())


@case({"a.csv": takes(2), "A.csv": takes(2), "sâu/hơn/nữa/03217/a.csv": takes(2)})
def names_that_differ_in_case_or_folder(no: Numbers) -> Files:
    """Names that differ in case or folder only are different files."""
    files = ["a.csv", "A.csv", "sâu/hơn/nữa/03217/a.csv"]
    grids = [table("TANG", [person(no, number)]) for number in (1, 2, 3)]
    return {name: csv_text(grid).encode() for name, grid in zip(files, grids, strict=True)}


FORMULA_NAMES = ("=1+1", "+84987", "-2+3", "@SUM(A1)", "\tVừ A Hùng", "'=cmd|' /C calc'!A0", " =A1")


@case(rejects(*range(2, 9), taken=(9,), found=tuple(f"{row} EN09 reject" for row in range(2, 9))))
def formulas_for_names(no: Numbers) -> bytes:
    """Names of people that a sheet would run."""
    return tang_book(no, *({"full_name": name} for name in FORMULA_NAMES), {})


@case(takes(2, 3, cells={2: {"note": '=HYPERLINK("http://x")', "village": "@Huổi Só"}}))
def formulas_for_notes(no: Numbers) -> bytes:
    """Notes and villages that a sheet would run are text, and stay text."""
    return tang_book(
        no,
        {"note": '=HYPERLINK("http://x")', "village": "@Huổi Só"},
        {"note": "<script>alert(1)</script>", "village": "'); DROP TABLE change; --"},
    )


@case(takes(2, 3))
def sheet_name_with_quotes(no: Numbers) -> bytes:
    """The name of the sheet holds quotes and an ampersand."""
    return xlsx({"TANG 'x' & \"y\" <z>": table("TANG", people(no, 2))})
