"""The one order of printed lists: commune, village, dossier number, scheme.

Villages stand as Vietnamese readers look them up: a, ă, â … đ … ư, tones after letters, and
`Bản 2` before `Bản 10`. Who has no village comes last.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
SHAPES = {"\u0302", "\u0306", "\u031b"}  # circumflex, breve, horn: they make another letter
NUMBER = re.compile(r"(\d+)")
Key = tuple[tuple[int, int], ...]


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows in reading order; of `commune_code, village, dossier_no, scheme` those it has."""
    places = _places(frame["village"]) if "village" in frame.columns else {}
    keys = [name for name in ("commune_code", "village", "dossier_no") if name in frame.columns]
    by = [
        pl.col(name).replace_strict(places, default=None, return_dtype=pl.Int64)
        if name == "village"
        else pl.col(name)
        for name in keys
    ]
    if "scheme" in frame.columns:
        by.append(pl.col("scheme"))
    return frame.sort(by, nulls_last=True, maintain_order=True)


def _places(villages: pl.Series) -> dict[str, int]:
    distinct = villages.drop_nulls().unique().to_list()
    return {village: place for place, village in enumerate(sorted(distinct, key=village_key))}


def village_key(text: str) -> tuple[Key, Key, str]:
    """Return what to sort by: letters and numbers first, then tones, then the text itself."""
    letters, tones = [], []
    for part in NUMBER.split(text.lower()):
        if part.isdecimal():
            letters.append((-1, int(part)))
            continue
        for letter, tone in _letters(part):
            letters.append((ALPHABET.get(letter, 99), ord(letter[0])))
            tones.append((tone, 0))
    return tuple(letters), tuple(tones), text


def _letters(text: str) -> list[tuple[str, int]]:
    """Return letters with their shape, each with its tone as a number; 0 is none."""
    found: list[tuple[str, int]] = []
    for mark in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(mark):
            found.append((mark, 0))
        elif found:
            letter, tone = found[-1]
            if mark in SHAPES:
                found[-1] = (unicodedata.normalize("NFC", letter + mark), tone)
            else:
                found[-1] = (letter, ord(mark))
    return found
