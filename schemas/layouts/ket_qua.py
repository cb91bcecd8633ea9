"""Disbursement results of a provider: what became of each payment."""

from __future__ import annotations

from schemas.layouts.layout import PROVIDER_HEADERS, Field, Layout, Sheet, field
from schemas.providers.results import headers_of
from schemas.submissions import Result
from schemas.table import Column


def _field(column: Column, *headers: str, merges: bool = False) -> Field:
    """Declare a field: our own headers, then those of the providers' profiles."""
    return field(column, *headers, *headers_of(column.name), merges=merges)


KET_QUA = Sheet(
    kind="KET_QUA",
    names=("KET_QUA", "Kết quả"),
    fields=(
        # Where a file has no such column, the id stands in the text of the transfer.
        _field(Result.payment_id, "Mã chi trả", "Mã khoản chi", merges=True),
        _field(Result.account_number, "Số tài khoản", "Số TK", "STK"),
        _field(Result.amount, "Số tiền", "Số tiền chi trả", "Số tiền giao dịch"),
        _field(
            Result.transacted_at,
            "Thời gian giao dịch",
            "Ngày giao dịch",
            "Ngày giờ giao dịch",
            "Thời gian GD",
        ),
        _field(Result.transaction_no, "Số giao dịch", "Mã giao dịch", "Số GD"),
        _field(Result.status, "Trạng thái", "Trạng thái giao dịch", "Tình trạng"),
        _field(Result.error_code, "Mã lỗi"),
        _field(Result.fee, "Phí", "Phí giao dịch", "Số tiền phí"),
    ),
    needed=(Result.amount, Result.status),
    required=(Result.status,),
)

LAYOUT = Layout(
    kind="ket_qua",
    table=Result,
    sheets=(KET_QUA,),
    keys=((Result.payment_id,), (Result.account_number, Result.amount)),
    # The text of a transfer is a key by the id in it: a date over a signature is none.
    key_forms=((Result.payment_id, r"(?i)CT\d{4}[0-9A-Z]|^\s*\S*\d\S*\s*$"),),
    unit_headers=PROVIDER_HEADERS,
)
