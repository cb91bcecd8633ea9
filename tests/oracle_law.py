"""The law as tables: months, ages, bands and rates, read row by row from `data/reference`."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

REFORM = 12 * 2025 + 7 - 1  # July 2025: communes merged, codes re-used
UNKNOWN = None  # a rate that no confirmed row gives; 0 means: known, and nothing is due


class Day(NamedTuple):
    """A date as precise as it was written: month and day may be missing."""

    year: int
    month: int | None = None
    day: int | None = None


def read_day(text: str) -> Day | None:
    """Read `dd/mm/yyyy`, `mm/yyyy` or `yyyy`; None for an empty cell."""
    return Day(*(int(part) for part in reversed(text.split("/")))) if text else None


def read_month(text: str) -> int | None:
    """Read `mm/yyyy` as 12 x year + month - 1; None for an empty cell."""
    if not text:
        return None
    month, year = text.split("/")
    return 12 * int(year) + int(month) - 1


def fold(name: str) -> str:
    """Return a name for comparing: no accents, upper case, single spaces."""
    split = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in split if not unicodedata.combining(letter))
    return " ".join(plain.upper().split())


@cache
def month_of(text: str) -> int:
    """Read `yyyy-mm` of a reference table."""
    return 12 * int(text[:4]) + int(text[5:7]) - 1


def holds(row: dict[str, str], month: int) -> bool:
    """Say whether a dated row is valid in a month; both ends are included."""
    started = month_of(row["valid_from"]) <= month
    return started and (not row["valid_to"] or month <= month_of(row["valid_to"]))


@dataclass
class Law:
    """The reference tables of the office and its two readings of age and province."""

    reference: Path
    province: str = "11"
    age_change: str = "next"

    def __post_init__(self) -> None:
        self.load()

    def load(self) -> None:
        """Read the tables, as they stand in the folder now."""
        self.categories = self._read("categories")
        self.standards = self._read("standards")
        self.fixed_amounts = self._read("fixed_amounts")
        self.banks = {row["bin"] for row in self._read("bank_bins")}
        self.pairs = {(row["family_a"], row["family_b"]) for row in self._read("category_pairs")}
        providers = self._read("providers")
        self.provider_of_bin = {row["bin"]: row["provider"] for row in providers}
        self.cash_provider = next(p["provider"] for p in providers if p["pays_cash"] == "yes")
        self.family_of = {row["category_code"]: row["family"] for row in self.categories}
        self.scheme_of = {row["family"]: row["scheme"] for row in self.categories}
        self.per_unit = {r["category_code"] for r in self.categories if r["per_unit"] == "yes"}
        self.rows_of: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.categories:
            self.rows_of[row["family"]].append(row)

    def _read(self, name: str) -> list[dict[str, str]]:
        with (self.reference / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def is_valid(self, code: str, month: int) -> bool:
        """Say whether a category code exists in law in a month."""
        return any(r["category_code"] == code and holds(r, month) for r in self.categories)

    def may_stand_together(self, one: str, other: str) -> bool:
        """Say whether one person may draw both families."""
        pairs = {(one, other), (other, one), (one, "*"), (other, "*")}
        return bool(pairs & self.pairs)

    def age(self, birth: Day, month: int) -> int:
        """Return the age in months that counts in a month."""
        birth_month = birth.month
        if birth_month is None:
            birth_month = 1 if month // 12 - birth.year > 50 else 12
        months = month - (12 * birth.year + birth_month - 1)
        return max(0, months - 1 if self.age_change == "next" else months)

    def bands(self, family: str, month: int) -> list[dict[str, str]]:
        """Return the rows of a family that are law in a month."""
        return [r for r in self.rows_of[family] if holds(r, month)]

    def band(self, family: str, birth: Day, month: int) -> dict[str, str] | None:
        """Return the row whose age band holds."""
        age = self.age(birth, month)
        for row in self.bands(family, month):
            if int(row["age_from_months"] or 0) <= age < int(row["age_to_months"] or 10**6):
                return row
        return None

    def age_fits(self, family: str, birth: Day, month: int) -> bool:
        """Say whether any row of a family, law or not in the month, has a band for the age."""
        age = self.age(birth, month)
        return any(
            int(r["age_from_months"] or 0) <= age < int(r["age_to_months"] or 10**6)
            for r in self.rows_of[family]
        )

    def is_past_last_band(self, family: str, birth: Day, month: int) -> bool:
        """Say whether the person has grown out of the family."""
        age = self.age(birth, month)
        rows = self.bands(family, month)
        return bool(rows) and all(
            row["age_to_months"] and age >= int(row["age_to_months"]) for row in rows
        )

    def rate(self, family: str, birth: Day, month: int, units: int) -> int | None:
        """Return whole VND: 0 outside every band, UNKNOWN where no confirmed row says."""
        row = self.band(family, birth, month)
        if row is None:
            # Whose age no band ever had gets nothing, whatever law may still come.
            return UNKNOWN if self.age_fits(family, birth, month) else 0
        if row["confirmed"] != "yes":
            return UNKNOWN
        if row["standard_code"] == "FIXED":
            found = [r for r in self.fixed_amounts if r["category_code"] == row["category_code"]]
            amount = _one(found, month)
            return UNKNOWN if amount is UNKNOWN else amount * units
        if not row["coefficient"]:
            return UNKNOWN
        rows = [r for r in self.standards if r["standard_code"] == row["standard_code"]]
        own = [r for r in rows if r["scope"] == self.province and holds(r, month)]
        standard = _one(own or [r for r in rows if r["scope"] == "VN"], month)
        if standard is UNKNOWN:
            return UNKNOWN
        exact = Decimal(row["coefficient"]) * standard * units
        assert exact == int(exact), "the tables give whole VND"
        return int(exact)


def _one(rows: list[dict[str, str]], month: int) -> int | None:
    """Return the amount of the one row that holds in a month, if it is confirmed."""
    for row in rows:
        if holds(row, month):
            return int(row["amount_vnd"]) if row["confirmed"] == "yes" else UNKNOWN
    return UNKNOWN


@dataclass
class Communes:
    """The communes of the office, before and after the reform: what a code or name means when."""

    successors: dict[str, str]  # old code -> code from July 2025 on
    old_names: dict[str, str]  # as written -> old code
    new_names: dict[str, str]  # as written -> new code

    def in_month(self, month: int) -> set[str]:
        """Return the codes that are communes in a month."""
        return set(self.successors) if month < REFORM else set(self.successors.values())

    def meant(self, written: str | None, month: int) -> str | None:
        """Return the code that a sender means; what no unit is called any more is its successor."""
        if written is None:
            return None
        if month < REFORM:
            return self.old_names.get(written, written)
        if written in self.new_names:
            return self.new_names[written]
        if written in self.in_month(month):
            return written
        return self.now(self.old_names.get(written, written))

    def now(self, code: str) -> str:
        """Return what became of a code that was said before the reform."""
        return self.successors.get(code, code)

    def written_as(self, code: str, month: int) -> list[str]:
        """Return the ways to write a commune in a month, without the one that is its code."""
        ways = [*self.successors, *self.old_names]
        if month >= REFORM:
            ways += self.new_names
        return [way for way in ways if way != code and self.meant(way, month) == code]


def read_communes(reference: Path, district: str) -> Communes:
    """Read the communes of one district from the table of the reform."""
    with (reference / "admin_units_dien_bien.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["old_district_code"] == district]
    return Communes(
        {row["old_ward_code"]: row["new_ward_code"] for row in rows},
        {row["old_ward_name_gso"]: row["old_ward_code"] for row in rows},
        {row["new_ward_name"]: row["new_ward_code"] for row in rows},
    )
