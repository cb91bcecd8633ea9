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
from string import ascii_letters, digits

FIRST_YEAR, LAST_YEAR = 1850, 2100
SERIALS = range(20_000, 80_001)  # Excel day numbers, 1954 to 2119
SERIAL_ZERO = date(1899, 12, 30)
FORMULA_STARTS = ("=", "+", "-", "@", "\t")

STROKES = str.maketrans("ĐđÐðƉƣƢ", "DdDdDuU")
FULL_WIDTH = {code + 0xFEE0: code for code in map(ord, f"{ascii_letters}{digits}")}
LOOK_ALIKES = str.maketrans("ÐðƉƣƢ", "ĐđĐưƯ") | FULL_WIDTH
# Cyrillic and Greek letters with the shape of a Latin one.
FOREIGN_LOOKS = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIJSaeopcyxijs" + "ABEZHIKMNOPTYXo",
)
FOREIGN = re.compile("[\u0370-\u052f\u1f00-\u1fff]")
LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")
ODD_LETTERS = "[ÐðƉƣƢ\u0370-\u052f\u1f00-\u1fff\uff10-\uff5a]"  # what `mend` may change

SHORT = 200  # letters of a text that is quickly read, whatever it is made of
MANY_MARKS = 4  # no writing puts more on one letter

SEPARATORS = re.compile(r"[\s.\-]+")
POINT_ZERO = re.compile(r"(\d+)\.0")  # a whole number that was written as a float
SCIENTIFIC = re.compile(r"\d\.\d+E\+?\d+", re.IGNORECASE)
DAY_WORD, MONTH_WORD, YEAR_WORD = r"(?:ng[àa]y\s*)?", r"(?:th[áa]ng|th\.?|t\.?)\s*", r"n[ăa]m\s*"
YEAR = re.compile(rf"(?:{YEAR_WORD})?(\d{{4}})", re.IGNORECASE)
YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
MONTH_YEAR_WORDS = re.compile(
    rf"{MONTH_WORD}(\d{{1,2}})\s*(?:[-/.]|[-/.,]?\s*{YEAR_WORD})\s*(\d{{4}})", re.IGNORECASE
)
DAY_MONTH_YEAR_WORDS = re.compile(
    rf"{DAY_WORD}(\d{{1,2}})\s*th[áa]ng\s*(\d{{1,2}})[,\s]*{YEAR_WORD}(\d{{4}})", re.IGNORECASE
)
CLOCK = r"(?:[T ]\d{1,2}:\d{2}.*)?"
YEAR_MONTH_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + CLOCK)
DAY_MONTH_YEAR = re.compile(
    DAY_WORD + r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})" + CLOCK, re.IGNORECASE
)
MOBILE = re.compile(r"\d{10}", re.ASCII)
SERIAL = re.compile(r"([2-8]\d{4})(?:\.\d+)?", re.ASCII)  # the fraction is the time of day
GROUPED = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*")
CURRENCY = re.compile(r"\s*(?:(?:đ|₫|đồng|vnđ|vnd|d)\.?)?\s*(?:/\s*th[áa]ng)?\s*$", re.IGNORECASE)
ZERO_CENTS = re.compile(r"(?<=\d)[.,]0{1,2}$")
COEFFICIENT = re.compile(r"(\d{1,5})\s*(?:[.,]\s*(\d+))?")
WHOLE = re.compile(r"(\d{1,15})(?:[.,]0+)?")
FLOAT = re.compile(r"\d{1,15}\.\d{7,}")


def clean_text(text: str) -> str | None:
    """Return text composed (NFC), without invisible letters and needless spaces; None if empty."""
    if not text.isprintable():
        text = "".join(letter for letter in text if _is_visible(letter))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _with_few_marks(text))
    # An apostrophe is how people tell Excel that a number is text.
    return " ".join(text.split()).lstrip("' ") or None


def _with_few_marks(text: str) -> str:
    """Return text with at most a few marks on a letter: sorting a million of them takes hours."""
    if len(text) <= SHORT:
        return text
    found, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MANY_MARKS:
            found.append(letter)
    return "".join(found)


def _is_visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def fold(text: str) -> str:
    """Return text for comparing: upper case, no accents, single spaces; tone position is gone."""
    plain = text.translate(STROKES).upper()
    if not plain.isascii():
        plain = _without_marks(_without_marks(plain).upper())
    return " ".join(plain.split())


def _without_marks(text: str) -> str:
    split = unicodedata.normalize("NFKD", _with_few_marks(text))
    return "".join(letter for letter in split if unicodedata.category(letter) not in ("Mn", "Cf"))


def mend(text: str) -> str:
    """Return text with the right letters for those that only look like them.

    `Ð` for `Đ`, `ƣ` for `ư`, full-width letters and digits; Cyrillic and Greek letters only where
    the text is Latin otherwise, so that nothing is left of them.
    """
    if text.isascii():
        return text
    text = text.translate(LOOK_ALIKES)
    if FOREIGN.search(text) and LATIN.search(text):
        latin = unicodedata.normalize("NFD", text).translate(FOREIGN_LOOKS)
        if not FOREIGN.search(latin):
            text = latin
    return unicodedata.normalize("NFC", text)


def has_look_alikes(text: str) -> bool:
    """Tell whether `mend` changes a letter of clean text, not only how it is composed."""
    cleaned = clean_text(text)
    return cleaned is not None and mend(cleaned) != cleaned


