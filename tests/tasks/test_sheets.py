"""Files of every odd shape in, rows with their places out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from tasks import csv_text
from tasks.csv_text import fast_cells, is_plain, slow_pieces
from tasks.grids import is_numbering
from tasks.headers import find_header, header_key, stated
from tasks.office import Limits
from tests.written import book, read, shown, text_file

GIAM = ["STT", "Mã hồ sơ", "Họ và tên", "Mã loại đối tượng", "Thôi hưởng từ tháng", "Lý do"]
ACCOUNT = ["Mã hồ sơ", "Họ và tên", "Hình thức nhận", "Mã ngân hàng (BIN)", "Số tài khoản"]


def test_a_plain_sheet(tmp_path: Path) -> None:
    rows = [
        ["UBND huyện Tủa Chùa"],
        ["Xã: Sính Phình", None, "Kỳ:", "07/2024"],
        [],
        GIAM,
        [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"],
        [2, "HS002", "Giàng Thị Mỷ", "BT05A", "07/2024", "CHUYEN_DI"],
        ["Tổng cộng: 2 người", None, None, 2, 3, 4],
        [None, None, "Người lập biểu", None, None, "Chủ tịch"],
    ]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert (parsed.kind, parsed.stated_unit, parsed.stated_period, parsed.remark) == (
        "bien_dong",
        "Sính Phình",
        "07/2024",
        "",
    )
    assert shown(parsed, "sheet", "sheet_no", "row_no", "kind", "dossier_no", "full_name") == [
        ("GIAM", 1, 5, "GIAM", "HS001", "Vừ A Hùng"),
        ("GIAM", 1, 6, "GIAM", "HS002", "Giàng Thị Mỷ"),
    ]
    assert shown(parsed, "unit", "period", "citizen_id")[0] == ("Sính Phình", "07/2024", None)


def test_row_numbers_are_the_sheets_own(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("GIAM")
        sheet.write_row(7, 3, GIAM)
        sheet.write_row(8, 3, ["", "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"])
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.write_row(9, 3, ["", "HS002", "Vừ A Páo", "BT05A", "07/2024", "CHET"])
        sheet.write_row(19, 3, ["", "HS003", "Vừ A Dở", "BT05A", "07/2024", "CHET"])
    assert shown(read(path), "row_no", "dossier_no") == [(9, "HS001"), (10, "HS002"), (20, "HS003")]


@pytest.mark.parametrize("left", [0, 5])
@pytest.mark.parametrize("above", [0, 1, 29])
def test_the_header_is_found_within_thirty_rows(tmp_path: Path, left: int, above: int) -> None:
    rows = [GIAM, [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}, left, above))
    assert shown(parsed, "row_no") == [(above + 2,)]


def test_a_header_below_thirty_rows_is_not_found(tmp_path: Path) -> None:
    rows = [GIAM, [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]]
    assert read(book(tmp_path / "a.xlsx", {"GIAM": rows}, above=30)).refusal


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Mã hồ sơ*", "ma ho so"),
        ("MÃ HỒ SƠ", "ma ho so"),
        ("Họ\nvà  tên", "ho va ten"),
        ("Họ và tên (chữ in hoa)", "ho va ten"),
        ("Ngày, tháng, năm sinh", "ngay thang nam sinh"),
        ("Số ĐDCN/CCCD", "so ddcn cccd"),
        ("Mã ngân hàng (BIN) *", "ma ngan hang"),
        ("Hệ số 2", "he so"),
        ("1. Mã hồ sơ", "ma ho so"),
        ("Mã hồ\u00a0sơ", "ma ho so"),
        ("Mã hồ sơ", "ma ho so"),  # NFD
    ],
)
def test_headers_are_compared_without_dress(header: str, key: str) -> None:
    assert header_key(header) == key


def test_a_misspelled_header_is_taken_and_said(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ và tên", "Mã loại đối tượngg", "Thôi hưởng từ tháng", "Lý do"]
    rows = [header, ["HS1", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert shown(parsed, "category_code") == [("BT05A",)]
    assert "Mã loại đối tượng" in parsed.remark
    assert "gần giống" in parsed.remark


def test_dossier_and_category_codes_are_not_confused(tmp_path: Path) -> None:
    header = ["Mã đối tượng", "Họ tên", "Mã đối tượng hưởng", "Thôi hưởng từ tháng", "Lý do"]
    rows = [header, ["HS1", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert shown(parsed, "dossier_no", "category_code") == [("HS1", "BT05A")]


def test_two_row_headers_with_merged_cells_and_column_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet("Giảm")
        for column, text in ((0, "STT"), (1, "Mã hồ sơ"), (2, "Họ và tên"), (3, "Loại đối tượng")):
            sheet.merge_range(2, column, 3, column, text)
        sheet.merge_range(2, 4, 2, 5, "Quyết định")
        sheet.write_row(3, 4, ["Số", "Ngày"])
        sheet.merge_range(2, 6, 3, 6, "Thôi hưởng\ntừ tháng")
        sheet.merge_range(2, 7, 3, 7, "Lý do")
        sheet.write_row(4, 0, [f"({n})" for n in range(1, 9)])
        sheet.write_row(5, 0, [1, "HS1", "Vừ A Hùng", "BT05A", "12/QĐ", "01/06/2024", "07/2024"])
    assert shown(read(path), "row_no", "dossier_no", "decision_no", "decision_date") == [
        (6, "HS1", "12/QĐ", "01/06/2024")
    ]


def test_a_title_above_the_header_is_no_second_header_row(tmp_path: Path) -> None:
    rows = [
        ["Xã: Sính Phình", None, "Kỳ chi trả: 07/2024"],
        GIAM,
        [1, "HS1", "Vừ A Hùng", "BT05A", "07/2024", "CHET"],
    ]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert (parsed.stated_unit, parsed.stated_period) == ("Sính Phình", "07/2024")
    assert shown(parsed, "row_no") == [(3,)]


def test_what_is_no_data_row(tmp_path: Path) -> None:
    rows = [
        GIAM,
        [1, 2, 3, 4, 5, 6],  # column numbers
        ["Bản Huổi Só"],
        [1, "HS1", "Vừ A Hùng", "BT05A", "07/2024", "CHET"],
        ["Cộng bản", None, None, "1", "2", "3"],
        [],
        GIAM,  # the header again, on the next page
        [1, 2, 3, 4, 5, 6],
        [2, None, "Tòng Văn Lả", "BT05A", "07/2024", "CHET"],  # three known fields
        [3, None, "Vừ A Páo", "BT05A"],  # two
        ["TỔNG CỘNG", "HS2", None, "5", "6", "7"],
        [None, "Tủa Chùa, tháng bảy", None, None, None, "Chủ tịch"],
    ]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert shown(parsed, "row_no", "full_name") == [(4, "Vừ A Hùng"), (9, "Tòng Văn Lả")]


def test_the_family_name_tong_is_no_total(tmp_path: Path) -> None:
    header = ["Họ và tên", "Mã hồ sơ", "Mã loại đối tượng", "Thôi hưởng từ tháng"]
    rows = [header, ["Tòng Văn Lả", "HS1", "BT05A", "07/2024"], ["Tổng số", "HS2", "1", "2"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert shown(parsed, "full_name") == [("Tòng Văn Lả",)]


def test_numbers_dates_and_text_become_text(tmp_path: Path) -> None:
    header = [*ACCOUNT, "Số điện thoại", "Ngày hết hạn ủy quyền", "Số văn bản ủy quyền"]
    rows = [
        header,
        [1001, "A", "CHINH_CHU", 970405, 8888000011112222, 912345678, date(2025, 1, 31), 1.5],
        ["HS2", "B", "CHINH_CHU", "970405", "0123", "0912", "31/01/2025", "12"],
    ]
    parsed = read(book(tmp_path / "a.xlsx", {"TAI_KHOAN": rows}))
    fields = ("dossier_no", "bank", "account_number", "phone", "authorisation_expires_on")
    assert shown(parsed, *fields, "authorisation_no") == [
        ("1001", "970405", "8888000011112222", "912345678", "2025-01-31", "1.5"),
        ("HS2", "970405", "0123", "0912", "31/01/2025", "12"),
    ]
    assert shown(parsed, "number_cells") == [
        (",dossier_no,authorisation_no,phone,bank,account_number,",),
        ("",),
    ]


def test_formulas_keep_their_value_and_errors_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        written.add_worksheet("Bìa").write_formula(0, 0, "=1+1", None, 2)
        sheet = written.add_worksheet("GIAM")
        sheet.write_row(0, 0, GIAM)
        sheet.write_row(1, 0, [1, "HS1", "Vừ A Hùng", "BT05A", "07/2024", "CHET"])
        sheet.write_row(2, 0, [2, "HS2", "", "BT05A", "07/2024", "CHET"])
        sheet.write_formula(2, 2, '="Vừ A "&"Páo"', None, "Vừ A Páo")
        sheet.write_formula(2, 3, "=NA()", None, "#N/A")
    parsed = read(path)
    assert shown(parsed, "full_name", "category_code", "formula_cells") == [
        ("Vừ A Hùng", "BT05A", ""),
        ("Vừ A Páo", None, ",full_name,category_code,"),
    ]
    assert "Bìa" in parsed.remark


def test_every_cell_of_an_array_formula_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    written = openpyxl.Workbook()
    sheet = written.active
    sheet.title = "GIAM"
    sheet.append(GIAM)
    for number in (1, 2):
        sheet.append([number, f"HS{number}", "Vừ A Hùng", "BT05A", "07/2024", "CHET"])
    sheet["C2"] = ArrayFormula("C2:C3", '="Vừ A Hùng"')
    written.save(path)
    assert shown(read(path), "formula_cells") == [(",full_name,",), (",full_name,",)]


def test_bin_column_wins_over_bank_name_where_it_is_filled(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ và tên", "Hình thức nhận", "Ngân hàng", "BIN", "Số tài khoản"]
    rows = [
        header,
        ["HS1", "A", "CHINH_CHU", "Agribank", 970405, "0123456789"],
        ["HS2", "B", "CHINH_CHU", "Agribank", None, "0123456789"],
    ]
    parsed = read(book(tmp_path / "a.xlsx", {"TAI_KHOAN": rows}))
    assert shown(parsed, "bank", "number_cells") == [("970405", ",bank,"), ("Agribank", "")]


def test_three_sheets_in_any_dress(tmp_path: Path) -> None:
    tang = ["Mã hồ sơ", "Họ và tên", "Loại đối tượng", "Từ tháng", "Lý do"]
    row = ["HS1", "Vừ A Hùng", "BT05A", "07/2024", "MOI"]
    sheets = {
        "Hướng dẫn": [["Điền vào các trang sau"]],
        "Tăng": [tang, row],
        "Điều chỉnh (2)": [tang, row],
        "giam 07-2024": [tang, row],
    }
    parsed = read(book(tmp_path / "a.xlsx", sheets))
    assert shown(parsed, "sheet", "sheet_no", "kind") == [
        ("Tăng", 2, "TANG"),
        ("Điều chỉnh (2)", 3, "DIEU_CHINH"),
        ("giam 07-2024", 4, "GIAM"),
    ]
    assert "Hướng dẫn" in parsed.remark


@pytest.mark.parametrize(
    ("month_header", "reason", "kind"),
    [
        ("Hưởng từ tháng", "", "TANG"),
        ("Thôi hưởng từ tháng", "", "GIAM"),
        ("Điều chỉnh từ tháng", "", "DIEU_CHINH"),
        ("Từ tháng", "Chết", "GIAM"),
        ("Từ tháng", "CAI_CHINH", "DIEU_CHINH"),
    ],
)
def test_a_csv_tells_its_sheet(tmp_path: Path, month_header: str, reason: str, kind: str) -> None:
    text = f"Mã hồ sơ;Họ tên;Mã loại;{month_header};Lý do\nHS1;Vừ A Hùng;BT05A;07/2024;{reason}\n"
    parsed = read(text_file(tmp_path, text))
    assert shown(parsed, "sheet", "sheet_no", "row_no", "kind") == [("", 1, 2, kind)]
    assert shown(parsed, "effective_month") == [("07/2024",)]


def test_a_sheet_that_could_be_any_of_three_is_refused(tmp_path: Path) -> None:
    parsed = read(text_file(tmp_path, "Mã hồ sơ,Họ tên,Mã loại,Từ tháng\nHS1,A,BT05A,07/2024\n"))
    assert "TĂNG, GIẢM" in (parsed.refusal or "")


def test_a_copied_sheet_may_keep_the_month_header_of_another(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ tên", "Mã loại", "Hưởng từ tháng", "Lý do"]
    rows = [header, ["HS1", "A", "BT05A", "07/2024", "CHET"]]
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": rows}))
    assert shown(parsed, "kind", "effective_month") == [("GIAM", "07/2024")]
    assert "TANG" in parsed.remark


def test_fields_of_other_sheets_are_not_read(tmp_path: Path) -> None:
    header = [*GIAM, "Ngày sinh", "Số CCCD"]
    rows = [header, [1, "HS1", "A", "BT05A", "07/2024", "CHET", "1950", "011050000001"]]
    assert shown(read(book(tmp_path / "a.xlsx", {"GIAM": rows})), "birth_date", "citizen_id") == [
        (None, None)
    ]


RESULT = "Mã chi trả,Số tài khoản,Số tiền,Trạng thái,Mã lỗi\n"


def test_results_are_known_by_payment_id_or_account_and_amount(tmp_path: Path) -> None:
    rows = "CT0001,,,,\n,0123456789,500000,,\n,,500000,,\n,,500000,LOI,KHAC\nTổng,1,2,3,4\n"
    parsed = read(text_file(tmp_path, "Đơn vị: AGRIBANK,,Kỳ: 07/2024,,\n" + RESULT + rows))
    assert (parsed.kind, parsed.stated_unit, parsed.stated_period) == (
        "ket_qua",
        "AGRIBANK",
        "07/2024",
    )
    assert shown(parsed, "row_no") == [(3,), (4,), (6,)]


def test_reports_are_known_by_metric_and_value(tmp_path: Path) -> None:
    text = (
        "Đơn vị,Kỳ,Ngày báo cáo,Chỉ tiêu,Giá trị\n"
        "Sính Phình,07/2024,,beneficiaries,5\n,,,,5\n,,Người lập biểu,Chủ tịch,\n"
    )
    parsed = read(text_file(tmp_path, text))
    assert shown(parsed, "row_no", "unit", "period", "metric") == [
        (2, "Sính Phình", "07/2024", "beneficiaries")
    ]


def test_verification_keeps_who_checked_and_the_heading(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Loại", "Giá trị", "Kết quả", "Ngày", "Đơn vị"]
    rows = [["Xã: Mường Báng"], header, ["HS1", "DAN_CU", "011050000001", "DUNG", None, "CA xã"]]
    parsed = read(book(tmp_path / "a.xlsx", {"XAC_THUC": rows}))
    assert shown(parsed, "checked_by", "unit") == [("CA xã", "Mường Báng")]


def test_heading_goes_before_column_and_sheets_may_differ(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Họ tên", "Mã loại", "Từ tháng", "Xã"]
    row = ["HS1", "A", "BT05A", "07/2024", "Mường Đun"]
    sheets = {
        "TANG": [["Xã: Sính Phình"], header, row],
        "GIAM": [["Xã", "Trung Thu"], header, row],
        "DIEU_CHINH": [header, row],
    }
    parsed = read(book(tmp_path / "a.xlsx", sheets))
    assert parsed.stated_unit is None
    assert shown(parsed, "unit") == [("Sính Phình",), ("Trung Thu",), ("Mường Đun",)]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Xã: Sính Phình"], ("Sính Phình", None)),
        (["XÃ :", "", "03241"], ("03241", None)),
        (["Đơn vị tính: đồng", "Đơn vị: LPBANK"], ("LPBANK", None)),
        (["Tháng 07/2024"], (None, "07/2024")),
        (["(Kỳ chi trả tháng 7 năm 2024)"], (None, "07/2024")),
        (["Kỳ", "2024-07-01"], (None, "2024-07-01")),
        (["Xã:", "Kỳ: 07/2024"], (None, "07/2024")),
        (["Tủa Chùa, ngày 5 tháng 7 năm 2024"], (None, None)),
    ],
)
def test_heading_cells(cells: list[str], said: tuple[str | None, str | None]) -> None:
    assert stated([cells]) == said


def test_two_kinds_in_one_workbook_are_refused_unless_one_is_empty(tmp_path: Path) -> None:
    giam = [GIAM, [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"]]
    account = [ACCOUNT, ["HS1", "A", "CHINH_CHU", "970405", "0123456789"]]
    mixed = read(book(tmp_path / "a.xlsx", {"GIAM": giam, "TAI_KHOAN": account}))
    assert "nhiều loại biểu" in (mixed.refusal or "")
    half = read(book(tmp_path / "b.xlsx", {"GIAM": giam, "TAI_KHOAN": account[:1]}))
    assert half.kind == "bien_dong"


def test_an_empty_template_is_taken_with_no_rows(tmp_path: Path) -> None:
    parsed = read(book(tmp_path / "a.xlsx", {"GIAM": [GIAM]}))
    assert (parsed.kind, parsed.refusal, parsed.frame.height) == ("bien_dong", None, 0)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = [["Mã hồ sơ", "Họ và tên", "Tên chủ tài khoản", "Số tài khoản"], ["HS1", "A", "A", "1"]]
    assert "Hình thức nhận" in (read(book(tmp_path / "a.xlsx", {"S": rows})).refusal or "")


def test_a_hidden_sheet_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as written:
        written.add_worksheet("Bìa").write(0, 0, "x")
        sheet = written.add_worksheet("GIAM")
        sheet.hide()
        sheet.write_row(0, 0, GIAM)
        sheet.write_row(1, 0, [1, "HS001", "Vừ A Hùng", "BT05A", "07/2024", "CHET"])
    parsed = read(path)
    assert shown(parsed, "row_no") == [(2,)]
    assert "ẩn" in parsed.remark


CSV = (
    "Xã: Sính Phình{d}{d}{d}{d}\n"
    "Mã hồ sơ{d}Họ và tên{d}Mã loại{d}Thôi hưởng từ tháng{d}Lý do\n"
    "HS1{d}Vừ A Hùng{d}BT05A{d}07/2024{d}CHET\n"
    "\n"
    "HS2{d}Giàng Thị Mỷ{d}BT05A{d}07/2024{d}CHET\n"
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_dialects(tmp_path: Path, delimiter: str, encoding: str) -> None:
    parsed = read(text_file(tmp_path, CSV.format(d=delimiter), encoding))
    assert parsed.stated_unit == "Sính Phình"
    assert shown(parsed, "row_no", "full_name") == [(3, "Vừ A Hùng"), (5, "Giàng Thị Mỷ")]


def test_csv_records_may_span_lines(tmp_path: Path) -> None:
    text = (
        '"Mã hồ sơ","Họ\nvà tên","Mã loại","Thôi hưởng từ tháng"\r\n'
        'HS1,"Vừ ""A""\nHùng",BT05A,07/2024\r\nHS2,Vừ A Páo,BT05A,07/2024\r\n'
    )
    assert shown(read(text_file(tmp_path, text)), "row_no", "full_name") == [
        (2, 'Vừ "A"\nHùng'),
        (3, "Vừ A Páo"),
    ]


CELL = st.sampled_from(["", "a", "1", " ", "Vừ", "x,y", "\t", "07/2024", "#", "\u00a0", "\ufeff"])


@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    ends=st.booleans(),
)
def test_fast_and_slow_csv_read_the_same(rows, delimiter: str, line_end: str, ends: bool) -> None:
    text = line_end.join(delimiter.join(row) for row in rows) + (line_end if ends else "")
    if not is_plain(text):
        return
    width = max(map(len, rows))
    slow = pl.concat(list(slow_pieces(text, iter(()), delimiter, width)))
    assert_same_cells(fast_cells(text, delimiter, width), slow)


def assert_same_cells(fast: pl.DataFrame, slow: pl.DataFrame) -> None:
    """Blank records at the very end are nobody's rows: the readers may differ there."""
    for frame in (fast, slow):
        assert set(frame.dtypes) <= {pl.String}
    filled = [trimmed(frame) for frame in (fast, slow)]
    assert filled[0] == filled[1]


