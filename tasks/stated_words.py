"""What people state about a list in words: `Tổng số: 45 người`, `Danh sách gồm 45 người`.

Only what surely speaks of the rows of the list counts. `Tổng số đối tượng đang hưởng: 450 người` or
a total of last month is about something else, and a wrong alarm costs more than a missed one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.headers import HEADING_LETTERS
from tasks.values import fold, read_amount

COUNT, AMOUNT = "count", "amount"
UNIT = r"(?:NGUOI|DOI TUONG|HO SO|TRUONG HOP|GIAO DICH|BAN GHI)"
NUMBER = r"(\d[\d.,]*\d|\d)"
END = r"(?=\s*$|\s*[.,;/(])"
PLACES = r"(?:BAN|THON|TO|XOM|KHU|XA|PHO|TIEU KHU|TO DAN PHO|TRANG|NHOM)"
WORDS = (
    r"(?:TONG|CONG|SO|TIEN|TOAN|DANH|SACH|BANG|BIEU|TREN|NAY|CHI|TRA|TRO|CAP|HANG|THANG|MUC|HUONG"
    r"|NGUOI|DOI|TUONG|HO SO|LUONG|PHAI|MANG|SANG|LA|CO|GOM|TAT|CA|VND|DONG)"
)
# A label of these words only, or with the name of the place whose rows are added up.
LABEL = re.compile(
    rf"(?:TONG|CONG)(?:\s+{WORDS})*(?:\s+{PLACES}(?:\s+[^\W\d_]+){{0,4}})?\s*[:=.\-]*"
)
ELSEWHERE = re.compile(r"LUY KE|CON LAI|CHENH LECH|DU TOAN|DAU NAM|KY TRUOC|NAM TRUOC|THANG TRUOC")
COUNT_LABEL = re.compile(
    r"(?:SO LUONG|TONG SO (?:NGUOI|DOI TUONG|HO SO)|SO (?:NGUOI|DOI TUONG))(?: LA)?\s*[:=]?"
)
BULLET = re.compile(r"^[\s\-–+*•(]*(?:\d{1,2}[.)]\s+)?")
LISTED = re.compile(
    rf"DANH SACH(?: NAY| TREN)? (?:GOM|CO|GOM CO|CO TAT CA|GOM TAT CA|CO TONG SO)\s*:?\s*"
    rf"{NUMBER}\s*{UNIT}\b(?=\s*$|\s*[.,;/()]| KEM THEO)"
)
COUNTED = re.compile(rf"{NUMBER}\s*{UNIT}\b{END}")
BARE = re.compile(rf"{NUMBER}{END}")
MONEY = re.compile(rf"{NUMBER}\s*(?:DONG|D|VND)\b{END}")
AND_MONEY = re.compile(
    rf"[,;\s]*(?:VOI )?(?:TONG )?SO TIEN(?: LA)?\s*[:=]?\s*{NUMBER}\s*(?:DONG|D|VND)\b{END}"
)
BRACKETED = re.compile(r"\([^()]*\)")
MAX_COUNT = 9_999_999


@dataclass(frozen=True)
class Said:
    """A number that a text states: how many rows, or how much money."""

    what: str
    value: int


def said_in(cells: Sequence[str]) -> list[Said]:
    """Return what the cells of one row state in words, filled ones from left to right."""
    found: list[Said] = []
    for place, cell in enumerate(cells):
        text = _plain(cell)
        found += _said(text)
        after = _plain(cells[place + 1]) if place + 1 < len(cells) else ""
        if COUNT_LABEL.fullmatch(text) and (count := COUNTED.match(after) or BARE.match(after)):
            found += _number(COUNT, count[1])
    return found


def counted(cell: str) -> int | None:
    """Return the number of a cell that says `45 người`, None for any other."""
    found = COUNTED.match(_plain(cell))
    said = _number(COUNT, found[1]) if found else []
    return said[0].value if said else None


def is_plain_label(cell: str) -> bool:
    """Tell whether a cell that begins with `Tổng` or `Cộng` only says that the rows are added."""
    text = BRACKETED.sub(" ", _plain(cell)).strip()
    label = re.split(r"[:=\d]", text)[0].strip()
    return bool(LABEL.fullmatch(label)) and not ELSEWHERE.search(text)


def _plain(cell: str) -> str:
    """Return a cell folded; `dòng` are rows, and only folded the same as `đồng`."""
    lowered = unicodedata.normalize("NFC", cell[:HEADING_LETTERS]).lower()
    return BULLET.sub("", fold(lowered.replace("dòng", "bản ghi")))


def _said(text: str) -> list[Said]:
    if listed := LISTED.search(text):
        return _number(COUNT, listed[1])
    label = LABEL.match(text)
    if own := COUNT_LABEL.match(text):
        rest = text[own.end() :].strip()
        if found := COUNTED.match(rest) or (BARE.match(rest) if own[0][-1] in ":=" else None):
            return _number(COUNT, found[1])
    if not label or ELSEWHERE.search(text):
        return []
    rest = text[label.end() :].strip()
    if count := COUNTED.match(rest):
        money = AND_MONEY.match(rest[count.end() :])
        return _number(COUNT, count[1]) + (_number(AMOUNT, money[1]) if money else [])
    money = MONEY.match(rest)
    return _number(AMOUNT, money[1]) if money else []


def _number(what: str, text: str) -> list[Said]:
    value = read_amount(text)
    if value is None or (what == COUNT and value > MAX_COUNT):
        return []
    return [Said(what, value)]
