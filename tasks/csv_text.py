"""A CSV file in pieces: which encoding and delimiter it has, and its records, cut where they end.

The text is never held whole, so that memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from tasks.archive_check import MEGABYTE
from tasks.headers import TOP_ROWS, known_words
from tasks.legacy_text import decode_tcvn3, is_vni
from tasks.office import Limits
from tasks.sheet_xml import ROWS_AROUND, Refusal, too_wide

PIECE_CHARS = 4 * MEGABYTE
SLOW_ROWS = 50_000  # records of a piece that are read one by one
PROBE_BYTES = 64 * 1024
DELIMITERS = (",", ";", "\t")
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
ENOUGH_UTF_8 = 3  # so many letters of several bytes are no accident
FIELD_CHARS = 1 << 20

UNREADABLE = "Không đọc được tệp: tệp hỏng hoặc không phải bảng tính hay CSV."
UNKNOWN_ENCODING = "Không nhận ra bảng mã của tệp. Lưu lại dạng CSV UTF-8 hoặc .xlsx rồi gửi."
DAMAGED = "Tệp CSV UTF-8 có chữ bị hỏng. Xuất lại dạng CSV UTF-8 hoặc .xlsx rồi gửi."
GUESSED = "tệp không phải UTF-8, đọc theo bảng mã {}"
GUESSED_NAMES = {"cp1258": "Windows-1258", "latin-1": "TCVN3 (ABC)"}


@dataclass(frozen=True)
class CsvFile:
    """How a CSV file is to be read; `width` is the number of columns of its first rows."""

    path: Path
    encoding: str
    delimiter: str
    top: list[list[str]]
    limits: Limits

    @property
    def width(self) -> int:
        return max(map(len, self.top), default=0)

    @property
    def remark(self) -> str:
        """Say which encoding was guessed, empty where the file tells."""
        name = GUESSED_NAMES.get(self.encoding)
        return GUESSED.format(name) if name and not is_ascii(self.path) else ""

    def pieces(self) -> Iterator[pl.DataFrame]:
        """Yield the records in order, as text columns `c0` …, null where a cell is blank."""
        texts = text_pieces(self.path, self.encoding)
        for text in texts:
            if text.count("\n") > self.limits.max_rows + ROWS_AROUND:
                raise Refusal(too_wide(self.limits))
            if is_plain(text):
                yield fast_cells(text, self.delimiter, self.width)
            else:
                yield from slow_pieces(text, texts, self.delimiter, self.width)


def open_csv(path: Path, limits: Limits) -> CsvFile:
    """Find out how a CSV file is to be read; Refusal where that cannot be told."""
    encoding = encoding_of(path)
    text = next(text_pieces(path, encoding), "")
    tops = {delimiter: csv_top(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda mark: _words(tops[mark]))
    found = CsvFile(path, encoding, delimiter, tops[delimiter], limits)
    if found.width > limits.max_columns:
        raise Refusal(too_wide(limits))
    return found


def _words(top: list[list[str]]) -> tuple[int, int]:
    """Return how many headers are known as they stand, and read as TCVN3."""
    return known_words(top), known_words([[decode_tcvn3(cell) for cell in row] for row in top])


def encoding_of(path: Path) -> str:
    """Return the encoding: UTF-8, UTF-16 or, failing these, Windows-1258 or TCVN3's Latin-1."""
    with path.open("rb") as file:
        probe = file.read(PROBE_BYTES)
    for mark, encoding in MARKS:
        if probe.startswith(mark):
            return encoding
    if b"\0" in probe:
        # In UTF-16 the first byte of common letters is 0, or the second.
        return "utf-16-be" if probe[::2].count(0) > probe[1::2].count(0) else "utf-16-le"
    return "utf-8" if _is_utf_8(path) else _single_byte(probe)


def _is_utf_8(path: Path) -> bool:
    """Tell whether a whole file is UTF-8; Refusal where it is but for some damaged bytes.

    Read as Windows-1258, such a file would give every name wrong.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    longer = 0
    for chunk in _chunks(path):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            text = chunk.decode(errors="replace")
            wrong = text.count("\ufffd")
            right = longer + sum(letter > "\x7f" for letter in text) - wrong
            if right >= max(wrong, ENOUGH_UTF_8):
                raise Refusal(DAMAGED) from None
            return False
        longer += len(chunk) - len(text)
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file and, last, none."""
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            yield chunk
    yield b""


