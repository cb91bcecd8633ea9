"""Files that would harm whoever opens them, and files that are none."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib

from tests.corpus.case import Numbers, case, rejects, returns, takes
from tests.corpus.old_excel import ole, xls
from tests.corpus.writing import (
    CONTENT_TYPES,
    MAIN,
    RELATION,
    RELATIONS,
    SHEET,
    WORKBOOK,
    csv_text,
    good_rows,
    ods,
    ods_row,
    people,
    raw_book,
    raw_parts,
    row_xml,
    rows_xml,
    table,
    xlsx,
    zipped,
)

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)


@case(returns("tỷ lệ nén"))
def zip_bomb(no: Numbers) -> bytes:
    """A picture of 100 MB of zeros beside a good list."""
    return raw_book(good_rows(no), {"xl/media/image1.bin": bytes(100_000_000)})


@case(returns("tỷ lệ nén"))
def zip_bomb_in_the_sheet(no: Numbers) -> bytes:
    """The sheet itself ends in 50 MB of spaces."""
    return raw_book(good_rows(no) + " " * 50_000_000)


@case(returns("hỏng"))
def lying_sizes(no: Numbers) -> bytes:
    """The directory says that the sheet has 100 bytes."""
    data = bytearray(raw_book(good_rows(no)))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(data)


@case(returns("hỏng"))
def parts_that_share_bytes(no: Numbers) -> bytes:
    """Two hundred entries point to the same packed bytes."""
    return overlapping(zipped(raw_parts(good_rows(no))), 200)


def overlapping(data: bytes, count: int) -> bytes:
    """Return an archive whose directory names the last part so many times more."""
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    last = data[data.rindex(b"PK\x01\x02") : end]
    name_bytes = struct.unpack("<H", last[28:30])[0]
    copies = b"".join(
        last[:46] + f"{n:0{name_bytes}d}".encode() + last[46 + name_bytes :] for n in range(count)
    )
    directory = data[start:end] + copies
    entries = struct.unpack("<H", data[end + 8 : end + 10])[0] + count
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), start, 0)
    return data[:start] + directory + tail


@case(returns("không phải là bảng tính"))
def nested_zip(no: Numbers) -> bytes:
    """An archive that holds the workbook."""
    return zipped({"danh_sach.xlsx": raw_book(good_rows(no))})


@case(takes(2))
def archive_inside_a_workbook(no: Numbers) -> bytes:
    """A good list with another archive lying in it: nobody opens that."""
    return raw_book(good_rows(no), {"xl/media/a.zip": zipped({"a.bin": bytes(1000)})})


@case(returns("XML không được phép"))
def external_entity(no: Numbers) -> bytes:
    """The sheet asks its reader to fetch a file of the machine (XXE)."""
    sheet = f'{DOCTYPE}<worksheet xmlns="{MAIN}"><sheetData>{good_rows(no)}</sheetData></worksheet>'
    return raw_book("", {SHEET: sheet})


@case(returns("XML không được phép"))
def billion_laughs(no: Numbers) -> bytes:
    """Shared strings that unfold into a billion."""
    strings = f'{LAUGHS}]><sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'
    return raw_book(good_rows(no), {"xl/sharedStrings.xml": strings})


PARTS = ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/app.xml")


def with_doctype(part: str):
    """Return the builder of a workbook with a DOCTYPE in one part."""

    def build(no: Numbers) -> bytes:
        parts = {"docProps/app.xml": "<Properties/>"} | raw_parts(good_rows(no))
        return zipped(parts | {part: "<!DOCTYPE x>" + parts[part]})

    build.__name__ = "doctype_in_" + part.strip("[]").replace("/", "_").replace(".", "_").lower()
    build.__doc__ = f"A DOCTYPE stands in {part}."
    return build


for _part in PARTS:
    case(returns("XML không được phép"))(with_doctype(_part))


@case(returns("XML không được phép"))
def part_in_utf_16(no: Numbers) -> bytes:
    """A sheet in UTF-16, where a search for `<!DOCTYPE` finds nothing."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{good_rows(no)}</sheetData></worksheet>'
    return raw_book("", {SHEET: f'<?xml version="1.0" encoding="UTF-16"?>{sheet}'.encode("utf-16")})


