"""What a provider's result files say, in its own words: section `[results]` of its profile.

The keys are described in RESULTS.md beside this file. Words are kept as the provider writes them;
who reads a file compares them without case, accents and spaces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from schemas import codes
from schemas.submissions import Result

SECTION = "results"
FALLBACK = "generic"  # for a provider without such a section of its own
KEYS = frozenset(
    ("identifiers", "columns", "statuses", "errors", "amount", "silence_means_paid_after_days")
)
SEPARATORS = ("", ".", ",", " ")


@dataclass(frozen=True)
class AmountFormat:
    """How amounts are written: marks between thousands and before decimals, empty for none.

    `minor_units`: how many digits below one dong end every amount, without a mark.
    """

    thousands: str = ""
    decimal: str = ""
    minor_units: int = 0


@dataclass(frozen=True)
class FileIn:
    """How a provider reports results. `statuses` and `errors`: its word -> our code.

    `amount` None: as SPEC section 3 reads amounts. `silence_means_paid_after_days` None: silence
    means nothing.
    """

    provider: str
    identifiers: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field -> headers
    statuses: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    amount: AmountFormat | None = None
    silence_means_paid_after_days: int | None = None


UNKNOWN = FileIn("")


@cache
def file_in(provider: str | None) -> FileIn:
    """Return what is declared of a provider's result files, else the generic declaration.

    Of a sender that nobody knows only our own words count.
    """
    if not provider:
        return UNKNOWN
    declared = declared_files_in()
    return declared.get(provider) or declared.get(FALLBACK) or UNKNOWN


@cache
def declared_files_in() -> dict[str, FileIn]:
    """Return profile name -> declaration of every profile with such a section, by name."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        section = tomllib.loads(path.read_text(encoding="utf-8")).get(SECTION)
        if section is not None:
            found[path.stem] = read_section(path.stem, section)
    return found


def silence_days(provider: str) -> int | None:
    """Return after how many days a payment that this provider says nothing of counts as paid.

    None, as for a provider without such a section of its own: only a word says what became of it.
    """
    declared = declared_files_in().get(provider)
    return declared.silence_means_paid_after_days if declared else None


def headers_of(field_name: str) -> tuple[str, ...]:
    """Return how the providers head a field, each header once: a file is found by any of them."""
    declared = declared_files_in().values()
    return tuple(
        dict.fromkeys(header for one in declared for header in one.columns.get(field_name, ()))
    )


def read_section(provider: str, section: Mapping[str, Any]) -> FileIn:
    """Return a section `[results]`; ValueError where it says what nobody would read."""
    unknown = [*(set(section) - KEYS), *(set(section.get("columns", {})) - set(Result.fields))]
    if unknown:
        raise ValueError(f"{provider}.toml: unknown keys {sorted(unknown)} in [{SECTION}]")
    return FileIn(
        provider,
        tuple(section.get("identifiers", ())),
        {name: tuple(headers) for name, headers in section.get("columns", {}).items()},
        dict(_meanings(provider, section.get("statuses", {}), codes.RESULT_STATUSES)),
        dict(_meanings(provider, section.get("errors", {}), codes.ERROR_CODES)),
        _amount(provider, section.get("amount")),
        _days(provider, section.get("silence_means_paid_after_days")),
    )


def _meanings(
    provider: str, declared: Mapping[str, list[str]], known: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield (their word, our code); one word may not mean two things."""
    seen: set[str] = set()
    for code, words in declared.items():
        if code not in known:
            raise ValueError(f"{provider}.toml: {code} is none of {', '.join(known)}")
        for word in words:
            if word in seen:
                raise ValueError(f"{provider}.toml: “{word}” has two meanings")
            seen.add(word)
            yield word, code


def _amount(provider: str, declared: Mapping[str, Any] | None) -> AmountFormat | None:
    if declared is None:
        return None
    found = AmountFormat(**declared)
    marks = (found.thousands, found.decimal)
    if any(mark not in SEPARATORS for mark in marks) or marks[0] == marks[1] != "":
        raise ValueError(f"{provider}.toml: separators must differ and be of {SEPARATORS}")
    if not 0 <= found.minor_units <= 3:
        raise ValueError(f"{provider}.toml: minor_units must be 0 to 3")
    return found


def _days(provider: str, declared: int | None) -> int | None:
    if declared is None:
        return None
    if type(declared) is not int or declared < 1:
        raise ValueError(f"{provider}.toml: silence_means_paid_after_days must be a day count")
    return declared
