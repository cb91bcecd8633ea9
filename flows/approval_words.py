"""What an approver is shown and told, in Vietnamese, while a prepared month waits for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.standing import vi
from tasks.amount_words import dotted

Row = dict[str, Any]

SHORT_DIGEST = 16  # characters: as many as the summary prints by themselves, to be typed
CHANGED = (
    "Từ khi mở biểu duyệt trước có tệp mới nhận nên bảng chi kỳ {} đã được lập lại, mã xác nhận cũ "
    "không còn dùng được. Xem lại số liệu và trang tóm tắt mới rồi duyệt theo mã mới."
)
WRONG_DIGEST = (
    "Mã xác nhận vừa ghi không phải mã của bảng chi kỳ {} đang chờ duyệt: chưa duyệt gì. Chép lại "
    "mã ở trang tóm tắt; nếu trang tóm tắt đã thay đổi thì xem lại trước khi duyệt."
)
NO_REASON = "Kỳ này có cảnh báo: phải ghi lý do chấp nhận cảnh báo. Chưa duyệt gì, ghi lại biểu."
NO_ANSWER = "Lượt chạy được tiếp tục mà không có biểu duyệt: chưa duyệt gì."
SECOND = "{} đã duyệt. Số tiền kỳ này cần hai người duyệt: chờ người thứ hai."


def spaceless(typed: str) -> str:
    """Return a digest without what copying from a page puts into it."""
    return "".join(typed.split()).lower()


def is_digest(typed: str, digest: str) -> bool:
    """Tell whether somebody typed this digest, or at least as much of it as the summary prints."""
    said = spaceless(typed)
    return len(said) >= SHORT_DIGEST and digest.startswith(said)


def asked(month: Row, note: str, outbox: Path) -> str:
    """Return what stands above the form, which has room for few lines (Markdown)."""
    lines, vnd = _figures(month)
    return "\n\n".join(
        [
            *([f"**{note}**"] if note else []),
            f"**Kỳ {vi(month['month'])}**: {dotted(month['payments'])} khoản ({lines}), "
            f"**{dotted(month['amount'])} đồng** ({vnd}). {_counts(month)}.",
            *_alerts(month),
            f"Đọc trang tóm tắt, chép mã xác nhận ở đầu trang (đủ mã, hoặc {SHORT_DIGEST} ký tự "
            f"đầu) vào biểu dưới đây: {_summary(month, outbox)}.pdf",
            f"Người lập: {month['prepared_by']}; người duyệt phải là người khác." + _so_far(month),
        ]
    )


def summary(month: Row, outbox: Path) -> str:
    """Return the figures of a prepared month as a page (Markdown)."""
    lines, vnd = _figures(month)
    rows = [
        ("Số khoản chi", dotted(month["payments"]), lines),
        ("Tổng số tiền (đồng)", dotted(month["amount"]), vnd),
        *((label, dotted(month[name]), "") for label, name in COUNTS.items()),
    ]
    return "\n".join(
        [
            f"### Bảng chi kỳ {vi(month['month'])}",
            "",
            "| | Kỳ này | So với kỳ trước |",
            "|---|---:|---:|",
            *(f"| {label} | {now} | {change} |" for label, now, change in rows),
            "",
            *_alerts(month),
            "",
            f"Trang tóm tắt để duyệt: `{_summary(month, outbox)}.pdf`, `.xlsx`.",
            "",
            f"Người lập: {month['prepared_by']}. Duyệt: nút Resume của lượt chạy này, hoặc lệnh "
            "`chitra release`." + _so_far(month),
        ]
    )


COUNTS = {
    "Tạm giữ": "held",
    "Tăng": "increases",
    "Giảm": "decreases",
    "Điều chỉnh": "adjustments",
}


def _counts(month: Row) -> str:
    told = ", ".join(f"{label} {dotted(month[name])}" for label, name in COUNTS.items())
    return told.capitalize()


def _summary(month: Row, outbox: Path) -> str:
    return f"{outbox}/lists/tom_tat_duyet_{month['month']}"


def _figures(month: Row) -> tuple[str, str]:
    """Return how lines and VND moved against the month before."""
    before = month["before"] or {"payments": None, "amount": None}
    return (
        _change(month["payments"], before["payments"]),
        _change(month["amount"], before["amount"]),
    )


def _change(now: int, before: int | None) -> str:
    """Return by how much a figure moved: `+1.080.000 (+2,5 %)`, in whole VND or lines."""
    if not before:
        return "kỳ đầu"
    moved, sign = now - before, "+" if now >= before else "−"
    tenths = (abs(moved) * 1000 + before // 2) // before
    share = f"{dotted(tenths // 10)},{tenths % 10}"
    return f"{sign}{dotted(abs(moved))} ({sign}{share} %)"


def _alerts(month: Row) -> list[str]:
    if not month["alerts"]:
        return ["Không có cảnh báo."]
    told = " ".join(month["alerts"])
    return [f"⚠ **Cảnh báo, phải ghi lý do chấp nhận**: {told}"]


def _so_far(month: Row) -> str:
    """Return who has said yes, where one is not enough."""
    if month["needed"] < 2:
        return ""
    names = ", ".join(month["approvers"]) or "chưa ai"
    return f" Kỳ này cần {month['needed']} người duyệt; đã duyệt: {names}."


def released(month: Row) -> str:
    """Return who released a month, when, and what its files wait for."""
    names = ", ".join(month["approvers"]) or "người duyệt"
    day = f" ngày {month['released_on']}" if month["released_on"] else ""
    files = (
        "Tệp chi trả chờ Kho bạc xác nhận."
        if month["awaits_treasury"]
        else f"Tệp chi trả ở outbox/{month['month']}/payments/."
    )
    return (
        f"Kỳ {vi(month['month'])}: {names} đã duyệt chi{day}, {dotted(month['payments'])} khoản, "
        f"{dotted(month['amount'])} đồng. {files}"
    )


def prepared(month: Row) -> str:
    """Return in a sentence what was prepared."""
    return (
        f"Kỳ {vi(month['month'])}: đã lập {dotted(month['payments'])} khoản, "
        f"{dotted(month['amount'])} đồng. Duyệt bằng lượt chạy “Duyệt chi” hoặc “chitra release”."
    )


def second(first: str) -> str:
    """Return why a month still waits that somebody said yes to."""
    return SECOND.format(first)


def confirmed(month: str) -> str:
    """Return what a Treasury's confirmation came to."""
    return f"Kỳ {vi(month)}: Kho bạc đã xác nhận. Tệp chi trả ở outbox/{month}/payments/."


def taken_over(month: str) -> str:
    """Return why a waiting run ends: another one waits with the same month."""
    return f"Kỳ {vi(month)} được lập lại: duyệt ở lượt chạy mới hơn."
