"""The official report: what it says, that its figures are the metrics, and the same bytes."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from docx import Document

from schemas.period import month_number
from tasks.office import Office
from tasks.official_figures import Figures, reasons
from tasks.official_files import official_files
from tasks.official_report import OfficialReport, day_words, reports
from tasks.outbox import verify_folder
from tasks.publish import publish
from tasks.shown import stage_bases
from tasks.warehouse import Connection
from tests.small_office import JULY, small_office

STEM = "bao_cao_2024-07"


@dataclass
class Reported:
    """A published office, its metrics and the reports of July."""

    office: Office
    connection: Connection
    progress: pl.DataFrame
    reports: dict[str, OfficialReport]

    def path(self, name: str) -> Path:
        return self.office.outbox(JULY) / "reports" / name


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        office = replace(office, signers=office.signers | {"head": "Vừ A Hùng"})
        publish(office, connection, JULY)
        progress = pl.read_parquet(office.published / "parquet" / "progress.parquet")
        stage_bases(office, connection)
        made = dict(reports(office, connection, JULY, progress))
        yield Reported(office, connection, progress, made)


def paragraphs(report: OfficialReport) -> list[str]:
    """Return the narrative line by line."""
    return [line for part in report.parts for line in (part.heading, *part.paragraphs)]


def test_report_to_the_district(told: Reported) -> None:
    report = told.reports[""]
    assert report.issuer == (
        "UBND HUYỆN TỦA CHÙA",
        "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI HUYỆN TỦA CHÙA",
    )
    assert report.motto == ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    assert report.place_and_day == "Tủa Chùa, ngày 25 tháng 7 năm 2024"
    assert report.addressee == "Ủy ban nhân dân huyện Tủa Chùa"
    assert report.signer == ("THỦ TRƯỞNG ĐƠN VỊ", "Vừ A Hùng")
    assert paragraphs(report) == [
        "I. KẾT QUẢ CHI TRẢ",
        "Tháng 07/2024 có 9 đối tượng, số tiền phải chi 9.039.000 đồng (trợ cấp bảo trợ xã hội "
        "6.250.000 đồng; trợ cấp ưu đãi người có công 2.789.000 đồng).",
        "Đã giao 8 lệnh chi, 7.689.000 đồng; đã chi 4.689.000 đồng (bằng chữ: Bốn triệu sáu trăm "
        "tám mươi chín nghìn đồng), trong đó qua tài khoản 2 lượt, 3.689.000 đồng; tiền mặt 1 "
        "lượt, 1.000.000 đồng.",
        "Tỷ lệ không dùng tiền mặt theo người: 66,7% (giảm 33,3 điểm phần trăm so với tháng "
        "trước); theo số tiền: 78,7% (giảm 21,3 điểm phần trăm so với tháng trước).",
        "So với tháng 06/2024: số đối tượng tăng 9 người; số tiền phải chi tăng 9.039.000 đồng; "
        "số tiền đã chi tăng 4.149.000 đồng.",
        "Trong tháng tăng 1 lượt, giảm 1 lượt, điều chỉnh 2 lượt. Truy lĩnh 210.000 đồng; truy thu "
        "810.000 đồng; còn phải thu 500.000 đồng.",
        "Lũy kế đã chi từ đầu năm: 5.229.000 đồng.",
        "II. TỒN TẠI, VƯỚNG MẮC",
        "Không chi được 2 lượt, 1.250.000 đồng (sai số tài khoản 1; không đến nhận 1).",
        "Bị hoàn trả 1 lượt, 500.000 đồng (tài khoản đã đóng 1).",
        "Chưa có kết quả 2 lượt, 1.250.000 đồng.",
        "Tạm giữ 1 lượt, 750.000 đồng.",
        "Chưa có tài khoản 2 đối tượng (ở xa 1; lý do khác 1).",
        "Có tài khoản nhưng chưa dùng được 2 đối tượng.",
        "III. CHẾ ĐỘ BÁO CÁO",
        "Báo cáo tháng 07/2024 trước ngày 20/07/2024: 1/2 xã, thị trấn, 0/3 đơn vị chi trả gửi "
        "đúng hạn.",
        "Gửi muộn: Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam.",
        "Chưa gửi: Xã Huổi Só; Ngân hàng TMCP Lộc Phát Việt Nam; Viettel (Viettel Money và chi "
        "tiền mặt).",
        "IV. ĐỀ NGHỊ",
        "1. Ủy ban nhân dân cấp xã vận động, hỗ trợ mở tài khoản cho 2 đối tượng chưa có tài "
        "khoản.",
        "2. Ủy ban nhân dân cấp xã và đơn vị chi trả rà soát, sửa thông tin của 3 lượt không chi "
        "được hoặc bị hoàn trả trước kỳ sau.",
        "3. Đơn vị chi trả gửi kết quả của 2 lệnh chi chưa có kết quả.",
        "4. 1 khoản đang tạm giữ: công an, Ủy ban nhân dân cấp xã xác minh, trả lời; khoản chưa có "
        "mức trợ cấp được xác nhận thì cấp có thẩm quyền xác nhận.",
        "5. Ủy ban nhân dân cấp xã phối hợp thu hồi 500.000 đồng còn phải thu.",
        "6. 4 nơi gửi muộn hoặc chưa gửi báo cáo thực hiện đúng hạn hằng tháng.",
    ]


def test_every_figure_of_an_appendix_is_a_metric(told: Reported) -> None:
    values = {
        row[:4]: row[4]
        for row in told.progress.filter(month="2024-07", scheme="*")
        .select("commune_code", "provider", "metric", "month", "value")
        .iter_rows()
    }
    columns = (
        *("beneficiaries", "due_amount", "paid_account_count", "paid_account_amount"),
        *("paid_cash_count", "paid_cash_amount"),
    )
    by_commune, by_provider, _ = told.reports[""].appendices
    for table, places in (
        (by_commune, [("03217", "*"), ("03220", "*"), ("*", "*")]),
        (by_provider, [("*", "AGRIBANK"), ("*", "LPBANK"), ("*", "VIETTEL"), ("*", "*")]),
    ):
        assert len(table.rows) == len(places)
        for row, place in zip(table.rows, places, strict=True):
            assert list(row[2:8]) == [values[*place, name, "2024-07"] for name in columns]
    assert [row[1] for row in by_commune.rows] == ["Thị trấn Tủa Chùa", "Xã Huổi Só", "Tổng cộng"]


def test_report_about_one_commune_is_to_that_commune(told: Reported) -> None:
    report = told.reports["03220"]
    assert report.addressee == "Ủy ban nhân dân xã Huổi Só"
    assert "xã Huổi Só" in report.about
    lines = paragraphs(report)
    assert lines[1].startswith("Tháng 07/2024 có 4 đối tượng, số tiền phải chi 5.289.000 đồng")
    assert "Chưa gửi: Xã Huổi Só." in lines
    assert "Tủa Chùa" not in " ".join(lines)
    # The commune knows its own people.
    assert not [line for line in lines if "dưới 5" in line]


def test_files_lie_whole_beside_the_progress_report(told: Reported) -> None:
    folder = told.path("")
    assert verify_folder(folder) == []
    assert sorted(path.name for path in folder.glob("bao_cao_*")) == [
        *(f"{STEM}.docx", f"{STEM}.pdf", f"{STEM}.xlsx"),
        *(f"{STEM}_xa_{code}.{kind}" for code in ("03217", "03220") for kind in ("pdf", "xlsx")),
    ]
    assert all(path.read_bytes().startswith(b"%PDF-") for path in folder.glob("*.pdf"))


def test_workbook_and_word_file_say_what_the_report_says(told: Reported) -> None:
    report = told.reports[""]
    book = openpyxl.load_workbook(told.path(f"{STEM}.xlsx"))
    assert book.sheetnames == ["Báo cáo", "Phụ lục 1", "Phụ lục 2", "Phụ lục 3"]
    cells = [cell.value for row in book["Báo cáo"].iter_rows() for cell in row if cell.value]
    word = Document(io.BytesIO(told.path(f"{STEM}.docx").read_bytes()))
    written = [paragraph.text for paragraph in word.paragraphs]
    for line in (report.about, f"Kính gửi: {report.addressee}", *paragraphs(report)):
        assert line in cells
        assert line in written
    # Two tables beside the appendices: heading and signature.
    assert [len(table.rows) for table in word.tables] == [
        *(1, 1),
        *(1 + len(table.rows) for table in report.appendices),
    ]
    assert "Vừ A Hùng" in word.tables[1].cell(0, 1).text
    assert word.core_properties.created.date() == date(2024, 7, 25)


def test_again_elsewhere_gives_the_same_bytes(
    told: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("LC_ALL", "C")
    time.tzset()
    try:
        again = official_files(told.office, told.connection, JULY, told.progress)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert len(again) == 7
    for file in again:
        assert hashlib.sha256(told.path(file.name).read_bytes()).hexdigest() == file.sha256


def test_month_that_is_only_prepared_says_so(told: Reported) -> None:
    made = dict(reports(told.office, told.connection, JULY + 1, told.progress))
    assert paragraphs(made[""])[1] == (
        "Bảng chi tháng 08/2024 chưa được duyệt: chưa có lệnh chi, số phải chi là dự kiến."
    )


def test_first_month_has_nothing_to_compare_with(told: Reported) -> None:
    month = month_number("2023-12")
    report = dict(reports(told.office, told.connection, month, told.progress))[""]
    assert "Chưa có tháng trước trong sổ để so sánh." in paragraphs(report)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"OM_DAU": 7, "O_XA": 2}, {"ốm đau": "7", "ở xa": "2"}),  # distance tells nothing
        ({"OM_DAU": 4, "O_XA": 2, "KHAC": 9}, {"ốm đau": "dưới 5", "ở xa": "dưới 5"}),
        ({"OM_DAU": 4, "O_XA": 20, "KHAC": 9}, {"ốm đau": "dưới 5", "ở xa": "20"}),
        ({"OM_DAU": 1, "KHONG_NANG_LUC": 1, "O_XA": 3}, {"ốm đau": "dưới 5", "ở xa": "3"}),
        ({"OM_DAU": 0, "O_XA": 1}, {"ở xa": "1"}),
    ],
)
def test_few_people_with_a_telling_reason_are_not_counted(
    counts: dict[str, int], shown: dict[str, str]
) -> None:
    values = {
        ("2024-07", "*", "*", "*", f"no_account_{code}"): Decimal(count)
        for code, count in counts.items()
    }
    found = reasons(Figures(values, JULY), "no_account", is_public=True)
    assert {label: told for label, _, told in found if label in shown} == shown
    # One count alone that is hidden would be what the total leaves.
    assert [told for _, _, told in found].count("dưới 5") != 1
    open_to_all = reasons(Figures(values, JULY), "no_account", is_public=False)
    assert [count for _, count, _ in open_to_all] == [
        counts[code] for code in ("KHONG_NANG_LUC", "OM_DAU", "O_XA", "KHAC") if counts.get(code)
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 7, 5), "ngày 05 tháng 7 năm 2024"),
        (date(2025, 2, 18), "ngày 18 tháng 02 năm 2025"),
        (date(2025, 12, 19), "ngày 19 tháng 12 năm 2025"),
    ],
)
def test_day_is_written_as_letters_have_it(day: date, words: str) -> None:
    assert day_words(day) == words
