"""What the sample generator needs from the reference tables: communes, bands, rates, phones, banks.

Months are whole numbers here: year * 12 + month - 1.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.sample_names import COMMUNES

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
PROVINCE = "11"
OPEN_END = 9999 * 12
NO_RATE = -1
# Months before the first cycle in which a roster row can begin, with room for back-dating.
RATES_BEFORE = 40


@dataclass(frozen=True)
class Bank:
    """A bank or wallet of the district: BIN, short name, how its account numbers begin, weight."""

    bin: str
    name: str
    prefix: str
    weight: int
    is_wallet: bool = False


# A number is the prefix and nine digits; a wallet's number is the phone.
BANKS = (
    Bank("970405", "Agribank", "8906", 58),
    Bank("970449", "LPBank", "045", 16),
    Bank("970418", "BIDV", "36010", 7),
    Bank("971005", "ViettelMoney", "", 12, is_wallet=True),
    Bank("970415", "VietinBank", "108", 3),
    Bank("970436", "Vietcombank", "0821", 2),
    Bank("970422", "MBBank", "0985", 2),
)
# Viettel first: it covers the mountains, 12 of the 17 prefixes are its own.
PHONE_PREFIXES = (
    *(
        "032",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "039",
        "086",
        "096",
        "097",
        "098",
    ),
    *("088", "091", "094", "083", "090"),
)


@dataclass(frozen=True)
class Tables:
    """Reference facts as arrays; one element per row of categories.csv where named `band_…`."""

    commune_codes: list[str]
    commune_names: list[str]
    provinces: Ints
    old_prefixes: dict[str, str]
    families: list[str]
    band_codes: list[str]
    band_coefficients: list[str]
    band_family: Ints
    band_from_age: Ints
    band_to_age: Ints
    band_valid_from: Ints
    band_valid_to: Ints
    rates: Ints
    rates_from: int

    def family(self, name: str) -> int:
        return self.families.index(name)

    def rate(self, band: Ints, month: Ints) -> Ints:
        """VND a month and unit of each band in each month, NO_RATE where there is none."""
        column = np.clip(month - self.rates_from, 0, self.rates.shape[1] - 1)
        known = np.where(month >= self.rates_from, self.rates[band, column], NO_RATE)
        return np.where(band >= 0, known, NO_RATE)

    def band(self, family: Ints, birth_month: Ints, month: Ints) -> Ints:
        """The band in force for each family and birth in each month, -1 where there is none."""
        age = age_used(birth_month, month)
        found = np.full(len(family), -1, dtype=np.int64)
        for row in range(len(self.band_codes)):
            holds = (family == self.band_family[row]) & (age >= self.band_from_age[row])
            holds &= (age < self.band_to_age[row]) & (month >= self.band_valid_from[row])
            found[holds & (month <= self.band_valid_to[row])] = row
        return found

    def first_age(self) -> Ints:
        """The youngest age in months of each family."""
        return np.array([self._of(f, self.band_from_age).min() for f in range(len(self.families))])

    def first_month(self) -> Ints:
        """The first month of each family."""
        return np.array(
            [self._of(f, self.band_valid_from).min() for f in range(len(self.families))]
        )

    def last_month(self) -> Ints:
        """The last month of each family."""
        return np.array([self._of(f, self.band_valid_to).max() for f in range(len(self.families))])

    def _of(self, family: int, values: Ints) -> Ints:
        found: Ints = values[self.band_family == family]
        return found


def month_number(text: str) -> int:
    """`2024-06` as a whole number of months."""
    year, month = text.split("-")
    if not 1 <= int(month) <= 12:
        raise ValueError(f"Tháng {text!r} không hợp lệ, cần dạng YYYY-MM")
    return int(year) * 12 + int(month) - 1


def month_name(number: int) -> str:
    """The month number as `2024-06`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def age_used(birth_month: Ints, month: Ints) -> Ints:
    """Age in months as the rate uses it: the birthday counts from the month after."""
    age: Ints = np.maximum(month - birth_month - 1, 0)
    return age


def read_tables(reference: Path, start: int, months: int) -> Tables:
    """The tables of `reference`, with rates for every month of a sample of `months` cycles."""
    categories = _rows(reference / "categories.csv")
    families = list(dict.fromkeys(row["family"] for row in categories))
    rates_from = start - RATES_BEFORE
    span = range(rates_from, start + months + 2)
    names = {
        row["old_ward_code"]: row["old_ward_name_gso"].removeprefix("Xã ")
        for row in _rows(reference / "admin_units_dien_bien.csv")
    }
    prefixes = _rows(reference / "phone_prefixes.csv")
    provinces = [int(row["cccd_code"]) for row in _rows(reference / "cccd_province_codes.csv")]
    return Tables(
        commune_codes=list(COMMUNES),
        commune_names=[names[code] for code in COMMUNES],
        provinces=np.array([code for code in provinces if code != int(PROVINCE)]),
        old_prefixes={
            row["prefix"]: row["old_11_digit_prefix"]
            for row in prefixes
            if row["old_11_digit_prefix"]
        },
        families=families,
        band_codes=[row["category_code"] for row in categories],
        band_coefficients=[row["coefficient"] for row in categories],
        band_family=np.array([families.index(row["family"]) for row in categories]),
        band_from_age=np.array([int(row["age_from_months"] or 0) for row in categories]),
        band_to_age=np.array([int(row["age_to_months"] or OPEN_END) for row in categories]),
        band_valid_from=np.array([month_number(row["valid_from"]) for row in categories]),
        band_valid_to=np.array([_end(row) for row in categories]),
        rates=_rates(reference, categories, span),
        rates_from=rates_from,
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _end(row: dict[str, str]) -> int:
    return month_number(row["valid_to"]) if row["valid_to"] else OPEN_END


def _holds(row: dict[str, str], month: int) -> bool:
    return row["confirmed"] == "yes" and month_number(row["valid_from"]) <= month <= _end(row)


def _rates(reference: Path, categories: list[dict[str, str]], span: range) -> Ints:
    standards = _rows(reference / "standards.csv")
    fixed = _rows(reference / "fixed_amounts.csv")
    amounts = [[_rate(row, month, standards, fixed) for month in span] for row in categories]
    return np.array(amounts, dtype=np.int64)


def _rate(
    category: dict[str, str],
    month: int,
    standards: list[dict[str, str]],
    fixed: list[dict[str, str]],
) -> int:
    if not _holds(category, month):
        return NO_RATE
    if category["standard_code"] == "FIXED":
        code = category["category_code"]
        found = [r for r in fixed if r["category_code"] == code and _holds(r, month)]
        return int(found[0]["amount_vnd"]) if found else NO_RATE
    code = category["standard_code"]
    found = [r for r in standards if r["standard_code"] == code and _holds(r, month)]
    found = [r for r in found if r["scope"] == PROVINCE] or [r for r in found if r["scope"] == "VN"]
    if not found:
        return NO_RATE
    amount = Fraction(category["coefficient"]) * int(found[0]["amount_vnd"])
    return int(amount) if amount.denominator == 1 else NO_RATE
