"""What keeps the house in order, as Prefect flows: verify and doctor. None changes the ledger."""

from __future__ import annotations

from typing import Any, Literal

from prefect import flow

from flows import steps
from flows.deployed import Day, place
from tasks.office import InvariantBroken

NOTHING, ALL = "không tính lại", "mọi kỳ đã duyệt"
Again = Literal["không tính lại", "kỳ duyệt sau cùng", "mọi kỳ đã duyệt"]


@flow(
    name="Kiểm tra sổ",
    description="Kiểm tra sổ chi trả, tệp đã ghi và tệp lưu; tính lại từ tệp lưu nếu muốn.",
    flow_run_name="Kiểm tra sổ",
    persist_result=False,
)
def verify(
    recompute: Again = "không tính lại", home: str | None = None, today: Day | None = None
) -> dict[str, Any]:
    """Kiểm tra mọi thứ còn khớp nhau không.

    Args:
        recompute: Tính lại từ tệp lưu rồi so từng byte; lâu, và cần chỗ trống trên đĩa.
        home: Thư mục đơn vị. Bỏ trống: theo CHITRA_HOME của máy chạy.
        today: Ngày chạy, dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.
    """
    where_and_when = place(home, today)
    problems = steps.check_ledger(*where_and_when)
    again: list[dict[str, Any]] = []
    if recompute != NOTHING:
        months = None if recompute == ALL else _last(*where_and_when)
        again = steps.recompute_months(*where_and_when, months)
    problems += [said for one in again for said in one["problems"]]
    if problems:  # what they name may be people: not for Prefect
        raise InvariantBroken(
            f"Sổ có {len(problems)} chỗ sai. Chạy “chitra verify” để xem từng chỗ."
        )
    return {"problems": 0, "recomputed": [one["month"] for one in again]}


def _last(home: str, today: str) -> list[str]:
    """Return the last released month, if any."""
    from tasks.status import status

    with steps.opened(home, today, is_read_only=True) as (office, connection):
        months = status(connection, office)["months"]
    return [one["month"] for one in months if one["state"] not in ("open", "prepared")][-1:]
