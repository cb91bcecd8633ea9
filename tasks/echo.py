"""Our own payment files sent back as results: they say what was to be paid, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.layouts import LAYOUTS
from schemas.submissions import Result
from tasks.headers import HEADER_ROWS, Row, Spelling, header_keys, spellings

SHEET = LAYOUTS["ket_qua"].sheets[0]
PAYMENT_ID = SHEET.named(Result.payment_id)
NO_STATUS = (
    "Tệp có mã chi trả và số tiền nhưng không có trạng thái: giống tệp chi trả do phòng gửi đi,"
    " không phải kết quả. Đề nghị đơn vị gửi bảng kết quả có cột “Trạng thái”."
)


def is_without_status(top: Sequence[Row]) -> bool:
    """Tell whether a row heads all that a payment file has, and nothing of what became of it."""
    words = spellings(SHEET)
    for row in top[:HEADER_ROWS]:
        known = [words[key] for key in header_keys(row) if key in words]
        found = {spelling.field.column for spelling in known}
        # Cash files have no accounts, but our own header of the id.
        is_ours = Result.account_number in found or Spelling(PAYMENT_ID, 0) in known
        if {Result.payment_id, Result.amount} <= found and is_ours:
            return Result.status not in found
    return False
