"""Who sent a file: words that people write for a commune or provider, to its code.

The key of a commune is its code and the month: codes were reused on 1 July 2025. Names only find
the code; nothing is joined on them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from schemas.period import month_text
from tasks import warehouse
from tasks.values import fold
from tasks.warehouse import Connection

Names = dict[str, set[str]]  # name as it is compared -> codes
FourNames = tuple[Names, Names, Names, Names]  # exact of ours, of others; folded of ours, of others

NOT_WORD = re.compile(r"[^A-Z0-9]+")
CODE = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII)
LOST_ZERO = re.compile(r"\d{4}", re.ASCII)  # a code in a number cell
BETWEEN_WORDS = re.compile(r"[\W_]+")
OFFICE = re.compile(r"^(ubnd|uỷ ban nhân dân|ủy ban nhân dân|uy ban nhan dan) ")
KIND = re.compile(r"^(xã|xa|x|phường|phuong|p|thị trấn|thi tran|tt) ?")
DISTRICT = re.compile(r" (huyện|huyen|h|tỉnh|tinh|thành phố|thanh pho|tp|thị xã|thi xa|tx) .*")


def stage_unit_words(connection: Connection, words: Iterable[str], months: Iterable[int]) -> None:
    """Create temp table `unit_word(word, month, commune_code, provider)`: what a word means then.

    A commune of another office keeps its code: rules then see that it is not one of ours.
    """
    providers = provider_names(connection)
    asked = sorted(set(words))
    found = [
        (word, month, communes.code_of(word), providers.get(NOT_WORD.sub("", fold(word))))
        for month in sorted(set(months))
        for communes in [commune_words(connection, month)]
        for word in asked
    ]
    text = dict.fromkeys(("word", "commune_code", "provider"), pl.String)
    schema = {"word": pl.String, "month": pl.Int32, **text}
    connection.register("unit_words", pl.DataFrame(found, schema=schema, orient="row"))
    warehouse.stage(connection, "unit_word", "SELECT * FROM unit_words")
    connection.unregister("unit_words")


@dataclass(frozen=True)
class CommuneWords:
    """The communes of one month: codes by written code and by name, the most exact names first.

    A name is looked for as it is written, then without accents; among this office's communes
    before those of others, for it is they that write here. What only a former commune was called
    means the commune that took it over: old headings come in long after a merger.
    """

    codes: Mapping[str, str]  # written code -> code now
    names: FourNames
    former_names: FourNames

    def code_of(self, word: str) -> str | None:
        """Return the code of the commune that a word means; None for none or several.

        A code that stands in the word decides alone, whatever name is beside it.
        """
        written = CODE.findall(word)
        if not written and LOST_ZERO.fullmatch(word.strip()):
            written = ["0" + word.strip()]
        if written:
            return self.codes.get(written[0]) if len(set(written)) == 1 else None
        keys = _keys(word)
        ways = (_exact, _exact, _folded, _folded)
        for names, fits in zip(self.names + self.former_names, ways + ways, strict=True):
            for key in map(fits, keys):
                if key in names:
                    return next(iter(names[key])) if len(names[key]) == 1 else None
        return None


def commune_words(connection: Connection, month: int) -> CommuneWords:
    """Return the words for the communes that there are in a month, and for those before them."""
    present = _communes(connection, PRESENT, month)
    former = _communes(connection, FORMER, month)
    return CommuneWords(
        {written: code for written, code, *_ in former + present},
        _names_of(present),
        _names_of(former),
    )


# One row per commune: the code as written, the code that it means, whose it is, its names.
PRESENT = """
    SELECT commune_code, commune_code, is_office, name_vi, alias FROM admin_unit
    WHERE $month BETWEEN valid_from AND coalesce(valid_to, '9999-12')
"""
FORMER = """
    SELECT commune_code, successor_code, is_office, name_vi, alias FROM admin_unit
    WHERE valid_to < $month AND successor_code IS NOT NULL
"""


def _communes(connection: Connection, select: str, month: int) -> list[tuple[str, ...]]:
    return warehouse.rows(connection, select, month=month_text(month))


def _names_of(communes: list[tuple[str, ...]]) -> FourNames:
    names: FourNames = ({}, {}, {}, {})
    own_exact, other_exact, own_folded, other_folded = names
    for _, code, is_office, *given in communes:
        exact, folded = (
            (own_exact, own_folded) if is_office == "yes" else (other_exact, other_folded)
        )
        for name in filter(None, given):
            key = _keys(name)[-1]
            exact.setdefault(_exact(key), set()).add(code)
            folded.setdefault(_folded(key), set()).add(code)
    return names


def _keys(word: str) -> list[str]:
    """Return a name in lower case as it is, then without `Xã` and the like before it.

    `xa nhe` may be Xá Nhè or Xã Nhè. What follows a comma is the district and the province.
    """
    text = unicodedata.normalize("NFC", word.partition(",")[0]).casefold()
    text = OFFICE.sub("", BETWEEN_WORDS.sub(" ", text).strip())
    text = DISTRICT.sub("", text)
    return [text, KIND.sub("", text)]


def _exact(key: str) -> str:
    return key.replace(" ", "")


def _folded(key: str) -> str:
    return NOT_WORD.sub("", fold(key))


def providers_of(connection: Connection, words: pl.Series) -> pl.Series:
    """Return the provider that each word means, null for none."""
    names = provider_names(connection)
    asked = words.drop_nulls().unique().to_list()
    found = {word: names.get(NOT_WORD.sub("", fold(word))) for word in asked}
    return words.replace_strict(found, default=None, return_dtype=pl.String)


def provider_names(connection: Connection) -> dict[str, str]:
    """Return folded codes and names of the providers, with those of the banks they serve."""
    known: dict[str, str] = {}
    for provider, *names in warehouse.rows(
        connection,
        "SELECT provider, name_vi, short_name, legal_name, vietqr_code FROM provider"
        " LEFT JOIN bank USING (bin) ORDER BY provider",
    ):
        known |= {NOT_WORD.sub("", fold(name)): provider for name in names if name}
        known[provider] = provider
    return known
