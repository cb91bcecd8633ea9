"""What keeps the house in order, as Prefect flows: verify and doctor. None changes the ledger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from prefect import flow
from pydantic import Field

from flows import steps
from flows.deployed import place
from flows.doctor import examine
from tasks.office import InvariantBroken, Refused

NOTHING, ALL = "không tính lại", "mọi kỳ đã duyệt"
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def asked(title: str, description: str, **limits: Any) -> Any:
    """Return what the form says of a parameter: Prefect puts its own over pydantic's title."""
    return Field(json_schema_extra={"title": title, "description": description}, **limits)


Again = Annotated[
    Literal["không tính lại", "kỳ duyệt sau cùng", "mọi kỳ đã duyệt"],
    asked("Tính lại", "Từ tệp lưu rồi so từng byte; lâu, và cần chỗ trống trên đĩa."),
]
Home = Annotated[
    str | None, asked("Thư mục đơn vị", "Bỏ trống: theo CHITRA_HOME của máy chạy worker.")
]
Today = Annotated[
    str | None, asked("Ngày chạy", "Dạng NNNN-TT-NN, để chạy lại. Bỏ trống: hôm nay.", pattern=DAY)
]


@flow(
    name="Kiểm tra sổ",
    description="Kiểm tra sổ chi trả, tệp đã ghi và tệp lưu; tính lại từ tệp lưu nếu muốn.",
    flow_run_name="Kiểm tra sổ",
    persist_result=False,
)
def verify(
    recompute: Again = "không tính lại", home: Home = None, today: Today = None
) -> dict[str, Any]:
    """Kiểm tra mọi thứ còn khớp nhau không."""
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


@flow(
    name="Khám máy",
    description="Xem máy, thư mục, sổ, bản sao lưu, xã chưa gửi tệp; nói chỗ phải sửa.",
    flow_run_name="Khám máy",
    persist_result=False,
)
def doctor(home: Home = None, today: Today = None) -> dict[str, Any]:
    """Khám máy và thư mục của đơn vị; không đổi gì."""
    found = examine(*place(home, today))
    bad = [check for check in found["checks"] if check["state"] == "bad"]
    if bad:
        told = [f"{check['name']}: {check['found']}. {check['mend']}" for check in bad]
        raise Refused("\n".join(["Phải sửa:", *told]))
    return {"ok": True, "checks": len(found["checks"])}
