"""Look into a zipped workbook before any reader does: sizes, names, XML, macros, dimensions.

A reader of sheets reserves a rectangle from the first to the last cell, so a workbook of two cells
can ask for more memory than there is and take the process down. Here the bytes are streamed, with
bounded memory, and what is too big or not a plain workbook is refused with a reason.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise

from tasks.office import Limits
from tasks.sheet_xml import (
    NOT_A_ZIP,
    Refusal,
    check_repeats,
    column_number,
    is_size_allowed,
    is_sparse,
    walk,
    walk_cells,
)

MEGABYTE = 1024 * 1024
# What .xlsx and .ods begin with, and what .xls and encrypted workbooks do.
ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CHUNK = MEGABYTE
XML_ENDINGS = (".xml", ".rels", ".vml")
MAX_ENTRIES = 5_000
RATIO_FROM = MEGABYTE  # a small part that compresses well harms nobody

CELLS = re.compile(rb'<c r="([A-Z]{1,3}\d{1,9})"')
DIGITS, CAPITALS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS = re.compile(rb'<row r="(\d{1,9})')
# Cells and rows not written the usual way are looked at one by one. Each pattern begins with fixed
# letters: alternatives in one pattern are ten times slower.
UNUSUAL = (
    re.compile(rb'<c(?! r=")[ \t\r\n/>]'),
    re.compile(rb'<row(?! r=")[ \t\r\n/>]'),
    re.compile(rb":worksheet[ >]"),
)
SPECIAL = (
    re.compile(rb"<f[ />]"),
    re.compile(rb't="e"'),
    re.compile(rb":worksheet[ >]"),
    # The same in OpenDocument.
    re.compile(rb":formula="),
    re.compile(rb'value-type="error"'),
)
ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)
ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
READ_PARTS = ("/officeDocument", "/worksheet", "/sharedStrings", "/styles")
REPEATED = re.compile(rb"number-(?:rows|columns)-repeated")

TOO_BIG = "Tệp giải nén ra quá lớn (giới hạn {} MB)."
TOO_DENSE = "Tệp nén bất thường (tỷ lệ nén trên {} lần)."
ENCRYPTED = "Tệp đặt mật khẩu. Bỏ mật khẩu, lưu lại rồi gửi."
MACROS = "Tệp có macro. Lưu lại dạng .xlsx không macro rồi gửi."
NO_WORKBOOK = "Tệp nén không phải là bảng tính .xlsx hoặc .ods."
BINARY_WORKBOOK = "Bảng tính dạng .xlsb không đọc được. Lưu lại dạng .xlsx rồi gửi."
BAD_XML = "Bên trong tệp có nội dung XML không được phép (DOCTYPE hoặc bảng mã lạ)."
DISORDERED = "Trang tính có dòng hoặc ô trùng số hoặc sai thứ tự. Mở bằng Excel, lưu lại rồi gửi."
BAD_NAMES = "Bên trong tệp nén có tên tệp trùng nhau hoặc đường dẫn không hợp lệ."


@dataclass
class Part:
    """What was seen in one part of an archive: `columns` and `rows` as written, not yet as used."""

    name: str
    columns: set[bytes] = field(default_factory=set)
    count: int = 0  # of cells
    last_row: int = 0
    last_cells: list[bytes] = field(default_factory=list)  # of the row that may go on
    is_unusual: bool = False
    has_special: bool = False  # formulas or error values

    def look(self, text: bytes) -> None:
        """Note what a stretch of the part's XML shows of its cells."""
        self._look_at_cells(CELLS.findall(text))
        self._count_rows([int(row) for row in ROWS.findall(text)])
        self.is_unusual = self.is_unusual or any(known.search(text) for known in UNUSUAL)
        self.has_special = self.has_special or any(known.search(text) for known in SPECIAL)

    def _look_at_cells(self, cells: list[bytes]) -> None:
        """Note the columns; Refusal where two cells have one address or rows are mixed."""
        if not cells:
            return
        self.count += len(cells)
        cells = [*self.last_cells, *cells]
        joined = b" ".join(cells)
        rows = list(map(int, joined.translate(None, CAPITALS).split()))
        if len(set(cells)) != len(cells) or rows != sorted(rows):
            raise Refusal(DISORDERED)
        self.columns.update(joined.translate(None, DIGITS).split())
        self.last_cells = cells[bisect_left(rows, rows[-1]) :]

    def _count_rows(self, rows: list[int]) -> None:
        """Refuse rows out of order: of two rows with one number a reader would drop one."""
        if any(after <= before for before, after in pairwise([self.last_row, *rows])):
            raise Refusal(DISORDERED)
        self.last_row = rows[-1] if rows else self.last_row

    def is_within(self, limits: Limits) -> bool:
        """Tell whether even all cells together stay within the limits."""
        columns = max(map(column_number, self.columns), default=0)
        if self.is_unusual or is_sparse(self.last_row, columns, self.count):
            return False
        return is_size_allowed(self.last_row, columns, limits)


