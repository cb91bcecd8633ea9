"""Writes what communes write: rows of people, tables, workbooks, CSV files."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

from tasks.office import SHIPPED_REFERENCE
from tests import house
from tests.corpus.case import Before, Numbers, Rows

NAMES = ("Vừ A Hùng", "Giàng Thị Mỷ", "Sùng A Dơ", "Lò Văn Ước", "Đặng Thị Hòa", "Tòng Văn Lả")
GENDERS = ("Nam", "Nữ", "Nam", "Nam", "Nữ", "Nam")
TITLES = [["UBND XÃ TỦA CHÙA"], ["DANH SÁCH ĐỐI TƯỢNG TĂNG"], ["(Kèm theo Tờ trình số 12)"], []]
# What every TANG row has; other fields follow in the order in which they first appear.
ALWAYS = ("dossier_no", "full_name", "birth_date", "gender", "category_code")
Grid = list[list[Any]]


def person(no: Numbers, number: int = 1, **other: object) -> dict[str, object]:
    """Return a TANG row that is taken as it stands: a severely disabled adult from 06/2024."""
    place = (number - 1) % len(NAMES)
    named = {"full_name": NAMES[place], "gender": GENDERS[place]}
    return house.tang(no(number), "BT06D", "06/2024", **named) | other


def people(no: Numbers, count: int, **other: object) -> Rows:
    """Return so many TANG rows that are taken as they stand."""
    return [person(no, number, **other) for number in range(1, count + 1)]


def known(count: int, **other: object) -> Before:
    """Return what makes the first dossiers of a case known before its files come."""
    return lambda no: {"TANG": people(no, count, **other)}


def leaving(no: Numbers, number: int = 1, **other: object) -> dict[str, object]:
    """Return a GIAM row of a person that `known` made known."""
    given = person(no, number)
    row = house.giam(no(number), "BT06D", "07/2024", "CHUYEN_DI", full_name=given["full_name"])
    return row | other


def changing(no: Numbers, number: int = 1, **other: object) -> dict[str, object]:
    """Return a DIEU_CHINH row: the person `known` made known becomes very severely disabled."""
    row = leaving(no, number, category_code="BT06A", old_category_code="BT06D")
    return row | {"reason": "DOI_MUC_DO_KT"} | other


def account(no: Numbers, number: int = 1, **other: object) -> dict[str, object]:
    """Return a TAI_KHOAN row of a person that `known` made known."""
    name = person(no, number)["full_name"]
    row = house.own_account(no(number), f"8811205{number:06d}")
    return row | {"full_name": name, "holder_name": name} | other


def table(kind: str, rows: Rows, headers: Mapping[str, str] | None = None) -> Grid:
    """Return a header row and the rows below it, with a first column `STT`."""
    words = house.HEADERS | {"effective_month": house.MONTH_HEADERS.get(kind, "Từ tháng")}
    words |= headers or {}
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = ["STT", *(words[name] for name in names)]
    return [head, *([n, *(row.get(name) for name in names)] for n, row in enumerate(rows, 1))]


def column_of(grid: Grid, header: str) -> int:
    """Return the number (from 1) of the column with this header."""
    row = next(row for row in grid if header in row)
    return row.index(header) + 1


def xlsx(
    sheets: Mapping[str, Grid], edit: Callable[[openpyxl.Workbook], object] | None = None
) -> bytes:
    """Return a workbook as openpyxl writes it, after an edit by hand."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                if value is not None:
                    cell = sheet.cell(row, column)
                    cell.value = value
                    # Text that begins with `=` is a formula only where a case edits it in.
                    if isinstance(value, str):
                        cell.data_type = "s"
    if edit:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return undated(out.getvalue())


