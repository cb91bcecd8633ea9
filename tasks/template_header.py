"""The header of a workbook that `chitra template` made, read without searching."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.layouts import LAYOUTS, Sheet
from schemas.layouts.entry import HEADER_ROW
from schemas.layouts.ours import ERROR_COLUMN
from tasks.headers import Header, Row, header_key, sheet_by_name

BESIDE = frozenset(("stt", header_key(ERROR_COLUMN)))  # what may stand there and is no field


def template_header(top: Sequence[Row], sheet_name: str) -> Header | None:
    """Return the header of a sheet that a template made, None unless it reads as it was made."""
    if len(top) <= HEADER_ROW:
        return None
    cells = [" ".join(cell.replace("*", " ").split()) for cell in top[HEADER_ROW]]
    for layout in LAYOUTS.values():
        sheet = sheet_by_name(layout, sheet_name)
        if sheet is not None and (columns := _proper_columns(sheet, cells)):
            return Header(layout, sheet, HEADER_ROW, HEADER_ROW, columns)
    return None


def _proper_columns(sheet: Sheet, cells: Sequence[str]) -> dict[str, list[int]]:
    """Return field -> column where all cells are proper headers, each once; else nothing."""
    names = {known.header: known.name for known in sheet.fields}
    columns: dict[str, list[int]] = {}
    for column, cell in enumerate(cells):
        if cell in names and names[cell] not in columns:
            columns[names[cell]] = [column]
        elif cell and header_key(cell) not in BESIDE:
            return {}
    return columns if all(need.name in columns for need in sheet.needed) else {}
