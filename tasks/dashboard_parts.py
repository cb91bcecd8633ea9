"""The parts of a page, row by row: communes, schemes, providers, reasons, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from schemas.published import ERRORS_VI, NO_ACCOUNT_VI
from tasks.dashboard_charts import shares
from tasks.dashboard_figures import NOTHING, Figures, Units, months_until
from tasks.dashboard_map import Place
from tasks.dashboard_words import PARTS_VI
from tasks.small_counts import hidden

MOST_UNITS = 60  # communes that a page names one by one; of more it shows those that need it most
BANDS = (Decimal("0.5"), Decimal("0.75"), Decimal("0.9"))  # where one colour of the map ends
CALENDAR_MONTHS = 12
BAR_WIDTH = 1000
NEVER = Decimal(2)  # sorts what paid nothing yet behind every rate


@dataclass(frozen=True)
class Report:
    """How a unit stands with a monthly report, as `dashboards/report_history.sql` says it.

    on_time, late, missing, or waiting until the report day; `none`: it had nothing to report.
    """

    standing: str = "none"
    received_on: date | None = None
    is_provider: bool = False


NO_REPORT = Report()


@dataclass(frozen=True)
class CommuneRow:
    """A commune in a month, and what changed since the month before (None: no such month)."""

    code: str
    name: str
    figures: Figures
    people_change: int | None
    rate_change: Decimal | None
    due_amount: int | None  # None: hidden, it would tell of a few people
    report: Report
    link: str | None  # its workbook
    band: int | None  # colour of the map, the least first; None: nothing paid
    place: Place | None  # row and column on the map


@dataclass(frozen=True)
class GroupRow:
    """A scheme or provider in a month."""

    code: str
    name: str
    figures: Figures
    amount: int | None  # None: hidden


@dataclass(frozen=True)
class Part:
    """What became of a part of what was instructed, and where it lies on a bar of all of it."""

    code: str
    word: str
    count: int
    amount: int | None  # None: hidden
    start: int
    width: int


@dataclass(frozen=True)
class Reason:
    """A reason with its counts; `is_hidden`: too few to be told."""

    word: str
    counts: tuple[int, ...]
    is_hidden: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class CalendarRow:
    """A commune or provider with its reports, month by month."""

    name: str
    reports: tuple[Report, ...]


def band_of(rate: Decimal | None) -> int | None:
    """Return the colour of a rate."""
    return None if rate is None else sum(1 for end in BANDS if rate >= end)


def commune_rows(
    units: Units,
    before: Units | None,
    names: Mapping[str, str],
    places: Mapping[str, Place],
    links: Mapping[str, str | None],
    reports: Mapping[str, Report],
) -> list[CommuneRow]:
    """Return all communes of a month, the least cashless first; nothing paid comes last."""
    hide = hidden([figures["beneficiaries"] for figures in units.values()])
    rows = []
    for (code, now), is_hidden in zip(units.items(), hide, strict=True):
        then = None if before is None else before.get(code, NOTHING)
        rows.append(
            CommuneRow(
                code=code,
                name=names.get(code, code),
                figures=now,
                people_change=None
                if then is None
                else now["beneficiaries"] - then["beneficiaries"],
                rate_change=None if then is None else difference(now.rate(), then.rate()),
                due_amount=None if is_hidden else now["due_amount"],
                report=reports.get(code, NO_REPORT),
                link=links.get(code),
                band=band_of(now.rate()),
                place=places.get(code),
            )
        )
    return sorted(rows, key=lambda row: (row.figures.rate() or _last(row), row.code))


def _last(row: CommuneRow) -> Decimal:
    return NEVER if row.figures.rate() is None else Decimal(0)


def _change(now: Figures, then: Figures | None) -> int | None:
    return None if then is None else now["beneficiaries"] - then["beneficiaries"]


def difference(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or then is None else now - then


def on_map(rows: Sequence[CommuneRow]) -> list[CommuneRow]:
    """Return communes as they stand on the map: by place, then those without one, by code."""
    return sorted(rows, key=lambda row: (row.place is None, row.place or (0, 0), row.code))


def in_bands(rows: Sequence[CommuneRow]) -> list[int]:
    """Return how many communes have each colour, the least first; nothing paid comes last."""
    found = [row.band for row in rows]
    return [found.count(band) for band in (*range(len(BANDS) + 1), None)]


def group_rows(units: Units, names: Mapping[str, str], counted: str, summed: str) -> list[GroupRow]:
    """Return schemes or providers with an amount, where it is not that of a few."""
    shown = {code: found for code, found in units.items() if found[counted] or found[summed]}
    hide = hidden([figures[counted] for figures in shown.values()])
    return [
        GroupRow(code, names.get(code, code), figures, None if is_hidden else figures[summed])
        for (code, figures), is_hidden in zip(shown.items(), hide, strict=True)
    ]


def instructed_parts(office: Figures) -> list[Part]:
    """Return what became of all that was instructed."""
    counts = [office[f"{part}_count"] for part in PARTS_VI]
    amounts = [office[f"{part}_amount"] for part in PARTS_VI]
    places = shares(amounts, BAR_WIDTH)
    return [
        Part(code, word, count, None if is_hidden else amount, *place)
        for (code, word), count, amount, is_hidden, place in zip(
            PARTS_VI.items(), counts, amounts, hidden(counts), places, strict=True
        )
    ]


def paid_amounts(office: Figures) -> tuple[int | None, ...]:
    """Return what was paid to accounts and in cash; None where it is hidden."""
    ways = ("paid_account", "paid_cash")
    hide = hidden([office[f"{way}_count"] for way in ways])
    return tuple(
        None if is_hidden else office[f"{way}_amount"]
        for way, is_hidden in zip(ways, hide, strict=True)
    )


def failures(office: Figures) -> list[Reason]:
    """Return the reasons for which payments failed or came back, the most frequent first."""
    found = [
        Reason(word, (office[f"failed_{code}"], office[f"returned_{code}"]))
        for code, word in ERRORS_VI.items()
    ]
    return _most_first(found)


def missing_accounts(office: Figures) -> list[Reason]:
    """Return why people have no account: some reasons tell of health, so few are not told."""
    counts = [office[f"no_account_{code}"] for code in NO_ACCOUNT_VI]
    found = [
        Reason(word, (0 if hide else count,), hide)
        for word, count, hide in zip(NO_ACCOUNT_VI.values(), counts, hidden(counts), strict=True)
    ]
    return _most_first(found)


def _most_first(reasons: list[Reason]) -> list[Reason]:
    told = [reason for reason in reasons if reason.is_hidden or reason.total]
    return sorted(told, key=lambda reason: (reason.is_hidden, -reason.total))


def reports_by_month(history: pl.DataFrame) -> dict[int, dict[str, Report]]:
    """Return the reports of `report_history` by month and unit."""
    found: dict[int, dict[str, Report]] = {}
    names = ("month", "unit", "unit_kind", "standing", "received_on")
    for month, unit, kind, standing, received_on in history.select(names).iter_rows():
        report = Report(standing, received_on, kind == "provider")
        found.setdefault(month, {})[unit] = report
    return found


def calendar(
    by_month: Mapping[int, Mapping[str, Report]],
    month: int,
    names: Mapping[str, str],
) -> tuple[tuple[int, ...], list[CalendarRow]]:
    """Return the last months and who reported when: providers, then communes, the worst first.

    Of very many communes those with the most late or missing reports are shown.
    """
    months = months_until(tuple(by_month), month, CALENDAR_MONTHS)
    units = by_month.get(month, {})
    rows = {
        code: CalendarRow(
            names.get(code, code),
            tuple(by_month[one].get(code, NO_REPORT) for one in months),
        )
        for code in units
    }
    order = sorted(rows, key=lambda code: (not units[code].is_provider, -_faults(rows[code]), code))
    return months, [rows[code] for code in order[:MOST_UNITS]]


def _faults(row: CalendarRow) -> int:
    return sum(report.standing in ("late", "missing") for report in row.reports)
