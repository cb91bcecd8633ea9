"""Clean the rows of a received file: each field typed, each repair with its before and after.

Values are read by the functions of `tasks.values`, on distinct values; frames are put together
here. Nothing is rejected: what cannot be read is null and named in `unreadable`.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas import codes
from schemas.period import month_vi
from schemas.reference import Bank, PhonePrefix, ProvinceCode
from schemas.submissions import (
    CELL_LISTS,
    AccountRow,
    Change,
    Result,
    Submitted,
    Verification,
)
from schemas.table import Amount, Coefficient, Column, Integer, Month, PartialDate
from tasks import values
from tasks.values import fold

PLACE = ("sha256", "sheet", "sheet_no", "row_no")
REPAIR_SCHEMA = pl.Schema(
    {
        "sha256": pl.String,
        "sheet": pl.String,
        "row_no": pl.Int64,
        "rule": pl.String,
        "field": pl.String,
        "before": pl.String,
        "after": pl.String,
    }
)
WORDS: dict[Column, tuple[str, ...]] = {
    Change.gender: codes.GENDERS,
    Change.reason: codes.CHANGE_REASONS,
    AccountRow.method: codes.METHODS,
    AccountRow.no_account_reason: codes.NO_ACCOUNT_REASONS,
    Verification.subject: codes.SUBJECTS,
    Verification.outcome: codes.OUTCOMES,
    Result.status: codes.RESULT_STATUSES,
    Result.error_code: codes.ERROR_CODES,
}
NAMES: tuple[Column, ...] = (Change.full_name, AccountRow.full_name, AccountRow.holder_name)
# Read as text whatever stands there: rules about their form come later.
CLEANERS: dict[Column, Callable[[str], str | None]] = {
    Change.dossier_no: values.clean_key,
    Change.citizen_id: values.clean_number_text,
    Change.category_code: values.clean_code,
    Change.old_category_code: values.clean_code,
    AccountRow.dossier_no: values.clean_key,
    AccountRow.holder_citizen_id: values.clean_number_text,
    AccountRow.account_number: values.clean_number_text,
    Verification.dossier_no: values.clean_key,
    Verification.value: values.clean_number_text,
    Result.payment_id: values.clean_code,
    Result.account_number: values.clean_number_text,
    **dict.fromkeys(NAMES, values.clean_name),
}
# Most ids and numbers are in order: these need no look one by one.
IN_ORDER = r"^[0-9A-Z]*$"
ID_LENGTH = 12


@dataclass(frozen=True)
class ReferenceWords:
    """What cleaning needs to know of the reference tables."""

    banks: dict[str, str]  # folded BIN, code or name -> BIN
    provinces: frozenset[str]
    phone_prefixes: frozenset[str]
    old_phone_prefixes: dict[str, str]  # old 11-digit prefix -> new

    @classmethod
    def load(cls, folder: Path) -> ReferenceWords:
        """Read the words from the reference folder of an office."""
        phones = _rows(folder / PhonePrefix.file)
        provinces = _rows(folder / ProvinceCode.file)
        return cls(
            banks=bank_words(_rows(folder / Bank.file)),
            provinces=frozenset(row["cccd_code"] for row in provinces),
            phone_prefixes=frozenset(row["prefix"] for row in phones),
            old_phone_prefixes={
                row["old_11_digit_prefix"]: row["prefix"]
                for row in phones
                if row["old_11_digit_prefix"]
            },
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def bank_words(banks: list[dict[str, str]]) -> dict[str, str]:
    """Return folded word -> BIN; a word that means two banks means none."""
    pairs = {
        (key, bank["bin"])
        for bank in banks
        for word in (bank["bin"], bank["vietqr_code"], bank["short_name"], bank["legal_name"])
        for key in bank_keys(word)
    }
    uses = Counter(key for key, _ in pairs)
    return {key: number for key, number in pairs if uses[key] == 1}


def bank_keys(text: str | None) -> list[str]:
    """Return what a bank's name is looked up by: whole, then without `Ngân hàng` and the like."""
    whole = fold(text or "").replace(" ", "")
    short = whole
    for start in ("NGANHANG", "NH", "TMCP", "TNHHMTV"):
        short = short.removeprefix(start)
    return [key for key in dict.fromkeys((whole, short, short.removesuffix("VIETNAM"))) if key]