def undated(data: bytes) -> bytes:
    """Return a workbook without the moment at which it was written."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2024-06-01T00:00:00Z", core)
    return zipped(parts)


def tang_book(
    no: Numbers,
    *changes: Mapping[str, object],
    edit: Callable[[Any], object] | None = None,
) -> bytes:
    """Return a workbook of one sheet TANG, a row per change to a person that is in order."""
    rows = [person(no, number) | dict(change) for number, change in enumerate(changes, 1)]
    on_sheet = (lambda book: edit(book["TANG"])) if edit else None
    return xlsx({"TANG": table("TANG", rows)}, on_sheet)


def account_book(
    no: Numbers, *changes: Mapping[str, object], edit: Callable[[Any], object] | None = None
) -> bytes:
    """Return a workbook of one sheet TAI_KHOAN, a row per change to an account in order."""
    rows = [account(no, number) | dict(change) for number, change in enumerate(changes, 1)]
    on_sheet = (lambda book: edit(book["TAI_KHOAN"])) if edit else None
    return xlsx({"TAI_KHOAN": table("TAI_KHOAN", rows)}, on_sheet)


def csv_text(rows: Iterable[Sequence[object]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Return rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()


def windows_1258(text: str) -> bytes:
    """Return text as Vietnamese Windows 98 kept it: letters whole, tones behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        split = unicodedata.normalize("NFD", letter)
        base = "".join(mark for mark in split if mark not in tones)
        tone = "".join(mark for mark in split if mark in tones)
        parts.append(unicodedata.normalize("NFC", base) + tone)
    return "".join(parts).encode("cp1258")


@cache
def _tcvn3_of() -> dict[str, str]:
    codes = json.loads((SHIPPED_REFERENCE / "tcvn3.json").read_text(encoding="utf-8"))
    return {letter: code for code, letter in codes.items()}


def tcvn3(text: str) -> str:
    """Return text as a sheet shows it that was typed in TCVN3 (ABC), without its font."""
    return "".join(_tcvn3_of().get(letter, letter) for letter in text)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">'
    '<sheets><sheet name="TANG" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
ROOT_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
SHEET = "xl/worksheets/sheet1.xml"


def cell_xml(address: str, value: object) -> str:
    """Return one cell: text inline, a number as it is."""
    if isinstance(value, int):
        return f'<c r="{address}"><v>{value}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def row_xml(number: int, cells: Sequence[object]) -> str:
    """Return one row of a sheet."""
    inside = "".join(
        cell_xml(f"{get_column_letter(column)}{number}", value)
        for column, value in enumerate(cells, 1)
        if value is not None
    )
    return f'<row r="{number}">{inside}</row>'


def rows_xml(grid: Grid) -> str:
    """Return the rows of a sheet, as they stand inside `sheetData`."""
    return "".join(row_xml(number, cells) for number, cells in enumerate(grid, 1))


def raw_parts(sheet_data: str, extra: Mapping[str, str | bytes] | None = None) -> dict[str, Any]:
    """Return the parts of a workbook of one sheet TANG, by their names."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        SHEET: sheet,
    }
    return parts | dict(extra or {})


def zipped(
    parts: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]],
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return parts as an archive, the same bytes on every day."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, text in parts.items() if isinstance(parts, Mapping) else parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, text)
    return target.getvalue()


def raw_book(sheet_data: str, extra: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a workbook made by hand, with this XML inside `sheetData`."""
    return zipped(raw_parts(sheet_data, extra))


def good_rows(no: Numbers, count: int = 1) -> str:
    """Return the XML of a TANG table that is in order: what is refused, is so for another fault."""
    return rows_xml(table("TANG", people(no, count)))


OPEN_DOCUMENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="TANG">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def ods(rows: str) -> bytes:
    """Return an OpenDocument workbook of one sheet TANG with these `table-row` elements."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped(
        {
            "mimetype": kind,
            "content.xml": OPEN_DOCUMENT.format(rows),
            "META-INF/manifest.xml": manifest,
        }
    )


def ods_row(cells: Sequence[object], attributes: str = "") -> str:
    """Return a row of an OpenDocument table."""
    inside = "".join(map(ods_cell, cells))
    return f"<table:table-row{attributes}>{inside}</table:table-row>"


def ods_cell(value: object, attributes: str = "") -> str:
    """Return a cell of an OpenDocument table."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f"<table:table-cell {kind}{attributes}>{text}</table:table-cell>"
