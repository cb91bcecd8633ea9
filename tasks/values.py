"""Read one value as people write it: text, names, dates, months, amounts, ids, phones, words.

Every function is pure, takes the text of a filled cell, never raises, and gives the same again for
what it has given. None means that the text cannot be read as what it should be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from schemas.codes import GENDERS

FIRST_YEAR, LAST_YEAR = 1850, 2100
SERIALS = range(20_000, 80_001)  # Excel day numbers, 1954 to 2119
SERIAL_ZERO = date(1899, 12, 30)
MAX_DIGITS = 15  # of an amount or a count: fits 64 bits with room to multiply
FORMULA_STARTS = ("=", "+", "-", "@", "\t")

STROKES = str.maketrans("ĐđÐðƣƢ", "DdDduU")
LOOK_ALIKES = str.maketrans("ÐðƣƢ", "ĐđưƯ")
SEPARATORS = re.compile(r"[\s.\-]+")
YEAR = re.compile(r"\d{4}")
YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
CLOCK = r"(?:[T ]\d{1,2}:\d{2}.*)?"
YEAR_MONTH_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + CLOCK)
DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})" + CLOCK)
GROUPED = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*")
CURRENCY = re.compile(r"\s*(?:đ|₫|đồng|vnđ|vnd|d)\.?\s*$", re.IGNORECASE)
ZERO_CENTS = re.compile(r"(?<=\d)[.,]0{1,2}$")
COEFFICIENT = re.compile(r"(\d{1,5})(?:[.,](\d+))?")
WHOLE = re.compile(r"(\d{1,15})(?:[.,]0+)?")


def clean_text(text: str) -> str | None:
    """Return text composed (NFC), without invisible letters and needless spaces; None if empty."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(letter for letter in text if _is_visible(letter))
    text = " ".join(text.split())
    # An apostrophe is how people tell Excel that a number is text.
    while text.startswith("'"):
        text = text[1:].lstrip()
    return text or None


def _is_visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def fold(text: str) -> str:
    """Return text for comparing: upper case, no accents, single spaces; tone position is gone."""
    plain = text.translate(STROKES).upper()
    if not plain.isascii():
        plain = _without_marks(_without_marks(plain).upper())
    return " ".join(plain.split())


def _without_marks(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in split if unicodedata.category(letter) not in ("Mn", "Cf"))


def clean_name(text: str) -> str | None:
    """Return a person's name with look-alike letters mended; None for what a sheet would run."""
    if text.lstrip(" '").startswith(FORMULA_STARTS):
        return None
    cleaned = clean_text(text)
    if cleaned is None or cleaned.startswith(FORMULA_STARTS):
        return None
    return cleaned.translate(LOOK_ALIKES)


def clean_number_text(text: str) -> str | None:
    """Return an id or account number without spaces, dots and dashes."""
    cleaned = clean_text(text)
    return cleaned and (SEPARATORS.sub("", cleaned) or None)


def clean_key(text: str) -> str | None:
    """Return a dossier number without inner spaces, otherwise as given."""
    cleaned = clean_text(text)
    return cleaned and cleaned.replace(" ", "")


def clean_code(text: str) -> str | None:
    """Return a code in upper case, without inner spaces."""
    cleaned = clean_text(text)
    return cleaned and cleaned.replace(" ", "").upper()


