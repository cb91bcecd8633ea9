"""Workbooks of every shape: where the table stands, what stands around it, how it is headed."""

from __future__ import annotations

import unicodedata
from datetime import date

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests import house
from tests.corpus.case import Numbers, case, rejects, returns, takes
from tests.corpus.old_excel import xls
from tests.corpus.writing import (
    MAIN,
    RELATION,
    SHEET,
    TITLES,
    WORKBOOK,
    account,
    changing,
    column_of,
    known,
    leaving,
    ods,
    ods_cell,
    ods_row,
    people,
    person,
    raw_book,
    row_xml,
    rows_xml,
    table,
    xlsx,
)

PLAIN = {"full_name": "Vừ A Hùng", "birth_date": "1980-03-15", "category_code": "BT06D"}
SECOND = {"full_name": "Giàng Thị Mỷ", "gender": "Nữ", "effective_month": "2024-06"}


@case(takes(2, 3, cells={2: PLAIN, 3: SECOND}))
def plain_table(no: Numbers) -> bytes:
    """A commune fills in the template and nothing else."""
    return xlsx({"TANG": table("TANG", people(no, 2))})


@case(takes(6, 7, cells={6: PLAIN, 7: SECOND}))
def letterhead(no: Numbers) -> bytes:
    """A commune puts its letterhead above the table, merged over all columns."""
    grid = [*TITLES, *table("TANG", people(no, 2))]
    return xlsx({"TANG": grid}, lambda book: book["TANG"].merge_cells("A1:K1"))


@case(takes(31, 32, cells={31: PLAIN}))
def header_in_row_30(no: Numbers) -> bytes:
    """A commune puts its whole letter above the table: the header is the last that is looked at."""
    letter = [[f"Căn cứ văn bản số {n}"] for n in range(1, 30)]
    return xlsx({"TANG": [*letter, *table("TANG", people(no, 2))]})


@case(returns("30 hàng đầu"))
def header_in_row_31(no: Numbers) -> bytes:
    """The letter above the table is one line too long."""
    letter = [[f"Căn cứ văn bản số {n}"] for n in range(1, 31)]
    return xlsx({"TANG": [*letter, *table("TANG", people(no, 2))]})


@case(takes(3, 4, cells={3: PLAIN | {"decision_no": "12/QĐ-UBND", "decision_date": "2024-05-20"}}))
def two_row_header(no: Numbers) -> bytes:
    """`Quyết định` stands merged over `Số` and `Ngày`, all other headers over two rows."""
    rows = people(no, 2)
    head, *body = table("TANG", rows)
    column = head.index("Số quyết định")
    lower = [None] * len(head)
    head[column : column + 2] = ["Quyết định", None]
    lower[column : column + 2] = ["Số", "Ngày"]

    def merge(book) -> None:
        sheet = book["TANG"]
        for number in range(1, len(head) + 1):
            if number not in (column + 1, column + 2):
                letter = get_column_letter(number)
                sheet.merge_cells(f"{letter}1:{letter}2")
        sheet.merge_cells(start_row=1, end_row=1, start_column=column + 1, end_column=column + 2)

    return xlsx({"TANG": [head, lower, *body]}, merge)


@case(takes(3, 4, cells={3: PLAIN, 4: SECOND}))
def header_with_two_languages(no: Numbers) -> bytes:
    """A second header row repeats each header in the language of the minority."""
    head, *body = table("TANG", people(no, 2))
    return xlsx({"TANG": [head, [f"({n})" for n in range(1, len(head) + 1)], *body]})


@case(takes(3, 4, cells={3: PLAIN}))
def row_of_column_letters(no: Numbers) -> bytes:
    """Below the header stand A, B, 1, 2, 3 … as in forms of the ministry."""
    head, *body = table("TANG", people(no, 2))
    marks = ["A", "B", *range(1, len(head) - 1)]
    return xlsx({"TANG": [head, marks, *body]})


@case(takes(3, 4, 6, cells={6: {"full_name": "Sùng A Dơ"}}))
def village_subheaders(no: Numbers) -> bytes:
    """The people of each village stand below its name."""
    head, one, two, three = table("TANG", people(no, 3))
    return xlsx({"TANG": [head, ["I", "Bản Huổi Só"], one, two, ["II", "Bản Tả Là Cáo"], three]})


