"""What is said of a file as a whole, and of rows that are judged by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from schemas.quality import RULES
from tasks import inbox
from tasks.office import InvariantBroken
from tasks.sheets import VNI
from tests.house import COMMUNE, House, new_house, tang


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def said(house: House) -> list[tuple]:
    issues = house.table("issue", "row_no IS NULL")
    return [(issue["rule"], issue["severity"], issue["message"]) for issue in issues]


def test_a_total_that_differs_is_warned_of_once_in_a_file(house: House) -> None:
    path = house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H2", "BT06D", "05/2024")])
    path.write_text(path.read_text(encoding="utf-8") + "Tổng số: 3 người\n", encoding="utf-8")
    [outcome] = house.ingest()
    assert (outcome.outcome, outcome.rows_taken) == ("taken", 2)
    [(rule, severity, message)] = said(house)
    assert (rule, severity) == ("FL07", "warn")
    stated, rule_message = message.split(RULES["FL07"].message)
    assert ("3" in stated, "2" in stated, rule_message) == (True, True, "")


def test_a_heading_of_another_month_is_warned_of_once_in_a_file(house: House) -> None:
    path = house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H2", "BT06D", "05/2024")])
    path.write_text("Kỳ: 07/2024\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    house.ingest()
    assert said(house) == [("FL06", "warn", RULES["FL06"].message)]


def test_a_file_in_vni_goes_back_by_both_of_its_rules(house: House) -> None:
    names = ("Nguyeãn Vaên Nam", "Leâ Thò Höôøng", "Traàn Ñình Huøng")
    house.send("TANG", [tang("H1", "BT06D", "05/2024", full_name=name) for name in names])
    [outcome] = house.ingest()
    assert (outcome.outcome, outcome.rows_in) == ("returned", 0)
    assert said(house) == [
        ("FL02", "reject", f"{VNI} {RULES['FL02'].message}"),
        ("ID10", "reject", VNI),
    ]


def test_files_of_more_than_a_batch_of_rows_lose_none(house: House) -> None:
    """Three files, each longer than a row group of DuckDB (122,880 rows)."""
    folder = house.home / "inbox" / COMMUNE
    folder.mkdir()
    for number in range(3):
        rows = "".join(f"H{number}{row},X,CHUYEN_KHOAN\n" for row in range(125_000))
        (folder / f"{number}.csv").write_text(f"Mã hồ sơ,Họ và tên,Hình thức nhận\n{rows}")
    outcomes = house.ingest()
    assert [(one.rows_in, one.rows_rejected) for one in outcomes] == [(125_000, 125_000)] * 3


def test_a_row_that_gets_lost_stops_everything(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    office = house.office()
    [arrival] = inbox.arrivals(office)
    inbox.archive(office, arrival)
    inbox.stage(office, arrival)
    [facts] = office.staging.glob("*.json")
    facts.write_text(facts.read_text(encoding="utf-8").replace('"rows": 1', '"rows": 2'))
    with pytest.raises(InvariantBroken, match="đọc được 2 dòng, vào sổ 1 dòng"):
        house.ingest()
    assert house.table("received_file") == []


def test_any_other_unreadable_file_goes_back_by_one_rule(house: House) -> None:
    folder = house.home / "inbox" / COMMUNE
    folder.mkdir()
    (folder / "anh.xlsx").write_bytes(b"")
    house.ingest()
    assert [line[:2] for line in said(house)] == [("FL02", "reject")]


def test_the_stored_value_of_a_formula_counts_in_an_amount_only(house: House) -> None:
    path = house.home / "inbox" / "ket_qua.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("KET_QUA")
        sheet.write_row(0, 0, ["Mã chi trả", "Số tiền", "Trạng thái", "Số giao dịch"])
        sheet.write_row(1, 0, ["CT00000000000001", "", "THANH_CONG"])
        sheet.write_formula(1, 1, "=200000+200000", None, 400_000)
        sheet.write_row(2, 0, ["CT00000000000002", 400_000])
        sheet.write_formula(2, 2, '="THANH"&"_CONG"', None, "THANH_CONG")
        sheet.write_row(3, 0, ["", 400_000, "THANH_CONG", "GD 9"])
    [outcome] = house.ingest()
    assert (outcome.rows_taken, outcome.rows_rejected) == (1, 2)
    found = {
        (issue["row_no"], issue["rule"], issue["severity"], issue["field"])
        for issue in house.table("issue")
    }
    assert found == {
        (2, "FL04", "warn", "amount"),
        (3, "FL04", "reject", "status"),
        (4, "EN09", "reject", "payment_id"),
    }


def test_reports_need_a_sender_a_month_and_a_figure(house: House) -> None:
    folder = house.home / "inbox" / "khac"
    folder.mkdir()
    (folder / "bao_cao.csv").write_text(
        "Đơn vị,Kỳ,Ngày báo cáo,Chỉ tiêu,Giá trị\n"
        "03217,06/2024,20/06/2024,x,1\n"
        "VIETTEL,06/2024,20/06/2024,x,1\n"
        "Mặt Trăng,06/2024,20/06/2024,x,1\n"
        "03217,,20/06/2024,x,1\n",
        encoding="utf-8",
    )
    [outcome] = house.ingest()
    assert (outcome.rows_taken, outcome.rows_rejected) == (2, 2)
    found = [(issue["row_no"], issue["rule"], issue["field"]) for issue in house.table("issue")]
    assert found == [(4, "EN09", "commune_code"), (5, "EN09", "month")]
