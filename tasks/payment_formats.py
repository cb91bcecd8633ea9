"""Lines as the file that a provider takes: CSV, workbook, fixed width or pain.001."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from schemas.providers import Column, FileOut, ProfileError
from schemas.providers.declared import NUMBERS
from tasks.pain001 import write_pain001
from tasks.payment_cells import FileFacts, cell
from tasks.render import FORMULA_STARTS, Sheet, xlsx_bytes

SLICE = 200_000  # lines written at a time
LINE_END = "\r\n"


class Hashed:
    """A file being written whose SHA-256 is known as soon as it is."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.seen = target, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.seen.update(data)
        return self.target.write(data)


@contextmanager
def hashed(path: Path) -> Iterator[Hashed]:
    """Open a new file that hashes what is written into it."""
    with path.open("wb") as target:
        yield Hashed(target)


def write_file(path: Path, declared: FileOut, facts: FileFacts, lines: pl.DataFrame) -> str:
    """Write the lines of one file; return its SHA-256, in hex. They have their fields already."""
    with hashed(path) as target:
        WRITERS[declared.format](target, declared, facts, lines)
    return target.seen.hexdigest()


def _write_csv(target: Hashed, declared: FileOut, facts: FileFacts, lines: pl.DataFrame) -> None:
    for number, part in enumerate(numbered_slices(lines)):
        shown = _without_formulas(part.select(cell(column) for column in declared.columns))
        buffer = io.BytesIO()
        shown.write_csv(
            buffer,
            include_header=declared.has_header and number == 0,
            separator=declared.delimiter,
            line_terminator=LINE_END,
        )
        target.write(_encoded(buffer.getvalue(), declared.encoding, is_first=number == 0))


def _without_formulas(shown: pl.DataFrame) -> pl.DataFrame:
    """Return cells with an apostrophe before what a spreadsheet would take for a formula.

    There is hardly ever one, and to look for it costs a fifth of replacing it.
    """
    text = pl.selectors.string()
    risky = shown.select(text.str.contains(FORMULA_STARTS).any())
    names = [name for name in risky.columns if risky.item(0, name)]
    return shown.with_columns(pl.col(names).str.replace(FORMULA_STARTS, "'$1"))


def _write_fixed(target: Hashed, declared: FileOut, facts: FileFacts, lines: pl.DataFrame) -> None:
    for number, part in enumerate(numbered_slices(lines)):
        body = _records(part, declared.columns)
        target.write(_encoded(body, declared.encoding, is_first=number == 0))
    if declared.control:
        body = _records(pl.DataFrame([_control(declared, facts)]), declared.control)
        target.write(_encoded(body, declared.encoding, is_first=False))


def _control(declared: FileOut, facts: FileFacts) -> Mapping[str, Any]:
    """Return what the control record says; ProfileError where it has no room for that."""
    values = facts.control()
    for column in declared.control:
        if column.field and len(str(values[column.field])) > (column.width or 0):
            raise ProfileError(
                f"Tệp {facts.file_name}: dòng đối chiếu, cột {column.field} rộng {column.width}, "
                f"không đủ cho “{values[column.field]}”. Sửa width ở tệp khai báo."
            )
    return values


def _records(lines: pl.DataFrame, columns: tuple[Column, ...]) -> bytes:
    """Return lines as records of fixed width, in UTF-8."""
    record = lines.select(pl.concat_str(_padded(column) for column in columns).alias("record"))
    return "".join(line + LINE_END for line in record.get_column("record")).encode()


def _padded(column: Column) -> pl.Expr:
    assert column.width is not None
    value = cell(column).cast(pl.String).fill_null("")
    if column.align == "right":
        return value.str.pad_start(column.width, column.pad)
    return value.str.pad_end(column.width, column.pad)


def _encoded(body: bytes, encoding: str, *, is_first: bool) -> bytes:
    """Return UTF-8 text in another encoding; the mark of the byte order only at the start."""
    if encoding in ("utf-8", "ascii"):
        return body
    if encoding == "utf-8-sig":
        return b"\xef\xbb\xbf" + body if is_first else body
    return (b"\xff\xfe" if is_first else b"") + body.decode().encode("utf-16-le")


def _write_xlsx(target: Hashed, declared: FileOut, facts: FileFacts, lines: pl.DataFrame) -> None:
    numbered = lines.with_row_index("line_no", offset=1).with_columns(
        pl.col(name).cast(pl.Int64) for name in NUMBERS
    )
    sheets = [_sheet(declared.sheet, numbered, declared.columns)]
    if declared.control:
        values = pl.DataFrame([facts.control()])
        sheets.append(_sheet(declared.control_sheet, values, declared.control))
    target.write(xlsx_bytes(sheets))


def _sheet(name: str, frame: pl.DataFrame, columns: tuple[Column, ...]) -> Sheet:
    shown = frame.select(cell(column) for column in columns)
    return Sheet(name, shown, {header: header for header in shown.columns})


def _write_pain(target: Hashed, declared: FileOut, facts: FileFacts, lines: pl.DataFrame) -> None:
    assert declared.payer is not None
    fields = [cell(column).alias(column.field) for column in declared.columns if column.field]
    parts = (part.select(fields) for part in numbered_slices(lines))
    write_pain001(target, declared.payer, facts, parts)


def numbered_slices(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the lines, numbered from 1, some at a time."""
    for start in range(0, lines.height, SLICE):
        yield lines.slice(start, SLICE).with_row_index("line_no", offset=start + 1)


Writer = Callable[[Hashed, FileOut, FileFacts, pl.DataFrame], None]
WRITERS: Mapping[str, Writer] = {
    "csv": _write_csv,
    "fixed_width": _write_fixed,
    "xlsx": _write_xlsx,
    "pain.001": _write_pain,
}
