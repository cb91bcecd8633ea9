"""`published/dashboard/`: one static page a month and an index, from the published metrics.

Every page is a file by itself: no network, no script, the same bytes from the same figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from schemas.period import month_text, month_vi
from tasks import dashboard_charts, dashboard_parts, warehouse
from tasks.dashboard_figures import Measured, months_until, page_name
from tasks.dashboard_map import tile_places
from tasks.dashboard_parts import MOST_UNITS, Report
from tasks.dashboard_words import FILTERS, STATES_VI
from tasks.dashboard_work import (
    COMMUNE,
    PROVIDER,
    MonthLists,
    Todo,
    by_actor,
    commune_link,
    todos,
)
from tasks.office import Office
from tasks.outbox import OutFile, write_folder
from tasks.report_history import history
from tasks.shown import stage_bases
from tasks.treasury import SCHEMES_VI
from tasks.warehouse import Connection

Values = dict[str, Any]

FOLDER, INDEX = "dashboard", "index.html"
REPORT_FOLDER, REPORT_FILE = "reports", "tien_do_{}.xlsx"
REPORTS = "#bao-cao"  # the calendar on the page
REPORT = "Nộp báo cáo của kỳ trước ngày {day}"


def write_dashboard(
    office: Office, connection: Connection, month: int, last_backup: date | None = None
) -> tuple[Path, ...]:
    """Write the pages of all published months; return the index and the page of `month`.

    The metrics are those of the published table `progress`; `last_backup` is shown if known.
    """
    measured = Measured(office.published / "parquet" / "progress.parquet")
    pages = Pages(office, connection, measured, last_backup)
    files = [OutFile(page_name(one), pages.month(one), 1) for one in measured.months]
    files.append(OutFile(INDEX, pages.index(), len(measured.months)))
    folder = office.published / FOLDER
    write_folder(folder, files)
    return folder / INDEX, folder / page_name(month)


class Pages:
    """The pages of an office as of one day."""

    def __init__(
        self, office: Office, connection: Connection, measured: Measured, last_backup: date | None
    ) -> None:
        self.office, self.measured, self.last_backup = office, measured, last_backup
        self.units = _unit_names(connection)
        self.providers = _providers(connection)
        self.states = dict(warehouse.rows(connection, "SELECT month, state FROM cycle"))
        self.totals = {month: measured.office(month) for month in measured.months}
        self.reports = _reports(office, connection, measured.months)

    def index(self) -> bytes:
        """Return the page that names all months, the latest first."""
        months = [self._summary(month) for month in reversed(self.measured.months)]
        last = self.measured.months[-1]
        return _page("index.html", **self._frame(), months=months, **self._trend(last))

    def month(self, month: int) -> bytes:
        """Return the page of one month."""
        lists = MonthLists(self.office.outbox(month))
        values = self._frame() | self._summary(month) | self._trend(month)
        values |= self._communes(month, lists) | self._groups(month) | self._reasons(month)
        values |= self._calendar(month)
        left = [*todos(lists, month_text(month)), *self._unreported(month)]
        values["work"] = by_actor(left)
        return _page("month.html", **values, **self._neighbours(month))

    def _frame(self) -> Values:
        return {
            "office": self.office,
            "last_backup": self.last_backup,
            "today": self.office.today,
            "month_vi": month_vi,
            "page_name": page_name,
        }

    def _neighbours(self, month: int) -> Values:
        known = set(self.measured.months)
        return {
            "earlier": month - 1 if month - 1 in known else None,
            "later": month + 1 if month + 1 in known else None,
        }

    def _summary(self, month: int) -> Values:
        """Return what is said first of a month."""
        figures, before = self.totals[month], self.totals.get(month - 1)
        return {
            "month": month,
            "state": self.states[month],
            "state_vi": STATES_VI[self.states[month]],
            "figures": figures,
            "before": before,
            "rate_change": dashboard_parts.difference(
                figures.rate(), before.rate() if before else None
            ),
            "reported": Counter(report.standing for report in self.reports[month].values()),
            "parts": dashboard_parts.instructed_parts(figures),
        }

    def _trend(self, month: int) -> Values:
        """Return the charts since the start, and the figures that they draw."""
        months = months_until(self.measured.months, month)
        past = [self.totals[one] for one in months]
        paid = [(one["paid_account_amount"], one["paid_cash_amount"]) for one in past]
        top = dashboard_charts.rounded_up(max(sum(amounts) for amounts in paid))
        return {
            "trend_months": [
                (one, figures, *dashboard_parts.paid_amounts(figures))
                for one, figures in zip(months, past, strict=True)
            ],
            "month_ticks": dashboard_charts.months_axis([month_vi(one) for one in months]),
            "rate_ticks": dashboard_charts.rate_axis(),
            "rate_lines": {
                metric: dashboard_charts.rate_line([one.rate(metric) for one in past])
                for metric in ("cashless_rate_people", "cashless_rate_amount")
            },
            "amount_ticks": dashboard_charts.amount_axis(top),
            "bars": dashboard_charts.bars(paid, top),
        }

    def _communes(self, month: int, lists: MonthLists) -> Values:
        units = self.measured.units(month, "commune_code")
        before = (
            self.measured.units(month - 1, "commune_code")
            if month - 1 in self.measured.months
            else None
        )
        rows = dashboard_parts.commune_rows(
            units,
            before,
            self.names(month),
            tile_places(self.office, units),
            {code: commune_link(lists, code) for code in units},
            self.reports[month],
        )
        return {
            "report_link": lists.link(REPORT_FOLDER, REPORT_FILE.format(month_text(month))),
            "communes": rows[:MOST_UNITS],
            "commune_count": len(rows),
            "tiles": dashboard_parts.on_map(rows) if len(rows) <= MOST_UNITS else [],
            "bands": dashboard_parts.in_bands(rows),
        }

    def _groups(self, month: int) -> Values:
        schemes = self.measured.units(month, "scheme")
        providers = self.measured.units(month, "provider")
        return {
            "schemes": dashboard_parts.group_rows(
                schemes, SCHEMES_VI, "beneficiaries", "due_amount"
            ),
            "providers": dashboard_parts.group_rows(
                providers, self.providers, "instructed_count", "instructed_amount"
            ),
        }

    def _reasons(self, month: int) -> Values:
        figures = self.totals[month]
        return {
            "failures": dashboard_parts.failures(figures),
            "missing_accounts": dashboard_parts.missing_accounts(figures),
        }

    def _calendar(self, month: int) -> Values:
        months, rows = dashboard_parts.calendar(self.reports, month, self.names(month))
        return {
            "calendar_months": months,
            "calendar": rows,
            "reporter_count": len(self.reports[month]),
        }

    def names(self, month: int) -> Mapping[str, str]:
        """Return the names of communes and providers in a month, by code."""
        label = month_text(month)
        communes = {
            code: name
            for code, name, first, last in self.units
            if first <= label <= (last or "9999-12")
        }
        return {code: code for code in self.providers} | communes

    def _unreported(self, month: int) -> list[Todo]:
        """Return who still has to send the report of a month."""
        found = []
        for is_provider, actor in ((False, COMMUNE), (True, PROVIDER)):
            late = [
                code
                for code, report in self.reports[month].items()
                if report.is_provider is is_provider and report.standing in ("missing", "waiting")
            ]
            if late:
                told = REPORT.format(day=self.office.report_deadline_day)
                found.append(Todo(actor, told, "đơn vị", len(late), None, REPORTS, "lịch báo cáo"))
        return found


def _reports(
    office: Office, connection: Connection, months: tuple[int, ...]
) -> dict[int, dict[str, Report]]:
    """Return who should report for each month, and how that stands today."""
    stage_bases(office, connection, ("shown_cycle", "report_first"))
    found = dashboard_parts.reports_by_month(history(office, connection))
    return {month: found.get(month, {}) for month in months}


def _unit_names(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    return warehouse.rows(
        connection,
        "SELECT commune_code, name_vi, valid_from, valid_to FROM admin_unit ORDER BY ALL",
    )


def _providers(connection: Connection) -> dict[str, str]:
    found = warehouse.rows(
        connection, "SELECT provider, min(name_vi) FROM provider GROUP BY 1 ORDER BY 1"
    )
    return {code: name or code for code, name in found}


@cache
def _environment() -> Environment:
    """Return the templates of `dashboards/templates`; whatever they show is escaped."""
    environment = Environment(
        loader=PackageLoader("dashboards"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


def _page(template: str, **values: Any) -> bytes:
    return _environment().get_template(template).render(values).encode("utf-8")
