"""The workbook that goes back to the sender."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

from flows import steps
from schemas.quality import RULES
from tasks.inbox import archive, arrivals, stage
from tasks.office import Office, init_office, load_office
from tasks.returned import returned_path, write_returned
from tasks.returned_book import COLOURS, LIST_HEADERS
from tasks.sheet_pool import close_reader
from tests.house import House, new_house, tang
from tests.tasks.test_archive_check import ods, ods_row

SENT = (
    "Mã hồ sơ,Họ tên,Số CCCD,Mã loại,Hưởng từ tháng\n"
    "HS1,=1+1,0234,BT05A,07/2024\n"
    "HS2,Vừ A Páo,011050000001,BT05A,07/2024\n"
    "HS3,Vừ A Dở,,BT05A,07/2024\n"
)
MISSING = "Thiếu ô bắt buộc, không đọc được, hoặc số suất không hợp lệ."
TWELVE = "Số định danh phải đủ 12 chữ số. Nhập lại ở dạng văn bản."
FINDINGS = [
    ("", 3, "EN08", "warn", "decision_no", "Số quyết định: Thiếu số hoặc ngày quyết định."),
    ("", 2, "ID01", "reject", "citizen_id", f"Số định danh: {TWELVE}"),
    ("", 2, "EN09", "reject", "full_name", f"Họ và tên: {MISSING}"),
    ("", 4, "ID10", "fix", "full_name", "Đã tự sửa khi nhận; giá trị trước và sau được lưu lại."),
    (None, None, "FL06", "warn", None, "Kỳ ghi trong tệp không phải kỳ đang mở."),
    ("", None, "FL07", "warn", None, "Tổng cộng ghi 4, tệp có 3 dòng."),
]
COLUMNS = ("sheet", "row_no", "rule", "severity", "field", "message")


@pytest.fixture(scope="module", autouse=True)
def _child() -> Iterator[None]:
    yield
    close_reader()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    init_office(tmp_path)
    return load_office(tmp_path, date(2024, 7, 3))


def received(office: Office, content: str | bytes = SENT, name: str = "tang.csv") -> str:
    data = content.encode() if isinstance(content, str) else content
    (office.inbox / name).write_bytes(data)
    (arrival,) = arrivals(office)
    archive(office, arrival)
    stage(office, arrival)
    return arrival.sha256


def findings(*rows: tuple[object, ...]) -> pl.DataFrame:
    schema = dict.fromkeys(COLUMNS, pl.String) | {"row_no": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def repairs(*rows: tuple[object, ...]) -> pl.DataFrame:
    names = ("sheet", "row_no", "rule", "field", "before", "after")
    schema = dict.fromkeys(names, pl.String) | {"row_no": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def returned(office: Office, sha256: str, *rows: tuple[object, ...], name: str) -> Workbook:
    path = write_returned(office, name, sha256, findings(*rows), None)
    assert path is not None
    return openpyxl.load_workbook(path)


def sheet_rows(path: Path, name: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in openpyxl.load_workbook(path)[name].iter_rows(values_only=True)]


def colour(cell: Cell) -> str | None:
    return f"#{cell.fill.fgColor.rgb[2:]}" if cell.fill.fill_type else None


def test_the_summary_says_what_came_of_the_file(office: Office) -> None:
    sha256 = received(office)
    path = write_returned(office, "03241/tang.csv", sha256, findings(*FINDINGS), None)
    assert path == office.returned / "03241" / f"tang.{sha256[:8]}.xlsx"
    rows = [row[:4] for row in sheet_rows(path, "Tổng hợp lỗi")]
    assert [row[:2] for row in rows[:7]] == [
        ("Tệp", "03241/tang.csv"),
        ("Số dòng nhận được", 3),
        ("Được nhận", 2),
        ("Trả lại", 1),
        (
            "Cách sửa",
            "Sửa các ô màu đỏ ngay trong các trang sau rồi gửi lại cả tệp này; "
            "các dòng đã nhận sẽ không bị tính lần nữa.",
        ),
        ("Cả tệp", "FL06: Kỳ ghi trong tệp không phải kỳ đang mở."),
        ("Cả tệp", "FL07: Tổng cộng ghi 4, tệp có 3 dòng."),
    ]
    assert rows[11:] == [
        ("Quy tắc", "Mức độ", "Số dòng", "Lý do và cách sửa"),
        ("EN09", "Trả lại", 1, MISSING),
        ("ID01", "Trả lại", 1, TWELVE),
        ("EN08", "Lưu ý", 1, RULES["EN08"].message),
        ("ID10", "Đã tự sửa", 1, "Đã tự sửa khi nhận; giá trị trước và sau được lưu lại."),
    ]


def test_a_csv_comes_back_as_a_sheet_with_the_reasons_beside_its_rows(office: Office) -> None:
    mended = repairs(("", 4, "ID10", "full_name", "Vừ A Dở\u200b", "Vừ A Dở"))
    sha256 = received(office)
    path = write_returned(office, "tang.csv", sha256, findings(*FINDINGS), None, mended)
    assert path is not None
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Tổng hợp lỗi", "tang"]
    assert [tuple(row) for row in book["tang"].iter_rows(values_only=True)] == [
        ("Mã hồ sơ", "Họ tên", "Số CCCD", "Mã loại", "Hưởng từ tháng", "Lỗi cần sửa"),
        (
            *("HS1", "=1+1", "0234", "BT05A", "07/2024"),
            f"EN09 (Họ và tên): {MISSING}\nID01 (Số định danh): {TWELVE}",
        ),
        (
            *("HS2", "Vừ A Páo", "011050000001", "BT05A", "07/2024"),
            "Lưu ý – EN08 (Số quyết định): Thiếu số hoặc ngày quyết định.",
        ),
        (
            *("HS3", "Vừ A Dở", None, "BT05A", "07/2024"),
            "Đã tự sửa – ID10 (Họ và tên): “Vừ A Dở\u200b” thành “Vừ A Dở”.",
        ),
    ]


def test_bad_cells_have_a_colour_and_a_comment(office: Office) -> None:
    sheet = returned(office, received(office), *FINDINGS, name="tang.csv")["tang"]
    found = {
        cell.coordinate: (colour(cell), cell.comment and cell.comment.text, cell.data_type)
        for row in sheet.iter_rows(min_row=2, max_col=5)
        for cell in row
        if cell.comment or colour(cell)
    }
    assert found == {
        "B2": (COLOURS["reject"], f"EN09 (Họ và tên): {MISSING}", "s"),
        "C2": (COLOURS["reject"], f"ID01 (Số định danh): {TWELVE}", "s"),
        "B4": (
            COLOURS["fix"],
            "Đã tự sửa – ID10 (Họ và tên): Đã tự sửa khi nhận; giá trị trước và sau được lưu lại.",
            "s",
        ),
    }
    assert sheet["B2"].comment.author == "Chi Trả"
    assert sheet["A1"].font.bold
    assert sheet["A3"].border.left.style == "thin"
    assert sheet["F2"].font.color.rgb == "FFC00000"


def test_a_rejected_row_without_a_cell_to_blame_is_red_at_its_key(office: Office) -> None:
    unknown = ("", 3, "FL03", "reject", "commune_code", "Xã không thuộc đơn vị.")
    sheet = returned(office, received(office), unknown, name="tang.csv")["tang"]
    assert [colour(cell) for cell in sheet[3]] == [COLOURS["reject"], *[None] * 5]
    assert sheet["F3"].value == "FL03 (Xã): Xã không thuộc đơn vị."


def workbook_of_a_commune(path: Path) -> bytes:
    """Write a workbook as communes do: titles, two-row header, hidden things, another sheet."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("TĂNG tháng 7")
        day = book.add_format({"num_format": "d-mmm-yy"})
        old = book.add_format({"font_name": ".VnTime"})
        sheet.merge_range("A1:G1", "DANH SÁCH TĂNG")
        for column, header in enumerate(("Mã hồ sơ", "Họ và tên", "Mã loại", "Số định danh")):
            sheet.merge_range(2, column, 3, column, header)
        sheet.merge_range("E3:F3", "Quyết định")
        sheet.write_row("E4", ("Số", "Ngày"))
        sheet.merge_range("G3:G4", "Hưởng từ tháng")
        sheet.write_row("A5", ("HS1", "Vừ A Páo", "BT05A", 11050000001, "12/QĐ"))
        sheet.write_datetime("F5", datetime(2024, 5, 20), day)
        sheet.write_row("G5", ("07/2024",))
        sheet.write_string("A7", "HS2")
        sheet.write_string("B7", "NguyÔn V¨n A", old)
        sheet.write_row("C7", ("BT05A", "12"))
        sheet.write_formula("E7", "=1+1", None, 2)
        sheet.write_boolean("F7", True)
        sheet.write_string("A8", "Tổng cộng: 2")
        sheet.set_column("B:B", 31)
        sheet.set_column("C:D", None, None, {"hidden": True})
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.set_row(6, None, None, {"hidden": True})
        other = book.add_worksheet("Bảng giá")
        other.write_row("B2", ("Gạo", 12.5))
        book.add_worksheet("Ẩn").hide()
        book.add_worksheet("_dấu").very_hidden()
    return path.read_bytes()