@case(takes(3, 5, 9, 10))
def header_on_every_page(no: Numbers) -> bytes:
    """The header and the column numbers are repeated where a printed page begins."""
    head, one, two, three, four = table("TANG", people(no, 4))
    numbers = list(range(1, len(head) + 1))
    return xlsx({"TANG": [head, numbers, one, [], two, [], head, numbers, three, four]})


@case(takes(5, 8, cells={5: PLAIN}))
def blank_rows_and_columns(no: Numbers) -> bytes:
    """The table begins in D4, and rows were left blank between people."""
    head, one, two = table("TANG", people(no, 2))
    grid = [[], [], [], head, one, [], [" "], two]
    return xlsx({"TANG": [[None, None, None, *row] for row in grid]})


@case(
    takes(2, 4, 5, cells={4: {"full_name": "Sùng A Dơ"}}, rejected=(3,), found=("3 EN09 reject",))
)
def hidden_rows_and_columns(no: Numbers) -> bytes:
    """Rows and columns were hidden before sending; they count like all others."""
    rows = people(no, 4)
    rows[1]["full_name"] = None

    def hide(book) -> None:
        sheet = book["TANG"]
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["D"].hidden = True

    return xlsx({"TANG": table("TANG", rows)}, hide)


@case(takes(2, 3, 4))
def filtered_list(no: Numbers) -> bytes:
    """A filter of Excel is on and shows one village only."""

    def filter_on(book) -> None:
        sheet = book["TANG"]
        sheet.auto_filter.ref = "A1:L4"
        sheet.auto_filter.add_filter_column(1, ["x"])
        sheet.row_dimensions[3].hidden = True

    return xlsx({"TANG": table("TANG", people(no, 3))}, filter_on)


@case(takes(2, 3, 5))
def subtotals_and_total(no: Numbers) -> bytes:
    """Each village ends with a line `Cộng`, the list with `Tổng cộng`, and all are right."""
    head, one, two, three = table("TANG", people(no, 3))
    grid = [head, one, two, ["Cộng bản Huổi Só: 2 người"], three, ["Cộng bản Tà Dê: 1 người"]]
    return xlsx({"TANG": [*grid, ["TỔNG CỘNG: 3 người"]]})


@case(takes(2, 3))
def total_in_words_only(no: Numbers) -> bytes:
    """The last line says `Tổng cộng` and gives no figure."""
    return xlsx({"TANG": [*table("TANG", people(no, 2)), [None, "Tổng cộng"]]})


@case(takes(2, 3))
def signatures(no: Numbers) -> bytes:
    """Below the table stand place, day, who made the list and who signs."""
    signed = [
        [],
        [None, None, None, None, None, "Tủa Chùa, ngày 05 tháng 6 năm 2024"],
        [None, "NGƯỜI LẬP BIỂU", None, None, None, "CHỦ TỊCH"],
        [None, "(Ký, ghi rõ họ tên)", None, None, None, "(Ký, đóng dấu)"],
        [],
        [None, "Lò Thị Mai", None, None, None, "Giàng A Páo"],
    ]
    return xlsx({"TANG": [*table("TANG", people(no, 2)), *signed]})


@case(takes(2, said=("Hướng dẫn", "Danh mục", "Sheet3")))
def other_sheets(no: Numbers) -> bytes:
    """The workbook holds a guide, a list of codes and an empty sheet beside the list."""
    guide = [["Cách điền"], ["1. Mã hồ sơ: ghi đúng sổ"], ["2. Họ và tên: viết có dấu"]]
    codes = [["Mã", "Tên"], ["BT06D", "Người khuyết tật nặng"], ["BT04", "Người đơn thân"]]
    sheets = {"Hướng dẫn": guide, "TANG": table("TANG", people(no, 1)), "Danh mục": codes}
    return xlsx(sheets | {"Sheet3": [["x"]]})


@case(
    takes("tăng!2", "GIẢM !2", "Điều Chỉnh (2)!2", cells={"GIẢM !2": {"reason": "CHUYEN_DI"}}),
    before=lambda no: {"TANG": people(no, 2)},
)
def sheet_names_in_any_dress(no: Numbers) -> bytes:
    """Sheets are called `tăng`, `GIẢM ` and `Điều Chỉnh (2)`."""
    return xlsx(
        {
            "tăng": table("TANG", [person(no, 3)]),
            "GIẢM ": table("GIAM", [leaving(no, 1)]),
            "Điều Chỉnh (2)": table("DIEU_CHINH", [changing(no, 2)]),
        }
    )


