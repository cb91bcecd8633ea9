"""Authorisations that lapse, and the drafts that are signed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from schemas.period import month_number
from tasks import decisions, warehouse
from tasks.lists import write_lists
from tests.house import House, giam, new_house, own_account, tang
from tests.small_office import JULY, small_office

JUNE = month_number("2024-06")
HOLDER_ID = "011080000099"


def authorised(dossier: str, **other: Any) -> dict[str, Any]:
    """Return a TAI_KHOAN row: somebody authorised receives; no end unless one is given."""
    return (
        own_account(
            dossier,
            f"89060000000{dossier[1:]:>02}",
            method="UY_QUYEN",
            holder_name="Sùng A Páo",
            holder_citizen_id=f"0110800001{dossier[1:]:>02}",
            authorisation_no="7/UQ",
        )
        | other
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """June: everybody draws BT06D, and somebody else receives for them."""
    house = new_house(tmp_path_factory.mktemp("office"))
    numbers = range(1, 12)
    people = [tang(f"H{n}", "BT06D", "06/2024", village=f"Bản {n}") for n in numbers]
    house.send("TANG", [*people, tang("H20", "BT06D", "06/2024", citizen_id=HOLDER_ID)])
    house.send("GIAM", [giam("H20", "BT06D", "07/2024", "CHET")])
    house.send(
        "tai_khoan",
        [
            authorised("H1", authorisation_no=""),
            authorised("H2", authorisation_expires_on="29/06/2024"),
            authorised("H3", authorisation_expires_on="30/06/2024"),
            authorised("H4", authorisation_expires_on="30/07/2024"),
            authorised("H5", authorisation_expires_on="07/2024"),
            authorised("H6", authorisation_expires_on="29/08/2024"),
            authorised("H7", authorisation_expires_on="30/08/2024"),
            authorised("H8", authorisation_expires_on="2024"),
            authorised("H9"),
            authorised("H10", method="GIAM_HO", authorisation_no="", holder_citizen_id=HOLDER_ID),
            own_account("H11", "8906000000011"),
        ],
    )
    house.ingest()
    house.prepare("2024-06")
    return house


@pytest.fixture(scope="module")
def lists(house: House) -> Path:
    with warehouse.opened(house.office()) as connection:
        write_lists(house.office(), connection, JUNE)
    return house.office().outbox(JUNE) / "lists"


def read(path: Path, *headers: str) -> list[tuple[str, ...]]:
    text = path.read_bytes().decode("utf-8-sig")
    return [tuple(row[name] for name in headers) for row in csv.DictReader(io.StringIO(text))]


def test_authorisations_are_judged_on_the_last_day_of_the_cycle(lists: Path) -> None:
    assert read(
        lists / "uy_quyen_het_han.csv",
        *("Mã hồ sơ", "Ngày hết hạn", "Còn bao nhiêu ngày", "Nhóm (ngày)", "Chi tiền mặt từ kỳ"),
    ) == [
        ("H1", "", "", "0", "06/2024"),
        ("H10", "", "", "0", "06/2024"),
        ("H2", "29/06/2024", "-1", "0", "06/2024"),
        ("H3", "30/06/2024", "0", "0", "07/2024"),
        ("H4", "30/07/2024", "30", "30", "07/2024"),
        ("H5", "07/2024", "31", "60", "08/2024"),
        ("H6", "29/08/2024", "60", "60", "08/2024"),
    ]


def test_each_says_what_is_to_be_done(lists: Path) -> None:
    found = read(lists / "uy_quyen_het_han.csv", "Mã hồ sơ", "Hình thức nhận", "Việc phải làm")
    states = {no: (method, step.split(".")[0]) for no, method, step in found}
    assert states["H1"] == ("Ủy quyền", "Chưa có số văn bản, kỳ này chi tiền mặt")
    assert states["H2"] == ("Ủy quyền", "Đã hết hạn, kỳ này chi tiền mặt")
    assert states["H3"] == ("Ủy quyền", "Sắp hết hạn")
    assert states["H10"] == (
        "Giám hộ",
        "Người nhận thay đã được báo chết, kỳ này chi tiền mặt",
    )


def test_who_is_paid_in_cash_for_it_is_whom_the_rule_names(house: House, lists: Path) -> None:
    named = {row["dossier_no"] for row in house.table("issue", "rule = 'AC05'")}
    found = read(lists / "uy_quyen_het_han.csv", "Mã hồ sơ", "Chi tiền mặt từ kỳ")
    assert {no for no, since in found if since == "06/2024"} == named == {"H1", "H2", "H10"}


def test_authorisations_stand_in_the_workbook_commune_by_commune(lists: Path) -> None:
    book = openpyxl.load_workbook(lists / "quyet_dinh_sap_den_2024-06.xlsx")
    assert book.sheetnames == ["Tổng hợp", "Ủy quyền"]
    overview = list(book["Tổng hợp"].iter_rows(min_row=4, values_only=True))
    assert overview[1:] == [
        ("Thị trấn Tủa Chùa", 0, 0, 0, 0, 3, 4),
        ("Tổng cộng", 0, 0, 0, 0, 3, 4),
    ]
    cells = [row[0] for row in book["Ủy quyền"].iter_rows(values_only=True) if row[0]]
    assert "Thị trấn Tủa Chùa (7 hồ sơ)" in cells
    assert "Tổng số: 7 hồ sơ." in cells


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openpyxl.Workbook]:
    """The drafts of July: P01, P07 and P10 of the town, P06 with a sensitive benefit."""
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        connection.execute("UPDATE cycle SET prepared_on = DATE '2024-07-05'")
        connection.execute("UPDATE person SET birth_date = '1964-08-20' WHERE dossier_no = 'P03'")
        connection.execute(
            "UPDATE benefit_interval SET family = 'BT06N' WHERE dossier_no = 'P03'"
            " AND scheme = 'BTXH'"
        )
        office.signers["head"] = "Vừ A Hùng"
        write_lists(office, connection, JULY)
        path = office.outbox(JULY) / "lists" / "quyet_dinh_sap_den_2024-07.xlsx"
        yield openpyxl.load_workbook(path, rich_text=False)


def lines(book: openpyxl.Workbook, name: str) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet that have something in them, without empty cells."""
    rows = book[name].iter_rows(values_only=True)
    return [filled for row in rows if (filled := tuple(cell for cell in row if cell is not None))]


