"""Our payment id in the text of a transfer, whatever a bank made of that text on its way."""

from __future__ import annotations

import re

from tasks.values import clean_words

# As tasks/payments.sql makes it: `CT`, year and month of the cycle, twelve digits or letters.
ID = r"CT[0-9]{2}(?:0[1-9]|1[0-2])[0-9A-Z]{12}"
ID_BEGINS = r"CT[0-9]{4}"
WHOLE_ID = rf"^{ID}$"
ANYWHERE = re.compile(rf"(?=({ID}))")  # also where two overlap
# Banks break long texts into lines, and put a blank where the line ended.
BROKEN = re.compile(
    r"(?<![0-9A-Z])(C\s?T(?:\s?[0-9]){2}\s?(?:0\s?[1-9]|1\s?[0-2])(?:\s?[0-9A-Z]){12})(?![0-9A-Z])"
)
CUT = re.compile(r"(?<![0-9A-Z])CT[0-9]{4}[0-9A-Z]{0,11}$")  # the end is missing
LETTERS = 2000  # of a text are looked at


def payment_id_in(text: str) -> str | None:
    """Return the one payment id that a text holds, None for none or several.

    One that stands by itself goes before one that is glued to other letters.
    """
    plain = upper(text)
    found: dict[int, set[str]] = {}
    for match in ANYWHERE.finditer(plain):
        start, end = match.span(1)
        glued = plain[start - 1 : start].isalnum() + plain[end : end + 1].isalnum()
        found.setdefault(glued, set()).add(match[1])
    found = found or {0: {re.sub(r"\s", "", match[1]) for match in BROKEN.finditer(plain)}}
    best = found[min(found)]
    return best.pop() if len(best) == 1 else None


def is_about_something_else(text: str) -> bool:
    """Tell whether a text without an id is only words, or an id that a bank cut short.

    One word with a digit may be an id: one that nobody knows.
    """
    plain = upper(text)
    is_word = " " not in plain and any(letter.isdigit() for letter in plain)
    return not is_word or CUT.search(plain) is not None


def upper(text: str) -> str:
    """Return a text in upper case with single blanks."""
    return (clean_words(text[:LETTERS]) or "").upper()
