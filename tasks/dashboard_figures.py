"""The published metrics, looked up by month and unit, for the pages that show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import polars as pl

from schemas.period import month_number, month_text
from tasks.dashboard_words import PARTS_VI

ALL = "*"
DIMENSIONS = ("commune_code", "scheme", "provider")
RATES = ("cashless_rate_people", "cashless_rate_amount")
# What a commune, scheme or provider is shown by; the whole office is shown by every metric.
OF_UNITS = (
    "beneficiaries",
    "with_account",
    "due_amount",
    "instructed_count",
    "instructed_amount",
    *(f"{part}_count" for part in PARTS_VI),
    "held_count",
    *RATES,
)


@dataclass(frozen=True)
class Figures:
    """The figures of one unit in one month; what was never counted is 0."""

    values: Mapping[str, Decimal | None] = field(default_factory=dict)

    def __getitem__(self, metric: str) -> int:
        return int(self.values.get(metric) or 0)

    def rate(self, metric: str = "cashless_rate_people") -> Decimal | None:
        """Return a rate from 0 to 1; None where nothing was paid."""
        return self.values.get(metric)

    @property
    def not_arrived(self) -> int:
        """Return the lines that did not reach a person: failed, back, unanswered or held."""
        return sum(self[f"{why}_count"] for why in ("failed", "returned", "pending", "held"))

    @property
    def paid_count(self) -> int:
        return self["paid_account_count"] + self["paid_cash_count"]

    @property
    def paid_amount(self) -> int:
        return self["paid_account_amount"] + self["paid_cash_amount"]


NOTHING = Figures()
Units = Mapping[str, Figures]


class Measured:
    """The rows of the published table `progress` that stand for one unit, or for all of them."""

    def __init__(self, progress: Path) -> None:
        totals = sum((pl.col(name) == ALL).cast(pl.Int8) for name in DIMENSIONS)
        rows = pl.scan_parquet(progress).filter(
            (totals == 3) | ((totals == 2) & pl.col("metric").is_in(OF_UNITS))
        )
        self._of_month = {
            month_number(str(month)): frame
            for (month,), frame in rows.collect().partition_by("month", as_dict=True).items()
        }
        self.months = tuple(sorted(self._of_month))

    def office(self, month: int) -> Figures:
        """Return the totals of the office in a month."""
        everything = (pl.col(name) == ALL for name in DIMENSIONS)
        found = self._rows(month).filter(*everything).select("metric", "value").iter_rows()
        return Figures(dict(found))

    def units(self, month: int, dimension: str) -> Units:
        """Return the figures of every commune, scheme or provider of a month, by code."""
        found: dict[str, dict[str, Decimal | None]] = defaultdict(dict)
        rows = self._rows(month).filter(pl.col(dimension) != ALL).sort(dimension)
        for code, metric, value in rows.select(dimension, "metric", "value").iter_rows():
            found[code][metric] = value
        return {code: Figures(values) for code, values in found.items()}

    def _rows(self, month: int) -> pl.DataFrame:
        if month not in self._of_month:
            return pl.DataFrame(schema=next(iter(self._of_month.values())).schema)
        return self._of_month[month]


def months_until(months: tuple[int, ...], month: int, most: int | None = None) -> tuple[int, ...]:
    """Return the months up to one, the last ones where there are more than `most`."""
    past = tuple(one for one in months if one <= month)
    return past if most is None else past[-most:]


def page_name(month: int) -> str:
    """Return the file of a month's page."""
    return f"{month_text(month)}.html"