@dataclass(frozen=True)
class Archive:
    """A zipped workbook that passed: `kind` is `xlsx` or `ods`, `special` names parts of note."""

    kind: str
    special: frozenset[str] = frozenset()


def check_archive(data: bytes, limits: Limits) -> Archive:
    """Stream through a zip archive; Refusal where it is not a plain workbook within the limits."""
    entries = _entries(data)
    kind = _kind([entry.filename for entry in entries])
    _check_sizes(entries, len(data), limits)
    special = set()
    read = _read_names(data, entries)
    for entry in entries:
        is_xml = entry.filename.lower().endswith(XML_ENDINGS) or base_name(entry.filename) in read
        part = _checked_part(data, entry, limits, kind, is_xml=is_xml)
        if part.has_special:
            special.add(part.name)
    if kind == "xlsx":
        parts = sheet_parts(data).values()
        if len(set(parts)) != len(parts):
            raise Refusal(BAD_NAMES)
    return Archive(kind, frozenset(special))


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise Refusal(BAD_NAMES)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.infolist()
    except Exception:  # zipfile raises many kinds on hostile directories
        raise Refusal(NOT_A_ZIP) from None


def _kind(names: list[str]) -> str:
    """Return `xlsx` or `ods`; Refusal for macros, odd names and anything else."""
    lowered = [name.lower() for name in names]
    if len(set(lowered)) != len(lowered) or any(map(_is_path_odd, names)):
        raise Refusal(BAD_NAMES)
    if any("vbaproject" in name or "xl/macrosheets/" in name for name in lowered):
        raise Refusal(MACROS)
    if any(name.startswith(("basic/", "scripts/")) for name in lowered):  # of OpenDocument
        raise Refusal(MACROS)
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if "content.xml" in lowered:
        return "ods"
    raise Refusal(BINARY_WORKBOOK if "xl/workbook.bin" in lowered else NO_WORKBOOK)


