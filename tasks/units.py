"""Who sent a file: words that people write for a commune or provider, to its code."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from schemas.period import month_text
from tasks import warehouse
from tasks.values import fold
from tasks.warehouse import Connection

PREFIX = re.compile(r"^(XA|PHUONG|THI TRAN|TT\.?|P\.?|X\.?)\s+")
NOT_WORD = re.compile(r"[^A-Z0-9]+")


def stage_unit_words(connection: Connection, words: Iterable[str], month: int) -> None:
    """Create temp table `unit_word(word, commune_code, provider)` for the words given.

    A commune of another office keeps its code: rules then see that it is not one of ours.
    """
    communes = foreign_names(connection, month) | commune_names(connection, month)
    providers = provider_names(connection)
    found = [
        (word, communes.get(key), providers.get(NOT_WORD.sub("", key)))
        for word in sorted(set(words))
        for key in [_key(word)]
    ]
    schema = {"word": pl.String, "commune_code": pl.String, "provider": pl.String}
    connection.register("unit_words", pl.DataFrame(found, schema=schema, orient="row"))
    warehouse.stage(connection, "unit_word", "SELECT * FROM unit_words")
    connection.unregister("unit_words")


def commune_names(connection: Connection, month: int) -> dict[str, str]:
    """Return folded names, aliases and codes of the office's communes in a month."""
    known: dict[str, str] = {}
    for code, *names in warehouse.rows(
        connection,
        "SELECT commune_code, name_vi, alias FROM admin_unit WHERE is_office = 'yes'"
        " AND $month BETWEEN valid_from AND coalesce(valid_to, '9999-12') ORDER BY commune_code",
        month=month_text(month),
    ):
        known[code] = code
        known |= {_key(name): code for name in names if name}
    return known


def foreign_names(connection: Connection, month: int) -> dict[str, str]:
    """Return codes and folded names of other offices' communes, so that they are known as such."""
    known: dict[str, str] = {}
    for code, name in warehouse.rows(
        connection,
        "SELECT commune_code, name_vi FROM admin_unit WHERE is_office = 'no'"
        " AND $month BETWEEN valid_from AND coalesce(valid_to, '9999-12') ORDER BY commune_code",
        month=month_text(month),
    ):
        known |= {code: code, _key(name): code}
    return known


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


def _key(word: str) -> str:
    """Return a name for comparing: folded, without `Xã`, `Thị trấn` or `Phường`."""
    return PREFIX.sub("", fold(word))
