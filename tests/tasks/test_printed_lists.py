"""Lists that people print: who stands on which, what it says of them, and what it does not."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from schemas import payments, submissions
from tasks import printed, warehouse
from tasks.lists import write_followup, write_lists
from tasks.office import Office
from tasks.warehouse import Connection
from tests.small_office import HUOI_SO, JULY, TOWN, made, payment_id, put, small_office

DIGEST = "0123456789abcdef" * 4
SOURCE = "Theo sổ chi trả kỳ 07/2024, lập ngày 05/07/2024"
BOUND = f"{SOURCE}, mã xác nhận 0123456789abcdef…"
HEALTH = re.compile(r"khuyết tật|hiv|bệnh|ốm|năng lực|tâm thần|sức khỏe", re.IGNORECASE)

Row = tuple[Any, ...]


def fill(office: Office, connection: Connection) -> None:
    """Add what the small office lacks: health, villages, stand-ins, and a digest."""
    office.signers["head"] = "Vừ A Hùng"
    connection.execute(
        f"UPDATE cycle SET prepared_on = DATE '2024-07-05', digest = '{DIGEST}', through = month"
    )
    connection.execute("UPDATE person SET village = 'Bản 10' WHERE dossier_no = 'P01'")
    connection.execute("UPDATE person SET village = 'Bản 2' WHERE dossier_no = 'P02'")
    connection.execute("UPDATE person SET full_name = 'Cứ <Dở> & Thị' WHERE dossier_no = 'P06'")
    connection.execute(
        "UPDATE payment SET beneficiary_name = 'Cứ <Dở> & Thị' WHERE dossier_no = 'P06'"
    )
    connection.execute("UPDATE person SET is_dead = TRUE WHERE dossier_no = 'P08'")
    for dossier, change in (
        ("P02", "account_event = 73, holder_citizen_id = '011080000099'"),
        ("P03", "account_event = 74, authorisation_invalid = TRUE"),
        ("P04", "cash_reason = 'no_account', method = NULL, phone = '0911000004'"),
        ("P05", "no_account_reason = 'OM_DAU', phone = '0341000005', account_event = 75"),
        ("P10", "no_account_reason = 'KHONG_NANG_LUC', account_event = 76"),
    ):
        connection.execute(
            f"UPDATE standing SET {change} WHERE dossier_no = '{dossier}' AND month = {JULY}"
        )
    put(
        connection,
        submissions.AccountRow,
        made(
            "event_no dossier_no authorisation_no",
            (73, "P02", "8/GH"),
            (74, "P03", None),
            (75, "P05", None),
            (76, "P10", None),
            sha256="a2",
            sheet="S",
            row_no=9,
            cycle=JULY,
            is_taken=True,
            has_effect=True,
        ),
    )
    put(
        connection,
        payments.Delta,
        made(
            "dossier_no amount_before amount_after reason",
            ("P02", 540_000, 750_000, "DOI_MUC_DO_KT"),
            month=JULY,
            commune_code=TOWN,
            scheme="BTXH",
            kind="adjustment",
            arrears=0,
            recovery=0,
        ),
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Connection]]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        fill(office, connection)
        write_lists(office, connection, JULY)
        write_followup(office, connection, JULY)
        yield office, connection


@pytest.fixture(scope="module")
def outbox(office: tuple[Office, Connection]) -> Path:
    return office[0].outbox(JULY)


def lines(path: Path, sheet: str) -> list[Row]:
    """Return the rows of a sheet that have something in them, without empty cells."""
    found = openpyxl.load_workbook(path, rich_text=False)[sheet].iter_rows(values_only=True)
    return [filled for row in found if (filled := tuple(x for x in row if x is not None))]


def people(path: Path, sheet: str) -> list[Row]:
    """Return the numbered rows of a list, the number left out."""
    return [row[1:] for row in lines(path, sheet) if isinstance(row[0], int)]


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path, read_only=True).sheetnames


def test_each_reader_has_a_workbook_of_what_there_is(outbox: Path) -> None:
    found = {path.name: sheets(path) for path in outbox.glob("lists/*_[A-Z0]*.xlsx")}
    assert found == {
        "xa_03217.xlsx": [
            *("Điều chỉnh", "Chi qua tài khoản", "Tiền mặt", "Bù trừ hết", "Tạm giữ"),
            *("Còn tiền mặt", "Ủy quyền cần xác nhận"),
        ],
        "xa_03220.xlsx": [
            *("Tăng", "Giảm", "Điều chỉnh", "Chi qua tài khoản", "Tiền mặt", "Còn tiền mặt"),
            "Ủy quyền cần xác nhận",
        ],
        "niem_yet_03217.xlsx": ["Niêm yết"],
        "niem_yet_03220.xlsx": ["Niêm yết"],
        "don_vi_AGRIBANK.xlsx": ["Tổng hợp"],
        "don_vi_LPBANK.xlsx": ["Tổng hợp"],
        "don_vi_VIETTEL.xlsx": ["Tổng hợp", "Thị trấn Tủa Chùa", "Xã Huổi Só"],
        "mo_tai_khoan_AGRIBANK.xlsx": ["Đủ điều kiện", "Chưa đủ"],
        "mo_tai_khoan_BIDV.xlsx": ["Chưa đủ"],
        "nha_mang_CHUA_RO.xlsx": ["Đăng ký lại"],
        "nha_mang_VIETTEL.xlsx": ["Đăng ký lại"],
        "cong_an_03217.xlsx": ["Chưa có, sai", "Chưa xác thực"],
        "cong_an_03220.xlsx": ["Chưa có, sai", "Chưa xác thực"],
    }


def test_a_payment_list_from_heading_to_signatures(outbox: Path) -> None:
    found = lines(outbox / "lists" / "xa_03217.xlsx", "Chi qua tài khoản")
    assert found[0] == ("UBND HUYỆN TỦA CHÙA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert found[4:7] == [
        ("DANH SÁCH CHI TRẢ TRỢ CẤP QUA TÀI KHOẢN",),
        ("Thị trấn Tủa Chùa, kỳ 07/2024",),
        (f"({BOUND})",),
    ]
    # Bản 2 stands before Bản 10. P02 has nothing from earlier months.
    assert found[8:] == [
        ("I. Trợ cấp bảo trợ xã hội (2 dòng)",),
        (
            *(1, "P02", "Giàng Thị Mỷ", "1950", "Bản 2", 750_000, 0, 0, 750_000),
            *("LPBank ****0022", "GIANG A TUA"),
        ),
        (
            *(2, "P01", "Vừ A Hùng", "1944", "Bản 10", 750_000, 1, 210_000, -60_000, 900_000),
            "Agribank ****0011",
        ),
        ("TỔNG CỘNG", 1_500_000, 210_000, -60_000, 1_650_000),
        (
            "Tổng số: 2 dòng. Tổng số tiền: 1.650.000 đồng. "
            "Bằng chữ: Một triệu sáu trăm năm mươi nghìn đồng.",
        ),
        found[-1],
    ]
    signed = [cell.split("\n") for cell in found[-1]]
    assert [cell[0] for cell in signed] == ["NGƯỜI LẬP", "KẾ TOÁN", "THỦ TRƯỞNG ĐƠN VỊ"]
    assert signed[2][-1] == "Vừ A Hùng"


def test_schemes_are_summed_apart(outbox: Path) -> None:
    found = lines(outbox / "lists" / "xa_03220.xlsx", "Chi qua tài khoản")[8:15]
    assert [row for row in found if not isinstance(row[0], int)] == [
        ("I. Trợ cấp bảo trợ xã hội (1 dòng)",),
        ("Cộng", 500_000, 0, 0, 500_000),
        ("II. Trợ cấp ưu đãi người có công (1 dòng)",),
        ("Cộng", 2_789_000, 0, 0, 2_789_000),
        ("TỔNG CỘNG", 3_289_000, 0, 0, 3_289_000),
    ]


def test_a_list_prints_on_a4_with_its_header_on_every_page(outbox: Path) -> None:
    page = openpyxl.load_workbook(outbox / "lists" / "xa_03217.xlsx")["Tiền mặt"]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0  # as many pages as it takes, each as wide as the list
    assert page.print_title_rows == "$10:$10"
    assert [cell.value for cell in page[10]][-2:] == ["Ký nhận", "Họ và tên người nhận"]
    assert page.oddFooter.left.text == BOUND
    assert page.oddFooter.right.text == "Trang &P/&N"
    assert page.row_dimensions[12].height >= 28  # room to sign
    # What looks like a formula or a tag is text.
    assert page["C12"].value == "Cứ <Dở> & Thị"
    assert page["C12"].data_type == "s"


@pytest.mark.parametrize("commune", [TOWN, HUOI_SO])
def test_every_payment_stands_on_one_list_of_its_commune(
    office: tuple[Office, Connection], outbox: Path, commune: str
) -> None:
    path = outbox / "lists" / f"xa_{commune}.xlsx"
    on_paper: Counter[Row] = Counter()
    for channel, sheet in (
        ("account", "Chi qua tài khoản"),
        ("cash", "Tiền mặt"),
        ("none", "Bù trừ hết"),
    ):
        if sheet in sheets(path):
            table = openpyxl.load_workbook(path)[sheet].iter_rows(min_row=11, values_only=True)
            on_paper.update((channel, row[1], row[9]) for row in table if isinstance(row[0], int))
    in_ledger = warehouse.rows(
        office[1],
        "SELECT channel, dossier_no, amount FROM payment WHERE month = $m AND commune_code = $c",
        m=JULY,
        c=commune,
    )
    assert on_paper == Counter(in_ledger)
    assert in_ledger


def test_every_cash_payment_stands_on_one_list_of_who_pays_it(
    office: tuple[Office, Connection], outbox: Path
) -> None:
    path = outbox / "lists" / "don_vi_VIETTEL.xlsx"
    listed = [row for sheet in sheets(path)[1:] for row in people(path, sheet)]
    assert [(row[0], row[-1]) for row in listed] == [
        (payment_id(7), 750_000),
        (payment_id(5), 1_000_000),
        (payment_id(6), 500_000),
        (payment_id(8), 500_000),
    ]
    totals = lines(path, "Tổng hợp")
    assert ("TỔNG CỘNG", 4, 2_750_000) in totals
    assert [row[1:] for row in totals if isinstance(row[0], int)] == [
        ("Thị trấn Tủa Chùa", "tiền mặt", 1, 750_000),
        ("Xã Huổi Só", "tiền mặt", 3, 2_000_000),
    ]


def test_changes_hide_what_tells_health(outbox: Path) -> None:
    assert people(outbox / "lists" / "xa_03217.xlsx", "Điều chỉnh") == [
        (
            *("P02", "Giàng Thị Mỷ", "02/01/1950", "Bản 2", "*", 540_000, 750_000),
            *("Đổi đối tượng", 0, 0),
        ),
        (
            *("P01", "Vừ A Hùng", "15/07/1944", "Bản 10", "BT05A1", 540_000, 750_000),
            *("Đổi mức chuẩn", "12/QĐ", 210_000, -60_000),
        ),
    ]


def test_who_is_held_and_what_ends_it(outbox: Path) -> None:
    ((*who, why, todo),) = people(outbox / "lists" / "xa_03217.xlsx", "Tạm giữ")
    assert who == ["P07", "Hạng A Lử", "1944", "Bản 1", 750_000]
    assert why == "Số định danh đang thuộc hồ sơ khác có trước."
    assert "CAI_CHINH" in todo


def test_who_is_still_paid_in_cash_and_whom_to_talk_to(outbox: Path) -> None:
    town = people(outbox / "lists" / "xa_03217.xlsx", "Còn tiền mặt")
    far = people(outbox / "lists" / "xa_03220.xlsx", "Còn tiền mặt")
    assert [(row[0], *row[3:5]) for row in town + far] == [
        ("P06", "Chưa có số định danh", "Công an xã"),
        ("P10", "Cần người giám hộ", "UBND xã (tư pháp)"),
        ("P04", "Chưa thu thập thông tin tài khoản", "Gia đình"),
        ("P05", "Không tự đi làm thủ tục được", "Ngân hàng"),
        ("P09", "Ngân hàng báo tài khoản sai", "Ngân hàng"),
    ]


def test_authorisations_that_are_new_or_not_valid_are_to_be_confirmed(outbox: Path) -> None:
    new = people(outbox / "lists" / "xa_03217.xlsx", "Ủy quyền cần xác nhận")
    assert [row[:6] for row in new] == [
        ("P02", "Giàng Thị Mỷ", "Bản 2", "Giám hộ", "Giàng A Tủa", "8/GH")
    ]
    invalid = people(outbox / "lists" / "xa_03220.xlsx", "Ủy quyền cần xác nhận")
    assert [(row[0], row[3], row[-1].split(",")[0]) for row in invalid] == [
        ("P03", "Ủy quyền", "Chưa có số văn bản")
    ]


def test_what_hangs_on_the_wall(outbox: Path) -> None:
    found = lines(outbox / "lists" / "niem_yet_03220.xlsx", "Niêm yết")
    assert found[7:16] == [
        ("STT", "Họ và tên", "Năm sinh", "Thôn/bản", "Nguồn kinh phí"),
        ("I. Mới hưởng từ kỳ này (1 dòng)",),
        (1, "Thào A Dình", "1943", "Bản 1", "bảo trợ xã hội"),
        ("II. Đang hưởng (3 dòng)",),
        (2, "Sùng A Páo", "1940", "Bản 1", "bảo trợ xã hội, người có công"),
        (3, "Lò Thị Sua", "1985", "Bản 1", "bảo trợ xã hội"),
        (4, "Quàng Văn Chống", "1942", "Bản 1", "bảo trợ xã hội"),
        ("III. Thôi hưởng từ kỳ này (1 dòng)",),
        (5, "Mùa A Súa", "1941", "Bản 1", "bảo trợ xã hội"),
    ]


def test_accounts_to_open_say_what_is_missing(outbox: Path) -> None:
    path = outbox / "lists" / "mo_tai_khoan_AGRIBANK.xlsx"
    assert lines(path, "Đủ điều kiện")[5] == (
        "Kính gửi: Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam, kỳ 07/2024",
    )
    ready = people(path, "Đủ điều kiện")
    assert [(row[0], row[-1]) for row in ready] == [("P04", "Bản 1"), ("P05", "Mở tại xã")]
    assert people(path, "Chưa đủ") == [
        (
            *("P10", "=Điêu Thị Vì", "30/09/2021", "011000000010", "Bản 1"),
            "Số điện thoại; giấy tờ giám hộ",
        )
    ]
    # The bank of the last account row is asked, not the one that serves the commune.
    ((*_, missing),) = people(outbox / "lists" / "mo_tai_khoan_BIDV.xlsx", "Chưa đủ")
    assert missing == "Số định danh khớp giấy tờ; SIM chính chủ"


def test_phones_go_to_the_company_that_has_them(outbox: Path) -> None:
    viettel = people(outbox / "lists" / "nha_mang_VIETTEL.xlsx", "Đăng ký lại")
    assert [(row[0], row[3], row[-1]) for row in viettel] == [
        ("P09", "0981000009", "Nhà mạng báo số không chính chủ.")
    ]
    unknown = people(outbox / "lists" / "nha_mang_CHUA_RO.xlsx", "Đăng ký lại")
    assert [(row[0], row[2]) for row in unknown] == [("P06", "0123")]


def test_police_are_asked_about_each_id_once(outbox: Path) -> None:
    path = outbox / "lists" / "cong_an_03217.xlsx"
    assert [(row[0], row[-1].split(":")[0]) for row in people(path, "Chưa có, sai")] == [
        ("P06", "Chưa có số"),
        ("P07", "Trùng số với hồ sơ khác"),
    ]
    assert [row[0] for row in people(path, "Chưa xác thực")] == ["P10", "P02"]


def test_the_ministry_gets_the_changes_in_its_layout(outbox: Path) -> None:
    found = read(outbox / "lists" / "bo_bien_dong_2024-07.csv")
    asked = ("Mã hồ sơ", "Ngày sinh", "Loại biến động", "Mã loại đối tượng sau", "Từ tháng")
    assert [tuple(row[name] for name in asked) for row in found] == [
        ("P02", "02/01/1950", "DIEU_CHINH", "BT06F", "07/2024"),
        ("P01", "15/07/1944", "DIEU_CHINH", "BT05A1", "07/2024"),
        ("P05", "1943", "TANG", "BT05C", "07/2024"),
        ("P08", "1941", "GIAM", "", "07/2024"),
        ("P09", "02/02/1942", "DIEU_CHINH", "BT05C", "07/2024"),
    ]


def test_what_did_not_arrive_goes_back_to_the_commune(outbox: Path) -> None:
    path = outbox / "followup" / "xa_03220.xlsx"
    assert [row[:7] for row in people(path, "Không chi được")] == [
        ("P09", "Quàng Văn Chống", "1942", "Bản 1", 500_000, "Tiền mặt", "không đến nhận"),
        ("P03", "Sùng A Páo", "1940", "Bản 1", 500_000, "Agribank ****0033", "tài khoản đã đóng"),
    ]
    assert ("TỔNG CỘNG", 1_000_000) in lines(path, "Không chi được")


def texts(path: Path) -> str:
    """Return all that a file says."""
    if path.suffix == ".csv":
        return path.read_text(encoding="utf-8-sig")
    book = openpyxl.load_workbook(path, rich_text=False)
    return "\n".join(
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    )


def test_no_list_tells_health_and_none_that_leaves_tells_a_category(
    office: tuple[Office, Connection], outbox: Path
) -> None:
    codes = warehouse.rows(
        office[1], "SELECT category_code, family, name_vi, sensitive = 'yes' FROM category"
    )
    every = {word for row in codes for word in row[:3]}
    of_health = {word for row in codes if row[3] for word in row[:3]}
    leaving = ("niem_yet", "don_vi", "mo_tai_khoan", "nha_mang", "cong_an", "de_nghi")
    out = [path for path in outbox.glob("lists/*") if path.name.startswith(leaving)]
    inside = [*outbox.glob("lists/xa_*"), *outbox.glob("followup/xa_*")]
    assert (len(out), len(inside)) == (14, 4)
    for path in out + inside:
        told = texts(path)
        hidden = every if path in out else of_health
        assert not [word for word in hidden if re.search(rf"\b{re.escape(word)}\b", told)]
        assert not HEALTH.search(told), path.name


def test_what_is_posted_or_left_with_others_has_no_whole_id_or_account(outbox: Path) -> None:
    for path in [*outbox.glob("lists/niem_yet_*"), *outbox.glob("lists/don_vi_*")]:
        assert not re.search(r"\b\d{9,}\b", texts(path)), path.name
    for path in outbox.glob("lists/xa_*"):
        assert "8906000000" not in texts(path)


def test_an_index_says_which_list_is_for_whom(outbox: Path) -> None:
    found = {
        (row["Tệp"], row["Danh sách"]): (row["Gửi cho"], row["Số dòng"], row["Tổng tiền (đồng)"])
        for row in read(outbox / "lists" / "muc_luc.csv")
    }
    assert found["xa_03217.xlsx", "Tiền mặt"] == ("Thị trấn Tủa Chùa", "1", "750000")
    assert found["cong_an_03220.xlsx", "Chưa xác thực"] == ("Công an Xã Huổi Só", "2", "")
    assert len(found) == sum(len(sheets(path)) for path in outbox.glob("lists/*_[A-Z0]*.xlsx"))


def test_writing_again_changes_no_byte(office: tuple[Office, Connection], outbox: Path) -> None:
    def both() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in outbox.glob("[lf]*/*")}

    first = both()
    write_lists(*office, JULY)
    write_followup(*office, JULY)
    assert both() == first


def test_what_is_too_long_to_print_is_a_csv_a_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printed, "MAX_PRINTED_ROWS", 10)
    with small_office(tmp_path) as (office, connection):
        fill(office, connection)
        write_lists(office, connection, JULY)
    folder = office.outbox(JULY) / "lists"
    assert not list(folder.glob("xa_*"))
    assert read(folder / "muc_luc.csv")[0]["Danh sách"].startswith("Quá nhiều dòng để in")
    paid = {
        name: [
            (row["Xã"], row["Mã hồ sơ"], int(row["Tổng số tiền"])) for row in read(folder / name)
        ]
        for name in ("chi_qua_tai_khoan.csv", "chi_tien_mat.csv")
    }
    assert paid["chi_tien_mat.csv"] == [
        ("Thị trấn Tủa Chùa", "P06", 750_000),
        ("Xã Huổi Só", "P04", 1_000_000),
        ("Xã Huổi Só", "P05", 500_000),
        ("Xã Huổi Só", "P09", 500_000),
    ]
    assert sum(row[2] for row in paid["chi_qua_tai_khoan.csv"]) == 4_939_000
    # Each bank and provider still has files of its own.
    assert [row["Mã hồ sơ"] for row in read(folder / "mo_tai_khoan_chua_du_BIDV.csv")] == ["P09"]
    assert len(read(folder / "ky_nhan_tien_mat_VIETTEL.csv")) == 4
