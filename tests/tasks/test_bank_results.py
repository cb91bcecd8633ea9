"""What banks send, from the inbox to what became of each payment; one stray line spoils nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from flows.ingest import ingest
from tasks.sheet_pool import close_reader
from tests.corpus.bank_files import DEBIT, FEE, mt940, pain002
from tests.house import House, new_house, own_account, tang

DAY = "2024-06-10"
PEOPLE = ("H1", "H2", "H3", "H4")


@pytest.fixture(scope="module", autouse=True)
def _child() -> Iterator[None]:
    yield
    close_reader()


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = new_house(tmp_path / "office")
    rows = [tang(one, "BT06D", "06/2024", citizen_id=f"01108000000{one[1]}") for one in PEOPLE]
    house.send("TANG", rows)
    house.send("tai_khoan", [own_account(one, f"8811205{one[1]}") for one in PEOPLE])
    house.ingest()
    house.pay("2024-06")
    return house


def ids(house: House) -> list[str]:
    return [
        row["payment_id"] for row in sorted(house.table("payment"), key=lambda r: r["dossier_no"])
    ]


def receive(house: House, data: bytes, folder: str = "thang 6") -> dict[str, object]:
    """Let the office receive a file under a name that tells nothing."""
    path = house.home / "inbox" / folder / "a.dat"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    files = ingest(str(house.home), DAY)["files"]
    [found] = [one for one in files if one["name"] == f"{folder}/a.dat"]
    return {name: found[name] for name in ("outcome", "rows_in", "rows_taken", "rows_rejected")}


def statuses(house: House) -> dict[str, str]:
    return {row["dossier_no"]: row["status"] for row in house.table("outcome")}


def test_stray_lines_of_a_statement_spoil_nothing(house: House) -> None:
    """A fee, money from the treasury, an unknown payment, a line that is none, a payment back."""
    one, two, three, _ = ids(house)
    data = mt940(
        "S1",
        (DEBIT, f"{one} TRO CAP"),
        FEE,
        ("2406050605C900000000,NTRFNONREF", "KHO BAC CHUYEN TIEN"),
        (DEBIT, f"{two[:9]}\r\n{two[9:]} TRO CAP"),
        (DEBIT, "CT2406ZZZZZZZZZZZZ"),
        ("không phải một dòng", "gì cả"),
        (DEBIT, three),
        (DEBIT.replace("D", "RD", 1), three),
    )
    assert receive(house, data) == {
        "outcome": "taken",
        "rows_in": 8,
        "rows_taken": 6,
        "rows_rejected": 2,
    }
    found = house.reconcile("2024-06")
    assert statuses(house) == {"H1": "paid", "H2": "paid", "H3": "returned"}
    assert (found.instructed, found.paid, found.failed, found.returned, found.pending) == (
        4,
        2,
        0,
        1,
        1,
    )
    assert (
        found.instructed_amount == found.paid_amount + found.returned_amount + found.pending_amount
    )
    rules = house.rules("stage = 'reconcile'")
    assert [rule for rule, _ in rules] == ["RS01", "RS01"]
    assert house.reconcile("2024-06") == found
    assert_goes_back_as_a_list(house)


def test_a_stray_line_of_a_banks_table_spoils_nothing(house: House) -> None:
    one, two, *_ = ids(house)
    lines = [
        "Tài khoản thụ hưởng,Số tiền chuyển,Nội dung,Kết quả giao dịch,Lý do",
        f'88112051,"540,000.00",{one} tro cap,Đã hạch toán,',
        ',"5,500.00",Phi dich vu SMS,Đã hạch toán,',
        f'88112052,"540,000.00",IB.{two.lower()},Từ chối,Tài khoản đã đóng',
        '88112053,"540,000.00",tro cap thang 6,Đã hạch toán,',
        '88112054,"540,000.00",tro cap thang 6,Đang xem xét,',
    ]
    found = receive(house, "\n".join(lines).encode(), "AGRIBANK")
    assert (found["rows_in"], found["rows_taken"], found["rows_rejected"]) == (5, 4, 1)
    house.reconcile("2024-06")
    assert statuses(house) == {"H1": "paid", "H2": "failed", "H3": "paid"}
    assert [rule for rule, _ in house.rules("stage = 'reconcile'")] == ["RS01"]


def test_a_report_of_another_bank_pays_nobody(house: House) -> None:
    """LPBank says that it has paid what Agribank was to pay."""
    body = "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>"
    data = pain002("M", *(body.format(one) for one in ids(house)), bank="LVBKVNVX")
    assert receive(house, data, "AGRIBANK")["rows_taken"] == 4
    house.reconcile("2024-06")
    assert statuses(house) == {}
    assert [rule for rule, _ in house.rules("stage = 'reconcile'")] == ["RS01"] * 4


def assert_goes_back_as_a_list(house: House) -> None:
    """A message has no cells to be coloured, and nobody is to mend it."""
    [path] = (house.home / "returned").rglob("a.*.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.values for cell in row if cell]
    assert "Tệp của ngân hàng không phải bảng tính nên chỉ liệt kê các dòng cần xem." in cells
    assert any("Không sửa tệp của ngân hàng" in str(cell) for cell in cells)
    assert "C" in cells