def test_a_workbook_keeps_its_sheets_rows_types_and_looks(office: Office, tmp_path: Path) -> None:
    name = "bien_dong.xlsx"
    sha256 = received(office, workbook_of_a_commune(tmp_path / "sent.xlsx"), name)
    short = ("TĂNG tháng 7", 7, "ID01", "reject", "citizen_id", TWELVE)
    book = returned(office, sha256, short, name=name)
    assert book.sheetnames == ["Tổng hợp lỗi", "TĂNG tháng 7", "Bảng giá", "Ẩn", "_dấu"]
    states = [sheet.sheet_state for sheet in book]
    assert states == ["visible", "visible", "visible", "hidden", "veryHidden"]
    sheet = book["TĂNG tháng 7"]
    assert [tuple(row) for row in sheet.iter_rows(values_only=True)] == [
        ("DANH SÁCH TĂNG", *[None] * 7),
        (None,) * 8,
        (
            *("Mã hồ sơ", "Họ và tên", "Mã loại", "Số định danh", "Quyết định", None),
            *("Hưởng từ tháng", "Lỗi cần sửa"),
        ),
        (None, None, None, None, "Số", "Ngày", None, None),
        (
            *("HS1", "Vừ A Páo", "BT05A", 11050000001, "12/QĐ", datetime(2024, 5, 20)),
            *("07/2024", None),
        ),
        (None,) * 8,
        ("HS2", "NguyÔn V¨n A", "BT05A", "12", 2, True, None, f"ID01 (Số định danh): {TWELVE}"),
        ("Tổng cộng: 2", *[None] * 7),
    ]
    assert sheet["F5"].number_format == "dd/mm/yyyy"
    # What is typed into a cell for an id stays as typed, with its zeros in front.
    formats = [sheet[cell].number_format for cell in ("A5", "D5", "D6", "D7", "E7", "G5", "D8")]
    assert formats == ["@", "@", "@", "@", "@", "@", "General"]
    assert {str(one) for one in sheet.merged_cells.ranges} == {
        *("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4", "H3:H4"),
    }
    assert sheet["B7"].font.name == ".VnTime"
    assert round(sheet.column_dimensions["B"].width) == 32
    # What is to be mended must be seen: row 7 and column D were hidden too.
    assert [sheet.column_dimensions[name].hidden for name in "BCD"] == [False, True, False]
    assert [sheet.row_dimensions[row].hidden for row in (5, 7)] == [True, False]
    assert [tuple(row) for row in book["Bảng giá"].iter_rows(values_only=True)][1] == (
        *(None, "Gạo", 12.5),
    )