def read_date(text: str, *, is_number: bool = False) -> str | None:
    """Return `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as given; None if no real date.

    A number from a number cell may be Excel's count of days.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return None
    if is_number and cleaned.isascii() and cleaned.isdigit() and int(cleaned) in SERIALS:
        return (SERIAL_ZERO + timedelta(days=int(cleaned))).isoformat()
    if found := DAY_MONTH_YEAR.fullmatch(cleaned):
        return _day(found[3], found[2], found[1])
    if found := YEAR_MONTH_DAY.fullmatch(cleaned):
        return _day(found[1], found[2], found[3])
    if found := MONTH_YEAR.fullmatch(cleaned):
        return _month(found[2], found[1])
    if found := YEAR_MONTH.fullmatch(cleaned):
        return _month(found[1], found[2])
    is_year = YEAR.fullmatch(cleaned) and cleaned.isascii()
    return cleaned if is_year and FIRST_YEAR <= int(cleaned) <= LAST_YEAR else None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _month(year: str, month: str) -> str | None:
    if not (1 <= int(month) <= 12 and FIRST_YEAR <= int(year) <= LAST_YEAR):
        return None
    return f"{int(year):04d}-{int(month):02d}"


def read_month(text: str, *, is_number: bool = False) -> int | None:
    """Return the month number (12 x year + month - 1) of a month or of a day in it."""
    found = read_date(text, is_number=is_number)
    if found is None or len(found) < 7:
        return None
    return 12 * int(found[:4]) + int(found[5:7]) - 1


def read_amount(text: str, *, is_number: bool = False) -> int | None:
    """Return whole VND of `1.080.000`, `1,080,000 đ` or `1080000`; None for parts of a dong.

    In a number cell 1.125 is one and an eighth, in a text it is one thousand and so.
    """
    cleaned = clean_text(text) or ""
    found = WHOLE.fullmatch(cleaned if is_number else _without_groups(cleaned))
    return int(found[1]) if found else None


def _without_groups(text: str) -> str:
    """Return an amount without its currency and the points between thousands."""
    plain = CURRENCY.sub("", text)
    for candidate in (plain, ZERO_CENTS.sub("", plain)):
        if GROUPED.fullmatch(candidate):
            return re.sub(r"[.,\s]", "", candidate)
    return plain


def read_count(text: str) -> int | None:
    """Return a whole number of at least 1."""
    cleaned = clean_text(text)
    found = WHOLE.fullmatch(cleaned) if cleaned else None
    return int(found[1]) if found and int(found[1]) >= 1 else None


def read_coefficient(text: str) -> str | None:
    """Return an exact factor with a point and at most four decimals, as `1.5`."""
    cleaned = clean_text(text)
    found = COEFFICIENT.fullmatch(cleaned) if cleaned else None
    if not found:
        return None
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > 4:
        return None
    return str(Decimal(f"{int(found[1])}.{decimals or '0'}"))


def word_key(text: str) -> str:
    """Return how words of closed lists are compared: `Hiện hưởng` -> `HIEN_HUONG`."""
    return re.sub(r"[\s_\-]+", "_", fold(clean_text(text) or "")).strip("_")


def read_word(text: str, words: Iterable[str]) -> str | None:
    """Return the word of a closed list that is meant, None for no word of it."""
    key = word_key(text)
    return next((word for word in words if key and word_key(word) == key), None)


def read_gender(text: str) -> str | None:
    """Return `Nam` or `Nữ`."""
    return read_word(text, GENDERS)


def citizen_id_facts(citizen_id: str) -> tuple[int, str, str] | None:
    """Return (birth year, gender, province code) that 12 digits tell, None for anything else."""
    if not (len(citizen_id) == 12 and citizen_id.isascii() and citizen_id.isdigit()):
        return None
    century = int(citizen_id[3])
    year = 1900 + 100 * (century // 2) + int(citizen_id[4:6])
    return year, GENDERS[century % 2], citizen_id[:3]


def read_phone(
    text: str, prefixes: frozenset[str], old_prefixes: dict[str, str]
) -> tuple[str | None, bool]:
    """Return the number (10 digits where it can be made so) and whether its digits were mended.

    +84 and 84 become 0, a zero that a number cell lost comes back, and the 11-digit mobile
    prefixes of before 2018 become the new ones. Anything else stays as given.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return None, False
    digits = re.sub(r"[\s.\-()]+", "", cleaned)
    national = _national(digits)
    if len(national) == 11 and national[:4] in old_prefixes:
        national = old_prefixes[national[:4]] + national[4:]
    if len(national) == 10 and national.isdigit() and national[:3] in prefixes:
        return national, national != digits
    return cleaned, False


def _national(digits: str) -> str:
    """Return a number with its leading zero instead of the country code."""
    for code in ("+840", "+84", "840", "84"):
        if digits.startswith(code) and len(digits) - len(code) in (9, 10):
            return "0" + digits[len(code) :]
    if len(digits) in (9, 10) and not digits.startswith("0"):
        return "0" + digits
    return digits