@case(takes(2, cells={2: {"reason": "CHUYEN_DI", "effective_month": "2024-07"}}), before=known(1))
def sheet_without_a_name(no: Numbers) -> bytes:
    """The sheet is called Sheet1; the header of its month tells that people leave."""
    return xlsx({"Sheet1": table("GIAM", [leaving(no)])})


@case(returns("TĂNG, GIẢM"))
def sheet_that_could_be_any(no: Numbers) -> bytes:
    """The sheet is called Sheet1, the month `Từ tháng`, and no reason tells what it is."""
    rows = [person(no, 1, reason=None)]
    return xlsx({"Sheet1": table("", rows)})


SYNONYMS = {
    "dossier_no": "Số sổ",
    "full_name": "Họ tên",
    "birth_date": "Ngày, tháng, năm sinh",
    "citizen_id": "Số ĐDCN/CCCD",
    "category_code": "Loại đối tượng",
    "village": "Bản",
    "effective_month": "Từ tháng",
    "decision_no": "Số QĐ",
}


@case(takes(2, cells={2: PLAIN | {"citizen_id": "011080000001", "village": "Huổi Só"}}))
def synonyms(no: Numbers) -> bytes:
    """A commune uses its own words for the columns."""
    row = person(no, citizen_id="011080000001", village="Huổi Só")
    return xlsx({"TANG": table("TANG", [row], SYNONYMS)})


@case(takes(2, cells={2: PLAIN}, said=("Mã loại đối tượng", "gần giống")))
def misspelled_header(no: Numbers) -> bytes:
    """A header was typed with a slip; it is read, and said in the report."""
    words = {"category_code": "Mã loại đối tưọngg", "decision_date": "Ngày quyêt địnnh"}
    return xlsx({"TANG": table("TANG", [person(no)], words)})


@case(takes(2, cells={2: PLAIN}))
def headers_with_marks_and_breaks(no: Numbers) -> bytes:
    """Headers are in capitals, broken over lines, starred, numbered and explained."""
    words = {
        "dossier_no": "MÃ HỒ SƠ\n(*)",
        "full_name": "Họ  và\ntên * ",
        "birth_date": "2. Ngày sinh (dd/mm/yyyy)",
        "category_code": "Mã loại\r\nđối tượng 7",
        "effective_month": "HƯỞNG TỪ THÁNG:",
    }
    return xlsx({"TANG": table("TANG", [person(no)], words)})


@case(takes(2, cells={2: PLAIN}))
def headers_in_pieces(no: Numbers) -> bytes:
    """Headers come from a Mac: letters and accents as separate characters (NFD), with NBSP."""
    words = {
        name: unicodedata.normalize("NFD", header).replace(" ", "\u00a0")
        for name, header in house.HEADERS.items()
    }
    return xlsx({"TANG": table("TANG", [person(no)], words)})


@case(takes(2, 3, cells={2: PLAIN, 3: SECOND}))
def columns_in_another_order(no: Numbers) -> bytes:
    """A commune sorted the columns its own way."""
    rows = [dict(sorted(row.items())) for row in people(no, 2)]
    return xlsx({"TANG": table("TANG", rows)})


@case(takes(2, cells={2: PLAIN}))
def extra_columns(no: Numbers) -> bytes:
    """A commune keeps columns of its own between ours."""
    row = {"dossier_no": no(1), "hamlet_head": "Lò Văn Pâng", **person(no), "poor": "Hộ nghèo"}
    words = {"hamlet_head": "Trưởng bản", "poor": "Diện hộ"}
    return xlsx({"TANG": table("TANG", [row], words)})


@case(takes(2, cells={2: PLAIN | {"note": "ghi chú đầu"}}, said=("2 lần",)))
def a_header_twice(no: Numbers) -> bytes:
    """Two columns are headed `Ghi chú`: the first counts, and that is said."""
    row = person(no, note="ghi chú đầu", other="ghi chú sau")
    return xlsx({"TANG": table("TANG", [row], {"other": "Ghi chú"})})


