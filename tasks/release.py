"""Release: a second person says yes to exactly what was prepared; then it can only be paid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from schemas.payments import Cycle
from schemas.period import month_text
from tasks import (
    approvals,
    cycles,
    ledger,
    outbox,
    payment_files,
    reference_kept,
    resolution,
    seal,
    warehouse,
)
from tasks.cycles import CycleState
from tasks.digest import payroll_digest
from tasks.office import Office, Refused, load_office
from tasks.outbox import Listed
from tasks.recorded import recorded
from tasks.treasury import write_treasury
from tasks.values import fold
from tasks.warehouse import Connection

CHANGED = (
    "Bảng chi kỳ {} trong sổ không còn đúng như lúc lập (sổ bị sửa ngoài chương trình?). Không "
    "duyệt bảng này: chạy “chitra prepare”, xem lại rồi duyệt theo mã mới."
)


@dataclass(frozen=True)
class Released:
    """A month after somebody said yes to it, and its payment files once they are written.

    `missing` says what it waits for: `second_approver` or `treasury`; until then it has no `files`.
    """

    month: str
    state: str
    digest: str
    approver: str
    approvers: tuple[str, ...]
    missing: tuple[str, ...]
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
    needs_key: bool = True,
) -> Released:
    """Freeze the prepared payroll and write payment files and Treasury tables.

    Above the office's limit two people say yes, the second one freezes. The freeze is committed
    first: a run that dies after it is finished by the same command, which writes the same files
    from what is frozen. A replay `needs_key` to sign with in no case: signatures are kept.
    """
    if needs_key:
        seal.require_key(office)
    state = cycles.find(connection, month)
    if state is None or not state.is_frozen:
        state = _approve(connection, office, month, digest, approver, accept)
    elif state.digest != digest.strip():
        raise Refused(
            f"Kỳ {month_text(month)} đã duyệt chi với mã khác. Không thể duyệt lại bảng khác."
        )
    files = write_out(connection, office, state) if state.is_frozen else []
    return _released(connection, state, files)


def _released(connection: Connection, state: CycleState, files: list[Listed]) -> Released:
    lines, amount = cycles.instructed(connection, state.month)
    approvers = approvals.counted(connection, state.month)
    waits = {"second_approver": not state.is_frozen, "treasury": state.awaits_treasury}
    return Released(
        month=month_text(state.month),
        state=state.state,
        digest=state.digest or "",
        approver=state.approver or approvers[-1],
        approvers=tuple(approvers),
        missing=tuple(name for name, is_missing in waits.items() if is_missing),
        files=tuple(file.entry() for file in files),
        payments=lines,
        amount=amount,
    )


def write_out(connection: Connection, office: Office, state: CycleState) -> list[Listed]:
    """Write what leaves the office for a released month, as the tables of that day have it.

    Returns the payment files; none while they wait for the Treasury.
    """
    with _as_released(connection, office, state.month) as then:
        if outbox.verify_folder(office.outbox(state.month) / "treasury"):  # signed ones stay
            write_treasury(then, connection, state.month)
        if state.awaits_treasury:
            return []
        written = payment_files.write(connection, then, state.month)
    return [payment_files.listed(part) for part in written]


@contextmanager
def _as_released(connection: Connection, office: Office, month: int) -> Iterator[Office]:
    """Yield the office with settings and reference tables as they were when a month was released.

    Banks' names and signers may have changed since; what was approved may not.
    """
    sha256 = warehouse.value(
        connection, "SELECT release_reference FROM cycle WHERE month = $month", month=month
    )
    if sha256 in (None, warehouse.reference_in_use(connection)):
        yield office
        return
    with TemporaryDirectory(dir=office.warehouse.parent) as folder:
        tables = Path(folder) / "reference"
        reference_kept.unpack(reference_kept.kept(office, sha256), tables)
        warehouse.load_reference(connection, office, tables)
        try:
            yield replace(load_office(Path(folder), office.today), home=office.home, tables=tables)
        finally:
            warehouse.load_reference(connection, office)


def _approve(
    connection: Connection,
    office: Office,
    month: int,
    digest: str,
    approver: str,
    accept: str | None,
) -> CycleState:
    """Write down the approval, and freeze the month where enough people have said yes."""
    with recorded(connection, office) as note:
        state = _approvable(connection, office, month, digest, approver, accept)
        approvals.keep(connection, office, state, approvals.APPROVED, approver, accept)
        said_yes = approvals.counted(connection, month)
        if len(said_yes) >= approvals.needed(connection, office, month):
            _freeze(connection, office, state, approver, accept)
        note(
            "approve",
            month=month_text(month),
            digest=state.digest,
            approver=approver,
            accept=accept,
            files=frozen_files(connection, month),
        )
    found = cycles.find(connection, month)
    assert found is not None
    return found


def frozen_files(connection: Connection, month: int) -> list[dict[str, Any]]:
    """Return name, hash, lines and VND of the files of a month; none before it is released."""
    return warehouse.dicts(
        connection,
        "SELECT name, sha256, lines, amount FROM payment_file WHERE month = $month ORDER BY name",
        month=month,
    )


def _freeze(
    connection: Connection,
    office: Office,
    state: CycleState,
    approver: str,
    accept: str | None,
) -> None:
    month = state.month
    warehouse.upsert(
        connection,
        Cycle,
        "SELECT * REPLACE ('released' AS state, $approver AS approver,"
        " $accept AS accept_reason, $today AS released_on, $reference AS release_reference,"
        " $needs_treasury AS needs_treasury)"
        " FROM cycle WHERE month = $month",
        month=month,
        approver=approver.strip(),
        accept=accept if state.alerts else None,
        today=office.today,
        reference=reference_kept.keep(office, warehouse.reference_in_use(connection)),
        needs_treasury=office.releasing.require_treasury,
    )
    payment_files.freeze(connection, office, month)
    ledger.require(connection, month)


def _approvable(
    connection: Connection,
    office: Office,
    month: int,
    digest: str,
    approver: str,
    accept: str | None,
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
    approvals.require_other_person(connection, state, approver)
    if fold(approver) in resolution.paid_again_by(connection, month):
        raise Refused(
            "Người duyệt đã quyết định có khoản không chi được hoặc hoàn trả (“chitra resolve”), "
            "kỳ này chi lại khoản đó: phải để người khác duyệt."
        )
    if state.alerts and not (accept or "").strip():
        raise Refused(
            "Kỳ này có cảnh báo: " + " ".join(state.alerts) + " Ghi lý do chấp nhận: --accept."
        )
    if payroll_digest(connection, office, month) != state.digest:
        raise Refused(CHANGED.format(month_text(month)))
    return state
