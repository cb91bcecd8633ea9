"""Long lists leave their workbook: a spreadsheet of many thousand lines is slow for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tasks.outbox import OutFile
from tasks.render import Sheet, csv_bytes

BULK_ROWS = 20_000


def bulk_aside(
    sheet: Sheet, name: str, amount: int = 0, about: Mapping[str, Any] | None = None
) -> tuple[Sheet, list[OutFile]]:
    """Return the sheet as it is; a long one without its lines, and the lines as a CSV beside it.

    Title, total and signatures stay in the workbook. `amount` is the sum of the lines in VND.
    """
    lines = sheet.frame.height
    if lines <= BULK_ROWS:
        return sheet, []
    told = f"{lines} dòng ở tệp {name}."
    short = replace(sheet, frame=sheet.frame.clear(), footer=(told, *sheet.footer))
    return short, [OutFile(name, csv_bytes(sheet.frame, sheet.headers), lines, amount, about or {})]