def test_a_list_to_be_signed_for_each_commune(draft: openpyxl.Workbook) -> None:
    assert draft.sheetnames == ["Tổng hợp", "Thị trấn Tủa Chùa", "Xã Huổi Só"]
    heading = lines(draft, "Thị trấn Tủa Chùa")[:8]
    assert heading == [
        ("UBND HUYỆN TỦA CHÙA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (
            "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI HUYỆN TỦA CHÙA",
            "Độc lập - Tự do - Hạnh phúc",
        ),
        ("────────", "────────"),
        ("…………………, ngày …… tháng …… năm ………",),
        ("DANH SÁCH ĐỐI TƯỢNG ĐIỀU CHỈNH, THÔI HƯỞNG TRỢ CẤP DO ĐỘ TUỔI (DỰ THẢO)",),
        ("Thị trấn Tủa Chùa, từ tháng 08/2024 đến tháng 10/2024",),
        ("(Kèm theo Quyết định số ………… ngày …… tháng …… năm ……… của ……………………………)",),
        ("(Theo sổ chi trả kỳ 07/2024, lập ngày 05/07/2024)",),
    ]


def test_the_table_of_a_draft(draft: openpyxl.Workbook) -> None:
    old = "Người cao tuổi hộ nghèo không người phụng dưỡng - "
    table = lines(draft, "Thị trấn Tủa Chùa")[9:]
    assert table[0] == ("I. Điều chỉnh mức trợ cấp do chuyển độ tuổi (2 lượt)",)
    assert table[1] == (
        *(1, "P01", "Vừ A Hùng", "15/07/1944", "Bản 1"),
        *(f"{old}60 đến dưới 80", 750_000, f"{old}từ đủ 80", 1_000_000),
        *("08/2024", "NĐ 20/2021 Đ5.5.a/Đ6.1.đ"),
    )
    assert table[2][-1] == "Đang tạm giữ chi"  # P07
    assert table[3] == ("Cộng", 1_500_000, 2_000_000)
    assert table[4] == ("II. Thôi hưởng trợ cấp do hết độ tuổi (1 lượt)",)
    assert table[5][2] == "=Điêu Thị Vì"
    assert table[5][6:] == (750_000, "Thôi hưởng", 0, "10/2024", "NĐ 20/2021 Đ5.7/Đ6.1.g")
    assert table[6:8] == [("Cộng", 750_000, 0), ("TỔNG CỘNG", 2_250_000, 2_000_000)]
    assert table[8:11] == [
        ("Tổng số: 3 người, 3 lượt.",),
        (
            "Tổng mức trợ cấp tháng: hiện nay 2.250.000 đồng; mới 2.000.000 đồng; "
            "giảm 250.000 đồng một tháng.",
        ),
        ("Tổng mức mới bằng chữ: Hai triệu đồng.",),
    ]
    signed = [cell.split("\n") for cell in table[11]]
    assert [cell[0] for cell in signed] == ["NGƯỜI LẬP", "KẾ TOÁN", "THỦ TRƯỞNG ĐƠN VỊ"]
    assert signed[2][-1] == "Vừ A Hùng"


def test_a_draft_that_tells_health_says_to_keep_it_inside(draft: openpyxl.Workbook) -> None:
    assert (decisions.CONFIDENTIAL,) in lines(draft, "Xã Huổi Só")
    assert (decisions.CONFIDENTIAL,) not in lines(draft, "Thị trấn Tủa Chùa")


def test_a_draft_prints_on_a4_across(draft: openpyxl.Workbook) -> None:
    page = draft["Xã Huổi Só"].page_setup
    assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 9, 0)
    assert draft["Xã Huổi Só"].print_title_rows == "$11:$11"
    assert draft["Xã Huổi Só"]["A11"].value == "STT"
    assert draft["Xã Huổi Só"]["A1"].font.name == "Times New Roman"


def test_a_large_office_gets_the_overview_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MAX_SHEETS", 0)
    with small_office(tmp_path) as (office, connection):
        write_lists(office, connection, JULY)
        path = office.outbox(JULY) / "lists" / "quyet_dinh_sap_den_2024-07.xlsx"
        book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Tổng hợp"]
    assert "sap_doi_do_tuoi.csv" in lines(book, "Tổng hợp")[-1][0]


def test_communes_of_one_name_have_their_code_in_the_sheet_name() -> None:
    communes = [("03220", "Xã Pu Nhi"), ("03226", "Xã Pu Nhi"), ("03227", "Ủy quyền")]
    assert decisions._sheet_names(communes) == {
        "03220": "Xã Pu Nhi",
        "03226": "Xã Pu Nhi 03226",
        "03227": "Ủy quyền 03227",
    }
