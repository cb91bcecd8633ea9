"""Templates: what a blank one says, and that a filled one is read as it was filled in."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from schemas import codes, registry
from schemas.layouts import LAYOUTS, Sheet
from schemas.layouts.entry import (
    CLOSED_LISTS,
    ENTRIES,
    FIRST_DATA_ROW,
    HEADER_ROW,
    TITLES,
    example_of,
)
from schemas.layouts.ours import GUIDE_SHEET, TEMPLATE_MARK, TEMPLATE_SHEET, TEMPLATE_VERSION
from schemas.period import month_number
from tasks import warehouse
from tasks.headers import find_header
from tasks.office import Limits, Office, Refused, init_office, load_office
from tasks.report_compared import Indicator, indicator
from tasks.sheets import Parsed, parse
from tasks.template_sheets import LIST_SHEET
from tasks.templates import Template, make_template, save_template
from tests.small_office import made, put

COMMUNE, NAME = "03250", "Mường Báng"
HIDDEN = (LIST_SHEET, TEMPLATE_SHEET)
KINDS = pytest.mark.parametrize("kind", codes.FILE_KINDS)
TANG = {
    "dossier_no": "TC-01",
    "full_name": "Giàng Thị Mỷ",
    "birth_date": "1940",
    "gender": "Nữ",
    "citizen_id": "011140000123",
    "village": "Bản Cáp",
    "category_code": "BT05A2",
    "coefficient": "2,0",
    "monthly_amount": 720000,
    "units": 1,
    "decision_no": "12/QĐ-UBND",
    "decision_date": "20/05/2024",
    "effective_month": "06/2024",
    "reason": "MOI",
}
ACCOUNT = {
    "dossier_no": "TC-01",
    "method": "UY_QUYEN",
    "holder_name": "VỪ A HÙNG",
    "holder_citizen_id": "011085000456",
    "authorisation_no": "4/UQ",
    "authorisation_expires_on": "31/12/2026",
    "phone": "0912345678",
    "bank": "970405",
    "account_number": "0086002051234",
}
RESULT = {
    "payment_id": "P0",
    "account_number": "0086",
    "amount": 720000,
    "transacted_at": "08/06/2024 09:30",
    "status": "LOI",
    "error_code": "TK_DONG",
    "fee": 1100,
}
CHECKED = {"dossier_no": "TC-01", "subject": "DAN_CU", "value": "011140000123", "outcome": "SAI"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "TANG": [TANG, {"dossier_no": "TC-02", "birth_date": "07/1941", "note": "hỏi lại"}],
    "GIAM": [{"dossier_no": "TC-03", "reason": "CHET", "death_date": "11/05/2024"}],
    "DIEU_CHINH": [{"dossier_no": "TC-04", "old_category_code": "BT06F", "units": 2}],
    "TAI_KHOAN": [ACCOUNT, {"dossier_no": "TC-02", "no_account_reason": "O_XA"}],
    "XAC_THUC": [CHECKED],
    "KET_QUA": [RESULT],
    "BAO_CAO": [{"metric": "Số đối tượng", "value": "412"}, {"metric": "Lỗi (lượt)", "value": "3"}],
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    init_office(tmp_path / "office")
    return load_office(tmp_path / "office", date(2024, 6, 3))


def template(office: Office, kind: str, commune: str | None = None) -> Template:
    with warehouse.opened(office) as connection:
        return make_template(connection, office, kind, commune)


def book_of(made: Template) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made.data))


def read(book: openpyxl.Workbook, path: Path) -> Parsed:
    book.save(path)
    return parse(path, path.name, Limits())


def pages(book: openpyxl.Workbook, kind: str) -> list[tuple[Sheet, Worksheet]]:
    return [(sheet, book[sheet.kind]) for sheet in LAYOUTS[kind].sheets]


def checks(page: Worksheet, sheet: Sheet, header: str) -> DataValidation | None:
    """Return what is looked at in the first data cell under a header."""
    place = [field.header for field in sheet.fields].index(header) + 1
    cell = page.cell(FIRST_DATA_ROW + 1, place).coordinate
    hits = [one for one in page.data_validations.dataValidation if cell in one.sqref]
    assert len(hits) <= 1
    return hits[0] if hits else None


def column(page: Worksheet, number: int) -> ColumnDimension:
    """Return the column that holds for a column number: equal neighbours are one."""
    (found,) = (one for one in page.column_dimensions.values() if one.min <= number <= one.max)
    return found


def listed(book: openpyxl.Workbook, check: DataValidation | None) -> list[str]:
    """Return the words that a drop-down offers."""
    assert check is not None
    assert check.type == "list"
    name, place = check.formula1.removeprefix("=").split("!")
    assert name.strip("'") == LIST_SHEET
    return [cell.value for (cell,) in book[LIST_SHEET][place.replace("$", "")]]


def test_every_column_and_sheet_can_be_explained() -> None:
    for layout in LAYOUTS.values():
        for sheet in layout.sheets:
            assert TITLES[sheet.kind]
            assert all(ENTRIES[field.column].hint for field in sheet.fields)
            # The way people fill it in must hold for what must be filled in.
            assert all(example_of(sheet, field) for field in sheet.fields[:3])


@KINDS
def test_a_blank_template_is_taken_with_no_rows(office: Office, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(template(office, kind, COMMUNE).data)
    parsed = parse(path, path.name, Limits())
    assert (parsed.kind, parsed.refusal, parsed.frame.height) == (kind, None, 0)
    assert (parsed.stated_unit or "").removeprefix("Xã ") == NAME
    assert parsed.stated_period == "06/2024"
    assert [place.kind for place in parsed.places] == [one.kind for one in LAYOUTS[kind].sheets]


@KINDS
def test_a_template_without_commune_states_none(office: Office, tmp_path: Path, kind: str) -> None:
    book = book_of(template(office, kind))
    label = LAYOUTS[kind].unit_headers[0]
    assert {page["A2"].value.strip() for _, page in pages(book, kind)} == {f"{label}:"}
    assert read(book, tmp_path / "a.xlsx").stated_unit is None


@KINDS
def test_headers_stand_where_they_are_promised(office: Office, kind: str) -> None:
    for sheet, page in pages(book_of(template(office, kind)), kind):
        headers = [cell.value for cell in page[HEADER_ROW + 1]]
        expected = [
            f"{field.header} *" if field.column in sheet.required else field.header
            for field in sheet.fields
        ]
        assert headers == expected
        top = [[str(cell.value or "") for cell in row] for row in page.iter_rows()]
        found = find_header(top, sheet.kind)
        assert found is not None
        assert (found.first, found.last) == (HEADER_ROW, HEADER_ROW)
        assert found.columns == {field.name: [n] for n, field in enumerate(sheet.fields)}


@KINDS
def test_what_people_fill_in_is_read_back(office: Office, tmp_path: Path, kind: str) -> None:
    book = book_of(template(office, kind, COMMUNE))
    expected = []
    for sheet, page in pages(book, kind):
        names = [field.name for field in sheet.fields]
        for number, row in enumerate(ROWS[sheet.kind], start=FIRST_DATA_ROW + 1):
            for name, value in row.items():
                page.cell(number, names.index(name) + 1).value = value
            words = {name: str(value) for name, value in row.items()}
            expected.append((sheet.kind, sheet.kind, number, words))
    parsed = read(book, tmp_path / "a.xlsx")
    assert parsed.refusal is None
    fields = LAYOUTS[kind].table.fields
    assert [
        (row["sheet"], row["kind"], row["row_no"], {n: row[n] for n in fields if row[n]})
        for row in parsed.frame.to_dicts()
    ] == expected


@KINDS
def test_the_other_sheets_are_no_data(office: Office, kind: str) -> None:
    book = book_of(template(office, kind, COMMUNE))
    expected = [GUIDE_SHEET, *(sheet.kind for sheet in LAYOUTS[kind].sheets), *HIDDEN]
    assert book.sheetnames == expected
    for name in (GUIDE_SHEET, *HIDDEN):
        top = [[str(cell.value or "") for cell in row] for row in book[name].iter_rows()]
        assert all(find_header(top[first:], name) is None for first in range(0, len(top), 25))
    mark = book[TEMPLATE_SHEET]
    assert [mark[cell].value for cell in ("A1", "B1", "C1")] == [
        TEMPLATE_MARK,
        kind,
        TEMPLATE_VERSION,
    ]
    assert (mark.sheet_state, book[LIST_SHEET].sheet_state) == ("veryHidden", "hidden")


@KINDS
def test_headers_are_protected_and_data_cells_are_not(office: Office, kind: str) -> None:
    for sheet, page in pages(book_of(template(office, kind)), kind):
        assert page.protection.sheet
        assert page.protection.password is None
        assert not any((page.protection.insertRows, page.protection.sort))  # false: allowed
        assert page.freeze_panes == "B6"
        assert page.print_title_rows == "$5:$5"
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert all(cell.protection.locked for row in page["A4:C5"] for cell in row)
        assert not page["A2"].protection.locked
        for place in range(len(sheet.fields) + 1):
            assert not column(page, place + 1).protection.locked


def test_digits_keep_their_zeros_and_amounts_their_groups(office: Office) -> None:
    book = book_of(template(office, "bien_dong"))
    sheet, page = pages(book, "bien_dong")[0]
    formats = {
        field.name: column(page, n).number_format for n, field in enumerate(sheet.fields, start=1)
    }
    assert formats.pop("monthly_amount") == "#,##0"
    assert formats.pop("units") == "0"
    assert set(formats.values()) == {"@"}


def test_drop_downs_offer_the_words_of_the_declarations(office: Office) -> None:
    book = book_of(template(office, "bien_dong"))
    for sheet, page in pages(book, "bien_dong"):
        assert listed(book, checks(page, sheet, "Lý do")) == list(sheet.words)
    tang, page = pages(book, "bien_dong")[0]
    assert listed(book, checks(page, tang, "Giới tính")) == ["Nam", "Nữ"]
    assert checks(page, tang, "Thôn/bản") is None

    book = book_of(template(office, "tai_khoan"))
    sheet, page = pages(book, "tai_khoan")[0]
    assert listed(book, checks(page, sheet, "Hình thức nhận")) == list(codes.METHODS)
    banks = listed(book, checks(page, sheet, "Mã ngân hàng (BIN)"))
    assert set(banks[:3]) == {"970405", "970449", "971005"}, "the office pays through these"
    assert len(set(banks)) == len(banks) > 40


def test_categories_are_those_of_the_open_month(tmp_path: Path) -> None:
    offered = {}
    for month in ("2024-06", "2025-07"):
        init_office(tmp_path / month, month)
        book = book_of(template(load_office(tmp_path / month, date(2025, 7, 2)), "bien_dong"))
        (_, _), (_, _), (sheet, page) = pages(book, "bien_dong")
        check = checks(page, sheet, "Mã loại đối tượng")
        offered[month] = set(listed(book, check))
        assert check is not None
        assert check.errorStyle == "warning", "a late decision names a code of earlier months"
        assert {"BT05C", "HT01"} <= set(listed(book, checks(page, sheet, "Mã loại cũ")))
    assert "BT05C" in offered["2024-06"] - offered["2025-07"]
    assert "HT01" in offered["2025-07"] - offered["2024-06"]


def test_villages_are_those_of_the_commune(office: Office) -> None:
    with warehouse.opened(office) as connection:
        _people_in_villages(connection)
        book = book_of(make_template(connection, office, "bien_dong", COMMUNE))
    sheet, page = pages(book, "bien_dong")[0]
    check = checks(page, sheet, "Thôn/bản")
    assert listed(book, check) == ["Bản Cáp", "Đề Bua"]
    assert check is not None
    assert not check.showErrorMessage, "there are other villages"


def _people_in_villages(connection: warehouse.Connection) -> None:
    """Two spellings of one village, one of another, and a person who moved away."""
    villages = ("Đề Bua", "Bản Cáp", "BẢN CÁP", "Bản Cáp", "Xa Lắm", None)
    put(
        connection,
        registry.Person,
        made(
            "dossier_no village",
            *((f"P{n}", village) for n, village in enumerate(villages)),
            full_name="A",
            name_fold="A",
            birth_date="1940",
            gender="Nam",
            is_dead=False,
            identity_event=1,
        ),
    )
    put(
        connection,
        registry.Interval,
        made(
            "dossier_no interval_no commune_code from_month start_event",
            *((f"P{n}", 1, COMMUNE, month_number("2024-01"), n) for n in range(len(villages))),
            ("P4", 2, "03217", month_number("2024-05"), 9),
            family="BT05A",
            scheme="BTXH",
            start_cycle=month_number("2024-06"),
            start_reason="HIEN_HUONG",
            is_roster=True,
        ),
    )


@pytest.mark.parametrize(
    ("kind", "header", "kept"),
    [
        ("bien_dong", "Số định danh", "stop"),
        ("bien_dong", "Ngày sinh", "stop"),
        ("bien_dong", "Hưởng từ tháng", "stop"),
        ("bien_dong", "Số suất", "stop"),
        ("tai_khoan", "Số tài khoản", "stop"),
        ("tai_khoan", "Số điện thoại", "warning"),
        ("ket_qua", "Số tiền", "stop"),
    ],
)
def test_mistakes_are_told_while_typing(office: Office, kind: str, header: str, kept: str) -> None:
    sheet, page = pages(book_of(template(office, kind)), kind)[0]
    check = checks(page, sheet, header)
    assert check is not None
    assert check.showErrorMessage
    assert (check.errorStyle or "stop") == kept
    assert check.error
    assert check.errorTitle
    assert len(check.formula1) <= 255, "Excel opens no file with a longer check"


def test_metrics_are_words_that_reports_are_compared_by() -> None:
    labels = {name: label for label, name in CLOSED_LISTS["metrics"].items()}
    found = {name: indicator(label) for name, label in labels.items()}
    assert found == {name: Indicator(name) for name in labels}


def test_the_same_office_gives_the_same_bytes(office: Office) -> None:
    first, second = (template(office, "bien_dong", COMMUNE) for _ in range(2))
    assert first.data == second.data
    assert first.name == "mau_bien_dong_03250.xlsx"
    assert template(office, "bien_dong", "xã mường báng").data == first.data


@pytest.mark.parametrize("word", ["99999", "Hà Nội", "03203"])
def test_a_commune_of_no_office_of_ours_is_refused(office: Office, word: str) -> None:
    with pytest.raises(Refused, match=f"“{word}”.*03217"):
        template(office, "bien_dong", word)


def test_a_name_of_two_communes_is_written_as_code(office: Office) -> None:
    path = office.reference / "admin_units_dien_bien.csv"
    text = path.read_text(encoding="utf-8").replace("03247,Xã Mường Đun", "03247,Xã Mường Báng")
    path.write_text(text, encoding="utf-8")
    heads = {
        code: book_of(template(office, "tai_khoan", code))["TAI_KHOAN"]["A2"].value
        for code in ("03247", "03250")
    }
    assert "Xã: 03247" in heads.values()
    assert len(set(heads.values())) == 2


def test_a_filled_template_is_not_overwritten(office: Office, tmp_path: Path) -> None:
    blank = template(office, "xac_thuc")
    path = save_template(blank, tmp_path)
    assert path == tmp_path / "mau_xac_thuc.xlsx"
    assert save_template(blank, path) == path
    path.write_bytes(b"what somebody typed")
    with pytest.raises(Refused, match="--out"):
        save_template(blank, path)
    assert path.read_bytes() == b"what somebody typed"
    with pytest.raises(Refused, match="Không có thư mục"):
        save_template(blank, tmp_path / "none" / "a.xlsx")
