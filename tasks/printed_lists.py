"""All printed lists of a cycle, and the file of its changes for the ministry's system."""

from __future__ import annotations

import polars as pl

from schemas.ministry import MinistryColumn, ministry_file
from schemas.period import month_text
from tasks.account_lists import bank_books, phone_books, police_books
from tasks.commune_lists import commune_books, failed_books
from tasks.office import Office
from tasks.outbox import OutFile
from tasks.printed import Papers, day_vi, printed_files, worded
from tasks.provider_lists import provider_books
from tasks.reading_order import in_order
from tasks.render import csv_bytes
from tasks.shown import shown
from tasks.warehouse import Connection


def list_files(
    office: Office, connection: Connection, month: int, asked: pl.DataFrame
) -> list[OutFile]:
    """Return the printed lists of a prepared cycle, with an index, and the ministry's file.

    `asked` are the rows of `decisions.authorisations`.
    """
    papers = Papers.of(office, connection, month)
    payments = in_order(shown(connection, "list_payment", month=month))
    books = [
        *commune_books(papers, connection, asked, payments),
        *provider_books(papers, payments),
        *bank_books(papers, connection),
        *phone_books(papers, connection),
        *police_books(papers, connection),
    ]
    return [*printed_files(papers, books), _ministry(connection, month)]


def failed_files(
    office: Office, connection: Connection, month: int, failed: pl.DataFrame, todo: dict[str, str]
) -> list[OutFile]:
    """Return what failed or came back, commune by commune; `failed` of `followup_failed`."""
    papers = Papers.of(office, connection, month)
    return printed_files(papers, failed_books(papers, failed, todo))


def _ministry(connection: Connection, month: int) -> OutFile:
    layout = ministry_file()
    rows = in_order(shown(connection, "list_ministry", month=month))
    told = rows.select(_as_asked(column) for column in layout.columns)
    headers = {name: name for name in told.columns}
    name = layout.name.format(month=month_text(month))
    return OutFile(name, csv_bytes(told, headers), told.height)


def _as_asked(column: MinistryColumn) -> pl.Expr:
    if column.format:
        return day_vi(column.field).alias(column.header)
    if column.words:
        return worded(column.field, column.words, column.header)
    return pl.col(column.field).alias(column.header)