def _is_path_odd(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name


def _check_sizes(entries: list[zipfile.ZipInfo], archive_bytes: int, limits: Limits) -> None:
    """Refuse what the directory already tells; parts that share bytes are a bomb."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal(ENCRYPTED)
    if sum(entry.file_size for entry in entries) > limits.max_unpacked_mb * MEGABYTE:
        raise Refusal(TOO_BIG.format(limits.max_unpacked_mb))
    if any(_ratio(entry) > limits.max_ratio for entry in entries if entry.file_size > RATIO_FROM):
        raise Refusal(TOO_DENSE.format(limits.max_ratio))
    if sum(entry.compress_size for entry in entries) > archive_bytes:
        raise Refusal(NOT_A_ZIP)


def _ratio(entry: zipfile.ZipInfo) -> float:
    return entry.file_size / max(entry.compress_size, 1)


def _read_names(data: bytes, entries: list[zipfile.ZipInfo]) -> set[str]:
    """Return the last names of the parts that readers read, whatever they end in."""
    found = set()
    for entry in entries:
        if entry.filename.lower().endswith(".rels"):
            xml = b"".join(unpacked(data, entry))
            _check_xml(xml, is_start=True)
            for item in _elements(xml, "Relationship"):
                if item.get("Type", "").endswith(READ_PARTS):
                    found.add(base_name(item.get("Target", "")))
    return found


def base_name(name: str) -> str:
    """Return the last name of a path inside an archive, in lower case."""
    return name.replace("\\", "/").rpartition("/")[2].lower()


def _checked_part(
    data: bytes, entry: zipfile.ZipInfo, limits: Limits, kind: str, *, is_xml: bool
) -> Part:
    """Inflate one part in pieces and look at its XML; Refusal where it breaks a limit."""
    part = Part(entry.filename)
    chunks = unpacked(data, entry)
    is_repeated = False
    for number, text in enumerate(_whole_tags(chunks) if is_xml else chunks):
        if is_xml:
            _check_xml(text, is_start=number == 0)
            part.look(text)
            is_repeated = is_repeated or bool(REPEATED.search(text))
    if kind == "ods" and is_repeated:
        check_repeats(unpacked(data, entry), limits)
    elif not part.is_within(limits):
        walk_cells(unpacked(data, entry), limits)
    return part


def _whole_tags(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, cut before a `<`, so that no tag's beginning is cut in two."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        cut = text.rfind(b"<")
        if cut <= 0 or len(text) - cut > CHUNK:
            cut = len(text)
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _check_xml(text: bytes, *, is_start: bool) -> None:
    if is_start and text[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        raise Refusal(BAD_XML)
    if is_start and (said := ENCODING.search(text[:1000])) and said[1].lower() not in ENCODINGS:
        raise Refusal(BAD_XML)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"macroEnabled" in text:
        raise Refusal(MACROS if b"macroEnabled" in text else BAD_XML)


def unpacked(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a part; Refusal where there are more or fewer than it says.

    Python's own reader stops at the stated size and so would not notice a part that lies.
    """
    packed = _packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Refusal(NOT_A_ZIP)
    count = 0
    for chunk in _inflated(packed):
        count += len(chunk)
        if count > entry.file_size:
            raise Refusal(NOT_A_ZIP)
        yield chunk
    if count != entry.file_size:
        raise Refusal(NOT_A_ZIP)


def _packed(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Refusal(NOT_A_ZIP)
    name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
    start = entry.header_offset + 30 + name_bytes + extra_bytes
    if start + entry.compress_size > len(data):
        raise Refusal(NOT_A_ZIP)
    return memoryview(data)[start : start + entry.compress_size]


def _inflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    try:
        while True:
            chunk = stream.decompress(rest, CHUNK)
            rest = stream.unconsumed_tail
            if chunk:
                yield chunk
            if stream.eof or (not chunk and not rest):
                return
    except zlib.error:
        raise Refusal(NOT_A_ZIP) from None


def sheet_parts(data: bytes) -> dict[str, str]:
    """Return sheet name -> part of an .xlsx, through its workbook and its relationships."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        workbook = _workbook_part(archive)
        folder, _, name = workbook.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels".lstrip("/")
        targets = {
            item["Id"]: item["Target"]
            for item in _elements(archive.read(relations), "Relationship")
        }
        sheets = _elements(archive.read(workbook), "sheet")
    parts = {}
    for sheet in sheets:
        relation = next((value for key, value in sheet.items() if key.endswith(":id")), "")
        parts[sheet.get("name", "")] = _resolved(folder, targets.get(relation, ""))
    return parts


def _workbook_part(archive: zipfile.ZipFile) -> str:
    """Return the part that programs open: what the archive names, by custom `xl/workbook.xml`."""
    if "_rels/.rels" not in archive.namelist():
        return "xl/workbook.xml"
    targets = [
        item.get("Target", "")
        for item in _elements(archive.read("_rels/.rels"), "Relationship")
        if item.get("Type", "").endswith("/officeDocument")
    ]
    return _resolved("", targets[0]) if targets else "xl/workbook.xml"


def _resolved(folder: str, target: str) -> str:
    """Return the part that a relationship names, seen from a folder of the archive."""
    if target.startswith("/"):
        return target.lstrip("/")
    return f"{folder}/{target}".lstrip("/")


def _elements(xml: bytes, tag: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attributes)

    walk(iter([xml]), start)
    return found


def special_cells(data: bytes, part: str, limits: Limits) -> set[tuple[int, int]]:
    """Return (row, column) of the cells of a sheet that hold a formula or an error value."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entry = archive.getinfo(part)
    return walk_cells(unpacked(data, entry), limits).special()