def clean_words(text: str) -> str | None:
    """Return clean text with look-alike letters mended."""
    cleaned = clean_text(text)
    return cleaned and mend(cleaned)


def clean_name(text: str) -> str | None:
    """Return a person's name with look-alike letters mended; None for what a sheet would run."""
    if text.lstrip(" '").startswith(FORMULA_STARTS):
        return None
    cleaned = clean_words(text)
    return None if cleaned is None or cleaned.startswith(FORMULA_STARTS) else cleaned


def clean_number_text(text: str) -> str | None:
    """Return an id or account number without spaces, dots and dashes.

    `11050000123.0` is the number that a float was made of. `1.105E+10` has lost its digits: it
    keeps its point, so that rules about the form of ids and accounts refuse it.
    """
    cleaned = clean_words(text)
    if cleaned is None or SCIENTIFIC.fullmatch(cleaned):
        return cleaned
    return mend(SEPARATORS.sub("", _without_point_zero(cleaned))).lstrip("'") or None


def _without_point_zero(text: str) -> str:
    found = POINT_ZERO.fullmatch(text)
    return found[1] if found else text


def clean_key(text: str) -> str | None:
    """Return a dossier number without inner spaces, otherwise as given."""
    cleaned = clean_text(text)
    return cleaned and mend(cleaned.replace(" ", ""))


def clean_code(text: str) -> str | None:
    """Return a code in upper case, without inner spaces."""
    cleaned = clean_text(text)
    return cleaned and mend(cleaned.replace(" ", "").upper())


def read_date(text: str, *, is_number: bool = False) -> str | None:
    """Return `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as given; None if no real date.

    A number from a number cell may be Excel's count of days.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return None
    serial = SERIAL.fullmatch(cleaned) if is_number else None
    if serial and int(serial[1]) in SERIALS:
        return (SERIAL_ZERO + timedelta(days=int(serial[1]))).isoformat()
    for written in (DAY_MONTH_YEAR, DAY_MONTH_YEAR_WORDS):
        if found := written.fullmatch(cleaned):
            return _day(found[3], found[2], found[1])
    if found := YEAR_MONTH_DAY.fullmatch(cleaned):
        return _day(found[1], found[2], found[3])
    for written in (MONTH_YEAR, MONTH_YEAR_WORDS):
        if found := written.fullmatch(cleaned):
            return _month(found[2], found[1])
    if found := YEAR_MONTH.fullmatch(cleaned):
        return _month(found[1], found[2])
    found = YEAR.fullmatch(cleaned)
    return f"{int(found[1]):04d}" if found and _is_year(int(found[1])) else None


def _is_year(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _day(year: str, month: str, day: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if _is_year(found.year) else None


def _month(year: str, month: str) -> str | None:
    if not (1 <= int(month) <= 12 and _is_year(int(year))):
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
    found = WHOLE.fullmatch(_as_shown(cleaned) if is_number else _without_groups(cleaned))
    return int(found[1]) if found else None


def _as_shown(text: str) -> str:
    """Return the number of a number cell at six decimals: formulas leave 540000.0000000001."""
    return f"{Decimal(text):.6f}" if FLOAT.fullmatch(text) else text


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


def read_coefficient(text: str, *, is_number: bool = False) -> str | None:
    """Return an exact factor with a point and at most four decimals, as `1.5`."""
    cleaned = clean_text(text) or ""
    found = COEFFICIENT.fullmatch(_as_shown(cleaned) if is_number else cleaned)
    if not found:
        return None
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > 4:
        return None
    return str(Decimal(f"{int(found[1])}.{decimals or '0'}"))


def word_key(text: str) -> str:
    """Return how words of closed lists are compared: `Hiện hưởng` -> `HIEN_HUONG`."""
    return re.sub(r"[\s_\-]+", "_", fold(clean_text(text) or "")).strip("_'")


def read_word(text: str, words: Iterable[str]) -> str | None:
    """Return the word of a closed list that is meant, None for no word of it."""
    key = word_key(text)
    return next((word for word in words if key and word_key(word) == key), None)


def read_phone(
    text: str, prefixes: frozenset[str], old_prefixes: dict[str, str]
) -> tuple[str | None, bool]:
    """Return the number (10 digits where it can be made so) and whether its digits were mended.

    +84 and 84 become 0, a zero that a number cell lost comes back, and the 11-digit mobile
    prefixes of before 2018 become the new ones. Anything else stays as given: of two numbers in
    one cell nobody can say which is meant.
    """
    cleaned = clean_text(text)
    if cleaned is None:
        return None, False
    given = re.sub(r"[\s.\-()]+", "", _without_point_zero(cleaned))
    national = _national(mend(given))
    if len(national) == 11 and national[:4] in old_prefixes:
        national = old_prefixes[national[:4]] + national[4:]
    if MOBILE.fullmatch(national) and national[:3] in prefixes:
        return national, national != given
    return cleaned, False


def _national(digits: str) -> str:
    """Return a number with its leading zero instead of the country code."""
    for code in ("+840", "+84", "00840", "0084", "840", "84"):
        if digits.startswith(code) and len(digits) - len(code) in (9, 10):
            return "0" + digits[len(code) :]
    if len(digits) in (9, 10) and not digits.startswith("0"):
        return "0" + digits
    return digits
