"""The payee tables for the Treasury: one workbook a scheme, with the total in words."""

from __future__ import annotations

import polars as pl

from schemas.codes import SCHEMES
from schemas.period import month_text, month_vi
from tasks.amount_words import amount_in_words, dotted
from tasks.bulk import bulk_aside
from tasks.office import Office
from tasks.outbox import OutFile, write_folder
from tasks.render import Sheet, xlsx_bytes
from tasks.shown import shown
from tasks.values import fold
from tasks.warehouse import Connection

HEADERS = {
    "number": "STT",
    "payee_name": "Họ và tên",
    "account_number": "Số tài khoản",
    "bank": "Ngân hàng",
    "amount": "Số tiền",
    "note": "Ghi chú",
}
SCHEMES_VI = {
    "BTXH": "trợ cấp bảo trợ xã hội",
    "NCC": "trợ cấp ưu đãi người có công",
    "HTXH": "trợ cấp hưu trí xã hội",
}
SIGNERS_VI = {"prepared_by": "Người lập", "accountant": "Kế toán", "head": "Thủ trưởng đơn vị"}


def write_treasury(office: Office, connection: Connection, month: int) -> None:
    """Write `outbox/<month>/treasury/`: a workbook per scheme that pays anybody."""
    payees = shown(connection, "treasury", month=month)
    files = []
    for scheme in SCHEMES:
        listed = payees.filter(pl.col("scheme") == scheme)
        if listed.height:
            files += _workbook(office, month, scheme, listed)
    write_folder(office.outbox(month) / "treasury", files)


def _workbook(office: Office, month: int, scheme: str, payees: pl.DataFrame) -> list[OutFile]:
    total = int(payees["amount"].sum())
    sheet = Sheet(
        name=scheme,
        frame=_with_notes(payees),
        headers=HEADERS,
        title=(
            office.parent.upper(),
            office.name.upper(),
            f"BẢNG THANH TOÁN CHO ĐỐI TƯỢNG THỤ HƯỞNG KỲ {month_vi(month)}",
            f"Nguồn kinh phí: {SCHEMES_VI[scheme]}. Đơn vị tính: đồng.",
        ),
        footer=_footer(office, payees, total),
        total={"amount": total},
    )
    name = f"kho_bac_{scheme}_{month_text(month)}"
    sheet, bulk = bulk_aside(sheet, f"{name}.csv", total, {"scheme": scheme})
    listed = 0 if bulk else total
    book = OutFile(
        f"{name}.xlsx", xlsx_bytes([sheet]), sheet.frame.height, listed, {"scheme": scheme}
    )
    return [book, *bulk]


def _with_notes(payees: pl.DataFrame) -> pl.DataFrame:
    """Number the payees, and say who is paid in cash or receives for somebody else."""
    cash = pl.when(pl.col("channel") == "cash").then(pl.lit("Tiền mặt"))
    own = [
        fold(payee) == fold(person)
        for payee, person in payees.select("payee_name", "full_name").iter_rows()
    ]
    differs = ~pl.Series(own, dtype=pl.Boolean)
    stands_in = pl.when(differs).then("Nhận thay " + pl.col("full_name"))
    note = pl.concat_str(cash, stands_in, separator="; ", ignore_nulls=True)
    return payees.with_row_index("number", offset=1).with_columns(
        pl.col("number").cast(pl.Int64), note.alias("note")
    )


def _footer(office: Office, payees: pl.DataFrame, total: int) -> tuple[str, ...]:
    """Return the total in words, its two channels, and the block to be signed."""
    signed = (f"{role}: {office.signers.get(key, '')}" for key, role in SIGNERS_VI.items())
    return (
        f"Bằng chữ: {amount_in_words(total)}.",
        f"Chuyển khoản: {_channel(payees, 'account')}; tiền mặt: {_channel(payees, 'cash')}.",
        "",
        "Ngày ..... tháng ..... năm .........",
        *signed,
    )


def _channel(payees: pl.DataFrame, channel: str) -> str:
    chosen = payees.filter(pl.col("channel") == channel)
    return f"{chosen.height} người, {dotted(int(chosen['amount'].sum()))} đồng"
