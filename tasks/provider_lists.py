"""The lists of each provider: what it is to pay, and, of who pays cash, whom, commune by commune.

They leave the office: no category, no word on health, citizen ids in part.
"""

from __future__ import annotations

import polars as pl

from schemas.published import CHANNELS_VI
from tasks.printed import (
    BIRTH_YEAR,
    CASH_SIGNERS,
    HEAD,
    NUMBER,
    PERSON,
    PREPARED,
    VILLAGE,
    Book,
    Kind,
    Papers,
    Part,
    by_commune,
    by_scheme,
    money,
    worded,
)
from tasks.signed_list import Column

RECEIVED = ("Đơn vị chi trả nhận", "")
OVERVIEW = Kind(
    name="tong_hop_chi_tra",
    title="TỔNG HỢP CHI TRẢ QUA ĐƠN VỊ CUNG ỨNG DỊCH VỤ CHI TRẢ",
    columns={
        "number": NUMBER,
        "commune": Column("Xã", 40),
        "channel_label": Column("Kênh chi", 24),
        "lines": Column("Số lượt", 16, "right"),
        "amount": money("Số tiền (đồng)", 30),
    },
    sums=("lines", "amount"),
    sections="section",
    signers=(PREPARED, HEAD, RECEIVED),
)
CASH = Kind(
    name="ky_nhan_tien_mat",
    title="DANH SÁCH KÝ NHẬN TIỀN MẶT",
    columns={
        "number": NUMBER,
        "payment_id": Column("Mã chi trả", 21, "center"),
        "full_name": PERSON,
        "birth_year": BIRTH_YEAR,
        "payee_citizen_id": Column("Số định danh (che bớt)", 15, "center"),
        "village": VILLAGE,
        "amount": money("Số tiền"),
        "signed": Column("Ký nhận", 17),
        "signed_by": Column("Họ và tên người nhận", 23),
    },
    sums=("amount",),
    sections="section",
    signers=CASH_SIGNERS,
    row_height=28,
)


def provider_books(papers: Papers, payments: pl.DataFrame) -> list[Book]:
    """Return a workbook for each provider that pays anybody; `payments` of `list_payment`."""
    parts = payments.filter(pl.col("channel") != "none").partition_by(
        "provider", as_dict=True, maintain_order=False
    )
    return [
        Book(
            f"don_vi_{provider}.xlsx",
            str(provider),
            (_overview(papers, str(provider), rows), *_cash_lists(papers, rows)),
            key=str(provider),
        )
        for (provider,), rows in sorted(parts.items())
    ]


def _overview(papers: Papers, provider: str, rows: pl.DataFrame) -> Part:
    sums = (
        rows.group_by("commune_code", "commune", "channel", "scheme")
        .agg(pl.len().cast(pl.Int64).alias("lines"), pl.col("amount").sum())
        .sort("commune_code", "channel", "scheme")
        .with_columns(worded("channel", CHANNELS_VI, "channel_label"))
    )
    about = f"Đơn vị chi trả {provider}, {papers.span}"
    return Part(OVERVIEW, "Tổng hợp", about, by_scheme(sums))


def _cash_lists(papers: Papers, rows: pl.DataFrame) -> list[Part]:
    cash = rows.filter(channel="cash")
    return [
        Part(CASH, name, f"{name}, {papers.span}", by_scheme(part))
        for part in by_commune(cash).values()
        for name in (part["commune"][0],)
    ]