@case(takes(2, cells={2: PLAIN}))
def a_far_away_table(no: Numbers) -> bytes:
    """The table begins in column 61."""
    return xlsx({"TANG": [[None] * 60 + row for row in table("TANG", people(no, 1))]})


@case(takes(2, 3, cells={2: {"village": "Huổi Só"}, 3: {"village": None}}))
def merged_data_cells(no: Numbers) -> bytes:
    """The village is merged over the two people who live there: it stands in the first row."""
    rows = [person(no, 1, village="Huổi Só"), person(no, 2, village=None)]
    grid = table("TANG", rows)
    letter = get_column_letter(column_of(grid, "Thôn/bản"))
    return xlsx({"TANG": grid}, lambda book: book["TANG"].merge_cells(f"{letter}2:{letter}3"))


@case(takes(2, cells={2: PLAIN}, said=("ẩn",)))
def hidden_sheet(no: Numbers) -> bytes:
    """The list stands on a hidden sheet behind a cover."""

    def hide(book) -> None:
        book["TANG"].sheet_state = "veryHidden"

    return xlsx({"Bìa": [["Kính gửi"]], "TANG": table("TANG", people(no, 1))}, hide)


@case(takes(2, 3, cells={2: PLAIN}))
def dressed_up(no: Numbers) -> bytes:
    """Comments, drop-downs, colours, widths, frozen panes, number formats and a named table."""

    def dress(book) -> None:
        sheet = book["TANG"]
        sheet["C2"].comment = Comment("Kiểm tra lại", "Lan")
        sheet["C2"].fill = PatternFill("solid", fgColor="FFFF00")
        check = DataValidation(type="list", formula1='"Nam,Nữ"', allow_blank=True)
        sheet.add_data_validation(check)
        check.add("E2:E100")
        sheet.freeze_panes = "C2"
        sheet.column_dimensions["C"].width = 40
        sheet["A2"].number_format = "00000"
        sheet.add_table(Table(displayName="DanhSach", ref="A1:K3"))
        book.create_sheet("Danh mục")["A1"] = "Nam"

    return xlsx({"TANG": table("TANG", people(no, 2))}, dress)


@case(takes(2, cells={2: PLAIN}))
def rich_text(no: Numbers) -> bytes:
    """Half of a name is bold."""

    def bold(book) -> None:
        letters = CellRichText("Vừ A ", TextBlock(InlineFont(b=True), "Hùng"))
        book["TANG"]["C2"] = letters

    return xlsx({"TANG": table("TANG", people(no, 1))}, bold)


@case(takes(2, 3))
def thousands_of_styled_blank_rows(no: Numbers) -> bytes:
    """Borders were drawn down to row 3,000 and formats out to column 180."""

    def style(book) -> None:
        sheet = book["TANG"]
        for row in range(4, 3001):
            sheet.cell(row, 1).font = Font(bold=True)
        sheet.cell(1, 180).font = Font(bold=True)

    return xlsx({"TANG": table("TANG", people(no, 2))}, style)


@case(takes(3, cells={3: {"commune_code": "03241"}}))
def heading_names_the_commune(no: Numbers) -> bytes:
    """The heading says `Xã: Sính Phình`; the folder it lies in is another commune's."""
    heading = ["Xã: Sính Phình", None, "Kỳ: 06/2024"]
    return xlsx({"TANG": [heading, *table("TANG", people(no, 1))]})


@case(takes(4, cells={4: {"commune_code": "03244"}}))
def heading_in_two_cells(no: Numbers) -> bytes:
    """The words `Xã` and `Kỳ` stand in one cell, what they are in the next but one."""
    heading = [["XÃ:", None, "Xá Nhè"], ["Kỳ:", None, date(2024, 6, 1)]]
    return xlsx({"TANG": [*heading, *table("TANG", people(no, 1))]})


@case(takes(2, 3, cells={2: {"commune_code": "03247"}, 3: {"commune_code": "03250"}}))
def column_names_the_commune(no: Numbers) -> bytes:
    """One list of two communes, with a column `Xã`."""
    rows = [person(no, 1, unit="Xã Mường Đun"), person(no, 2, unit="03250")]
    return xlsx({"TANG": table("TANG", rows, {"unit": "Xã"})})