@case(returns())
def part_in_utf_16_after_blanks(no: Numbers) -> bytes:
    """A sheet in UTF-16 without a mark of its byte order, that begins with white space."""
    sheet = f'{DOCTYPE}<worksheet xmlns="{MAIN}"><sheetData>{good_rows(no)}</sheetData></worksheet>'
    return raw_book("", {SHEET: ("\n " + sheet).encode("utf-16-le")})


@case(returns("XML không được phép"))
def part_in_utf_7(no: Numbers) -> bytes:
    """A sheet that says it is UTF-7, where `+ADw-` is `<`."""
    head = '<?xml version="1.0" encoding="UTF-7"?>'
    body = good_rows(no)
    sheet = f'{head}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return raw_book("", {SHEET: sheet})


@case(returns("XML không được phép"))
def doctype_in_a_part_of_another_name(no: Numbers) -> bytes:
    """The sheet with the DOCTYPE is called `sheet1.dat`, and the relationships say so."""
    sheet = f'{DOCTYPE}<worksheet xmlns="{MAIN}"><sheetData>{good_rows(no)}</sheetData></worksheet>'
    parts = raw_parts(good_rows(no)) | {"xl/worksheets/sheet1.dat": sheet}
    return zipped(
        parts | {"xl/_rels/workbook.xml.rels": RELATIONS.replace("sheet1.xml", "sheet1.dat")}
    )


@case(returns("trùng số"))
def a_row_number_twice_in_a_part_of_another_name(no: Numbers) -> bytes:
    """Two rows of one number in a part called `sheet1.dat`: a reader loses one of them."""
    head, one, two = table("TANG", people(no, 2))
    rows = row_xml(1, head) + row_xml(2, one) + row_xml(2, two)
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts = raw_parts("") | {"xl/worksheets/sheet1.dat": sheet}
    relations = RELATIONS.replace("sheet1.xml", "sheet1.dat")
    return zipped(parts | {"xl/_rels/workbook.xml.rels": relations})


@case(returns("trùng"))
def a_cell_twice(no: Numbers) -> bytes:
    """Two cells of one row have one address: readers differ in which they show."""
    name = people(no, 1)[0]["full_name"]
    typed = f'<c r="C2" t="inlineStr"><is><t>{name}</t></is></c>'
    other = typed.replace(str(name), "Vừ A Páo")
    return raw_book(good_rows(no).replace(typed, typed + other))


@case(returns("quá lớn"))
def giant_dimensions_in_a_part_of_another_name(no: Numbers) -> bytes:
    """The two cells that take a reader down stand in a part called `sheet1.dat`."""
    cells = row_xml(1, ["Mã hồ sơ"]) + FAR
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    parts = raw_parts("") | {"xl/worksheets/sheet1.dat": sheet}
    return zipped(
        parts | {"xl/_rels/workbook.xml.rels": RELATIONS.replace("sheet1.xml", "sheet1.dat")}
    )


def moved(no: Numbers, changes: dict[str, str | bytes]) -> bytes:
    """Return a workbook whose own list of sheets stands in `xl/other.xml`, with other parts."""
    parts = raw_parts(good_rows(no))
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("xl/workbook.xml", "xl/other.xml")
    parts["xl/other.xml"] = parts["xl/workbook.xml"]
    parts["xl/_rels/other.xml.rels"] = parts["xl/_rels/workbook.xml.rels"]
    return zipped(parts | changes)


@case(rejects(2, found=("2 FL04 reject",)))
def formulas_in_a_workbook_beside_the_workbook(no: Numbers) -> bytes:
    """`xl/workbook.xml` names a sheet in order; what programs open is `xl/other.xml`."""
    plain = good_rows(no)
    name = people(no, 1)[0]["full_name"]
    typed = f'<c r="C2" t="inlineStr"><is><t>{name}</t></is></c>'
    by_formula = f'<c r="C2" t="str"><f>"Vừ A "&amp;"Hùng"</f><v>{name}</v></c>'
    sheet = f"<sheetData>{plain.replace(typed, by_formula)}</sheetData>"
    relations = RELATIONS.replace("sheet1.xml", "sheet2.xml")
    return moved(
        no,
        {
            "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
            "xl/_rels/other.xml.rels": relations,
        },
    )