@dataclass(frozen=True)
class Cleaned:
    """`rows`: as in the checked table, before judging; `repairs`: (row, rule, before, after)."""

    rows: pl.DataFrame
    repairs: pl.DataFrame


def clean(table: type[Submitted], raw: pl.DataFrame, names: ReferenceWords) -> Cleaned:
    """Return the rows of a raw twin table cleaned and typed, and what was repaired."""
    rows = raw.select(
        *PLACE,
        *(["kind"] if table is Change else []),
        *(pl.col(name).fill_null("") for name in CELL_LISTS),
        "unit",
        "period",
        *(_read(column, raw) for column in table.field_columns()),
    )
    rows = rows.with_columns(unreadable=_unreadable(table, raw, rows))
    repairs = [_look_alikes(table, raw)]
    if table is Change:
        rows, found = _finish_changes(raw, rows, names)
        repairs += found
    if table is AccountRow:
        rows, found = _finish_accounts(raw, rows, names)
        repairs += found
    if table is Verification:
        rows = _finish_verifications(rows, names)
    rows = rows.with_columns(fingerprint=_fingerprint(table, raw, rows))
    return Cleaned(rows, pl.concat(repairs))


def _read(column: Column, raw: pl.DataFrame) -> pl.Series:
    """Return one field, typed; null where empty or unreadable."""
    given = raw[column.name]
    if column in CLEANERS:
        return each(given, CLEANERS[column], pl.String, IN_ORDER)
    if column in WORDS:
        words = WORDS[column]
        return each(given, lambda text: values.read_word(text, words), pl.String)
    if isinstance(column, PartialDate):
        return _by_cell(column, raw, values.read_date, pl.String)
    if isinstance(column, Month):
        return _by_cell(column, raw, values.read_month, pl.Int32)
    if isinstance(column, Amount):
        return _by_cell(column, raw, values.read_amount, pl.Int64)
    if isinstance(column, Coefficient):
        return each(given, values.read_coefficient, pl.String).cast(Coefficient.polars_type)
    if isinstance(column, Integer):
        return each(given, values.read_count, pl.Int64)
    return each(given, values.clean_text, pl.String)


def each(
    given: pl.Series, read: Callable[[str], Any], dtype: Any, in_order: str | None = None
) -> pl.Series:
    """Return `read` of every value, called once per distinct one; `in_order` passes as it is."""
    if in_order is None:
        return _mapped(given, read, dtype)
    odd = given.filter(~given.str.contains(in_order))
    if odd.is_empty():
        return pl.select(pl.when(given != "").then(given).alias(given.name)).to_series()
    is_odd = ~given.str.contains(in_order)
    fixed = _mapped(odd, read, dtype)
    places = is_odd.fill_null(value=False).arg_true()
    spread = given.clone().scatter(places, fixed)
    return pl.select(pl.when(spread != "").then(spread).alias(given.name)).to_series()


def _mapped(given: pl.Series, read: Callable[[str], Any], dtype: Any) -> pl.Series:
    distinct = given.drop_nulls().unique()
    new = pl.Series([read(text) for text in distinct.to_list()], dtype=dtype)
    return given.replace_strict(distinct, new, default=None, return_dtype=dtype)


def _by_cell(column: Column, raw: pl.DataFrame, read: Callable[..., Any], dtype: Any) -> pl.Series:
    """Return a field whose reading depends on whether its cell was a number."""
    given = raw[column.name]
    as_text = each(given, read, dtype)
    is_number = _is_listed(raw["number_cells"], column.name)
    if not is_number.any():
        return as_text
    numbers = given.zip_with(is_number, pl.Series(given.name, [None], dtype=pl.String))
    as_number = each(numbers, lambda text: read(text, is_number=True), dtype)
    return as_number.zip_with(is_number, as_text).alias(column.name)


def _is_listed(lists: pl.Series, name: str) -> pl.Series:
    """Tell whether a `,a,b,` list has a name."""
    return lists.fill_null("").str.contains(f",{name},", literal=True)


