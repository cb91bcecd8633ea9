"""What an approver is shown, and what is said of a form that was filled wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows import approval_words as words
from flows.waiting import wrong

DIGEST = "af1a3c8861dc4af736cffcf6df6f95fc7f4b32027f66d74e936f242dfddad3b5"
MONTH: dict[str, Any] = {
    "month": "2024-07",
    "state": "prepared",
    "digest": DIGEST,
    "payments": 1061,
    "amount": 634_635_000,
    "held": 2,
    "increases": 5,
    "decreases": 3,
    "adjustments": 1,
    "alerts": (),
    "prepared_by": "Lò Thị Lập",
    "approvers": [],
    "needed": 1,
    "awaits_treasury": False,
    "released_on": None,
    "is_released": False,
    "before": {"payments": 1059, "amount": 640_000_000},
}
ALERTED = MONTH | {"alerts": ("Số người hưởng từ 10 thành 20, quá ±10 %.",)}
ANSWER = {"digest": DIGEST, "approver": "Vàng A Duyệt", "accept": ""}
OUTBOX = Path("/office/outbox/2024-07")


@pytest.mark.parametrize(
    ("typed", "is_it"),
    [
        (DIGEST, True),
        (DIGEST.upper(), True),
        ("af1a3c88 61dc4af7", True),
        (f" {DIGEST[:32]}\n{DIGEST[32:]} ", True),
        (DIGEST[:15], False),
        (DIGEST[1:], False),
        (DIGEST + "0", False),
        ("", False),
    ],
)
def test_a_digest_may_be_typed_as_the_summary_prints_it(typed: str, is_it: bool) -> None:
    assert words.is_digest(typed, DIGEST) is is_it


def test_a_wrong_form_is_told_what_is_wrong() -> None:
    assert wrong(ANSWER, MONTH) == ""
    assert wrong(None, MONTH) == words.NO_ANSWER
    assert "không phải mã của bảng chi kỳ 07/2024" in wrong(ANSWER | {"digest": "abc"}, MONTH)
    assert "đã được lập lại" in wrong(ANSWER | {"digest": "abc"}, MONTH, is_new=True)
    assert wrong(ANSWER, MONTH, is_new=True) == ""
    assert wrong(ANSWER, ALERTED) == words.NO_REASON
    assert wrong(ANSWER | {"accept": "  "}, ALERTED) == words.NO_REASON
    assert wrong(ANSWER | {"accept": "đã đối chiếu"}, ALERTED) == ""


def test_the_form_says_everything_but_the_digest() -> None:
    said = words.asked(ALERTED, "Lần trước sai.", OUTBOX)
    assert said.startswith("**Lần trước sai.**")
    for told in (
        "Kỳ 07/2024",
        "1.061 khoản (+2 (+0,2 %))",
        "634.635.000 đồng** (−5.365.000 (−0,8 %))",
        "Tạm giữ 2, tăng 5, giảm 3, điều chỉnh 1.",
        "quá ±10 %",
        "/office/outbox/2024-07/lists/tom_tat_duyet_2024-07.pdf",
        "Người lập: Lò Thị Lập",
    ):
        assert told in said
    assert DIGEST[:16] not in said + words.summary(ALERTED, OUTBOX)
    assert "Không có cảnh báo" in words.asked(MONTH, "", OUTBOX)
    assert "kỳ đầu" in words.summary(MONTH | {"before": None}, OUTBOX)


def test_two_approvers_are_named() -> None:
    two = MONTH | {"needed": 2, "approvers": ["Vàng A Duyệt"]}
    assert "cần 2 người duyệt; đã duyệt: Vàng A Duyệt" in words.asked(two, "", OUTBOX)
    assert words.second("Vàng A Duyệt").startswith("Vàng A Duyệt đã duyệt.")


def test_who_released_is_said() -> None:
    done = MONTH | {"approvers": ["Vàng A Duyệt"], "released_on": "05/07/2024"}
    assert words.released(done) == (
        "Kỳ 07/2024: Vàng A Duyệt đã duyệt chi ngày 05/07/2024, 1.061 khoản, 634.635.000 đồng. "
        "Tệp chi trả ở outbox/2024-07/payments/."
    )
    assert "chờ Kho bạc" in words.released(done | {"awaits_treasury": True})
