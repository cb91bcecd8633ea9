"""Files of all five kinds with random bad cells, in random dress and format.

What a file holds is known beforehand: however bad its cells are, no row may be lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.corpus.case import Rows
from tests.corpus.old_excel import xls
from tests.corpus.writing import (
    Grid,
    account,
    changing,
    csv_text,
    leaving,
    ods,
    ods_row,
    person,
    raw_parts,
    rows_xml,
    table,
    tcvn3,
    zipped,
)

FILE_KIND = {
    "TANG": "bien_dong",
    "GIAM": "bien_dong",
    "DIEU_CHINH": "bien_dong",
    "TAI_KHOAN": "tai_khoan",
    "XAC_THUC": "xac_thuc",
    "KET_QUA": "ket_qua",
    "BAO_CAO": "bao_cao",
}
NASTY = (
    None,
    "",
    " ",
    "\u00a0\u200b",
    "'",
    "=1+1",
    "+84",
    "-1",
    "@x",
    "0",
    "-0",
    "1e308",
    "1E400",
    "NaN",
    "inf",
    "9" * 30,
    "1.125",
    "1,5",
    "12/13/2024",
    "29/02/2023",
    "00/0000",
    "9999-99-99",
    "0000",
    "٠١/٠٢/٢٠٢٤",
    "²²²²",
    "１２３４５６７８９０１２",
    "TRUE",
    "NULL",
    "#N/A",
    "Nguyễn\u0301\u0323 A",
    unicodedata.normalize("NFD", "Đặng Thị Hoà"),
    tcvn3("Đặng Thị Hòa"),
    "Ðinh Văn Ƣớc",
    "Nguyeãn Vaên",
    "'; DROP TABLE change; --",
    "{0} %s %(x)s ${y}",
    'a "b" c',
    "a,b;c\td",
    "dòng 1\ndòng 2",
    "\u202eKA",
    "👨\u200d👩\u200d👧",
    "\ufeffx",
    "x" * 40_000,
    "HIEN_HUONG",
    "CHET",
    "BT06D",
    "970405",
    0,
    -5,
    29295,
    45444,
    2958466,
    10**15,
    8811205000001234,
)
KEYS = {"KET_QUA": ("payment_id",), "BAO_CAO": ("metric", "value")}
REPORT_WORDS = {"reported_on": "Ngày báo cáo", "metric": "Chỉ tiêu", "value": "Giá trị"}


@dataclass(frozen=True)
class RandomFile:
    """A file, the row numbers of its data rows, and the same rows in other bytes."""

    kind: str
    ending: str
    data: bytes
    rows: tuple[int, ...]
    again: bytes


def random_file(
    random: Random, known: Callable[[int], str], fresh: Callable[[int], str]
) -> RandomFile:
    """Return a file; `known` names the dossiers that the office has, `fresh` new ones."""
    kind = random.choice(list(FILE_KIND))
    rows = [spoiled(random, kind, row) for row in plain_rows(random, kind, known, fresh)]
    grid, places = dressed(random, table(kind, rows, REPORT_WORDS if kind == "BAO_CAO" else None))
    seed = random.random()
    ending, data = written(Random(seed), kind, grid)
    _, again = written(Random(seed), kind, [*grid, [], [None, "Lan"]])
    return RandomFile(kind, ending, data, places, again)


def plain_rows(
    random: Random, kind: str, known: Callable[[int], str], fresh: Callable[[int], str]
) -> Rows:
    """Return one to six rows of a kind that are in order."""
    count = random.randint(1, 6)
    makers: dict[str, Callable[[int], dict[str, object]]] = {
        "TANG": lambda n: person(fresh, n, citizen_id=f"011080{random.randrange(10**6):06d}"),
        "GIAM": lambda n: leaving(known, n, death_date="10/06/2024"),
        "DIEU_CHINH": lambda n: changing(known, n, units=1),
        "TAI_KHOAN": lambda n: account(known, n),
        "XAC_THUC": lambda n: {
            "dossier_no": known(n),
            "subject": "DAN_CU",
            "value": "011080000001",
            "outcome": "DUNG",
            "checked_on": "01/06/2024",
        },
        "KET_QUA": lambda n: {
            "payment_id": f"CT{fresh(n)}",
            "account_number": "8811205000001",
            "amount": 540000,
            "status": "THANH_CONG",
            "fee": "1.100",
        },
        "BAO_CAO": lambda n: {"reported_on": "18/06/2024", "metric": f"m{n}", "value": n},
    }
    return [makers[kind](number) for number in range(1, count + 1)]


def spoiled(random: Random, kind: str, row: dict[str, object]) -> dict[str, object]:
    """Return a row with up to two bad cells; what makes it a row stays."""
    names = [name for name in row if name not in KEYS.get(kind, ())]
    bad = random.sample(names, min(len(names), random.choice((0, 1, 1, 2))))
    return row | {name: random.choice(NASTY) for name in bad}


def dressed(random: Random, grid: Grid) -> tuple[Grid, tuple[int, ...]]:
    """Return a table with titles, blank rows, villages, numbers and totals, and where its rows are.

    Columns come in any order, but for the first, and unknown ones stand between them.
    """
    order = [0, *random.sample(range(1, len(grid[0])), len(grid[0]) - 1)]
    head, *body = ([row[column] for column in order] for row in grid)
    head = [respelled(random, str(word)) for word in head]
    out: Grid = [["UBND XÃ"], []][: random.randint(0, 2)]
    out.append(head)
    if random.random() < 0.3:
        out.append([f"({n})" for n in range(1, len(head) + 1)])
    places = []
    for row in body:
        if random.random() < 0.2:
            out.append(random.choice(([], ["I", "Bản Huổi Só"], [" "], head)))
        out.append(row)
        places.append(len(out))
    if random.random() < 0.3:
        out += [["Tổng cộng"], [], [None, "NGƯỜI LẬP BIỂU"]]
    return out, tuple(places)


def respelled(random: Random, word: str) -> str:
    """Return a header in another dress."""
    return random.choice(
        (
            word,
            word.upper(),
            word.replace(" ", "\n"),
            f"{word} (*)",
            f" {word} 3",
            unicodedata.normalize("NFD", word),
        )
    )


def written(random: Random, kind: str, grid: Grid) -> tuple[str, bytes]:
    """Return the ending and the bytes of a table, in one of the formats."""
    ending = random.choice(("xlsx", "csv", "csv", "ods", "xls"))
    if ending == "csv":
        encoding = random.choice(("utf-8", "utf-8-sig", "utf-16"))
        return ending, csv_text(grid, random.choice(",;\t")).encode(encoding)
    if ending == "ods":
        return ending, ods("".join(map(ods_row, grid))).replace(b"TANG", kind.encode())
    if ending == "xls":
        return ending, xls({kind: shortened(grid)})
    parts = raw_parts(rows_xml(grid))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("TANG", kind)
    return ending, zipped(parts)


def shortened(grid: Grid) -> Grid:
    """Return a grid whose texts fit into one record of Excel 97."""
    return [[cell[:2000] if isinstance(cell, str) else cell for cell in row] for row in grid]


__all__ = ["FILE_KIND", "NASTY", "RandomFile", "random_file"]