@case(takes(2))
def template_with_one_sheet_filled(no: Numbers) -> bytes:
    """Three sheets were sent, two of them as empty as they came."""
    empty = {
        "GIAM": table("GIAM", [leaving(no)])[:1],
        "DIEU_CHINH": table("DIEU_CHINH", [changing(no)])[:1],
    }
    return xlsx({"TANG": table("TANG", people(no, 1))} | empty)


@case(takes())
def empty_template(no: Numbers) -> bytes:
    """A commune without changes sends the empty template."""
    return xlsx({"TANG": table("TANG", people(no, 1))[:1]})


@case(takes(2, 4, cells={2: {"full_name": "Tòng Văn Lả"}}))
def the_family_name_tong(no: Numbers) -> bytes:
    """Names stand in the first column, and a Mr Tòng is no total."""
    rows = [person(no, 1, full_name="Tòng Văn Lả"), person(no, 2)]
    head, one, two = ([*row[2:], row[1]] for row in table("TANG", rows))
    return xlsx({"TANG": [head, one, ["Tổng số: 2"], two]})


@case(rejects(3, taken=(2, 4), found=("3 EN09 reject",)))
def a_person_without_dossier_number(no: Numbers) -> bytes:
    """The number of one person is not known yet; the row is a row all the same."""
    rows = people(no, 3)
    rows[1]["dossier_no"] = None
    return xlsx({"TANG": table("TANG", rows)})


@case(takes(2, cells={2: PLAIN | {"effective_month": "2024-06"}}))
def workbook_of_a_mac(no: Numbers) -> bytes:
    """Excel for the Mac counts days from 1904."""

    def mac(book) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        book.epoch = CALENDAR_MAC_1904

    row = person(no, birth_date=date(1980, 3, 15), effective_month=date(2024, 6, 1))
    return xlsx({"TANG": table("TANG", [row])}, mac)


@case(takes(2, cells={2: PLAIN}))
def cells_without_addresses(no: Numbers) -> bytes:
    """A program wrote rows and cells without saying where they stand."""
    import re

    data = rows_xml(table("TANG", people(no, 1)))
    return raw_book(re.sub(r'<(c|row) r="\w+"', r"<\1", data))


@case(takes(2, cells={2: PLAIN}))
def prefixed_xml(no: Numbers) -> bytes:
    """A program wrote every tag with a prefix."""
    import re

    data = re.sub(r"<(/?)(\w)", r"<\1x:\2", rows_xml(table("TANG", people(no, 1))))
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{data}</x:sheetData></x:worksheet>'
    return raw_book("", {SHEET: sheet})


