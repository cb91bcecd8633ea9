"""Release: a second person says yes to exactly what was prepared; then it can only be paid."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.payments import Cycle, PaymentFile
from schemas.period import month_text
from tasks import cycles, ledger, outbox, payment_files, reference_kept, resolution, warehouse
from tasks.cycles import CycleState
from tasks.office import InvariantBroken, Office, Refused
from tasks.outbox import OutFile
from tasks.treasury import write_treasury
from tasks.values import fold
from tasks.warehouse import Connection


@dataclass(frozen=True)
class Released:
    """The files of a released month."""

    month: str
    state: str
    digest: str
    approver: str
    files: tuple[dict, ...]
    payments: int
    amount: int  # VND


def release(
    connection: Connection,
    office: Office,
    month: int,
    digest: str,
    approver: str,
    accept: str | None = None,
) -> Released:
    """Freeze the prepared payroll and write payment files and Treasury tables.

    The freeze is committed first: a run that dies after it is finished by the same command,
    which writes the same files from what is frozen.
    """
    state = cycles.find(connection, month)
    if state is None or not state.is_frozen:
        state = _freeze(connection, office, month, digest, approver, accept)
    elif state.digest != digest.strip():
        raise Refused(
            f"Kỳ {month_text(month)} đã duyệt chi với mã khác. Không thể duyệt lại bảng khác."
        )
    files = payment_files.build(connection, month)
    _require_same(connection, month, files)
    outbox.write_folder(office.outbox(month) / "payments", files)
    if not _is_signed(connection, office, month):
        write_treasury(office, connection, month)
    return Released(
        month=month_text(month),
        state=state.state,
        digest=digest.strip(),
        approver=state.approver or approver,
        files=tuple(file.entry() for file in files),
        payments=sum(file.rows for file in files),
        amount=sum(file.amount for file in files),
    )


def _is_signed(connection: Connection, office: Office, month: int) -> bool:
    """Tell whether Treasury tables lie whole that today's settings would write differently.

    They name who signed, and banks, as it was at the release.
    """
    released_with = warehouse.value(
        connection, "SELECT release_reference FROM cycle WHERE month = $month", month=month
    )
    return released_with != warehouse.reference_in_use(connection) and not outbox.verify_folder(
        office.outbox(month) / "treasury"
    )


def _freeze(
    connection: Connection,
    office: Office,
    month: int,
    digest: str,
    approver: str,
    accept: str | None,
) -> CycleState:
    with warehouse.transaction(connection):
        state = _approvable(connection, month, digest, approver, accept)
        warehouse.upsert(
            connection,
            Cycle,
            "SELECT * REPLACE ('released' AS state, $approver AS approver,"
            " $accept AS accept_reason, $today AS released_on, $reference AS release_reference)"
            " FROM cycle WHERE month = $month",
            month=month,
            approver=approver.strip(),
            accept=accept if state.alerts else None,
            today=office.today,
            reference=reference_kept.keep(office, warehouse.reference_in_use(connection)),
        )
        _keep_files(connection, month, payment_files.build(connection, month))
        ledger.require(connection, month)
    released = cycles.find(connection, month)
    assert released is not None
    return released


def _approvable(
    connection: Connection, month: int, digest: str, approver: str, accept: str | None
) -> CycleState:
    """Return the prepared month; Refused unless this person may approve exactly this payroll."""
    state = cycles.find(connection, month)
    if state is None or state.state != "prepared":
        raise Refused(
            f"Kỳ {month_text(month)} chưa lập, hoặc có tệp mới nhận sau khi lập. "
            "Chạy “chitra prepare” rồi duyệt theo mã mới."
        )
    if state.digest != digest.strip():
        raise Refused(
            f"Mã xác nhận không khớp bảng chi đang lập của kỳ {month_text(month)}. "
            "Xem lại bảng và dùng mã mà “chitra prepare” vừa in."
        )
    if not fold(approver):
        raise Refused("Thiếu tên người duyệt (--approver).")
    if fold(approver) == fold(state.prepared_by or ""):
        raise Refused("Người duyệt phải khác người lập.")
    if fold(approver) in resolution.paid_again_by(connection, month):
        raise Refused(
            "Người duyệt đã quyết định có khoản không chi được hoặc hoàn trả (“chitra resolve”), "
            "kỳ này chi lại khoản đó: phải để người khác duyệt."
        )
    if state.alerts and not (accept or "").strip():
        raise Refused(
            "Kỳ này có cảnh báo: " + " ".join(state.alerts) + " Ghi lý do chấp nhận: --accept."
        )
    return state


def _keep_files(connection: Connection, month: int, files: list[OutFile]) -> None:
    planned = [
        {
            "month": month,
            "provider": file.about["provider"],
            "channel": file.about["channel"],
            "scheme": file.about["scheme"],
            "name": file.name,
            "sha256": file.sha256,
            "lines": file.rows,
            "amount": file.amount,
        }
        for file in files
    ]
    connection.register("planned", pl.DataFrame(planned, schema=PaymentFile.polars_schema()))
    warehouse.append(connection, PaymentFile, "SELECT * FROM planned")
    connection.unregister("planned")


def _require_same(connection: Connection, month: int, files: list[OutFile]) -> None:
    """Refuse to write files that are not, byte for byte, what was approved."""
    approved = dict(
        warehouse.rows(
            connection, "SELECT name, sha256 FROM payment_file WHERE month = $month", month=month
        )
    )
    if approved != {file.name: file.sha256 for file in files}:
        raise InvariantBroken(
            f"Tệp chi trả kỳ {month_text(month)} không tái lập được đúng như đã duyệt "
            "(bảng tra cứu đã đổi?). Không ghi tệp nào."
        )
