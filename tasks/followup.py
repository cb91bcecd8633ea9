"""A month's account with each provider: what became of its instructions, and its fees."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.period import month_text
from schemas.published import CHANNELS_VI, STATUSES_VI
from tasks import reconciliation, silence, warehouse
from tasks.outbox import OutFile
from tasks.render import csv_bytes
from tasks.shown import shown
from tasks.warehouse import Connection

WHERE = {"provider": "Đơn vị chi trả", "channel": "Kênh"}
STANDING = {
    **WHERE,
    "commune": "Xã",
    "instructed": "Đã lệnh (dòng)",
    "instructed_amount": "Đã lệnh (đồng)",
    "paid": "Đã chi (dòng)",
    "paid_amount": "Đã chi (đồng)",
    "failed": "Không chi được (dòng)",
    "failed_amount": "Không chi được (đồng)",
    "returned": "Hoàn trả (dòng)",
    "returned_amount": "Hoàn trả (đồng)",
    "pending": "Chờ kết quả (dòng)",
    "pending_amount": "Chờ kết quả (đồng)",
    "difference": "Lệch (đồng)",
    "silent": "Trong đã chi: đơn vị không báo lỗi (dòng)",
    "silent_amount": "Trong đã chi: đơn vị không báo lỗi (đồng)",
}
FEES = {
    **WHERE,
    "lines": "Số dòng đã chi",
    "due": "Phí phải trả (đồng)",
    "reported_lines": "Số dòng đơn vị báo phí",
    "reported": "Phí đơn vị báo (đồng)",
    "difference": "Chênh lệch (đồng)",
    "different_lines": "Số dòng lệch phí",
    "note": "Ghi chú",
}
FEE_LINES = {
    **WHERE,
    "payment_id": "Mã chi trả",
    "commune": "Xã",
    "amount": "Số tiền chi",
    "status": "Trạng thái",
    "due": "Phí phải trả",
    "reported": "Phí đơn vị báo",
    "difference": "Chênh lệch",
}
NO_RATE = "Chưa có mức phí được xác nhận trong fees.csv: không so được."
TOTAL = "Cộng"


def stage_bases(connection: Connection, month: int) -> None:
    """Create what the lists of a month read besides the tables and bases of all lists."""
    reconciliation.stage_open_exceptions(connection)
    silence.stage_providers(connection)
    warehouse.stage(connection, "standing_group", warehouse.sql("conservation"), month=month)


def files(connection: Connection, month: int) -> list[OutFile]:
    """Return the month's account with each provider, and the fees due beside those reported."""
    standing = _worded(shown(connection, "followup_standing", month=month))
    fees = _worded(shown(connection, "followup_fee", month=month))
    lines = _worded(shown(connection, "followup_fee_line", month=month))
    # Who reports no rate is told so in place of a difference that would mean nothing.
    rated = ~pl.col("is_rate_missing")
    fees = fees.with_columns(
        pl.when(rated).then(pl.col("due", "difference")),
        pl.when(rated).then(pl.lit("")).otherwise(pl.lit(NO_RATE)).alias("note"),
    )
    name = month_text(month)
    return [
        _file("doi_soat.csv", standing, STANDING, "instructed_amount"),
        _file(f"phi_{name}.csv", fees, FEES, "reported"),
        _file(f"phi_lech_{name}.csv", lines, FEE_LINES, "reported"),
    ]


def _worded(found: pl.DataFrame) -> pl.DataFrame:
    """Put words in place of codes, and name the rows of sums."""
    words = {"channel": CHANNELS_VI, "status": STATUSES_VI}
    is_sum = pl.col("channel").is_null()
    return found.with_columns(
        *(_words(name, words[name]) for name in words if name in found.columns)
    ).with_columns(
        pl.when(pl.col("provider").is_null())
        .then(pl.lit(TOTAL))
        .otherwise(pl.col("provider"))
        .alias("provider"),
        pl.when(is_sum).then(pl.lit(TOTAL)).otherwise(pl.col("channel")).alias("channel"),
    )


def _words(column: str, words: Mapping[str, str]) -> pl.Expr:
    codes = pl.col(column).cast(pl.String)
    return codes.replace_strict(words, default=codes, return_dtype=pl.String)


def _file(name: str, frame: pl.DataFrame, headers: Mapping[str, str], amount: str) -> OutFile:
    """Return a list as a file; its manifest sums the finest rows, not the sums beside them."""
    is_finest = pl.lit(value=True)
    for column in ("channel", "commune"):
        if column in headers:
            is_finest &= pl.col(column).is_not_null() & (pl.col(column) != TOTAL)
    finest = frame.filter(is_finest)
    return OutFile(name, csv_bytes(frame, headers), frame.height, int(finest[amount].sum()))
