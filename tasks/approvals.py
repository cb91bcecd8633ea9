"""Who prepared a month and who said yes to it: distinct people, each to one payroll."""

from __future__ import annotations

from schemas.payments import Approval
from tasks import cycles, reference_kept, warehouse
from tasks.cycles import CycleState
from tasks.office import Office, Refused
from tasks.values import fold
from tasks.warehouse import Connection

PREPARED, APPROVED = Approval.step.values
# The approvals that count: of the payroll as it stands, by nobody who ever prepared the month,
# and with a reason where there are alerts. `{catalog}` is the warehouse that they are read from.
COUNTED = """
    month = $month AND step = 'approve'
    AND digest = (SELECT digest FROM {catalog}cycle WHERE month = $month)
    AND person NOT IN (
        SELECT person FROM {catalog}approval WHERE month = $month AND step = 'prepare'
    )
    AND (
        accept_reason IS NOT NULL
        OR coalesce((SELECT alerts FROM {catalog}cycle WHERE month = $month), '') = ''
    )
"""
SAME_PERSON = (
    "Người duyệt phải khác người lập: {} đã lập kỳ này, kể cả khi bảng đã được lập lại. "
    "Nhờ người khác duyệt."
)


def keep(
    connection: Connection,
    office: Office,
    state: CycleState,
    step: str,
    name: str,
    accept: str | None = None,
) -> None:
    """Write down that somebody prepared or approved the month as it stands; once each.

    `accept` is why the alerts are accepted; one that came without a reason may be given it later.
    """
    reason = (accept or "").strip() or None
    warehouse.upsert(
        connection,
        Approval,
        "SELECT $month AS month, $digest AS digest, $step AS step, $person AS person,"
        " $officer AS name, $today AS said_on, $reason AS accept_reason,"
        " 1 + coalesce((SELECT max(number) FROM approval WHERE month = $month), 0) AS number,"
        " $reference AS reference_sha256"
        " WHERE NOT EXISTS (FROM approval WHERE month = $month AND digest = $digest"
        " AND step = $step AND person = $person"
        " AND (accept_reason IS NOT NULL OR $reason::VARCHAR IS NULL))",
        month=state.month,
        digest=state.digest,
        step=step,
        person=fold(name),
        officer=name.strip(),
        today=office.today,
        reason=reason if state.alerts else None,
        reference=reference_kept.keep(office, warehouse.reference_in_use(connection)),
    )


def counted(connection: Connection, month: int) -> list[str]:
    """Return the names of those whose approval of a month as it stands counts, in order."""
    where = COUNTED.format(catalog="")
    found = warehouse.rows(
        connection, f"SELECT name FROM approval WHERE {where} ORDER BY number", month=month
    )
    return [name for (name,) in found]


def needed(connection: Connection, office: Office, month: int) -> int:
    """Return how many people must approve a month: two above the office's limit of VND."""
    limit = office.releasing.second_approver_above
    return 2 if limit and cycles.instructed(connection, month)[1] > limit else 1


def require_other_person(connection: Connection, state: CycleState, name: str) -> None:
    """Refuse an approver who prepared the month in any of its preparations."""
    prepared = warehouse.rows(
        connection,
        "SELECT person FROM approval WHERE month = $month AND step = $step",
        month=state.month,
        step=PREPARED,
    )
    if fold(name) in {fold(state.prepared_by or ""), *(person for (person,) in prepared)}:
        raise Refused(SAME_PERSON.format(name.strip()))
