"""The approver's page: totals that add up, what looks odd, on one page and the same every time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from schemas import payments, quality, registry, submissions
from tasks import approver_summary
from tasks.approver_summary import summary_of_month
from tasks.office import Office, Releasing
from tasks.outbox import OutFile
from tasks.render import Page
from tasks.warehouse import Connection
from tests.small_office import HUOI_SO, JULY, made, payment_id, put, small_office, standing

DIGEST = "0f" * 32
Files = dict[str, bytes]


def add_signs(connection: Connection) -> None:
    """Add people about whom there is something to see, and their payments."""
    people = (
        ("S1", "Ma Một", "1990-01-01", "011090000101"),
        ("S2", "Ma Hai", "1991-01-01", "011090000102"),
        ("S3", "Ma Ba", "1992-01-01", "011090000103"),
        ("S4", "Cụ Già", "1920-01-01", "011020000444"),
        ("S5", "Không Liền", "1993-01-01", "011090000105"),
    )
    put(
        connection,
        registry.Person,
        made(
            "dossier_no full_name birth_date citizen_id",
            *people,
            gender="Nam",
            name_fold="",
            village="Bản 2",
            is_dead=False,
            identity_event=1,
        ),
    )
    put(
        connection,
        registry.Interval,
        made(
            "dossier_no start_reason is_roster",
            *((dossier, "MOI", False) for dossier in ("S1", "S2", "S3", "S5")),
            ("S4", "HIEN_HUONG", True),
            **{"family": "BT06D", "scheme": "BTXH", "commune_code": HUOI_SO, "interval_no": 1},
            from_month=JULY,
            start_cycle=JULY,
            start_event=1,
        ),
    )
    put(
        connection,
        payments.Payment,
        made(
            "payment_id dossier_no regular arrears amount account_number",
            (payment_id(21), "S1", 750_000, 12_000_000, 12_750_000, "0500000001"),
            (payment_id(22), "S2", 750_000, 0, 750_000, "0500000001"),
            (payment_id(23), "S3", 750_000, 0, 750_000, "0500000003"),
            (payment_id(24), "S4", 750_000, 0, 750_000, "0500000004"),
            (payment_id(25), "S5", 750_000, 0, 750_000, "0500000005"),
            **{"month": JULY, "scheme": "BTXH", "commune_code": HUOI_SO, "retry": 0, "recovery": 0},
            **{"channel": "account", "provider": "AGRIBANK", "bin": "970405"},
            payee_name="MA",
            beneficiary_name="Ma",
        ),
    )
    put(
        connection,
        payments.Standing,
        [standing(f"S{n}", HUOI_SO, "AGRIBANK", account_number=f"05{n}") for n in range(1, 6)],
    )
    put(
        connection,
        quality.ReceivedFile,
        made(
            "sha256 name kind",
            ("b1", "07/tk2.xlsx", "tai_khoan"),
            received_at=datetime(2024, 7, 3, 9),
            **{"ingest_no": 2, "cycle": JULY, "rows_in": 2, "rows_taken": 2, "rows_rejected": 0},
            outcome="taken",
        ),
    )
    put(
        connection,
        submissions.AccountRow,
        made(
            "row_no event_no dossier_no",
            *((3, 171, "S1"), (4, 172, "S2")),
            sha256="b1",
            sheet="S",
            cycle=JULY,
            is_taken=True,
            has_effect=True,
            bin="970405",
            account_number="0500000001",
        ),
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Connection]]:
    with small_office(tmp_path_factory.mktemp("summary")) as (office, connection):
        connection.execute(
            f"UPDATE cycle SET digest = '{DIGEST}', prepared_by = 'Lò Thị Lập',"
            f" prepared_on = DATE '2024-07-03', through = {JULY + 1}"
        )
        add_signs(connection)
        yield replace(office, releasing=Releasing(second_approver_above=1_000_000)), connection


@pytest.fixture(scope="module")
def files(opened: tuple[Office, Connection]) -> Files:
    return {file.name: file.data for file in written(opened)}


def written(opened: tuple[Office, Connection]) -> list[OutFile]:
    office, connection = opened
    return summary_of_month(office, connection, JULY)


def page(files: Files) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(files["tom_tat_duyet_2024-07.xlsx"]))
    (sheet,) = book.worksheets
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert {sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight} <= {None, 1}
    rows = [tuple(cell for cell in row if cell is not None) for row in sheet.values]
    return [row for row in rows if row]


def block(files: Files, heading: str) -> dict[str, tuple]:
    """Return a table of the page by its first column."""
    rows = page(files)
    first = next(place for place, row in enumerate(rows) if row[0] == heading)
    width = len(rows[first])
    found = {}
    for row in rows[first + 1 :]:
        if len(row) > width or row[0] in ("", *HEADINGS):
            break
        found[row[0]] = row[1:]
    return found


HEADINGS = (
    *("Phải xem trước khi duyệt", "Tổng tiền so với kỳ trước (đồng)", "Chi qua"),
    *("Mười thay đổi lớn nhất", "Dấu hiệu nên xem", "Tạm giữ, chưa xác nhận mức"),
)


def test_the_head_says_what_is_approved(files: Files) -> None:
    rows = [row[0] for row in page(files)]
    assert rows[1:4] == [
        "TÓM TẮT ĐỂ DUYỆT CHI KỲ 07/2024",
        "Người lập: Lò Thị Lập, ngày 03/07/2024. 14 khoản, 23.439.000 đồng. "
        "Chi trước đến tháng 08/2024. Còn phải thu: 1 hồ sơ, 500.000 đồng.",
        f"Mã xác nhận: {DIGEST[:16]}  (đủ: {DIGEST})",
    ]
    assert list(block(files, "Phải xem trước khi duyệt")) == [
        "Số người tăng 12%",
        "Số tiền tăng 9%",
        "Người duyệt ghi lý do: --accept.",
        "Tổng tiền kỳ này trên 1.000.000 đồng: cần hai người duyệt.",
    ]


def test_the_way_from_last_month_adds_up(files: Files) -> None:
    lines = block(files, "Tổng tiền so với kỳ trước (đồng)")
    assert lines["Kỳ 06/2024"] == (1, 540_000, 540_000)
    assert lines["Giảm: Chết"] == (1, -500_000, -500_000)
    assert lines["Điều chỉnh: Đổi mức chuẩn"] == (1, 210_000, 210_000)
    assert lines["Truy lĩnh (so với kỳ trước)"] == (2, 12_210_000, 12_210_000)
    assert lines["Trừ truy thu (so với kỳ trước)"] == (2, -810_000, -810_000)
    *parts, now = lines.values()
    assert now == (14, 20_650_000, 2_789_000, 23_439_000)
    assert sum(part[-1] for part in parts) == now[-1]


def test_providers_beside_last_month(files: Files) -> None:
    found = block(files, "Chi qua")
    assert found["Ngân hàng TMCP Lộc Phát Việt Nam"] == ("Chuyển khoản", 0, 0, 1, 750_000)
    assert found["Viettel (Viettel Money và chi tiền mặt)"][-1] == 2_750_000


def test_ten_largest_changes_first(files: Files) -> None:
    found = block(files, "Mười thay đổi lớn nhất")
    people = [name for name in found if not name.startswith("…")]
    assert people[:3] == ["S1", "P03", "P04"]
    assert found["S1"] == ("Ma Một", "Xã Huổi Só", "BTXH", 0, 12_750_000, "truy lĩnh")
    assert "… và 3 nữa: xem bien_dong_2024-07.xlsx" in found


def test_signs_and_whom_they_are_about(files: Files) -> None:
    found = block(files, "Dấu hiệu nên xem")
    assert found["Lần đầu được chi trên 10.000.000 đồng"] == (
        1,
        "Ma Một (S1, Xã Huổi Só, 12.750.000 đồng)",
    )
    # Seven of them are shown in the order of their money, and the list named.
    many = found["Lần đầu nhận qua tài khoản (kỳ trước không)"]
    assert many[0] == 7
    assert many[1].startswith("Ma Một (S1, Xã Huổi Só, 12.750.000 đồng); Sùng A Páo (P03,")
    assert many[1].endswith("; và 4 nữa: xem dau_hieu.csv")
    assert found["Người mới có số định danh liền nhau"] == (
        3,
        "011******101: 3 hồ sơ, 14.250.000 đồng",
    )
    assert found["Nhiều hồ sơ khai một tài khoản trong một ngày"] == (
        2,
        "…0001: 2 hồ sơ, 13.500.000 đồng",
    )
    assert found["Được chi, trên 95 tuổi"] == (1, "Cụ Già (S4, Xã Huổi Só, 750.000 đồng)")
    assert found["Đổi tài khoản, ngân hàng chưa xác nhận: chi tiền mặt (AC09)"][0] == 1
    assert found["Xã có nhiều tài khoản mới, đổi cùng lúc"] == (1, "Xã Huổi Só: 7 trên 7")
    assert found["Ba kỳ liền không đến nhận (EN10)"][0] == 1


def test_everybody_of_a_sign_is_in_the_list(files: Files) -> None:
    text = files["dau_hieu.csv"].decode("utf-8-sig")
    rows = [(row["Dấu hiệu"], row["Mã hồ sơ"]) for row in csv.DictReader(io.StringIO(text))]
    assert len(rows) == len(set(rows))
    assert [dossier for sign, dossier in rows if sign == "Người mới có số định danh liền nhau"] == [
        *("S1", "S2", "S3")
    ]


def test_held(files: Files) -> None:
    found = block(files, "Tạm giữ, chưa xác nhận mức")
    assert found["ID05: số định danh đang thuộc hồ sơ khác có trước"] == (0, 1, 750_000)


def test_nothing_is_shown_unmasked(files: Files) -> None:
    text = str(page(files)) + files["dau_hieu.csv"].decode("utf-8-sig")
    assert not re.findall(r"(?<!\d)0\d{11}(?!\d)", text)


def test_the_same_bytes_every_time(opened: tuple[Office, Connection], files: Files) -> None:
    assert {file.name: file.data for file in written(opened)} == files
    assert files["tom_tat_duyet_2024-07.pdf"].startswith(b"%PDF")
    assert b"D:20240703" in files["tom_tat_duyet_2024-07.pdf"]


def test_a_full_page_stays_one_page(
    opened: tuple[Office, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, connection = opened
    usual = approver_summary._page(office, connection, JULY)
    long = replace(usual, blocks=usual.blocks * 4)
    for shown in (usual, long):
        pages = pages_of(shown)
        assert pages == 1


def pages_of(shown: Page) -> int:
    data = approver_summary._pdf(shown, datetime(2024, 7, 3).date())
    return len(re.findall(rb"/Type\s*/Page\b", data))


def test_without_a_month_before_nothing_is_compared(opened: tuple[Office, Connection]) -> None:
    office, connection = opened
    connection.execute("BEGIN TRANSACTION")
    try:
        connection.execute(f"DELETE FROM payment WHERE month < {JULY}")
        found = {file.name: file.data for file in summary_of_month(office, connection, JULY)}
    finally:
        connection.execute("ROLLBACK")
    (told,) = (row[0] for row in page(found) if str(row[0]).startswith("Không có: "))
    for words in (
        "Lần đầu nhận qua tài khoản (kỳ trước không)",
        "Chi vào tài khoản khác kỳ trước",
        "Xã có nhiều tài khoản mới, đổi cùng lúc",
    ):
        assert f"{words} (kỳ đầu tiên, chưa có kỳ trước để so)" in told
    lines = block(found, "Tổng tiền so với kỳ trước (đồng)")
    assert "Đang hưởng khi bắt đầu, và khác" in lines
