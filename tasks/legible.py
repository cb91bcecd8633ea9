"""Text of before Unicode in sheets: TCVN3 is read beside what the sender wrote, VNI is noticed.

A piece of a grid that was read so has the Unicode text in its columns `c…`, by which headers, rows
and totals are recognised, and the sender's own text in `r…` beside each column where they differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tasks.fonts import Runs
from tasks.headers import header_key, is_known_word
from tasks.legacy_text import decode_tcvn3, is_possible_word, is_tcvn3, is_vni

MAX_EVIDENCE = 1_000
LATIN = "àáâãèéêìíòóôõùúý"  # letters of right Vietnamese that stand in Latin-1
ODD_LETTERS = "".join(
    letter
    for letter in map(chr, range(0xA1, 0x100))
    if letter not in LATIN and letter not in LATIN.upper()
)
# Hardly any column of right text has these, and every column of TCVN3 or VNI has.
ODD = f"[{re.escape(ODD_LETTERS)}]"
NOT_ASCII = r"[^\x00-\x7F]"
BETWEEN_WORDS = re.compile(r"[\s!-@\[-`{-~]+")
ONLY_VNI = re.compile("[aeouyAEOUY][øØûÛïÏ]|[åÅäÄëËüÜñÑ]")
RIGHT_LETTER = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


@dataclass(frozen=True)
class Legacy:
    """The cells of a sheet in TCVN3: whole columns, and single cells by their font."""

    columns: frozenset[int] = frozenset()
    fonts: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    evidence: Sequence[str] = ()  # some texts of these columns

    def read(self, piece: pl.DataFrame) -> pl.DataFrame:
        """Return a piece with its TCVN3 cells as Unicode, the sender's text beside them."""
        for column in sorted({*self.columns, *self.fonts}):
            cells = piece[f"c{column}"]
            read = (
                _mapped(cells, decode_tcvn3)
                if column in self.columns
                else self._read_by_font(piece["row_no"], cells, column)
            )
            if not cells.equals(read):
                piece = piece.with_columns(read.alias(f"c{column}"), cells.alias(f"r{column}"))
        return piece

    def _read_by_font(self, row_no: pl.Series, cells: pl.Series, column: int) -> pl.Series:
        if row_no.is_empty():
            return cells
        chosen = pl.Series(_mask(self.fonts[column], row_no[0], row_no.len()))
        return _mapped(cells, _read_in_font).zip_with(chosen, cells)


def _mask(runs: Sequence[tuple[int, int]], first: int, count: int) -> np.ndarray:
    """Return for rows that follow each other which of them are in one of the runs."""
    mask = np.zeros(count, dtype=bool)
    for start, end in runs:
        mask[max(start - first, 0) : max(end - first + 1, 0)] = True
    return mask


def _mapped(cells: pl.Series, function: Callable[[str], str]) -> pl.Series:
    """Return cells with a function applied to every distinct text that is not ASCII."""
    texts = cells.filter(cells.str.contains(NOT_ASCII).fill_null(value=False)).unique()
    changed = {text: read for text in texts if (read := function(text)) != text}
    return cells.replace(changed) if changed else cells


def _read_in_font(text: str) -> str:
    """Return a text in a TCVN3 font as Unicode, unless it was typed in Unicode all the same."""
    return decode_tcvn3(text) if _may_be_tcvn3(text) else text


def _is_no_word(text: str) -> bool:
    """Tell whether a text has a word that is impossible as it stands."""
    return not all(map(is_possible_word, _odd_words(text)))


def _odd_words(text: str) -> list[str]:
    return [word for word in BETWEEN_WORDS.split(text) if not word.isascii()]


def _may_be_tcvn3(text: str) -> bool:
    return not any(
        is_possible_word(word) and not is_possible_word(decode_tcvn3(word))
        for word in _odd_words(text)
    )


def legible_top(top: Sequence[Sequence[str]], fonts: Runs) -> tuple[list[list[str]], list[str]]:
    """Return the first rows with TCVN3 headers as Unicode, and the cells that were such."""
    found: list[str] = []

    def read(cell: str, row: int, column: int) -> str:
        is_in_font = any(first <= row <= last for first, last in fonts.get(column, ()))
        plain = _header_of_tcvn3(cell) or (_read_in_font(cell) if is_in_font else cell)
        if plain != cell:
            found.append(cell)
        return plain

    rows = [
        [cell if cell.isascii() else read(cell, row, column) for column, cell in enumerate(cells)]
        for row, cells in enumerate(top, 1)
    ]
    return rows, found


def _header_of_tcvn3(cell: str) -> str:
    """Return the header that a cell is in TCVN3, empty where it is none."""
    plain = decode_tcvn3(cell)
    is_one = plain != cell and is_known_word(plain) and not is_known_word(cell)
    return plain if is_one and header_key(plain) != header_key(cell) else ""


def legible_headings(rows: Sequence[Sequence[str]], evidence: Sequence[str]) -> list[list[str]]:
    """Return the rows above a header, in Unicode where they are TCVN3 as the header is."""
    cells = [cell for row in rows for cell in row if not cell.isascii()]
    if not evidence or not is_tcvn3([*evidence, *cells]):
        return [list(row) for row in rows]
    return [[decode_tcvn3(cell) for cell in row] for row in rows]


def tcvn3_columns(
    rows: pl.DataFrame, columns: Sequence[int], evidence: Sequence[str], fonts: Runs
) -> Legacy:
    """Return which cells of some rows' sheet are TCVN3; `evidence` are texts that surely are."""
    texts = _odd_texts(rows, columns)
    sure = {column for column, found in texts.items() if is_tcvn3(found)}
    known = [*evidence, *(text for column in sorted(sure) for text in texts[column])]
    if known:
        # What alone would be too little tells enough beside others of its kind.
        for column, found in _odd_texts(rows, columns, NOT_ASCII).items():
            if any(map(_is_no_word, found)) and is_tcvn3([*known, *found]):
                sure.add(column)
    by_font = {column: fonts[column] for column in sorted(fonts) if column in columns}
    return Legacy(frozenset(sure), by_font, known[:MAX_EVIDENCE])


def has_vni(rows: pl.DataFrame, columns: Iterable[int], fonts: Runs) -> bool:
    """Tell whether some of these columns are written in VNI, by their words or their font."""
    texts = _odd_texts(rows, columns)
    return any(
        is_vni(found) or (column in fonts and _has_vni_letters(found))
        for column, found in texts.items()
    )


def is_vni_top(top: Sequence[Sequence[str]], fonts: Runs) -> bool:
    """Tell whether the first rows of a sheet, where no header was found, are written in VNI."""
    cells = [cell for row in top for cell in row if not cell.isascii()]
    return bool(cells) and (is_vni(cells) or (bool(fonts) and _has_vni_letters(cells)))


def _has_vni_letters(texts: Iterable[str]) -> bool:
    return any(ONLY_VNI.search(text) and not RIGHT_LETTER.search(text) for text in texts)


def _odd_texts(
    rows: pl.DataFrame, columns: Iterable[int], letters: str = ODD
) -> dict[int, list[str]]:
    """Return the distinct texts of the columns that have some of these letters."""
    cells = {column: rows[f"c{column}"] for column in columns}
    return {
        column: found.drop_nulls().unique(maintain_order=True).to_list()
        for column, found in cells.items()
        if found.str.contains(letters).any()
    }
