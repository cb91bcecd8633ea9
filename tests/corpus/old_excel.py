"""Writes workbooks as Excel 97 did: BIFF8 records in one stream of an OLE compound file."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.corpus.writing import Grid

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
WORKBOOK_PART, SHEET_PART = 0x0005, 0x0010


def xls(sheets: Mapping[str, Grid]) -> bytes:
    """Return an .xls with these sheets; numbers are numbers, all else is text."""
    return ole({"Workbook": _stream(sheets)})


def _record(code: int, body: bytes) -> bytes:
    return struct.pack("<HH", code, len(body)) + body


def _begin(part: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, part, 0, 1997, 0, 6))


def _stream(sheets: Mapping[str, Grid]) -> bytes:
    end = _record(0x000A, b"")
    bodies = [_begin(SHEET_PART) + _cells(rows) + end for rows in sheets.values()]
    names = [name.encode("utf-16-le") for name in sheets]
    globals_bytes = len(_begin(WORKBOOK_PART)) + len(end)
    globals_bytes += sum(4 + 8 + len(name) for name in names)
    out, offset = _begin(WORKBOOK_PART), globals_bytes
    for name, body in zip(names, bodies, strict=True):
        out += _record(0x0085, struct.pack("<IHBB", offset, 0, len(name) // 2, 1) + name)
        offset += len(body)
    return out + end + b"".join(bodies)


def _cells(rows: Grid) -> bytes:
    out = b""
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, int):
                out += _record(0x0203, place + struct.pack("<d", value))
            elif value is not None:
                text = str(value).encode("utf-16-le")
                out += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    return out


def ole(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE compound file; every stream is padded to 4 KB, so that none is a mini one."""
    sectors: list[bytes] = []
    fat: list[int] = []
    starts = []
    for data in streams.values():
        starts.append(len(sectors))
        _append(sectors, fat, data.ljust(8 * SECTOR, b"\0"))
    directory = len(sectors)
    sizes = [max(len(data), 8 * SECTOR) for data in streams.values()]
    _append(sectors, fat, _directory(list(streams), starts, sizes))
    table = len(sectors)
    count = -(-(len(fat) + 2) * 4 // SECTOR)
    fat += [FAT] * count
    packed = b"".join(struct.pack("<I", entry) for entry in fat)
    packed = packed.ljust(count * SECTOR, b"\xff")
    sectors += [packed[start : start + SECTOR] for start in range(0, len(packed), SECTOR)]
    return _header(directory, table, count) + b"".join(sectors)


def _append(sectors: list[bytes], fat: list[int], data: bytes) -> None:
    pieces = [data[start : start + SECTOR] for start in range(0, len(data), SECTOR)]
    first = len(sectors)
    sectors += [piece.ljust(SECTOR, b"\0") for piece in pieces]
    fat += [first + number for number in range(1, len(pieces))] + [END]


def _directory(names: list[str], starts: list[int], sizes: list[int]) -> bytes:
    out = _entry("Root Entry", 5, END, 0, child=1)
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else FREE
        out += _entry(name, 2, starts[number - 1], sizes[number - 1], right=right)
    missing = -len(out) % SECTOR // 128
    return out + _entry("", 0, 0, 0) * missing


def _entry(
    name: str, kind: int, start: int, size: int, right: int = FREE, child: int = FREE
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return (
        head + struct.pack("<III", FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)
    )


def _header(directory: int, table: int, count: int) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x003E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, END, 0, END, 0)
    places = [table + number for number in range(count)] + [FREE] * (109 - count)
    return head + struct.pack("<109I", *places)
