"""Rows of results put into our words: each sender's profile says what its own words mean.

A word that neither the profile nor SPEC section 3 knows stays as it is, so that the row goes back:
what nobody can read is never taken for paid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import polars as pl

from schemas.providers import iso
from schemas.providers.results import AmountFormat, declared_files_in, file_in
from tasks.transfer_text import (
    ID,
    ID_BEGINS,
    WHOLE_ID,
    is_about_something_else,
    payment_id_in,
)
from tasks.values import clean_text, fold, word_key

UNREADABLE = "? "  # before an amount that its format does not allow: nobody reads it another way
NOT_WORD = re.compile(r"[^A-Z0-9]+")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}")
BIC_LENGTHS = (8, 11, 12)  # with the branch; in headers of SWIFT messages with a terminal too
CURRENCY = re.compile(r"\s*(?:VND|VNĐ|đ|₫|đồng)\.?$", re.IGNORECASE)

Read = Callable[[str, str, str], str | None]  # provider, kind, text


def in_our_words(raw: pl.DataFrame, provider: pl.Series) -> pl.DataFrame:
    """Return raw rows of results with id, amounts, status and error as our own files have them.

    `provider`: who sent each row, null where that is not known.
    """
    rows = raw.with_columns(provider.fill_null("").alias("_provider"))
    # Most ids are in order, and most texts hold one alone: these need no look one by one.
    rows = rows.with_columns(payment_id=_only_id())
    rows = _replaced(rows, "payment_id", _payment_id, ~pl.col("payment_id").str.contains(WHOLE_ID))
    rows = rows.with_columns(payment_id=_without_other_texts(rows))
    formatted = [one for one in rows["_provider"].unique() if file_in(one).amount is not None]
    has_format = pl.col("kind").is_in(iso.MESSAGE_KINDS) | pl.col("_provider").is_in(formatted)
    for name in ("amount", "fee"):
        is_number = pl.col("number_cells").fill_null("").str.contains(f",{name},", literal=True)
        rows = _replaced(rows, name, _amount, has_format & ~is_number)
        rows = _replaced(rows, name, _amount_of_number, has_format & is_number)
    rows = _replaced(rows, "status", _status)
    return _replaced(rows, "error_code", _error).drop("_provider")


def _only_id() -> pl.Expr:
    """Return the id of a text in which nothing else begins like one, else the text."""
    given = pl.col("payment_id")
    upper = given.str.to_uppercase()
    is_alone = upper.str.count_matches(ID_BEGINS) == 1
    return pl.when(is_alone).then(pl.coalesce(upper.str.extract(f"({ID})"), given)).otherwise(given)


def _replaced(
    rows: pl.DataFrame, name: str, read: Read, where: pl.Expr | None = None
) -> pl.DataFrame:
    """Return rows with a field read anew, once per distinct provider, kind and text."""
    is_meant = pl.col(name).is_not_null() & (where if where is not None else pl.lit(value=True))
    keys = ["_provider", "kind", name]
    distinct = rows.filter(is_meant).select(pl.col(keys)).unique()
    if distinct.is_empty():
        return rows
    new = [read(provider, kind or "", text) for provider, kind, text in distinct.iter_rows()]
    table = distinct.with_columns(pl.Series("_new", new, dtype=pl.String))
    joined = rows.join(table, on=keys, how="left", maintain_order="left", nulls_equal=True)
    value = pl.when(is_meant).then("_new").otherwise(name).alias(name)
    return joined.with_columns(value).drop("_new")


def _payment_id(provider: str, kind: str, text: str) -> str:
    return payment_id_in(text) or text


def _without_other_texts(rows: pl.DataFrame) -> pl.Series:
    """Return ids without texts that hold none, where an account and an amount tell the payment."""
    given = rows["payment_id"]
    is_told = rows["account_number"].is_not_null() & rows["amount"].is_not_null()
    odd = is_told & given.is_not_null() & ~given.str.contains(WHOLE_ID)
    if not odd.any():
        return given
    kept = [None if is_about_something_else(text) else text for text in given.filter(odd)]
    return given.clone().scatter(odd.arg_true(), pl.Series(kept, dtype=pl.String))


def _status(provider: str, kind: str, text: str) -> str:
    key = word_key(text)
    own, general = _keyed_statuses(provider), _keyed(kind)
    return own.get(key) or general.get(key) or text


def _error(provider: str, kind: str, text: str) -> str:
    key = word_key(text)
    general = iso.REASONS if kind in iso.MESSAGE_KINDS else {}
    return _keyed_errors(provider).get(key) or general.get(key) or text


@cache
def _keyed_statuses(provider: str) -> dict[str, str]:
    return by_key(file_in(provider).statuses)


@cache
def _keyed_errors(provider: str) -> dict[str, str]:
    return by_key(file_in(provider).errors)


@cache
def _keyed(kind: str) -> dict[str, str]:
    return by_key(iso.STATUSES.get(kind, {}))


def by_key(words: Mapping[str, str]) -> dict[str, str]:
    """Return what words mean, by how they are compared."""
    return {word_key(word): meaning for word, meaning in words.items()}


def _amount(provider: str, kind: str, text: str) -> str:
    found = amount_in(text, _format(provider, kind))
    return UNREADABLE + text if found is None else found


def _amount_of_number(provider: str, kind: str, text: str) -> str:
    """Return an amount from a number cell: the cell knows its own decimals."""
    minor_units = _format(provider, kind).minor_units
    if not minor_units:
        return text
    found = amount_in(text, AmountFormat("", ".", minor_units))
    return UNREADABLE + text if found is None else found


def _format(provider: str, kind: str) -> AmountFormat:
    return iso.AMOUNTS.get(kind) or file_in(provider).amount or AmountFormat()


def amount_in(text: str, how: AmountFormat) -> str | None:
    """Return the whole VND of an amount as digits, None where it is not written so."""
    plain = CURRENCY.sub("", clean_text(text) or "")
    whole, _, decimals = plain.partition(how.decimal) if how.decimal else (plain, "", "")
    if decimals.strip("0"):
        return None
    digits = whole.replace(how.thousands, "") if _is_grouped(whole, how.thousands) else whole
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15 + how.minor_units):
        return None
    if not how.minor_units:
        return digits
    minor = digits[-how.minor_units :]
    return None if minor.strip("0") or minor == digits else digits[: -how.minor_units]


def _is_grouped(whole: str, mark: str) -> bool:
    return bool(mark) and bool(re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", whole))


def provider_named(texts: Iterable[str]) -> str | None:
    """Return the one provider whose identifiers are among these texts, None for none or several."""
    found = {provider for text in texts for provider in _named_by(text)}
    return found.pop() if len(found) == 1 else None


def _named_by(text: str) -> set[str]:
    key = NOT_WORD.sub("", fold(text[:200]))
    names = _identifiers()
    is_bic = len(key) in BIC_LENGTHS and BIC.fullmatch(key[:8])
    return names.get(key, set()) | (names.get(key[:8], set()) if is_bic else set())


@cache
def _identifiers() -> dict[str, set[str]]:
    """Return identifier, as it is compared -> the profiles that declare it."""
    found: dict[str, set[str]] = {}
    for provider, declared in declared_files_in().items():
        for identifier in declared.identifiers:
            found.setdefault(NOT_WORD.sub("", fold(identifier)), set()).add(provider)
    return found
