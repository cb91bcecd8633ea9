"""Clean the rows of a received file: each field typed, each repair with its before and after.

Values are read by the functions of `tasks.values`, on distinct values; frames are put together
here. Nothing is rejected: what cannot be read is null and named in `unreadable`.

A repair is what changes a letter or a digit of what was sent, under the rule whose severity for it
is `fix`: ID01 (a lost zero), ID10 (TCVN3, look-alike letters, full-width digits), AC06 (a phone
brought to ten digits), EN12 (the month after death). How a value is written is none: composed
or not, spaces, invisible letters, leading apostrophes, points between digits, `.0` of a float, a
day as Excel's count, currency words, case of codes and words. The raw row keeps what stood there.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas import codes
from schemas.period import month_vi
from schemas.reference import Bank, BankAlias, PhonePrefix, ProvinceCode, Reference, UnitConversion
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
from tasks.bank_names import BankNames
from tasks.legacy_text import decode_tcvn3
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
    Change.ethnicity: values.clean_words,
    Change.village: values.clean_words,
    Change.decision_no: values.clean_words,
    AccountRow.dossier_no: values.clean_key,
    AccountRow.holder_citizen_id: values.clean_number_text,
    AccountRow.relation: values.clean_words,
    AccountRow.authorisation_no: values.clean_words,
    AccountRow.account_number: values.clean_number_text,
    Verification.dossier_no: values.clean_key,
    Verification.value: values.clean_number_text,
    Result.payment_id: values.clean_code,
    Result.account_number: values.clean_number_text,
    **dict.fromkeys(NAMES, values.clean_name),
}
# Most ids and numbers are in order: these need no look one by one.
IN_ORDER = r"^[0-9A-Z]*$"


@dataclass(frozen=True)
class ReferenceWords:
    """What cleaning needs to know of the reference tables."""

    banks: BankNames
    provinces: frozenset[str]
    phone_prefixes: frozenset[str]
    old_phone_prefixes: dict[str, str]  # old 11-digit prefix -> new

    @classmethod
    def load(cls, folder: Path) -> ReferenceWords:
        """Read the words from the reference folder of an office."""
        phones = _rows(folder, PhonePrefix)
        provinces = _rows(folder, ProvinceCode)
        return cls(
            banks=BankNames.of(
                _rows(folder, Bank),
                _rows(folder, BankAlias),
                _places(provinces, _rows(folder, UnitConversion)),
            ),
            provinces=frozenset(row["cccd_code"] for row in provinces),
            phone_prefixes=frozenset(row["prefix"] for row in phones),
            old_phone_prefixes={
                row["old_11_digit_prefix"]: row["prefix"]
                for row in phones
                if row["old_11_digit_prefix"]
            },
        )


def _rows(folder: Path, table: type[Reference]) -> list[dict[str, str]]:
    path = folder / table.file
    if table.is_optional and not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _places(provinces: list[dict[str, str]], units: list[dict[str, str]]) -> set[str]:
    """Return the names of provinces, districts and communes, before and after July 2025."""
    names = {row["province_at_birth_registration"] for row in provinces}
    names |= {row["province_after_2025_07"] for row in provinces}
    for row in units:
        names |= {row["old_ward_name_gso"], row["old_district_name"], row["new_ward_name"]}
    return names


@dataclass(frozen=True)
class Cleaned:
    """`rows`: as in the checked table, before judging; `repairs`: (row, rule, before, after)."""

    rows: pl.DataFrame
    repairs: pl.DataFrame


def clean(table: type[Submitted], raw: pl.DataFrame, names: ReferenceWords) -> Cleaned:
    """Return the rows of a raw twin table cleaned and typed, and what was repaired."""
    sent, raw = raw, _decoded(table, raw)
    rows = raw.select(
        *PLACE,
        *(["kind"] if table is Change else []),
        *(pl.col(name).fill_null("") for name in CELL_LISTS),
        "unit",
        "period",
        *(_read(column, raw) for column in table.field_columns()),
    )
    rows = rows.with_columns(unreadable=_unreadable(table, raw, rows))
    repairs = [_letters_mended(table, sent, raw, rows)]
    if table is Change:
        rows, found = _finish_changes(sent, rows, names)
        repairs += found
    if table is AccountRow:
        rows, found = _finish_accounts(sent, rows, names)
        repairs += found
    if table is Verification:
        rows, found = _finish_verifications(rows, names)
        repairs += found
    rows = rows.with_columns(fingerprint=_fingerprint(table, raw, rows))
    return Cleaned(rows, pl.concat(repairs))


def _decoded(table: type[Submitted], raw: pl.DataFrame) -> pl.DataFrame:
    """Return raw rows with the fields that `legacy_cells` names in Unicode."""
    legacy = raw["legacy_cells"].fill_null("")
    if not (legacy != "").any():
        return raw
    found = []
    for name in table.fields:
        is_legacy = _is_listed(legacy, name)
        if is_legacy.any():
            decoded = each(raw[name], decode_tcvn3, pl.String)
            found.append(decoded.zip_with(is_legacy, raw[name]).alias(name))
    return raw.with_columns(found)


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
        return _by_cell(column, raw, values.read_coefficient, pl.String).cast(
            Coefficient.polars_type
        )
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


def _letters_mended(
    table: type[Submitted], sent: pl.DataFrame, raw: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    """Return an ID10 repair a cell whose letters were decoded or were only look-alikes."""
    found = [pl.DataFrame(schema=REPAIR_SCHEMA)]
    for column in table.field_columns():
        name, given = column.name, raw[column.name]
        changed = given.ne_missing(sent[name])
        if column in CLEANERS:
            changed |= _has_look_alikes(given)
        if changed.any():
            after = rows[name] if column in CLEANERS else each(given, values.clean_text, pl.String)
            # A name that cannot be read as one was not mended.
            changed &= after.is_not_null()
            found.append(repaired(rows, changed, "ID10", name, sent[name], after))
    return pl.concat(found)


def _has_look_alikes(given: pl.Series) -> pl.Series:
    """Tell which texts have letters that mending changes."""
    is_odd = given.str.contains(values.ODD_LETTERS).fill_null(value=False)
    if not is_odd.any():
        return is_odd
    mended = each(given.filter(is_odd), values.has_look_alikes, pl.Boolean)
    return is_odd.scatter(is_odd.arg_true(), mended)


def _finish_changes(
    sent: pl.DataFrame, rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    rows, id_repairs = _pad_citizen_ids(rows, names)
    rows, month_repairs = _months_after_death(sent, rows)
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


def _months_after_death(
    sent: pl.DataFrame, rows: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
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
        sent["effective_month"],
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
    sent: pl.DataFrame, rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    phone = each(rows["phone"], lambda text: _phone(text, names)[0], pl.String)
    is_mended = each(rows["phone"], lambda text: _phone(text, names)[1], pl.Boolean)
    repairs = repaired(
        rows, is_mended.fill_null(value=False), "AC06", "phone", sent["phone"], phone
    )
    rows = rows.with_columns(
        phone.alias("phone"),
        each(rows["full_name"], fold, pl.String).alias("name_fold"),
        each(rows["holder_name"], fold, pl.String).alias("holder_fold"),
        each(rows["bank"], names.banks.bin_of, pl.String).alias("bin"),
    )
    return rows, [repairs]


def _phone(text: str, names: ReferenceWords) -> tuple[str | None, bool]:
    return values.read_phone(text, names.phone_prefixes, names.old_phone_prefixes)


def _finish_verifications(
    rows: pl.DataFrame, names: ReferenceWords
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Bring phones and ids to the form in which the registry keeps them, to be compared."""
    given = rows["value"]
    phones = each(given, lambda text: _phone(text, names)[0], pl.String)
    is_phone = (rows["subject"] == "THUE_BAO").fill_null(value=False)
    # Here no birth and gender tell whether a zero was lost: a known province must do (ID01).
    padded = ("0" + given).alias("value")
    is_padded = (
        (rows["subject"] == "DAN_CU")
        & given.str.contains(r"^[0-9]{11}$")
        & padded.str.slice(0, 3).is_in(sorted(names.provinces))
    ).fill_null(value=False)
    repairs = repaired(rows, is_padded, "ID01", "value", given, padded)
    value = phones.zip_with(is_phone, padded.zip_with(is_padded, given)).alias("value")
    return rows.with_columns(value), [repairs]


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
