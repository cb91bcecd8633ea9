"""Who sent a file: words that people write for a commune or provider, to its code.

The key of a commune is its code and the month: codes were reused on 1 July 2025. Names only find
the code; nothing is joined on them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from schemas.period import month_text
from tasks import warehouse
from tasks.values import fold
from tasks.warehouse import Connection

Names = dict[str, set[str]]  # name as it is compared -> codes

NOT_WORD = re.compile(r"[^A-Z0-9]+")
CODE = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII)
LOST_ZERO = re.compile(r"\d{4}", re.ASCII)  # a code in a number cell
BETWEEN_WORDS = re.compile(r"[\W_]+")
OFFICE = re.compile(r"^(ubnd|uỷ ban nhân dân|ủy ban nhân dân|uy ban nhan dan) ")
KIND = re.compile(r"^(xã|xa|x|phường|phuong|p|thị trấn|thi tran|tt) ?")
DISTRICT = re.compile(r" (huyện|huyen|h|tỉnh|tinh|thành phố|thanh pho|tp|thị xã|thi xa|tx) .*")


def stage_unit_words(connection: Connection, words: Iterable[str], month: int) -> None:
    """Create temp table `unit_word(word, commune_code, provider)` for the words given.

    A commune of another office keeps its code: rules then see that it is not one of ours.
    """
    communes = commune_words(connection, month)
    providers = provider_names(connection)
    found = [
        (word, communes.code_of(word), providers.get(NOT_WORD.sub("", fold(word))))
        for word in sorted(set(words))
    ]
    schema = {"word": pl.String, "commune_code": pl.String, "provider": pl.String}
    connection.register("unit_words", pl.DataFrame(found, schema=schema, orient="row"))
    warehouse.stage(connection, "unit_word", "SELECT * FROM unit_words")
    connection.unregister("unit_words")


@dataclass(frozen=True)
class CommuneWords:
    """The communes of one month: their codes, and codes by name, the most exact names first.

    A name is looked for as it is written, then without accents; among this office's communes
    before those of others, for it is they that write here.
    """

    codes: frozenset[str]
    names: tuple[Names, Names, Names, Names]  # exact of ours, of others; folded of ours, of others

    def code_of(self, word: str) -> str | None:
        """Return the code of the commune that a word means; None for none or several.

        A code that stands in the word decides alone, whatever name is beside it.
        """
        written = CODE.findall(word)
        if not written and LOST_ZERO.fullmatch(word.strip()):
            written = ["0" + word.strip()]
        if written:
            is_one = len(set(written)) == 1 and written[0] in self.codes
            return written[0] if is_one else None
        keys = _keys(word)
        for names, fits in zip(self.names, (_exact, _exact, _folded, _folded), strict=True):
            for key in map(fits, keys):
                if key in names:
                    return next(iter(names[key])) if len(names[key]) == 1 else None
        return None


def commune_words(connection: Connection, month: int) -> CommuneWords:
    """Return the words for the communes that there are in a month."""
    names: tuple[Names, Names, Names, Names] = ({}, {}, {}, {})
    own_exact, other_exact, own_folded, other_folded = names
    codes = set()
    for code, is_office, *given in warehouse.rows(
        connection,
        "SELECT commune_code, is_office, name_vi, alias FROM admin_unit"
        " WHERE $month BETWEEN valid_from AND coalesce(valid_to, '9999-12')",
        month=month_text(month),
    ):
        codes.add(code)
        exact, folded = (
            (own_exact, own_folded) if is_office == "yes" else (other_exact, other_folded)
        )
        for name in filter(None, given):
            key = _keys(name)[-1]
            exact.setdefault(_exact(key), set()).add(code)
            folded.setdefault(_folded(key), set()).add(code)
    return CommuneWords(frozenset(codes), names)


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
