"""The ledger's invariants: each `invariants/*.sql` selects rows that must not exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.period import month_text
from tasks import cycles, outbox, seal, warehouse
from tasks.digest import payroll_digest
from tasks.office import InvariantBroken, Office
from tasks.warehouse import Connection

INVARIANTS = tuple(sorted(path.stem for path in (Path(__file__).parent / "invariants").iterdir()))
SHOWN = 5  # rows named in a message
# The first month of which the cycles from $since on take something back.
TAKEN_BACK = "SELECT min(entitlement_month) FROM payment_item WHERE month >= $since AND amount < 0"
EVER = 0  # before every cycle
# Everything that must lie in the archive: what was received, and the tables used at each step.
ARCHIVED = """
    SELECT sha256 FROM received_file
    UNION SELECT reference_sha256 FROM received_file WHERE reference_sha256 IS NOT NULL
    UNION SELECT prepare_reference FROM cycle WHERE prepare_reference IS NOT NULL
    UNION SELECT release_reference FROM cycle WHERE release_reference IS NOT NULL
    UNION SELECT reference_sha256 FROM approval WHERE reference_sha256 IS NOT NULL
    ORDER BY sha256
"""


@dataclass(frozen=True)
class Breach:
    """One invariant that does not hold, with the keys of the first rows that break it."""

    invariant: str
    rows: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.invariant}: {self.rows} dòng ({', '.join(self.keys)})"


def breaches(connection: Connection, since: int = EVER) -> list[Breach]:
    """Return every invariant that does not hold in the cycles from `since` on."""
    earliest = warehouse.value(connection, TAKEN_BACK, since=since)
    found = (_breach(connection, name, since, earliest) for name in INVARIANTS)
    return [breach for breach in found if breach is not None]


def _breach(connection: Connection, name: str, since: int, earliest: int | None) -> Breach | None:
    select = warehouse.sql(f"invariants/{name}")
    found = warehouse.rows(connection, select, since=since, earliest=earliest)
    if not found:
        return None
    keys = tuple(sorted(_key(key, month) for key, month in found)[:SHOWN])
    return Breach(name, len(found), keys)


def _key(key: str, month: int | None) -> str:
    return key if month is None else f"{month_text(month)} {key}"


def require(connection: Connection, since: int) -> None:
    """Raise InvariantBroken unless every invariant holds in the cycles from `since` on.

    These are the ones that a step may have touched: what a released cycle holds does not change
    any more, so a step costs as much after years as in the first month. `verify` looks at all.
    """
    found = breaches(connection, since)
    if found:
        raise InvariantBroken("Sổ chi trả mâu thuẫn: " + "; ".join(map(str, found)))


def verify(connection: Connection, office: Office) -> list[str]:
    """Check invariants, digests of released months, manifests and archive; return what is wrong."""
    return [
        *map(str, breaches(connection)),
        *_changed_digests(connection, office),
        *_changed_outputs(connection, office),
        *_changed_archive(connection, office),
    ]


def _released(connection: Connection) -> list[cycles.CycleState]:
    months = warehouse.rows(connection, "SELECT month FROM cycle ORDER BY month")
    states = [cycles.find(connection, month) for (month,) in months]
    return [state for state in states if state is not None and state.is_frozen]


def _changed_digests(connection: Connection, office: Office) -> list[str]:
    return [
        f"Kỳ {month_text(state.month)}: bảng chi khác với bảng đã duyệt"
        for state in _released(connection)
        if payroll_digest(connection, office, state.month) != state.digest
    ]


def _changed_outputs(connection: Connection, office: Office) -> list[str]:
    """Compare every folder with its manifest, and payment files with what was released."""
    found = []
    for state in _released(connection):
        folder = office.outbox(state.month)
        for part in sorted(folder.iterdir()) if folder.is_dir() else []:
            if part.is_dir() and not part.name.startswith("."):
                found += outbox.verify_folder(part)
        if state.awaits_treasury:
            if (folder / "payments").exists():
                found.append(f"{folder / 'payments'}: có tệp chi trả khi Kho bạc chưa xác nhận")
            continue
        for name, sha256 in warehouse.rows(
            connection,
            "SELECT name, sha256 FROM payment_file WHERE month = $month ORDER BY name",
            month=state.month,
        ):
            path = folder / "payments" / name
            if not path.is_file():
                found.append(f"{path}: thiếu tệp chi trả, chạy lại “chitra release”")
            elif outbox.sha256_of(path) != sha256:
                found.append(f"{path}: khác với tệp đã duyệt")
        found += seal.problems(office, state.month)
    return found


def _changed_archive(connection: Connection, office: Office) -> list[str]:
    found = []
    for (sha256,) in warehouse.rows(connection, ARCHIVED):
        path = office.archive / sha256
        if not path.is_file():
            found.append(f"{path}: thiếu tệp lưu")
        elif outbox.sha256_of(path) != sha256:
            found.append(f"{path}: tệp lưu đã bị thay đổi")
    return found
