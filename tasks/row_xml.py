"""Many rows of one look, written as they stand in the file: a cell at a time costs far more."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

MAX_TEXT = 32_000  # letters in one cell


class BlockSheet(Worksheet):
    """A worksheet some of whose rows come as blocks; the cells above and below as ever."""

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[int, list[str]]] = []  # first row, counted from 0, and its rows

    def write_block(
        self, row: int, frame: pl.DataFrame, styles: Sequence[int], heights: Sequence[float]
    ) -> int:
        """Write the rows of a frame; return the row below. A style a column, points a row.

        Whole numbers stay numbers; all else is text, which no program takes for a formula.
        """
        columns = [
            self._cells(series, row + 1, f'<c r="{xl_col_to_name(place)}', f'" s="{style}"')
            for place, (series, style) in enumerate(zip(frame, styles, strict=True))
        ]
        rows = [
            f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'
            for number, (height, *cells) in enumerate(zip(heights, *columns, strict=True), row + 1)
        ]
        self.blocks.append((row, rows))
        return row + frame.height

    def _cells(self, values: pl.Series, first: int, start: str, style: str) -> list[str]:
        """Return one column's cells; text stands once in the workbook and is named by number."""
        told, opened = values.to_list(), f"{style}><v>"
        if not values.dtype.is_integer():
            index = self.str_table._get_shared_string_index
            told = [index(text[:MAX_TEXT]) if text else None for text in told]
            opened = f'{style} t="s"><v>'
        return [
            f"{start}{row}{style}/>" if cell is None else f"{start}{row}{opened}{cell}</v></c>"
            for row, cell in enumerate(told, first)
        ]

    def _write_rows(self) -> None:
        """Write the rows in their order, each block in its place."""
        first, last = self.dim_rowmin, self.dim_rowmax
        for row, rows in self.blocks:
            self.dim_rowmax = row - 1
            super()._write_rows()
            self.fh.write("".join(rows))
            self.dim_rowmin = row + len(rows)
        self.dim_rowmax = last
        super()._write_rows()
        self.dim_rowmin = first
