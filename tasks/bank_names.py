"""Which bank is meant: by BIN, code, name or alias, with a branch or a place behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.values import fold

STARTS = ("NGANHANG", "NH", "TMCP", "THUONGMAICOPHAN", "THUONGMAI", "TNHHMTV")
BRANCH = re.compile(r"\b(CHI NHANH|CN|PHONG GIAO DICH|PGD)\b.*")
KIND_OF_PLACE = "(TINH|THANH PHO|TP|HUYEN|H|THI XA|TX|XA|PHUONG|THI TRAN|TT)"
FIRST_KIND, LAST_KIND = re.compile(rf"^{KIND_OF_PLACE} "), re.compile(rf"(^| ){KIND_OF_PLACE}$")
PLACE_WORDS = 5  # no place has a longer name
BETWEEN_PARTS = re.compile(r"[-–—()\[\]/,;:]+")
NOT_WORD = re.compile(r"[^A-Z0-9]+")


def plain_words(text: str) -> str:
    """Return text folded, with one space for all that is no letter or digit; `&` is `và`."""
    return NOT_WORD.sub(" ", fold(text.replace("&", " và "))).strip()


@dataclass(frozen=True)
class BankNames:
    """The banks of the reference tables, by what senders write."""

    bins: Mapping[str, str]  # a BIN, code, name or alias without spaces -> BIN
    places: frozenset[str]  # plain names of provinces, districts and communes

    @classmethod
    def of(
        cls, banks: list[dict[str, str]], aliases: list[dict[str, str]], places: Iterable[str]
    ) -> BankNames:
        """Make the words from reference rows; a word that means two banks means none."""
        known = {bank["bin"] for bank in banks}
        pairs = {
            (key, bank["bin"])
            for bank in banks
            for word in (bank["bin"], bank["vietqr_code"], bank["short_name"], bank["legal_name"])
            for key in _stored_keys(plain_words(word or ""))
        }
        pairs |= {
            (_compact(plain_words(row["alias"])), row["bin"])
            for row in aliases
            if row["bin"] in known
        }
        uses = Counter(key for key, _ in pairs)
        return cls(
            {key: number for key, number in pairs if uses[key] == 1},
            frozenset(FIRST_KIND.sub("", plain_words(place)) for place in places),
        )

    def bin_of(self, text: str) -> str | None:
        """Return the BIN of the bank that is meant, None where none or more than one may be.

        Parts between brackets, dashes and the like may each name the bank (`970405 - Agribank`),
        a branch or a place; any other part makes the whole unknown.
        """
        if whole := self._known(plain_words(text)):
            return whole
        found = set()
        for part in map(plain_words, BETWEEN_PARTS.split(text)):
            rest = self._without_place(part)
            named = self._known(part) or self._known(rest)
            if named is None and rest:
                return None
            found.add(named)
        found.discard(None)
        return found.pop() if len(found) == 1 else None

    def _known(self, words: str) -> str | None:
        return next((self.bins[key] for key in _looked_up(words) if key in self.bins), None)

    def _without_place(self, words: str) -> str:
        """Return a name without its branch and the places at its end."""
        words = BRANCH.sub("", words).strip()
        while place := self._last_place(words):
            words = LAST_KIND.sub("", words.removesuffix(place).strip())
        return words

    def _last_place(self, words: str) -> str:
        """Return the longest place at the end of a name, empty for none."""
        last = words.split()[-PLACE_WORDS:]
        tails = (" ".join(last[start:]) for start in range(len(last)))
        return next((tail for tail in tails if tail in self.places), "")


def _compact(words: str) -> str:
    return words.replace(" ", "")


def _without_starts(key: str) -> str:
    for start in STARTS:
        key = key.removeprefix(start)
    return key


def _stored_keys(words: str) -> set[str]:
    """Return the keys of a bank's own name: whole, and without `Ngân hàng` and `Việt Nam`."""
    whole = _compact(words)
    short = _without_starts(whole)
    return {whole, short, short.removesuffix("VIETNAM")} - {""}


def _looked_up(words: str) -> list[str]:
    """Return the keys by which a name is looked up, the most exact first."""
    whole = _compact(words)
    short = _without_starts(whole)
    ends = [key.removesuffix(end) for end in ("VIETNAM", "VN") for key in (whole, short)]
    return [key for key in (whole, short, *ends) if key]
