"""What was approved last still lies in the outbox: looked at cheaply, put back where it is lost."""

from __future__ import annotations

import json

from schemas.period import month_text
from tasks import cycles, keys, recorded, release, seal, warehouse
from tasks.cycles import CycleState
from tasks.office import InvariantBroken, Office, Refused
from tasks.outbox import MANIFEST
from tasks.payment_files import folder_of
from tasks.warehouse import Connection

PUT_BACK = "Tệp chi trả kỳ {} bị mất hoặc không còn như đã duyệt: đã ghi lại đúng như đã duyệt."
NOT_PUT_BACK = "Tệp chi trả kỳ {} bị mất hoặc không còn như đã duyệt: chạy “chitra verify”. ({})"


def mend_outputs(connection: Connection, office: Office) -> str | None:
    """Write the payment files of the last released month again where its manifest is not theirs.

    Returns what is to be said, None where all is well. Only the manifest is read: `verify` reads
    the files. A month that was not signed yet, and will be, is for `release` to finish.
    """
    state = _last_released(connection)
    if state is None or state.awaits_treasury or _is_listed(connection, office, state.month):
        return None
    month = month_text(state.month)
    said = recorded.latest(connection, "sign", month)
    if said is None and keys.public_key(office) is not None:
        return None
    try:
        release.write_out(connection, office, state)
    except (Refused, InvariantBroken, OSError) as error:
        return NOT_PUT_BACK.format(month, error)
    seal.put(office, state.month, said["signatures"] if said else {})
    return PUT_BACK.format(month)


def _last_released(connection: Connection) -> CycleState | None:
    month = warehouse.value(
        connection,
        "SELECT max(month) FROM cycle WHERE state IN $frozen",
        frozen=list(cycles.FROZEN),
    )
    return None if month is None else cycles.find(connection, month)


def _is_listed(connection: Connection, office: Office, month: int) -> bool:
    """Tell whether the manifest beside the payment files lists all that was approved."""
    try:
        manifest = json.loads((folder_of(office, month) / MANIFEST).read_bytes())
        listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        listed = {}
    approved = release.frozen_files(connection, month)
    return all(listed.get(file["name"]) == file["sha256"] for file in approved)
