"""What the official report says, sentence by sentence: each figure is one of the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from schemas.codes import SCHEMES
from schemas.period import month_vi
from tasks.amount_words import amount_in_words, dotted
from tasks.official_figures import Figures, reasons
from tasks.treasury import SCHEMES_VI

NOTHING = "Không có."
UNRELEASED = "Bảng chi tháng {} chưa được duyệt: chưa có lệnh chi, số phải chi là dự kiến."


@dataclass(frozen=True)
class Timeliness:
    """How a month's reports came in: of communes and providers, and who was late or sent none."""

    due_before: date
    expected: dict[str, int] = field(default_factory=dict)  # by kind of unit
    on_time: dict[str, int] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # those that may still come in time are among them


@dataclass(frozen=True)
class Part:
    """A part of the report: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def report_parts(
    figures: Figures, timeliness: Timeliness, *, is_frozen: bool, is_public: bool
) -> tuple[Part, ...]:
    """Return the whole narrative; `is_public`: others than those concerned read it."""
    return (
        Part("I. KẾT QUẢ CHI TRẢ", tuple(_results(figures, is_frozen=is_frozen))),
        Part("II. TỒN TẠI, VƯỚNG MẮC", tuple(_troubles(figures, is_public=is_public))),
        Part("III. CHẾ ĐỘ BÁO CÁO", tuple(_reporting(figures, timeliness))),
        Part("IV. ĐỀ NGHỊ", tuple(_proposals(figures, timeliness))),
    )


def _results(figures: Figures, *, is_frozen: bool) -> list[str]:
    paid = figures.sum("paid_account_amount", "paid_cash_amount")
    found = [
        f"Tháng {month_vi(figures.month)} có {dotted(figures.count('beneficiaries'))} đối tượng, "
        f"số tiền phải chi {_vnd(figures, 'due_amount')}{_by_scheme(figures)}.",
        f"Đã giao {dotted(figures.count('instructed_count'))} lệnh chi, "
        f"{_vnd(figures, 'instructed_amount')}; đã chi {dotted(paid)} đồng "
        f"(bằng chữ: {amount_in_words(paid)}), trong đó qua tài khoản "
        f"{_lines(figures, 'paid_account')}; tiền mặt {_lines(figures, 'paid_cash')}.",
        f"Tỷ lệ không dùng tiền mặt theo người: {_rate(figures, 'cashless_rate_people')}; theo số "
        f"tiền: {_rate(figures, 'cashless_rate_amount')}.",
        _compared(figures, paid),
        f"Trong tháng tăng {dotted(figures.count('increase_count'))} lượt, giảm "
        f"{dotted(figures.count('decrease_count'))} lượt, điều chỉnh "
        f"{dotted(figures.count('adjustment_count'))} lượt. Truy lĩnh "
        f"{_vnd(figures, 'arrears_amount')}; truy thu {_vnd(figures, 'recovery_amount')}; còn phải "
        f"thu {_vnd(figures, 'receivable_amount')}.",
        f"Lũy kế đã chi từ đầu năm: {_vnd(figures, 'ytd_paid_amount')}.",
    ]
    return found if is_frozen else [UNRELEASED.format(month_vi(figures.month)), *found]


def _by_scheme(figures: Figures) -> str:
    told = [
        f"{SCHEMES_VI[scheme]} {dotted(amount)} đồng"
        for scheme in SCHEMES
        if (amount := figures.count("due_amount", scheme))
    ]
    return f" ({'; '.join(told)})" if told else ""


def _vnd(figures: Figures, metric: str) -> str:
    return f"{dotted(figures.count(metric))} đồng"


def _lines(figures: Figures, part: str) -> str:
    return f"{dotted(figures.count(f'{part}_count'))} lượt, {_vnd(figures, f'{part}_amount')}"


def _rate(figures: Figures, metric: str) -> str:
    """Return a rate beside that of the month before."""
    before, now = figures.rates(metric)
    if now is None:
        return "chưa có khoản đã chi"
    told = figures.rate(metric)
    return told if before is None else f"{told} ({_points(before, now)})"


def _points(before: Decimal, now: Decimal) -> str:
    # Of the rates as they are written, so that a reader who subtracts finds the same.
    tenths = round(now * 1000) - round(before * 1000)
    if not tenths:
        return "không đổi so với tháng trước"
    word = "tăng" if tenths > 0 else "giảm"
    return f"{word} {abs(tenths) // 10},{abs(tenths) % 10} điểm phần trăm so với tháng trước"


def _compared(figures: Figures, paid: int) -> str:
    if not figures.has_before:
        return "Chưa có tháng trước trong sổ để so sánh."
    paid_before = figures.before("paid_account_amount") + figures.before("paid_cash_amount")
    people = figures.count("beneficiaries") - figures.before("beneficiaries")
    due = figures.count("due_amount") - figures.before("due_amount")
    return (
        f"So với tháng {month_vi(figures.month - 1)}: số đối tượng {_moved(people, 'người')}; số "
        f"tiền phải chi {_moved(due, 'đồng')}; số tiền đã chi "
        f"{_moved(paid - paid_before, 'đồng')}."
    )


def _moved(difference: int, unit: str) -> str:
    if not difference:
        return "không đổi"
    return f"{'tăng' if difference > 0 else 'giảm'} {dotted(abs(difference))} {unit}"


def _troubles(figures: Figures, *, is_public: bool) -> list[str]:
    told = [
        f"{label} {_lines(figures, part)}{_why(figures, part, is_public=is_public)}."
        for part, label in (("failed", "Không chi được"), ("returned", "Bị hoàn trả"))
        if figures.count(f"{part}_count")
    ]
    if figures.count("pending_count"):
        told.append(f"Chưa có kết quả {_lines(figures, 'pending')}.")
    if held := figures.count("held_count"):
        # Of what has no confirmed rate no amount is known.
        amount = figures.count("held_amount")
        much = f"{dotted(amount)} đồng" if amount else "chưa tính được số tiền"
        told.append(f"Tạm giữ {dotted(held)} lượt, {much}.")
    if people := figures.count("no_account"):
        why = _why(figures, "no_account", is_public=is_public)
        told.append(f"Chưa có tài khoản {dotted(people)} đối tượng{why}.")
    if people := figures.count("account_unusable"):
        told.append(f"Có tài khoản nhưng chưa dùng được {dotted(people)} đối tượng.")
    return told or [NOTHING]


def _why(figures: Figures, part: str, *, is_public: bool) -> str:
    told = [f"{label} {shown}" for label, _, shown in reasons(figures, part, is_public=is_public)]
    return f" ({'; '.join(told)})" if told else ""


def _reporting(figures: Figures, timeliness: Timeliness) -> list[str]:
    due = f"trước ngày {timeliness.due_before:%d/%m/%Y}"
    counts = [
        f"{timeliness.on_time.get(kind, 0)}/{expected} {words}"
        for kind, words in (("commune", "xã, thị trấn"), ("provider", "đơn vị chi trả"))
        if (expected := timeliness.expected.get(kind, 0))
    ]
    if not counts:
        return ["Chưa có xã, đơn vị nào phải báo cáo."]
    told = [f"Báo cáo tháng {month_vi(figures.month)} {due}: {', '.join(counts)} gửi đúng hạn."]
    if timeliness.late:
        told.append(f"Gửi muộn: {_named(timeliness.late)}.")
    if timeliness.missing:
        told.append(f"Chưa gửi: {_named(timeliness.missing)}.")
    return told


def _named(names: Sequence[str]) -> str:
    return "; ".join(names)


def _proposals(figures: Figures, timeliness: Timeliness) -> list[str]:
    """Return who is asked to do what, each with its number."""
    came_back = figures.sum("failed_count", "returned_count")
    asked = (
        (
            figures.count("no_account"),
            "Ủy ban nhân dân cấp xã vận động, hỗ trợ mở tài khoản cho {} đối tượng chưa có tài "
            "khoản.",
        ),
        (
            came_back,
            "Ủy ban nhân dân cấp xã và đơn vị chi trả rà soát, sửa thông tin của {} lượt không chi "
            "được hoặc bị hoàn trả trước kỳ sau.",
        ),
        (
            figures.count("pending_count"),
            "Đơn vị chi trả gửi kết quả của {} lệnh chi chưa có kết quả.",
        ),
        (
            figures.count("held_count"),
            "{} khoản đang tạm giữ: công an, Ủy ban nhân dân cấp xã xác minh, trả lời; khoản chưa "
            "có mức trợ cấp được xác nhận thì cấp có thẩm quyền xác nhận.",
        ),
        (
            figures.count("receivable_amount"),
            "Ủy ban nhân dân cấp xã phối hợp thu hồi {} đồng còn phải thu.",
        ),
        (
            len(timeliness.late) + len(timeliness.missing),
            "{} nơi gửi muộn hoặc chưa gửi báo cáo thực hiện đúng hạn hằng tháng.",
        ),
    )
    told = [sentence.format(dotted(count)) for count, sentence in asked if count]
    return [f"{number}. {sentence}" for number, sentence in enumerate(told, start=1)] or [NOTHING]
