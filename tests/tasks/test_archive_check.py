"""Hostile archives are refused before any reader of sheets sees them."""

from __future__ import annotations

import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tasks.archive_check import Archive, check_archive, sheet_parts
from tasks.office import Limits
from tasks.sheet_xml import Refusal, address, column_number
from tasks.sheets import parse

LIMITS = Limits()
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">'
    '<sheets><sheet name="GIAM" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>"
)


PADDING = " ".join(map(str, range(300_000)))  # over one chunk, and dense enough


def workbook(sheet_data: str = "", extra: dict[str, str] | None = None, prolog: str = "") -> bytes:
    """Return an .xlsx made by hand, with the given XML inside `sheetData`."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": (
            f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>'
        ),
    } | (extra or {})
    return zipped(parts)


def zipped(parts: dict[str, str] | list[tuple[str, str]]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, text)
    return target.getvalue()


def cell(place: str, value: str = "<v>1</v>") -> str:
    row = "".join(filter(str.isdigit, place))
    return f'<row r="{row}"><c r="{place}">{value}</c></row>'


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refusal) as caught:
        check_archive(data, limits)
    return str(caught.value)


def test_a_plain_workbook_passes() -> None:
    assert check_archive(workbook(cell("A1") + cell("B2")), LIMITS) == Archive("xlsx")


def test_parts_with_formulas_and_errors_are_named() -> None:
    part = frozenset({"xl/worksheets/sheet1.xml"})
    assert check_archive(workbook(cell("A1", "<f>1+1</f><v>2</v>")), LIMITS).special == part
    error = '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>'
    assert check_archive(workbook(error), LIMITS).special == part


@pytest.mark.parametrize(
    "cells",
    [
        cell("A1") + cell("XFD1048576"),
        cell("A1") + cell("GS2"),
        cell("A600000"),
        cell("GR400000"),
        '<row><c s="1" r="XFD1"><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * 201 + "</row>",
        '<row r="1"><c r = "XFD1"><v>1</v></c></row>',
    ],
)
def test_giant_dimensions_are_refused(cells: str) -> None:
    assert "quá lớn" in refusal(workbook(cells))


@pytest.mark.parametrize("cells", [cell("A2") + cell("A2"), cell("A3") + cell("A2")])
def test_rows_out_of_order_are_refused(cells: str) -> None:
    assert "trùng số" in refusal(workbook(cells))


def test_styled_but_empty_cells_far_away_do_no_harm() -> None:
    empty = '<row r="1048576"><c r="XFD1048576" s="3"/></row>'
    assert check_archive(workbook(cell("A1") + empty), LIMITS).kind == "xlsx"


def test_a_bomb_is_refused_in_little_memory() -> None:
    data = workbook(extra={"xl/media/a.bin": "0" * 50_000_000})
    tracemalloc.start()
    assert "tỷ lệ nén" in refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_unpacked_size_is_limited() -> None:
    data = workbook(extra={"xl/a.xml": "<a>" + "é1234567" * 200_000 + "</a>"})
    assert "MB" in refusal(data, Limits(max_unpacked_mb=1))


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(workbook(cell("A1") * 1000))
    place = data.index(b"PK\x01\x02")
    while data[place + 46 : place + 49] != b"xl/" or b"sheet1" not in data[place : place + 90]:
        place = data.index(b"PK\x01\x02", place + 1)
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert refusal(bytes(data))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (workbook(prolog='<!DOCTYPE a [<!ENTITY b "c">]>'), "DOCTYPE"),
        (workbook(prolog=f'<?xml version="1.0"?><!--{PADDING}--><!DOCTYPE a>'), "DOCTYPE"),
        (workbook(extra={"xl/vbaProject.bin": "x"}), "macro"),
        (workbook(extra={"xl/macrosheets/sheet1.xml": "<a/>"}), "macro"),
        (workbook(extra={"../../etc/passwd": "x"}), "đường dẫn"),
        (workbook(extra={"/etc/passwd": "x"}), "đường dẫn"),
        (workbook(extra={"xl/WORKBOOK.xml": "x"}), "trùng"),
        (zipped({"word/document.xml": "<a/>"}), "không phải"),
        (zipped({"xl/workbook.bin": "x"}), "xlsb"),
        (workbook()[:-30], "hỏng"),
    ],
)
def test_what_is_no_plain_workbook(data: bytes, word: str) -> None:
    assert word in refusal(data)


def test_utf_16_parts_are_refused() -> None:
    parts = {"xl/workbook.xml": "x"}
    target = BytesIO(zipped(parts))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<!DOCTYPE a>".encode("utf-16"))
    assert "bảng mã" in refusal(target.getvalue())


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ods(rows: str, more: str = "") -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
        f'xmlns:text="{text}" {more}><office:body><office:spreadsheet>'
        '<table:table table:name="GIAM">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": MANIFEST,
            "content.xml": content,
        }
    )


def ods_row(values: list[str], attributes: str = "") -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        for value in values
    )
    return f"<table:table-row{attributes}>{cells}</table:table-row>"


def test_open_document_sheets_are_read(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ và tên", "Mã loại", "Thôi hưởng từ tháng"]
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    path = tmp_path / "a.ods"
    path.write_bytes(ods(blank + ods_row(header) + ods_row(["HS1", "A", "BT05A", "07/2024"])))
    parsed = parse(path, "a.ods", LIMITS)
    assert parsed.refusal is None
    assert parsed.frame.select("row_no", "dossier_no").rows() == [(5, "HS1")]


@pytest.mark.parametrize(
    "rows",
    [
        ods_row(["x"], ' table:number-rows-repeated="1048576"'),
        '<table:table-row><table:table-cell table:number-columns-repeated="16000" '
        'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>',
    ],
)
def test_open_document_repeats_are_limited(rows: str) -> None:
    assert "quá lớn" in refusal(ods(rows))


def test_trailing_empty_repeats_of_open_document_do_no_harm() -> None:
    tail = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert check_archive(ods(ods_row(["x"]) + tail), LIMITS).kind == "ods"


def test_addresses() -> None:
    assert address("$XFD$1048576") == (1_048_576, 16_384)
    assert address("7") is None
    assert column_number(b"AA") == 27


def test_parts_are_checked_under_any_name() -> None:
    relations = RELATIONS.replace("sheet1.xml", "sheet1.dat")
    sheet = f'<!DOCTYPE a><worksheet xmlns="{MAIN}"/>'
    hidden = {"xl/_rels/workbook.xml.rels": relations, "xl/worksheets/sheet1.dat": sheet}
    assert "DOCTYPE" in refusal(workbook(extra=hidden))
    picture = {"xl/media/a.svg": "<!DOCTYPE svg><svg/>"}
    assert check_archive(workbook(extra=picture), LIMITS).kind == "xlsx"


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"/><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row><row r="3"><c r="A2"><v>2</v></c></row>',
    ],
)
def test_two_cells_of_one_address_are_refused(cells: str) -> None:
    assert "trùng số" in refusal(workbook(cells))


def test_other_encodings_are_refused() -> None:
    assert "bảng mã" in refusal(workbook(prolog='<?xml version="1.0" encoding="UTF-7"?>'))
    plain = workbook(prolog='<?xml version="1.0" encoding="utf-8" standalone="yes"?>')
    assert check_archive(plain, LIMITS).kind == "xlsx"


def test_macros_of_open_document_are_refused() -> None:
    whole = BytesIO(ods(ods_row(["x"])))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("Basic/Standard/Module1.xml", "<a/>")
    assert "macro" in refusal(whole.getvalue())


def test_the_sheets_are_those_of_the_workbook_that_programs_open() -> None:
    office = f'<Relationship Id="r" Type="{RELATION}/officeDocument" Target="/xl/other.xml"/>'
    names = {
        "_rels/.rels": f"<Relationships>{office}</Relationships>",
        "xl/other.xml": WORKBOOK,
        "xl/_rels/other.xml.rels": RELATIONS.replace("sheet1", "sheet2"),
    }
    assert sheet_parts(workbook()) == {"GIAM": "xl/worksheets/sheet1.xml"}
    assert sheet_parts(workbook(extra=names)) == {"GIAM": "xl/worksheets/sheet2.xml"}
