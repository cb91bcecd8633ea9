"""Plays a provider: answers one of our payment files with a workbook of results.

What happens to a payment depends on the seed and its id alone, so any order and any number of
files give the same answers.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path

import polars as pl

from tasks.sample_files import Heading, write_csv, write_workbook

ID, ACCOUNT, AMOUNT = "Mã chi trả", "Số tài khoản", "Số tiền"
COLUMNS = (
    *(ID, ACCOUNT, AMOUNT, "Thời gian giao dịch", "Số giao dịch"),
    *("Trạng thái", "Mã lỗi", "Phí"),
)
WALLET_PROVIDER = "VIETTEL"
HEADER_ROWS = 30
# Of 10,000 payments: (how many, status, error code); the rest are paid. "" is silence.
Outcome = tuple[int, str, str]
ACCOUNT_OUTCOMES: tuple[Outcome, ...] = (
    (80, "LOI", "SAI_SO_TK"),
    (70, "LOI", "TEN_KHONG_KHOP"),
    (45, "LOI", "TK_DONG"),
    (35, "LOI", "TK_TAM_KHOA"),
    (35, "HOAN_TRA", "TK_DONG"),
    (15, "HOAN_TRA", "KHAC"),
    (40, "DANG_XU_LY", ""),
    (15, "", ""),
)
WALLET_OUTCOMES: tuple[Outcome, ...] = (
    (150, "LOI", "VI_CHUA_DINH_DANH"),
    (50, "LOI", "SAI_SO_TK"),
    (30, "LOI", "TK_TAM_KHOA"),
    (30, "HOAN_TRA", "VI_CHUA_DINH_DANH"),
    (40, "DANG_XU_LY", ""),
    (15, "", ""),
)
CASH_OUTCOMES: tuple[Outcome, ...] = (
    (240, "LOI", "KHONG_DEN_NHAN"),
    (10, "LOI", "CHET"),
    (20, "HOAN_TRA", "KHONG_DEN_NHAN"),
    (30, "DANG_XU_LY", ""),
    (15, "", ""),
)


@dataclass(frozen=True)
class Payment:
    """One line of our payment file."""

    payment_id: str
    account: str
    amount: str


def answer_payments(
    payment_file: Path,
    result_file: Path,
    seed: int,
    provider: str,
    month: str,
    on: date,
) -> None:
    """Answers `payment_file` (CSV, UTF-8) with the sheet KET_QUA for `month` (YYYY-MM), paid `on`.

    Nearly every payment gets one line; a few fail, come back or are still under way, and a rare
    one is passed over. A `result_file` ending in .csv is written as CSV.
    """
    lines = [_line(p, seed, provider, on) for p in read_payments(payment_file)]
    schema = dict.fromkeys(COLUMNS, pl.String)
    rows = pl.DataFrame([line for line in lines if line], schema=schema, orient="row")
    heading = Heading("Đơn vị", provider, f"{month[5:]}/{month[:4]}")
    if result_file.suffix == ".csv":
        list(write_csv(result_file, rows, heading))
    else:
        write_workbook(result_file, {"KET_QUA": rows}, heading)


def read_payments(payment_file: Path) -> Iterator[Payment]:
    """The lines of a payment file; its header stands in one of the first rows."""
    with payment_file.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = _header(rows, payment_file)
        for row in rows:
            values = dict(zip(header, row, strict=False))
            # A total row has no payment id.
            if values.get(ID, "").strip() and values.get(AMOUNT, "").strip():
                yield Payment(values[ID], values.get(ACCOUNT, ""), values[AMOUNT])


def _header(rows: Iterator[list[str]], path: Path) -> list[str]:
    for _, row in zip(range(HEADER_ROWS), rows, strict=False):
        names = [name.strip() for name in row]
        if {ID, AMOUNT} <= set(names):
            return names
    raise ValueError(f"{path.name}: không thấy dòng tiêu đề có {ID!r} và {AMOUNT!r}")


def _line(payment: Payment, seed: int, provider: str, on: date) -> tuple[str | None, ...] | None:
    drawn = _drawn(seed, payment.payment_id)
    status, error = _outcome(payment, provider, drawn % 10_000)
    if not status:
        return None
    seconds = 8 * 3600 + drawn // 10_000 % (8 * 3600)
    time = f"{on:%d/%m/%Y} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    number = f"FT{on:%y%j}{drawn // 10**9 % 10**8:08d}"
    return (payment.payment_id, payment.account or None, payment.amount, time, number,
            status, error or None, None)  # fmt: skip


def _drawn(seed: int, payment_id: str) -> int:
    digest = blake2b(f"{seed}:{payment_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _outcome(payment: Payment, provider: str, drawn: int) -> tuple[str, str]:
    outcomes = CASH_OUTCOMES
    if payment.account:
        outcomes = WALLET_OUTCOMES if provider == WALLET_PROVIDER else ACCOUNT_OUTCOMES
    for share, status, error in outcomes:
        if drawn < share:
            return status, error
        drawn -= share
    return "THANH_CONG", ""
