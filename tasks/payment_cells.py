"""What a payment file says line by line, and which lines its provider would not take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from schemas.period import month_text
from schemas.providers import Column, FileOut
from schemas.providers.declared import NUMBERS
from tasks.plain_letters import plain_letters

NOT_ASCII = r"[^ -~]"
BREAKS = r"[\r\n\t]"


@dataclass(frozen=True)
class FileFacts:
    """What a file says of itself: its control sheet or record, and a pain.001's group."""

    file_name: str
    message_id: str
    month: str  # YYYY-MM
    released_on: date
    pay_date: date
    lines: int
    total_vnd: int
    account_digits: int

    def control(self) -> Mapping[str, Any]:
        """Return the values of CONTROL_FIELDS."""
        return {
            "file_name": self.file_name,
            "month": self.month,
            "pay_date": f"{self.pay_date:%d/%m/%Y}",
            "lines": self.lines,
            "total_vnd": self.total_vnd,
            "account_digits": self.account_digits,
        }


@dataclass(frozen=True)
class Misfit:
    """One way in which lines do not fit: the column, what is wrong, and where (line indexes)."""

    column: Column
    problem: str
    lines: pl.Series


def with_fields(
    lines: pl.DataFrame, declared: FileOut, month: int, pay_date: date | None = None
) -> pl.DataFrame:
    """Add what is made of other fields: plain letters, transfer text, pay date."""
    made = [
        plain_letters(lines.get_column(name)).alias(f"{name}_ascii")
        for name in sorted({c.source for c in declared.columns if c.upper_ascii and c.field})
        if name in lines.columns
    ]
    return lines.with_columns(made).with_columns(
        transfer_text(declared, month).alias("transfer_text"),
        pl.lit(pay_date, dtype=pl.Date).dt.strftime("%d/%m/%Y").alias("pay_date"),
    )


def transfer_text(declared: FileOut, month: int) -> pl.Expr:
    """Return what the receiver reads: the payment id, then the words of the profile."""
    year, number = month_text(month).split("-")
    rest = declared.transfer_text.text.removeprefix("{payment_id}")
    return pl.col("payment_id") + pl.lit(rest.format(month=number, year=year))


def cell(column: Column) -> pl.Expr:
    """Return the value of a column as the file shows it, before any padding."""
    value = raw(column)
    if column.cut and column.limit is not None:
        value = value.str.slice(0, column.limit).str.strip_chars_end()
    return value.alias(column.header)


def raw(column: Column) -> pl.Expr:
    """Return the value of a column before it is cut."""
    if not column.field:
        return pl.lit(column.text)
    return pl.col(f"{column.source}_ascii" if column.upper_ascii else column.source)


def misfits(lines: pl.DataFrame, declared: FileOut) -> list[Misfit]:
    """Return every way in which lines do not fit; a line may be in several.

    `lines` have the fields of `with_fields`.
    """
    found = [
        (column, problem, condition)
        for column in declared.columns
        if column.field and column.field != "line_no"
        for problem, condition in _problems(column, declared)
    ]
    flags = lines.select(
        condition.fill_null(False).alias(str(place)) for place, (*_, condition) in enumerate(found)
    )
    return [
        Misfit(column, problem, flag.arg_true())
        for (column, problem, _), flag in zip(found, flags, strict=True)
        if flag.any()
    ]


def _problems(column: Column, declared: FileOut) -> list[tuple[str, pl.Expr]]:
    """Return what may be wrong with a value: the problem in words, and when it is so."""
    if column.field in NUMBERS:
        return _number_problems(column, declared)
    value = cell(column)
    found = []
    if column.required:
        found.append(("không có", value.is_null() | (value == "")))
    if column.pattern is not None:
        expected = column.expected or f"cần dạng {column.pattern}"
        found.append((expected, ~value.str.contains(f"^(?:{column.pattern})$")))
    if column.limit is not None and not column.cut:
        found.append((f"dài quá {column.limit} ký tự", value.str.len_chars() > column.limit))
    if declared.encoding == "ascii":
        found.append(("có chữ mà tệp không viết được", value.str.contains(NOT_ASCII)))
    if declared.format == "fixed_width":
        found.append(("có dấu xuống dòng", value.str.contains(BREAKS)))
    return found


def _number_problems(column: Column, declared: FileOut) -> list[tuple[str, pl.Expr]]:
    value = pl.col(column.field)
    found = []
    if column.width is not None:
        found.append((f"dài quá {column.width} chữ số", value >= 10**column.width))
    if column.field == "amount" and declared.max_vnd is not None:
        found.append(("lớn hơn mức của một tệp", value > declared.max_vnd))
    return found


def account_digits(lines: pl.DataFrame) -> int:
    """Return the sum of all digits of all account numbers: what a wrong or lost one changes."""
    if "account_number" not in lines.columns:
        return 0
    total = 0
    for part in lines.get_column("account_number").drop_nulls().to_frame().iter_slices(500_000):
        letters = np.frombuffer(part.to_series().str.join().item().encode(), dtype=np.uint8)
        values = letters - np.uint8(ord("0"))  # what is no digit wraps round, above 9
        total += int(values[values < 10].sum(dtype=np.int64))
    return total


def part_ends(amounts: np.ndarray, max_lines: int | None, max_vnd: int | None) -> list[int]:
    """Return after which lines a file ends, filling one after the other; in VND and lines.

    No amount may be above `max_vnd`.
    """
    reached = np.concatenate(([0], np.cumsum(amounts)))
    ends, start = [], 0
    while start < len(amounts):
        end = len(amounts) if max_lines is None else min(start + max_lines, len(amounts))
        if max_vnd is not None:
            limit = reached[start] + max_vnd
            end = min(end, int(np.searchsorted(reached, limit, side="right")) - 1)
        ends.append(end)
        start = end
    return ends
