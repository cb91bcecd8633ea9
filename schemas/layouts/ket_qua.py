"""Disbursement results of a provider: what became of each payment."""

from __future__ import annotations

from schemas.layouts.layout import PROVIDER_HEADERS, Layout, Sheet, field
from schemas.submissions import Result

KET_QUA = Sheet(
    kind="KET_QUA",
    names=("KET_QUA", "Kết quả"),
    fields=(
        field(Result.payment_id, "Mã chi trả", "Mã khoản chi"),
        field(Result.account_number, "Số tài khoản", "Số TK", "STK"),
        field(Result.amount, "Số tiền", "Số tiền chi trả", "Số tiền giao dịch"),
        field(
            Result.transacted_at,
            "Thời gian giao dịch",
            "Ngày giao dịch",
            "Ngày giờ giao dịch",
            "Thời gian GD",
        ),
        field(Result.transaction_no, "Số giao dịch", "Mã giao dịch", "Số GD"),
        field(Result.status, "Trạng thái", "Trạng thái giao dịch", "Tình trạng"),
        field(Result.error_code, "Mã lỗi"),
        field(Result.fee, "Phí", "Phí giao dịch", "Số tiền phí"),
    ),
    needed=(Result.amount, Result.status),
    required=(Result.status,),
)

LAYOUT = Layout(
    kind="ket_qua",
    table=Result,
    sheets=(KET_QUA,),
    keys=((Result.payment_id,), (Result.account_number, Result.amount)),
    unit_headers=PROVIDER_HEADERS,
)