def test_earlier_reasons_and_summaries_are_replaced(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Tổng hợp lỗi").write_string("A1", "Tệp")
        sheet = book.add_worksheet("TANG")
        sheet.write_row("A1", ("Mã hồ sơ", "Họ và tên", "Mã loại", "Lỗi cần sửa"))
        sheet.write_row("A2", ("HS1", "Vừ A Páo", "BT05A", "ID01: đã sửa"))
        sheet.write_row("A3", ("HS2", "Vừ A Páo", "XX"))
    sha256 = received(office, path.read_bytes(), "lai.xlsx")
    unknown = ("TANG", 3, "EN01", "reject", "category_code", "Không có mã này.")
    book = returned(office, sha256, unknown, name="lai.xlsx")
    assert book.sheetnames == ["Tổng hợp lỗi", "TANG"]
    assert book["Tổng hợp lỗi"]["B1"].value == "lai.xlsx"
    assert [tuple(row) for row in book["TANG"].iter_rows(values_only=True)] == [
        ("Mã hồ sơ", "Họ và tên", "Mã loại", "Lỗi cần sửa"),
        ("HS1", "Vừ A Páo", "BT05A", None),
        ("HS2", "Vừ A Páo", "XX", "EN01 (Mã loại đối tượng): Không có mã này."),
    ]


def test_nothing_in_it_is_a_formula_or_a_link(office: Office) -> None:
    sent = SENT + '=cmd|A1,@x,https://example.org,"=HYPERLINK(""http://x"")",07/2024\n'
    path = write_returned(office, "=a.csv", received(office, sent), findings(*FINDINGS), None)
    assert path is not None
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert not any(cell.hyperlink for cell in cells)
    assert "=cmd|A1" in {cell.value for cell in cells}
    with zipfile.ZipFile(path) as archived:
        assert not any(
            "vbaProject" in name or "externalLink" in name for name in archived.namelist()
        )


def test_a_refused_file_says_why(office: Office) -> None:
    sha256 = received(office, "%PDF")
    path = write_returned(office, "a.pdf", sha256, findings(), "Không nhận ra biểu mẫu.")
    assert path is not None
    assert [row[:2] for row in sheet_rows(path, "Tổng hợp lỗi")][:3] == [
        ("Tệp", "a.pdf"),
        ("Kết quả", "Trả lại cả tệp"),
        ("Lý do", "Không nhận ra biểu mẫu."),
    ]
    assert openpyxl.load_workbook(path).sheetnames == ["Tổng hợp lỗi"]


def test_no_workbook_without_anything_to_mend(office: Office) -> None:
    fixed = findings(("", 2, "EN12", "fix", "effective_month", "Đã sửa."))
    assert write_returned(office, "a.csv", received(office), fixed, None) is None
    assert list(office.returned.iterdir()) == []


@pytest.mark.parametrize("copy_rows", [2, 20_000])
def test_the_same_findings_give_the_same_bytes(office: Office, copy_rows: int) -> None:
    sha256 = received(office)
    shuffled = [FINDINGS[2], FINDINGS[0], FINDINGS[5], FINDINGS[3], FINDINGS[4], FINDINGS[1]]
    path = returned_path(office, "tang.csv", sha256)
    written = []
    for rows in (FINDINGS, shuffled):
        found = findings(*rows)
        assert write_returned(office, "tang.csv", sha256, found, None, None, copy_rows) == path
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_long_file_is_listed_not_copied(office: Office) -> None:
    sha256 = received(office)
    path = write_returned(office, "tang.csv", sha256, findings(*FINDINGS), None, copy_rows=2)
    assert path is not None
    assert openpyxl.load_workbook(path).sheetnames == ["Tổng hợp lỗi", "Lỗi cần sửa"]
    summary = dict(row[:2] for row in sheet_rows(path, "Tổng hợp lỗi"))
    assert summary["Trả lại"] == 1
    assert summary["Ghi chú"].startswith("Tệp dài")
    assert "tệp gốc" in summary["Cách sửa"]
    lines = sheet_rows(path, "Lỗi cần sửa")
    assert lines[0] == LIST_HEADERS
    assert [line[1:7] for line in lines[3:]] == [
        (2, "EN09", "Trả lại", "Họ và tên", "=1+1", MISSING),
        (2, "ID01", "Trả lại", "Số định danh", "0234", TWELVE),
        (3, "EN08", "Lưu ý", "Số quyết định", None, "Thiếu số hoặc ngày quyết định."),
        (
            *(4, "ID10", "Đã tự sửa", "Họ và tên", "Vừ A Dở"),
            "Đã tự sửa khi nhận; giá trị trước và sau được lưu lại.",
        ),
    ]


def test_a_file_that_takes_its_copier_down_is_listed(office: Office) -> None:
    sha256 = received(office)
    kept = office.archive / sha256
    kept.chmod(0o644)
    kept.write_bytes(b"PK\x03\x04 no longer what it was")
    path = write_returned(office, "tang.csv", sha256, findings(*FINDINGS), None)
    assert path is not None
    summary = dict(row[:2] for row in sheet_rows(path, "Tổng hợp lỗi"))
    assert summary["Ghi chú"] == (
        "Không chép lại được tệp này nên chỉ liệt kê các dòng cần xem (BadZipFile)."
    )
    assert len(sheet_rows(path, "Lỗi cần sửa")) == 1 + len(FINDINGS)


@pytest.mark.parametrize(
    ("found", "asked"),
    [(FINDINGS[0], "Xem các ô màu vàng"), (FINDINGS[4], "Xem lưu ý về cả tệp")],
)
def test_a_file_without_rejected_rows_needs_no_mending(
    office: Office, found: tuple[object, ...], asked: str
) -> None:
    summary = returned(office, received(office), found, name="tang.csv").worksheets[0]
    assert [summary["B3"].value, summary["B4"].value] == [3, 0]
    assert summary["B5"].value.startswith(f"Không có dòng nào bị trả lại. {asked}")


def test_long_vietnamese_names_fit_the_file_system(office: Office) -> None:
    name = "Danh sách đối tượng " * 20 + ".csv"
    path = write_returned(office, name, received(office), findings(*FINDINGS), None)
    assert path is not None
    assert path.exists()
    assert openpyxl.load_workbook(path).sheetnames[1] == name[:31]


def test_a_file_that_comes_again_keeps_its_name(office: Office) -> None:
    again = returned_path(office, "03241/tang.0123abcd.xlsx", "fedcba9876543210")
    assert again == office.returned / "03241" / "tang.fedcba98.xlsx"
    dated = returned_path(office, "tang.20240703.xlsx", "fedcba9876543210")
    assert dated == office.returned / "tang.20240703.fedcba98.xlsx"


def test_an_open_document_comes_back_as_a_workbook(office: Office) -> None:
    rows = [
        ["Mã hồ sơ", "Họ và tên", "Mã loại", "Thôi hưởng từ tháng"],
        ["HS1", "Vừ A Páo", "BT05A", "07/2024"],
    ]
    sha256 = received(office, ods("".join(map(ods_row, rows))), "giam.ods")
    late = ("GIAM", 2, "EN05", "reject", "category_code", "Chế độ này không đang hưởng.")
    book = returned(office, sha256, late, name="giam.ods")
    assert book.sheetnames == ["Tổng hợp lỗi", "GIAM"]
    assert [tuple(row) for row in book["GIAM"].iter_rows(values_only=True)] == [
        (*rows[0], "Lỗi cần sửa"),
        (*rows[1], "EN05 (Mã loại đối tượng): Chế độ này không đang hưởng."),
    ]


def test_an_old_workbook_comes_back_as_a_new_one(office: Office) -> None:
    old_excel = pytest.importorskip("tests.corpus.old_excel")
    rows = [
        ["Mã hồ sơ", "Họ và tên", "Mã loại", "Số tiền", "Thôi hưởng từ tháng"],
        ["HS1", "Vừ A Páo", "BT05A", 540_000, "07/2024"],
    ]
    sha256 = received(office, old_excel.xls({"GIAM": rows}), "giam.xls")
    late = ("GIAM", 2, "EN05", "reject", "category_code", "Chế độ này không đang hưởng.")
    book = returned(office, sha256, late, name="giam.xls")
    assert [tuple(row) for row in book["GIAM"].iter_rows(values_only=True)] == [
        (*rows[0], "Lỗi cần sửa"),
        (*rows[1], "EN05 (Mã loại đối tượng): Chế độ này không đang hưởng."),
    ]


@pytest.mark.parametrize(
    ("stem", "sheet"), [("giam 7", "TANG"), ("tang [7]", "tang -7-"), ("ds", "ds")]
)
def test_the_sheet_of_a_csv_is_never_named_like_another_sheet(
    office: Office, stem: str, sheet: str
) -> None:
    book = returned(office, received(office), *FINDINGS, name=f"{stem}.csv")
    assert book.sheetnames == ["Tổng hợp lỗi", sheet]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def sent_back(house: House) -> Path:
    """Write what goes back; return the newest workbook."""
    steps.write_returned(str(house.home), house.day.isoformat())
    return max((house.home / "returned").rglob("*.xlsx"), key=lambda path: path.stat().st_mtime_ns)


def outcome(house: House, file: Path) -> tuple[int, int]:
    """Ingest; return rows taken and rejected of a file of the inbox."""
    name = file.relative_to(house.home / "inbox").as_posix()
    (found,) = [one for one in house.ingest() if one.name == name]
    return found.rows_taken, found.rows_rejected


def test_the_mended_workbook_is_taken_whole_and_nothing_paid_twice(house: House) -> None:
    rows = [
        tang("H1", "BT06D", "06/2024", citizen_id="011080000001"),
        tang("H2", "BT06D", "06/2024", citizen_id="1108"),
        tang("H3", "BT06D", "05/2024", decision_no=""),
    ]
    assert outcome(house, house.send("TANG", rows)) == (1, 2)
    path = sent_back(house)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(3, headers.index("Số định danh") + 1).value = "011080000002"
    again = house.home / "inbox" / "03217" / path.name
    book.save(again)
    assert outcome(house, again) == (2, 1)
    effects = {row["has_effect"] for row in house.table("change", "dossier_no = 'H1'")}
    assert effects == {False, True}
    # H3 was left as it was; the second workbook has one column of reasons, not two.
    book = openpyxl.load_workbook(sent_back(house))
    assert len(book.sheetnames) == 2
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[1]] == headers
    assert [sheet.cell(row, len(headers)).value is None for row in (2, 3, 4)] == [True, True, False]
    sheet.cell(4, headers.index("Số quyết định") + 1).value = "13/QĐ"
    third = again.with_name("lan3.xlsx")
    book.save(third)
    assert outcome(house, third) == (3, 0)
    house.pay("2024-06")
    items = house.items("2024-06")
    assert [item[:4] for item in items] == [
        ("H1", "BT06N", "2024-06", "regular"),
        ("H2", "BT06N", "2024-06", "regular"),
        ("H3", "BT06N", "2024-05", "arrears"),
        ("H3", "BT06N", "2024-06", "regular"),
    ]
