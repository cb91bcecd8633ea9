"""The figures of the official report: read from the published metrics, never worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from schemas.period import month_text
from schemas.published import ERRORS_VI, NO_ACCOUNT_VI
from tasks.amount_words import dotted
from tasks.report_compared import percent
from tasks.small_counts import LEAST

FEW_VI = "dưới 5"
# Of fewer than LEAST people nobody is told why, where that tells of their health or family.
TELLING = ("no_account_KHONG_NANG_LUC", "no_account_OM_DAU", "no_account_TRE_EM_CHUA_GIAM_HO")
Key = tuple[str, str, str, str, str]  # month, commune, scheme, provider, metric
Cell = str | int | None


@dataclass(frozen=True)
class Figures:
    """The metrics of a month and the one before, of one commune (`*`: all of them)."""

    values: Mapping[Key, Decimal]
    month: int
    commune: str = "*"

    @classmethod
    def of(cls, progress: pl.DataFrame, month: int) -> Figures:
        """Read them from the published table `progress`."""
        months = [month_text(month - 1), month_text(month)]
        chosen = progress.filter(pl.col("month").is_in(months), pl.col("value").is_not_null())
        columns = ("month", "commune_code", "scheme", "provider", "metric", "value")
        return cls({row[:5]: row[5] for row in chosen.select(columns).iter_rows()}, month)

    def count(self, metric: str, scheme: str = "*", provider: str = "*") -> int:
        """Return a whole figure of the month; 0 where there is none."""
        return int(self._value(self.month, metric, scheme, provider) or 0)

    def before(self, metric: str) -> int:
        """Return a whole figure of the month before."""
        return int(self._value(self.month - 1, metric) or 0)

    @property
    def has_before(self) -> bool:
        """Tell whether the month before is known."""
        return self._value(self.month - 1, "beneficiaries") is not None

    def rate(self, metric: str, provider: str = "*") -> str:
        """Return a rate in percent, `-` where nothing was paid."""
        rate = self._value(self.month, metric, "*", provider)
        return "-" if rate is None else percent(rate)

    def rates(self, metric: str) -> tuple[Decimal | None, Decimal | None]:
        """Return a rate of the month before and of the month."""
        return self._value(self.month - 1, metric), self._value(self.month, metric)

    def sum(self, *metrics: str, provider: str = "*") -> int:
        """Return the sum of some figures of the month."""
        return sum(self.count(metric, provider=provider) for metric in metrics)

    def communes(self) -> list[str]:
        """Return the communes that have figures in the month."""
        here = month_text(self.month)
        return sorted(
            {
                commune
                for month, commune, scheme, provider, metric in self.values
                if (month, scheme, provider, metric) == (here, "*", "*", "beneficiaries")
            }
            - {"*"}
        )

    def providers(self) -> list[str]:
        """Return the providers that have figures in the month, in this commune."""
        here = (month_text(self.month), self.commune, "*", "beneficiaries")
        return sorted(
            {
                provider
                for month, commune, scheme, provider, metric in self.values
                if (month, commune, scheme, metric) == here
            }
            - {"*"}
        )

    def _value(
        self, month: int, metric: str, scheme: str = "*", provider: str = "*"
    ) -> Decimal | None:
        return self.values.get((month_text(month), self.commune, scheme, provider, metric))


def reasons(figures: Figures, part: str, *, is_public: bool) -> list[tuple[str, int, str]]:
    """Return label, count and what is shown of it, of each reason of `failed`, `returned`, …

    Reasons of nobody are left out; where others read it, few people with a telling reason are not
    counted.
    """
    words = NO_ACCOUNT_VI if part == "no_account" else ERRORS_VI
    counts = {f"{part}_{code}": figures.count(f"{part}_{code}") for code in words}
    counts = {metric: count for metric, count in counts.items() if count}
    hidden = _hidden(counts) if is_public else set()
    return [
        (
            words[metric.removeprefix(f"{part}_")],
            count,
            FEW_VI if metric in hidden else dotted(count),
        )
        for metric, count in counts.items()
    ]


def _hidden(counts: Mapping[str, int]) -> set[str]:
    """Return which counts are not told; never one alone, which the total would give away."""
    hidden = {metric for metric in TELLING if 0 < counts.get(metric, 0) < LEAST}
    others = sorted((count, metric) for metric, count in counts.items() if metric not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return hidden


@dataclass(frozen=True)
class Table:
    """An appendix: its title, its columns with their widths in letters, and its rows."""

    title: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_total: bool = True  # the last row is the sum

    def told(self) -> list[list[str]]:
        """Return the rows as text."""
        return [
            [dotted(cell) if isinstance(cell, int) else cell or "" for cell in row]
            for row in self.rows
        ]


MONEY = (
    ("Đối tượng", 9),
    ("Phải chi (đồng)", 15),
    ("Qua tài khoản (lượt)", 9),
    ("Qua tài khoản (đồng)", 15),
    ("Tiền mặt (lượt)", 8),
    ("Tiền mặt (đồng)", 15),
    ("Tỷ lệ không tiền mặt (người)", 10),
    ("Lỗi, hoàn trả (lượt)", 9),
    ("Chưa có kết quả (lượt)", 9),
    ("Tạm giữ (lượt)", 8),
)


def money_table(title: str, label: str, lines: Sequence[tuple[str, Figures, str]]) -> Table:
    """Return a table with a line for each name, figures and provider."""
    rows = tuple(
        (None if name == "Tổng cộng" else number, name, *_money(figures, provider))
        for number, (name, figures, provider) in enumerate(lines, start=1)
    )
    return Table(
        title,
        ("STT", label, *(header for header, _ in MONEY)),
        (6, 26, *(width for _, width in MONEY)),
        rows,
    )


def _money(figures: Figures, provider: str) -> tuple[Cell, ...]:
    return (
        figures.count("beneficiaries", provider=provider),
        figures.count("due_amount", provider=provider),
        figures.count("paid_account_count", provider=provider),
        figures.count("paid_account_amount", provider=provider),
        figures.count("paid_cash_count", provider=provider),
        figures.count("paid_cash_amount", provider=provider),
        figures.rate("cashless_rate_people", provider),
        figures.sum("failed_count", "returned_count", provider=provider),
        figures.count("pending_count", provider=provider),
        figures.count("held_count", provider=provider),
    )
