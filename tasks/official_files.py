"""The month's official reports as files: workbook and PDF, and for the office above a Word file,
which is edited before it is signed.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl

from schemas.period import month_text
from tasks.office import Office
from tasks.official_book import report_book
from tasks.official_figures import Table
from tasks.official_report import OfficialReport, reports
from tasks.official_word import report_word
from tasks.outbox import OutFile
from tasks.pdf import pdf_bytes
from tasks.warehouse import Connection

TEMPLATE = Path(__file__).parent / "official_report.typ"
NAME, OF_COMMUNE = "bao_cao", "_xa_"


def official_files(
    office: Office, connection: Connection, month: int, progress: pl.DataFrame
) -> list[OutFile]:
    """Return the reports of a month; `progress` is the published table."""
    files = []
    for commune, report in reports(office, connection, month, progress):
        name = f"{NAME}_{month_text(month)}{OF_COMMUNE if commune else ''}{commune}"
        rows = sum(len(table.rows) for table in report.appendices)
        files.append(OutFile(f"{name}.xlsx", report_book(report), rows))
        files.append(OutFile(f"{name}.pdf", report_pdf(report), rows))
        if not commune:
            files.append(OutFile(f"{name}.docx", report_word(report), rows))
    return files


def report_pdf(report: OfficialReport) -> bytes:
    """Return the report as PDF: the same report of the same day is the same bytes."""
    told = asdict(report) | {
        "day": report.day.isoformat(),
        "appendices": [
            {**asdict(table), "rows": table.told(), "right": _figure_columns(table)}
            for table in report.appendices
        ],
    }
    return pdf_bytes(TEMPLATE, told, report.day)


def _figure_columns(table: Table) -> list[bool]:
    """Tell of each column whether it holds figures; the first one numbers the lines."""
    return [
        place > 0
        and any(isinstance(row[place], int) or str(row[place])[-1:] in "%-" for row in table.rows)
        for place in range(len(table.headers))
    ]
