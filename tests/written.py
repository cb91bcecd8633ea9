"""Files written for tests of reading, and what is read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from tasks.office import Limits
from tasks.sheets import Parsed, parse

LIMITS = Limits()
Cells = Sequence[Sequence[object]]


def book(path: Path, sheets: Mapping[str, Cells], left: int = 0, above: int = 0) -> Path:
    """Write a workbook; None leaves a cell untouched."""
    with xlsxwriter.Workbook(path) as written:
        day = written.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = written.add_worksheet(name)
            for row, cells in enumerate(rows, above):
                for column, value in enumerate(cells, left):
                    if isinstance(value, date):
                        sheet.write_datetime(row, column, as_time(value), day)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write_number(row, column, value)
    return path


def as_time(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def read(path: Path, limits: Limits = LIMITS) -> Parsed:
    return parse(path, path.name, limits)


def text_file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "tep.csv"
    path.write_bytes(text.encode(encoding))
    return path


def shown(parsed: Parsed, *names: str) -> list[tuple[object, ...]]:
    assert parsed.refusal is None, parsed.refusal
    return parsed.frame.select(names).rows()