@case(takes(2, cells={2: PLAIN}))
def strict_open_xml(no: Numbers) -> bytes:
    """The file was saved as `Strict Open XML`, whose namespaces are others."""
    data = rows_xml(table("TANG", people(no, 1)))
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    relation = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    return raw_book(
        "",
        {
            SHEET: f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
            "xl/workbook.xml": WORKBOOK.replace(MAIN, main).replace(RELATION, relation),
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org'
            f'/package/2006/relationships"><Relationship Id="rId1" Type="{relation}/worksheet"'
            ' Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        },
    )


@case(takes(2, 2001, cells={2001: {"full_name": "Giàng Thị Mỷ"}}))
def rows_far_apart(no: Numbers) -> bytes:
    """The second person stands 2,000 rows below the first."""
    head, one, two = table("TANG", people(no, 2))
    return raw_book(row_xml(1, head) + row_xml(2, one) + row_xml(2001, two))


@case(takes(2, 3, cells={2: PLAIN, 3: SECOND}), name="danh_sach.xls")
def old_excel(no: Numbers) -> bytes:
    """A commune still works with Excel 97."""
    return xls({"TANG": table("TANG", people(no, 2))})


@case(takes("TANG!3", "GIAM!2", said=("Bìa",)), name="3 trang.xls", before=known(1))
def old_excel_with_three_sheets(no: Numbers) -> bytes:
    """Excel 97 with a cover and two lists."""
    return xls(
        {
            "Bìa": [["Kính gửi Phòng LĐTBXH"]],
            "TANG": [["Xã: 03217"], *table("TANG", [person(no, 2)])],
            "GIAM": table("GIAM", [leaving(no, 1)]),
        }
    )


@case(takes(2, 3, cells={2: PLAIN, 3: SECOND}), name="danh_sach.ods")
def open_document(no: Numbers) -> bytes:
    """A commune works with LibreOffice."""
    return ods("".join(map(ods_row, table("TANG", people(no, 2)))))


@case(takes(2, 1002, cells={2: PLAIN, 1002: SECOND}), name="danh_sach.ods")
def open_document_with_repeats(no: Numbers) -> bytes:
    """LibreOffice writes blank rows and cells as one, repeated so many times."""
    head, one, two = table("TANG", people(no, 2))
    blank = '<table:table-cell table:number-columns-repeated="16000"/>'
    gap = f'<table:table-row table:number-rows-repeated="999">{blank}</table:table-row>'
    tail = f'<table:table-row table:number-rows-repeated="1040000">{blank}</table:table-row>'
    return ods(ods_row(head) + ods_row(one) + gap + ods_row(two) + tail)


@case(rejects(3, taken=(2,), found=("3 FL04 reject",)), name="danh_sach.ods")
def open_document_with_a_formula(no: Numbers) -> bytes:
    """A name in LibreOffice is put together by a formula."""
    head, one, two = table("TANG", people(no, 2))
    cells = [ods_cell(value) for value in two]
    cells[2] = ods_cell(two[2], ' table:formula="of:=&quot;Giàng&quot;"')
    last = f"<table:table-row>{''.join(cells)}</table:table-row>"
    return ods(ods_row(head) + ods_row(one) + last)


@case(takes(2, cells={2: {"bin": "970405", "account_number": "8811205000001"}}), before=known(1))
def account_list(no: Numbers) -> bytes:
    """A bank sends the accounts that it opened."""
    return xlsx({"Tài khoản": table("TAI_KHOAN", [account(no)])})


@case(takes(3, 4, cells={3: {"subject": "DAN_CU", "outcome": "DUNG"}}), before=known(2))
def verification_list(no: Numbers) -> bytes:
    """The police say which citizen ids are right."""
    rows = [
        {"dossier_no": no(1), "subject": "DAN_CU", "value": "011080000001", "outcome": "Đúng"},
        {"dossier_no": no(2), "subject": "THUE_BAO", "value": "0987654321", "outcome": "SAI"},
    ]
    return xlsx({"XAC_THUC": [["Công an xã"], *table("XAC_THUC", rows)]})


@case(takes(3, 4, cells={3: {"metric": "beneficiaries", "value": "120"}}))
def monthly_report(no: Numbers) -> bytes:
    """A commune reports its figures for the 20th."""
    head = ["Ngày báo cáo", "Chỉ tiêu", "Giá trị"]
    rows = [["18/06/2024", "beneficiaries", 120], ["18/06/2024", "due_amount", "64.800.000"]]
    return xlsx({"BAO_CAO": [["Đơn vị: Tủa Chùa", "Kỳ: 06/2024"], head, *rows]})


@case(takes(3, cells={3: {"amount": 540000, "status": "THANH_CONG", "provider": "LPBANK"}}))
def provider_results(no: Numbers) -> bytes:
    """A provider says what became of a payment."""
    row = {"payment_id": f"CT{no(1)}", "amount": 540000, "status": "Thành công", "fee": "1.100 đ"}
    return xlsx({"KET_QUA": [["Đơn vị: LPBANK", "Kỳ: 06/2024"], *table("KET_QUA", [row])]})


@case(returns("nhiều loại biểu"))
def two_kinds_in_one_workbook(no: Numbers) -> bytes:
    """Changes and accounts were put into one workbook."""
    return xlsx(
        {"TANG": table("TANG", people(no, 1)), "TAI_KHOAN": table("TAI_KHOAN", [account(no)])}
    )


@case(returns("Hình thức nhận"))
def a_needed_column_is_missing(no: Numbers) -> bytes:
    """The account list has no column that says how the money is received."""
    row = account(no)
    del row["method"]
    return xlsx({"Sheet1": table("", [row])})


@case(returns("Không nhận ra"))
def another_table_altogether(no: Numbers) -> bytes:
    """Somebody sends the duty roster."""
    return xlsx({"Lịch trực": [["Ngày", "Trực ban", "Ghi chú"], ["05/06", "Lan", ""]]})