def _unreadable(table: type[Submitted], raw: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return `,a,b,` of the fields that are filled and could not be read, empty text for none."""
    flags = {}
    for name in table.fields:
        lost = raw[name].is_not_null() & rows[name].is_null()
        if lost.any():
            is_filled = each(raw[name].filter(lost), _is_filled, pl.Boolean)
            flags[name] = lost.clone().scatter(lost.arg_true(), is_filled)
    return listed(flags, rows.height)


def _is_filled(text: str) -> bool:
    return values.clean_text(text) is not None


def listed(flags: dict[str, pl.Series], height: int) -> pl.Series:
    """Return the names whose flag is set as `,a,b,`; empty text where none is."""
    if not flags:
        return pl.Series("unreadable", [""], dtype=pl.String).new_from_index(0, height)
    parts = [
        pl.when(flag).then(pl.lit(f"{name},")).otherwise(pl.lit("")) for name, flag in flags.items()
    ]
    joined = pl.concat_str(pl.lit(","), *parts)
    return pl.select(pl.when(joined == ",").then(pl.lit("")).otherwise(joined)).to_series()


def repaired(
    rows: pl.DataFrame, mask: pl.Series, rule: str, name: str, before: pl.Series, after: pl.Series
) -> pl.DataFrame:
    """Return the repairs of one rule and field, for the rows where `mask` holds."""
    frame = rows.select(
        "sha256",
        "sheet",
        "row_no",
        rule=pl.lit(rule),
        field=pl.lit(name),
        before=before.alias("before"),
        after=after.alias("after"),
    )
    return frame.filter(mask).cast(REPAIR_SCHEMA)


def _look_alikes(table: type[Submitted], raw: pl.DataFrame) -> pl.DataFrame:
    """Return one ID10 repair a row for look-alike letters in names."""
    found = [pl.DataFrame(schema=REPAIR_SCHEMA)]
    for column in table.field_columns():
        if column in NAMES:
            given = raw[column.name]
            mask = given.str.contains("[ÐðƣƢ]").fill_null(value=False)
            # The name itself decides: what cannot be read as a name was not mended.
            after = each(given.filter(mask), values.clean_name, pl.String)
            some = raw.filter(mask)
            found.append(
                repaired(some, after.is_not_null(), "ID10", column.name, some[column.name], after)
            )
    return pl.concat(found).unique(["sha256", "sheet", "row_no"], keep="first", maintain_order=True)


def _finish_changes(
    raw: pl.DataFrame, rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    rows, id_repairs = _pad_citizen_ids(rows, names)
    rows, month_repairs = _months_after_death(raw, rows)
    rows = rows.with_columns(
        each(rows["full_name"], fold, pl.String).alias("name_fold"), *_id_facts("citizen_id")
    )
    return rows, [id_repairs, month_repairs]


def _is_twelve_digits(name: str) -> pl.Expr:
    return pl.col(name).str.contains(r"^[0-9]{12}$")


def _id_facts(name: str) -> list[pl.Expr]:
    """Return what a 12-digit citizen id tells: birth year, gender, province."""
    century = pl.col(name).str.slice(3, 1).cast(pl.Int64, strict=False)
    year = 1900 + 100 * (century // 2) + pl.col(name).str.slice(4, 2).cast(pl.Int64, strict=False)
    gender = pl.when(century % 2 == 0).then(pl.lit("Nam")).otherwise(pl.lit("Nữ"))
    province = pl.col(name).str.slice(0, 3)
    facts = {"id_birth_year": year, "id_gender": gender, "id_province": province}
    whole = _is_twelve_digits(name)
    return [pl.when(whole).then(fact).alias(alias) for alias, fact in facts.items()]


def _pad_citizen_ids(
    rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put back the zero that a number cell lost, where the row's birth and gender agree (ID01)."""
    before = rows["citizen_id"]
    padded = rows.select(
        *PLACE,
        pl.col("birth_date").str.slice(0, 4).cast(pl.Int64).alias("birth_year"),
        "gender",
        citizen_id=pl.when(pl.col("citizen_id").str.contains(r"^[0-9]{11}$")).then(
            pl.lit("0") + pl.col("citizen_id")
        ),
    ).with_columns(_id_facts("citizen_id"))
    agrees = padded.select(
        (
            (pl.col("id_birth_year") == pl.col("birth_year"))
            & (pl.col("id_gender") == pl.col("gender"))
            & pl.col("id_province").is_in(sorted(names.provinces))
        ).fill_null(value=False)
    ).to_series()
    after = padded["citizen_id"].zip_with(agrees, before)
    repairs = repaired(rows, agrees, "ID01", "citizen_id", before, after)
    return rows.with_columns(after.alias("citizen_id")), repairs


def _months_after_death(raw: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stop in the month after the month of death, whatever the row says (EN12)."""
    given = rows["effective_month"].alias("given_month")
    died = rows["death_date"].filter(rows["death_date"].is_not_null())
    after_death = _mapped(rows["death_date"], _month_after, pl.Int32) if len(died) else None
    if after_death is None:
        return rows.with_columns(given), pl.DataFrame(schema=REPAIR_SCHEMA)
    is_known = (rows["kind"] == "GIAM") & after_death.is_not_null()
    month = after_death.zip_with(is_known.fill_null(value=False), given).alias("effective_month")
    changed = is_known & month.ne_missing(given)
    repairs = repaired(
        rows,
        changed,
        "EN12",
        "effective_month",
        raw["effective_month"],
        _mapped(month.cast(pl.String), lambda number: month_vi(int(number)), pl.String),
    )
    # A month that is known from the death is no longer wanting, readable or not.
    unreadable = pl.when(is_known).then(_without("effective_month")).otherwise("unreadable")
    return rows.with_columns(month, given, unreadable=unreadable), repairs


def month_of_text(text: str | None) -> int | None:
    """Return the month number of a heading such as `07/2024`, None where it says no month."""
    return None if text is None else values.read_month(text)


def _month_after(death: str) -> int | None:
    month = values.read_month(death)
    return None if month is None else month + 1


def _without(name: str) -> pl.Expr:
    """Return the list `unreadable` without one name."""
    shorter = pl.col("unreadable").str.replace(f",{name},", ",", literal=True)
    return pl.when(shorter == ",").then(pl.lit("")).otherwise(shorter)


def _finish_accounts(
    raw: pl.DataFrame, rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    phone = each(rows["phone"], lambda text: _phone(text, names)[0], pl.String)
    is_mended = each(rows["phone"], lambda text: _phone(text, names)[1], pl.Boolean)
    repairs = repaired(rows, is_mended.fill_null(value=False), "AC06", "phone", raw["phone"], phone)
    rows = rows.with_columns(
        phone.alias("phone"),
        each(rows["full_name"], fold, pl.String).alias("name_fold"),
        each(rows["holder_name"], fold, pl.String).alias("holder_fold"),
        each(rows["bank"], lambda text: bank_of(text, names), pl.String).alias("bin"),
    )
    return rows, [repairs]


def _phone(text: str, names: ReferenceWords) -> tuple[str | None, bool]:
    return values.read_phone(text, names.phone_prefixes, names.old_phone_prefixes)


def bank_of(text: str, names: ReferenceWords) -> str | None:
    """Return the BIN of a bank given by BIN, code or name; None where it is not known."""
    return next((names.banks[key] for key in bank_keys(text) if key in names.banks), None)


def _finish_verifications(rows: pl.DataFrame, names: ReferenceWords) -> pl.DataFrame:
    """Bring phones to the form in which accounts keep them, so that they can be compared."""
    phones = each(rows["value"], lambda text: _phone(text, names)[0], pl.String)
    is_phone = (rows["subject"] == "THUE_BAO").fill_null(value=False)
    return rows.with_columns(phones.zip_with(is_phone, rows["value"]).alias("value"))


def _fingerprint(table: type[Submitted], raw: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return MD5 (hex) of all known fields: cleaned, or as given where they cannot be read."""
    parts = [pl.col("kind")] if table is Change else []
    for name in table.fields:
        given = pl.when(_is_listed(rows["unreadable"], name)).then(raw[name])
        parts.append(pl.coalesce(pl.col(name).cast(pl.String), given).fill_null("\0"))
    joined = rows.select(pl.concat_str(parts, separator="\x1f")).to_series().to_list()
    digests = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in joined]
    return pl.Series("fingerprint", digests, dtype=pl.String)


__all__ = ["Cleaned", "ReferenceWords", "clean", "fold"]