@case(returns("macro"), name="danh_sach.xlsm")
def macros(no: Numbers) -> bytes:
    """The workbook carries a program."""
    return raw_book(good_rows(no), {"xl/vbaProject.bin": ole({"VBA": b"x"})})


@case(returns("macro"))
def macros_under_another_name(no: Numbers) -> bytes:
    """The content types say `macroEnabled`."""
    types = CONTENT_TYPES.replace(
        "</Types>",
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
    )
    return raw_book(good_rows(no), {"[Content_Types].xml": types})


@case(returns("macro"))
def macro_sheet(no: Numbers) -> bytes:
    """A sheet of Excel 4 macros lies beside the list."""
    sheet = f'<xm:macrosheet xmlns:xm="{MAIN}"/>'
    return raw_book(good_rows(no), {"xl/macrosheets/sheet1.xml": sheet})


@case(returns("macro"), name="danh_sach.xls")
def macros_in_old_excel(no: Numbers) -> bytes:
    """Excel 97 with a program."""
    return ole({"Workbook": b"x" * 5000, "_VBA_PROJECT": b"x"})


@case(returns("macro"), name="danh_sach.ods")
def macros_in_open_document(no: Numbers) -> bytes:
    """LibreOffice with a Basic program."""
    whole = ods("".join(map(ods_row, table("TANG", people(no, 1)))))
    return added(whole, {"Basic/Standard/Module1.xml": "<script:module/>"})


def added(data: bytes, extra: dict[str, str]) -> bytes:
    """Return an archive with more parts."""
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | extra)


@case(rejects(2, taken=(3,), found=("2 FL04 reject", "2 EN09 reject")))
def external_links(no: Numbers) -> bytes:
    """A name is fetched from another workbook; the one below stands for itself."""
    head, one, two = table("TANG", people(no, 2))
    linked = row_xml(2, one).replace(
        f'<c r="C2" t="inlineStr"><is><t>{one[2]}</t></is></c>', '<c r="C2"><f>[1]So!A1</f></c>'
    )
    link = (
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{RELATION}" r:id="rId1"/>'
        "</externalLink>"
    )
    target = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/externalLinkPath" TargetMode="External"'
        ' Target="http://169.254.169.254/so.xlsx"/></Relationships>'
    )
    return raw_book(
        row_xml(1, head) + linked + row_xml(3, two),
        {
            "xl/externalLinks/externalLink1.xml": link,
            "xl/externalLinks/_rels/externalLink1.xml.rels": target,
        },
    )


def with_part(name: str, part: str):
    """Return the builder of a workbook with a part of an odd name."""

    def build(no: Numbers) -> bytes:
        return raw_book(good_rows(no), {part: "x"})

    build.__name__ = name
    build.__doc__ = f"A part of the archive is called {part!r}."
    return build


for _name, _path in {
    "path_up": "../../etc/cron.d/x",
    "path_absolute": "/etc/passwd",
    "path_with_backslashes": "..\\..\\windows\\x.dll",
    "path_with_drive": "C:/windows/x.dll",
    "path_up_inside": "xl/media/../../../x",
}.items():
    case(returns("đường dẫn"))(with_part(_name, _path))


@case(returns("trùng nhau"))
def entry_twice(no: Numbers) -> bytes:
    """The archive holds two sheets of one name: readers differ in which they take."""
    import warnings

    parts = list(raw_parts(good_rows(no)).items())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return zipped([*parts, (SHEET, raw_parts("")[SHEET])])


@case(returns("trùng nhau"))
def entry_twice_in_another_case(no: Numbers) -> bytes:
    """Two parts whose names differ in case only."""
    return raw_book(good_rows(no), {SHEET.upper(): "x"})


@case(returns("mật khẩu"))
def password(no: Numbers) -> bytes:
    """Excel's password: the workbook lies encrypted in an OLE file."""
    return ole({"EncryptionInfo": b"x" * 100, "EncryptedPackage": random.Random(1).randbytes(9000)})


@case(returns("mật khẩu"))
def zip_password(no: Numbers) -> bytes:
    """The entries of the archive are marked as encrypted."""
    data = bytearray(raw_book(good_rows(no)))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 1)
    return bytes(data)