def trimmed(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    rows = frame.rows()
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def test_fast_and_slow_csv_give_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f"HS{n};Vừ A {n};BT05A;07/2024;CHET\n" for n in range(500))
    path = text_file(tmp_path, CSV.format(d=";") + body + "Tổng cộng;500;1;2;3\n;;;;\n")
    fast = read(path)
    monkeypatch.setattr(csv_text, "is_plain", lambda text: False)
    slow = read(path)
    assert fast.frame.height == 502
    assert fast.frame.equals(slow.frame)


def test_limits_on_rows_columns_and_bytes(tmp_path: Path) -> None:
    body = "".join(f"HS{n},A,BT05A,07/2024\n" for n in range(20))
    path = text_file(tmp_path, "Mã hồ sơ,Họ tên,Mã loại,Hưởng từ tháng\n" + body)
    assert read(path, Limits(max_rows=20)).frame.height == 20
    assert "dòng" in (read(path, Limits(max_rows=19)).refusal or "")
    assert read(path, Limits(max_columns=3)).refusal
    assert "MB" in (read(path, Limits(max_file_mb=0)).refusal or "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"\xff\xfe\x00",
        b"<html><table><tr><td>M\xc3\xa3</td></tr></table></html>",
        b"a,b,c\n1,2,3\n",
        b'"' * 1000,
        b'"a\n' + b"x" * 2_000_000,
    ],
)
def test_what_is_no_submission_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "tep.xlsx"
    path.write_bytes(data)
    assert read(path).refusal


@given(data=st.binary(max_size=300))
def test_no_bytes_make_it_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(data)
    assert read(path).refusal


def test_a_broken_workbook_is_refused_whatever_byte_is_hit(tmp_path: Path) -> None:
    whole = book(tmp_path / "a.xlsx", {"GIAM": [GIAM, [1, "HS1", "A", "BT05A"]]}).read_bytes()
    path = tmp_path / "b.xlsx"
    for place in range(0, len(whole), 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        read(path)
        path.write_bytes(whole[:place])
        assert read(path).refusal


@pytest.mark.parametrize(
    ("row", "is_it"),
    [
        (["1", "2", "3", "4"], True),
        (["(1)", "(2)", "(3)=(1)x(2)"], True),
        (["A", "B", "1", "2", "3"], True),
        (["1", "2"], False),
        (["1", "2", "4"], False),
        (["1", "HS2", "3", "4", "5"], False),
    ],
)
def test_rows_of_column_numbers(row: list[str], is_it: bool) -> None:
    assert is_numbering(row) is is_it


def test_no_header_in_prose() -> None:
    assert find_header([["Mã hồ sơ là gì?"], ["Họ và tên: Vừ A Hùng"]], "Hướng dẫn") is None
