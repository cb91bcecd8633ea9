"""The files that providers pay from: one per provider, channel and scheme, with a manifest."""

from __future__ import annotations

import polars as pl

from schemas import providers
from schemas.period import month_text
from tasks import warehouse
from tasks.outbox import OutFile
from tasks.render import csv_bytes
from tasks.values import fold
from tasks.warehouse import Connection

GROUP = ["provider", "channel", "scheme"]


def build(connection: Connection, month: int) -> list[OutFile]:
    """Return the payment files of a cycle: every instruction in exactly one of them.

    A pure function of the frozen payroll and the reference tables.
    """
    lines = warehouse.frame(connection, warehouse.sql("payment_lines"), month=month)
    if lines.is_empty():
        return []
    lines = lines.with_columns(payee_ascii=_without_accents(lines.get_column("payee_ascii")))
    return [
        payment_file(month_text(month), str(provider), str(channel), str(scheme), group)
        for (provider, channel, scheme), group in lines.group_by(GROUP, maintain_order=True)
    ]


def _without_accents(names: pl.Series) -> pl.Series:
    """Return holder names as banks keep them: upper case, ASCII; each distinct name once."""
    distinct = {name: fold(name) for name in names.drop_nulls().unique()}
    return names.replace_strict(distinct, default=None, return_dtype=pl.String)


def payment_file(
    month: str, provider: str, channel: str, scheme: str, lines: pl.DataFrame
) -> OutFile:
    """Return one provider's file for one channel and scheme, in its declared layout."""
    declared = providers.file_out(provider, channel)
    numbered = lines.with_row_index("line_no", offset=1)
    return OutFile(
        name=f"{month}_{provider}_{channel}_{scheme}.csv",
        data=csv_bytes(numbered, declared.headers),
        rows=lines.height,
        amount=int(lines.get_column("amount").sum()),
        about={"month": month, "provider": provider, "channel": channel, "scheme": scheme},
    )