@case(returns("quá lớn"))
def two_cells_far_apart(no: Numbers) -> bytes:
    """A1 and XFD1048576: the reader would reserve 17 billion cells."""
    return raw_book(
        row_xml(1, ["Mã hồ sơ"]) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


@case(returns("quá lớn"))
def two_cells_as_far_apart_as_is_allowed(no: Numbers) -> bytes:
    """A1 and GR149000: within all limits, and two gigabytes for a reader of rectangles."""
    return raw_book(row_xml(1, ["Mã hồ sơ"]) + '<row r="149000"><c r="GR149000"><v>1</v></c></row>')


@case(returns("trùng"))
def fifty_sheets_of_one_part(no: Numbers) -> bytes:
    """Fifty sheets are one and the same part: a small file that is read fifty times."""
    sheets = "".join(f'<sheet name="TANG {n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 52))
    many = WORKBOOK.replace("</sheets>", f"{sheets}</sheets>")
    return raw_book(good_rows(no), {"xl/workbook.xml": many})


@case(returns("quá lớn"), name="dài.csv")
def millions_of_line_ends(no: Numbers) -> bytes:
    """A good list, and three million empty lines below it."""
    return (csv_text(table("TANG", people(no, 1))) + "\n" * 3_000_000).encode()


@case(takes(2))
def thousands_of_marks_on_a_letter(no: Numbers) -> bytes:
    """A name with 30,000 accents on its last letter, which take long to put in order."""
    name = "Vừ A" + "\u0301\u0323" * 15_000
    return raw_book(rows_xml(table("TANG", people(no, 1, full_name=name))))


@case(takes(12), name="ngoặc.csv")
def thousands_of_brackets_above_the_list(no: Numbers) -> bytes:
    """Titles of nothing but brackets and blanks, each as long as a cell may be."""
    titles = [["a" + "(b)" * 10_000], ["x" + " " * 30_000 + "y"]] * 5
    return csv_text([*titles, *table("TANG", people(no, 1))]).encode()


@case(returns("quá lớn"))
def two_cells_written_oddly(no: Numbers) -> bytes:
    """The same two cells with single quotes and other attributes first."""
    far = "<row spans='1:2' r='1048576'><c s='0' r='XFD1048576'><v>1</v></c></row>"
    return raw_book(row_xml(1, ["Mã hồ sơ"]) + far)


@case(takes(2))
def a_lying_dimension(no: Numbers) -> bytes:
    """The sheet claims A1:XFD1048576 and has one person."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/>'
        f"<sheetData>{good_rows(no)}</sheetData></worksheet>"
    )
    return raw_book("", {SHEET: sheet})


@case(returns())
def one_cell_at_the_very_end(no: Numbers) -> bytes:
    """One cell, at XFD1048576, in a sheet that claims A1:XFD1048576."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    return raw_book("", {SHEET: sheet})


@case(returns("quá lớn"))
def a_column_beyond_excel(no: Numbers) -> bytes:
    """A cell in column ZZZ, which Excel does not have."""
    return raw_book(good_rows(no) + '<row r="9"><c r="ZZZ9"><v>1</v></c></row>')


@case(returns("sai thứ tự"))
def rows_out_of_order(no: Numbers) -> bytes:
    """The rows of the sheet do not follow one another."""
    head, one, two = table("TANG", people(no, 2))
    return raw_book(row_xml(1, head) + row_xml(3, two) + row_xml(2, one))


@case(returns("trùng số"))
def a_row_number_twice(no: Numbers) -> bytes:
    """Two rows say that they are row 2: one reader keeps the first, one the last."""
    head, one, two = table("TANG", people(no, 2))
    return raw_book(row_xml(1, head) + row_xml(2, one) + row_xml(2, two))


@case(returns("quá lớn"), name="rộng.csv")
def three_hundred_columns(no: Numbers) -> bytes:
    """A CSV file of 300 columns."""
    return csv_text([row + ["x"] * 300 for row in table("TANG", people(no, 1))]).encode()


@case(returns("quá lớn"))
def three_hundred_columns_in_excel(no: Numbers) -> bytes:
    """A sheet of 300 columns."""
    return xlsx({"TANG": [row + ["x"] * 300 for row in table("TANG", people(no, 1))]})


@case(returns("20 dòng"), max_rows=20)
def too_many_rows(no: Numbers) -> bytes:
    """Twenty-one people where the office takes twenty."""
    return xlsx({"TANG": table("TANG", people(no, 21))})


@case(takes(*range(2, 22)), max_rows=20)
def just_enough_rows(no: Numbers) -> bytes:
    """Twenty people where the office takes twenty."""
    return xlsx({"TANG": table("TANG", people(no, 20))})


@case(returns("1 MB"), max_file_mb=1)
def too_many_bytes(no: Numbers) -> bytes:
    """A file of 1.2 MB where the office takes one."""
    noise = random.Random(2).randbytes(1_200_000)
    return raw_book(good_rows(no), {"xl/media/a.bin": noise})


@case(returns("giải nén"), max_unpacked_mb=1)
def too_much_unpacked(no: Numbers) -> bytes:
    """A workbook that unpacks to 2 MB where the office takes one."""
    noise = random.Random(3).randbytes(1_000).hex() * 1_000
    return raw_book(good_rows(no), {"xl/a.xml": f"<a>{noise}</a>"})


@case(returns("rỗng"))
def no_bytes(no: Numbers) -> bytes:
    """The file is empty."""
    return b""


@case(returns(), name="x.csv")
def one_byte(no: Numbers) -> bytes:
    """The file is one letter."""
    return no(1)[:1].encode()


@case(returns("hỏng"))
def truncated_archive(no: Numbers) -> bytes:
    """The copy stopped half-way."""
    data = xlsx({"TANG": table("TANG", people(no, 50))})
    return data[: len(data) // 2]


@case(returns())
def truncated_xml(no: Numbers) -> bytes:
    """The sheet ends in the middle of a row."""
    whole = raw_parts(good_rows(no, 3))
    return zipped(whole | {SHEET: whole[SHEET][: len(whole[SHEET]) * 2 // 3]})


@case(returns())
def damaged_packing(no: Numbers) -> bytes:
    """Some packed bytes of the sheet were changed."""
    data = bytearray(raw_book(good_rows(no, 20)))
    place = data.rindex(SHEET.encode(), 0, data.index(b"PK\x01\x02")) + len(SHEET) + 60
    data[place : place + 20] = bytes(20)
    return bytes(data)


@case(takes(2), name="danh_sach.csv")
def workbook_called_csv(no: Numbers) -> bytes:
    """A workbook is called .csv: the kind is known by content."""
    return raw_book(good_rows(no))


@case(takes(2), name="danh_sach.xlsx")
def csv_called_workbook(no: Numbers) -> bytes:
    """A CSV file is called .xlsx."""
    return csv_text(table("TANG", people(no, 1))).encode()


@case(takes(2), name="danh_sach.xlsx")
def old_excel_called_new(no: Numbers) -> bytes:
    """A workbook of Excel 97 is called .xlsx."""
    return xls({"TANG": table("TANG", people(no, 1))})


@case(returns(), name="danh_sach.xlsx")
def pdf(no: Numbers) -> bytes:
    """A PDF is called .xlsx."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n%%EOF " + no(1).encode()


@case(returns(), name="anh.png")
def picture(no: Numbers) -> bytes:
    """A photo of the list."""
    chunk = b"IDAT" + zlib.compress(random.Random(4).randbytes(3000))
    body = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + body


@case(returns("không phải là bảng tính"), name="danh_sach.docx")
def letter(no: Numbers) -> bytes:
    """The list stands in a letter of Word."""
    return zipped({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": f"<w>{no(1)}</w>"})


@case(returns("xlsb"), name="danh_sach.xlsb")
def binary_workbook(no: Numbers) -> bytes:
    """A binary workbook of Excel."""
    return zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": no(1)})


@case(returns(), name="trang.html")
def web_page(no: Numbers) -> bytes:
    """A web page with a table, as some systems export it under .xls."""
    cells = "".join(f"<td>{cell}</td>" for cell in table("TANG", people(no, 1))[0])
    return f"<html><table><tr>{cells}</tr></table></html>".encode()


@case(returns(), name="rac.bin")
def random_bytes(no: Numbers) -> bytes:
    """Random bytes."""
    return random.Random(5).randbytes(20_000)


@case(returns())
def random_bytes_that_begin_like_a_workbook(no: Numbers) -> bytes:
    """Random bytes behind the mark of a zip archive."""
    return b"PK\x03\x04" + random.Random(6).randbytes(20_000)


@case(returns(), name="cu.xls")
def random_bytes_that_begin_like_old_excel(no: Numbers) -> bytes:
    """Random bytes behind the mark of an OLE file."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(7).randbytes(20_000)


@case(returns(), name="a.csv")
def nul_bytes(no: Numbers) -> bytes:
    """A CSV file with NUL bytes in the middle of a name."""
    return csv_text(table("TANG", people(no, 2))).replace("Vừ A", "Vừ\0A").encode()


@case(returns(), name="a.csv")
def open_quote(no: Numbers) -> bytes:
    """A quote that nobody closes, and two million letters behind it."""
    return b'"' + csv_text(table("TANG", people(no, 1))).encode() + b"x" * 2_000_000


@case(returns(), name="a.csv")
def mixed_encodings(no: Numbers) -> bytes:
    """The mark of UTF-8 before bytes that are none."""
    return b"\xef\xbb\xbf" + csv_text(table("TANG", people(no, 1))).encode("utf-16-le")


@case(returns(), name="a.csv")
def half_a_letter(no: Numbers) -> bytes:
    """UTF-16 that ends in the middle of a letter."""
    return csv_text(table("TANG", people(no, 1))).encode("utf-16")[:-1]


@case(returns())
def a_workbook_of_no_sheets(no: Numbers) -> bytes:
    """The list of sheets is empty."""
    book = WORKBOOK.replace('<sheet name="TANG" sheetId="1" r:id="rId1"/>', f"<!--{no(1)}-->")
    return raw_book("", {"xl/workbook.xml": book})


@case(returns("trùng"))
def two_sheets_of_one_name(no: Numbers) -> bytes:
    """Two sheets have one name, as no Excel would write: a finding could speak of either."""
    twice = WORKBOOK.replace("</sheets>", '<sheet name="TANG" sheetId="2" r:id="rId1"/></sheets>')
    return raw_book(good_rows(no), {"xl/workbook.xml": twice})


@case(returns())
def a_sheet_that_is_not_there(no: Numbers) -> bytes:
    """The relationships point to a part that the archive does not have."""
    relations = RELATIONS.replace("sheet1.xml", f"sheet{no(1)}.xml")
    return raw_book(good_rows(no), {"xl/_rels/workbook.xml.rels": relations})


@case(returns())
def a_sheet_outside_the_archive(no: Numbers) -> bytes:
    """The relationships point out of the archive."""
    relations = RELATIONS.replace("worksheets/sheet1.xml", "../../../../etc/passwd")
    return raw_book(good_rows(no), {"xl/_rels/workbook.xml.rels": relations})


@case(returns())
def shared_strings_out_of_range(no: Numbers) -> bytes:
    """Cells name shared strings that are not there."""
    rows = '<row r="1"><c r="A1" t="s"><v>99</v></c><c r="B1" t="s"><v>-1</v></c></row>'
    strings = f'<sst xmlns="{MAIN}"><si><t>{no(1)}</t></si></sst>'
    return raw_book(rows, {"xl/sharedStrings.xml": strings})


@case(returns("hỏng"))
def other_packing(no: Numbers) -> bytes:
    """The parts are packed by LZMA, which no Excel does."""
    return zipped(raw_parts(good_rows(no)), zipfile.ZIP_LZMA)


@case(takes(2))
def stored_parts(no: Numbers) -> bytes:
    """The parts are not packed at all."""
    return zipped(raw_parts(good_rows(no)), zipfile.ZIP_STORED)


@case(returns("quá lớn"), name="danh_sach.ods")
def open_document_repeated_to_the_end(no: Numbers) -> bytes:
    """One filled cell of LibreOffice, repeated over a whole sheet."""
    cell = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
        f"<text:p>{no(1)}</text:p></table:table-cell>"
    )
    return ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


@case(returns("XML không được phép"), name="danh_sach.ods")
def entity_in_open_document(no: Numbers) -> bytes:
    """LibreOffice with a billion laughs."""
    whole = ods("".join(map(ods_row, table("TANG", people(no, 1)))))
    return added(whole, {"styles.xml": LAUGHS + "]><x>&a9;</x>"})
