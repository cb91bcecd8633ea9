"""What keeps the house in order, as Prefect flows: reminders, back-ups, verify and doctor."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from flows import steps
from flows.backup import backup as back_up
from flows.deployed import AS, MONTH, Home, Today, asked, line, place
from flows.doctor import examine
from flows.remind import remind as remind_month
from flows.runs import done, told
from flows.standing import vi
from tasks.office import InvariantBroken, Refused

NOTHING, ALL = "không tính lại", "mọi kỳ đã duyệt"
Again = Annotated[
    Literal["không tính lại", "kỳ duyệt sau cùng", "mọi kỳ đã duyệt"],
    asked("Tính lại", "Từ tệp lưu rồi so từng byte; lâu, và cần chỗ trống trên đĩa."),
]
RemindedMonth = Annotated[
    str | None, line(MONTH), asked("Kỳ chi trả", f"{AS} Bỏ trống: kỳ của tháng này.")
]


@flow(
    name="Nhắc việc",
    description="Ghi thư nhắc ai chưa báo cáo, chưa gửi kết quả, chưa gửi biến động.",
    flow_run_name="Nhắc việc",
    persist_result=False,
)
@told
def remind(month: RemindedMonth = "", home: Home = "", today: Today = "") -> State:
    """Ghi việc cần nhắc trước hạn báo cáo."""
    result = remind_month(*place(home, today), month or None)
    return done(f"Kỳ {vi(result['month'])}: đã ghi thư nhắc ở followup/.", result)


@flow(
    name="Sao lưu",
    description="Chép phần mới của đơn vị sang nơi sao lưu ghi ở office.toml.",
    flow_run_name="Sao lưu",
    persist_result=False,
)
@told
def backup(home: Home = "", today: Today = "") -> State:
    """Sao lưu những gì mới."""
    result = back_up(*place(home, today))
    return done(f"Đã sao lưu: {result['copied']} tệp mới.", {"copied": result["copied"]})


@flow(
    name="Kiểm tra sổ",
    description="Kiểm tra sổ chi trả, tệp đã ghi và tệp lưu; tính lại từ tệp lưu nếu muốn.",
    flow_run_name="Kiểm tra sổ",
    persist_result=False,
)
@told
def verify(recompute: Again = "không tính lại", home: Home = "", today: Today = "") -> State:
    """Kiểm tra mọi thứ còn khớp nhau không."""
    return done("Sổ, tệp ra và tệp lưu khớp nhau.", verified(*place(home, today), recompute))


def verified(home: str, today: str, recompute: str = NOTHING) -> dict[str, Any]:
    """Return what was computed again; InvariantBroken where something is not as it must be."""
    problems = steps.check_ledger(home, today)
    again: list[dict[str, Any]] = []
    if recompute != NOTHING:
        months = None if recompute == ALL else _last(home, today)
        again = steps.recompute_months(home, today, months)
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
@told
def doctor(home: Home = "", today: Today = "") -> State:
    """Khám máy và thư mục của đơn vị; không đổi gì."""
    return done("Không có gì phải sửa.", healthy(*place(home, today)))


def healthy(home: str, today: str) -> dict[str, Any]:
    """Return how much was looked at; Refused, naming each, where something must be mended."""
    found = examine(home, today)
    bad = [check for check in found["checks"] if check["state"] == "bad"]
    if bad:
        said = [f"{check['name']}: {check['found']}. {check['mend']}" for check in bad]
        raise Refused("\n".join(["Phải sửa:", *said]))
    return {"ok": True, "checks": len(found["checks"])}
