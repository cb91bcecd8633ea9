"""The workbook that goes back to the sender."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tasks.inbox import archive, arrivals, stage
from tasks.office import Office, init_office, load_office
from tasks.returned import HEADERS, returned_path, write_returned
from tasks.sheet_pool import close_reader

SENT = (
    "Mã hồ sơ,Họ tên,Số CCCD,Mã loại,Hưởng từ tháng\n"
    "HS1,=1+1,1234,BT05A,07/2024\n"
    "HS2,Vừ A Páo,011050000001,BT05A,07/2024\n"
    "HS3,Vừ A Dở,,BT05A,07/2024\n"
)
FINDINGS = [
    ("", 3, "EN08", "warn", "decision_no", "Thiếu số hoặc ngày quyết định."),
    ("", 2, "ID01", "reject", "citizen_id", "Số định danh phải đủ 12 chữ số."),
    ("", 2, "EN09", "reject", "full_name", "Thiếu ô bắt buộc."),
    (None, None, "FL06", "warn", None, "Kỳ ghi trong tệp không phải kỳ đang mở."),
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


def received(office: Office, text: str = SENT) -> str:
    (office.inbox / "tang.csv").write_text(text, encoding="utf-8")
    (arrival,) = arrivals(office)
    archive(office, arrival)
    stage(office, arrival)
    return arrival.sha256


def findings(*rows: tuple[object, ...]) -> pl.DataFrame:
    schema = dict.fromkeys(COLUMNS, pl.String) | {"row_no": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def sheet_rows(path: Path, name: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in openpyxl.load_workbook(path)[name].iter_rows(values_only=True)]


def test_every_finding_is_shown_with_what_the_sender_wrote(office: Office) -> None:
    sha256 = received(office)
    path = write_returned(office, "03241/tang.csv", sha256, findings(*FINDINGS), None)
    assert path == office.returned / "03241" / f"tang.{sha256[:8]}.xlsx"
    summary = dict(sheet_rows(path, "Tổng hợp"))
    assert [summary[key] for key in ("Số dòng nhận được", "Được nhận", "Trả lại")] == [3, 2, 1]
    lines = sheet_rows(path, "Lỗi cần sửa")
    assert lines[0] == HEADERS
    assert [line[1:6] for line in lines[1:]] == [
        (None, "FL06", "Lưu ý", None, None),
        (2, "EN09", "Trả lại", "Họ và tên", "=1+1"),
        (2, "ID01", "Trả lại", "Số định danh", "1234"),
        (3, "EN08", "Lưu ý", "Số quyết định", None),
    ]


def test_nothing_in_it_is_a_formula(office: Office) -> None:
    path = write_returned(office, "=a.csv", received(office), findings(*FINDINGS), None)
    assert path is not None
    kinds = {
        cell.data_type for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row
    }
    assert "f" not in kinds


def test_a_refused_file_says_why(office: Office) -> None:
    sha256 = received(office, "%PDF")
    path = write_returned(office, "a.pdf", sha256, findings(), "Không nhận ra biểu mẫu.")
    assert path is not None
    assert dict(sheet_rows(path, "Tổng hợp"))["Lý do"] == "Không nhận ra biểu mẫu."
    assert openpyxl.load_workbook(path).sheetnames == ["Tổng hợp"]


def test_no_workbook_without_anything_to_mend(office: Office) -> None:
    fixed = findings(("", 2, "EN12", "fix", "effective_month", "Đã sửa."))
    assert write_returned(office, "a.csv", received(office), fixed, None) is None
    assert list(office.returned.iterdir()) == []


def test_the_same_findings_give_the_same_bytes(office: Office) -> None:
    sha256 = received(office)
    shuffled = [FINDINGS[2], FINDINGS[0], FINDINGS[3], FINDINGS[1]]
    written = [
        write_returned(office, "tang.csv", sha256, findings(*rows), None)
        for rows in (FINDINGS, shuffled)
    ]
    assert written[0] == written[1]
    first = written[0].read_bytes() if written[0] else b""
    write_returned(office, "tang.csv", sha256, findings(*FINDINGS), None)
    assert returned_path(office, "tang.csv", sha256).read_bytes() == first


def test_long_vietnamese_names_fit_the_file_system(office: Office) -> None:
    name = "Danh sách đối tượng " * 20 + ".csv"
    path = write_returned(office, name, received(office), findings(*FINDINGS), None)
    assert path is not None
    assert path.exists()