def is_ascii(path: Path) -> bool:
    """Tell whether a file holds nothing that encodings differ in."""
    return all(chunk.isascii() for chunk in _chunks(path))


def _single_byte(probe: bytes) -> str:
    """Return `cp1258`, or `latin-1` where that makes the headers TCVN3 or the words VNI."""
    plain, old = probe.decode("cp1258", "replace"), probe.decode("latin-1")
    known = [_words(csv_top(plain, mark))[0] for mark in DELIMITERS]
    as_tcvn3 = [_words(csv_top(old, mark))[1] for mark in DELIMITERS]
    if max(as_tcvn3) > max(known) or (not max(known) and is_vni(old.splitlines())):
        return "latin-1"
    return "cp1258"


def text_pieces(path: Path, encoding: str) -> Iterator[str]:
    """Yield the text of a file in pieces that end where a line does."""
    rest = ""
    for text in _decoded(path, encoding):
        rest += text
        cut = _last_line_end(rest)
        if not cut and len(rest) > PIECE_CHARS:
            raise Refusal(UNREADABLE)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while text := file.read(PIECE_CHARS):
                if "\0" in text:
                    raise Refusal(UNREADABLE)
                yield text
    except UnicodeError:
        raise Refusal(DAMAGED if "utf-8" in encoding else UNKNOWN_ENCODING) from None


def _last_line_end(text: str) -> int:
    """Return the place after the last line end, 0 for none; a last `\\r` may have its `\\n` yet."""
    return text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1


def csv_top(text: str, delimiter: str) -> list[list[str]]:
    """Return the first records of a CSV text under one delimiter."""
    return list(islice(_records(io.StringIO(text, newline=""), delimiter), TOP_ROWS))


def _records(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_CHARS)
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        raise Refusal(UNREADABLE) from None


def is_plain(text: str) -> bool:
    """Tell whether every line is one record: no quotes and no odd line ends."""
    return '"' not in text and text.count("\r") == text.count("\r\n") and bool(text.strip())


def fast_cells(text: str, delimiter: str, width: int) -> pl.DataFrame:
    """Read plain CSV by polars, `width` columns; what a line has beyond these is left out."""
    # Polars takes the width from the first line, which here is a title more often than not.
    names = delimiter.join(f"c{n}" for n in range(width))
    frame = pl.read_csv(
        f"{names}\n{text}".encode(),
        infer_schema=False,
        separator=delimiter,
        quote_char=None,
        truncate_ragged_lines=True,
    )
    # It leaves out blank lines at the end; the rows after them would have wrong numbers.
    lines = text.count("\n") + (not text.endswith("\n"))
    return blank_to_null(pl.concat([frame, frame.clear(lines - frame.height)]))


def _cells(rows: Sequence[list[str]], width: int) -> pl.DataFrame:
    padded = ((row + [""] * (width - len(row)))[:width] for row in rows)
    columns = zip(*padded, strict=True)
    return blank_to_null(
        pl.DataFrame(
            {f"c{n}": pl.Series(column, dtype=pl.String) for n, column in enumerate(columns)}
        )
    )


class Lines:
    """The lines of a text, and of the next texts as long as someone asks on."""

    def __init__(self, text: str, more: Iterator[str]) -> None:
        self._more = more
        self._open(text)

    def _open(self, text: str) -> None:
        self._length = len(text)
        self._lines = io.StringIO(text, newline="")

    @property
    def is_spent(self) -> bool:
        """Tell whether the next line would come from the next text."""
        return self._lines.tell() == self._length

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        while not (line := self._lines.readline()):
            self._open(next(self._more))
        return line


def slow_pieces(
    text: str, more: Iterator[str], delimiter: str, width: int
) -> Iterator[pl.DataFrame]:
    """Read records one by one until one ends where a piece of text does."""
    lines = Lines(text, more)
    records = _records(lines, delimiter)
    is_over = False
    while not is_over:
        rows = []
        for row in records:
            rows.append(row)
            is_over = lines.is_spent
            if is_over or len(rows) == SLOW_ROWS:
                break
        else:
            is_over = True
        if rows:
            yield _cells(rows, width)


def blank_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    """Return text columns with null for every cell that is blank."""
    return frame.with_columns(pl.when(pl.all().str.strip_chars() != "").then(pl.all()).name.keep())


def csv_cells(path: Path, limits: Limits) -> pl.DataFrame:
    """Return the cells of a whole CSV file, for files that are known to be small."""
    pieces = list(open_csv(path, limits).pieces())
    return pl.concat(pieces) if pieces else pl.DataFrame()
