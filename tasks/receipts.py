"""Receipts: where the journal stood when a month was released and closed, to be kept elsewhere.

A chain of hashes does not notice whoever writes all of it anew, nor an old copy that is put back. A
receipt beside the backup, or its 16 letters on signed paper, does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from schemas.period import month_number, month_text
from tasks import cycles, journal, keys, outbox, seal, warehouse
from tasks.office import Office, Refused
from tasks.release import frozen_files
from tasks.visible import write_bytes
from tasks.warehouse import Connection

# What a receipt is made of, and the entries after the last of which it is made.
MADE_AFTER = {"release": ("approve", "treasury", "sign"), "publish": ("publish",)}
NOT_A_RECEIPT = "{}: không phải biên nhận của chương trình này."


def folder(office: Office) -> Path:
    """Return where an office keeps its own copies of its receipts."""
    return office.home / "receipts"


def write(connection: Connection, office: Office, month: int, what: str) -> dict[str, str] | None:
    """Write the receipt of a released month; return its path and the head of the journal.

    None where there is nothing to receipt yet. Made again of the same, it is the same.
    """
    found = _last_entry(connection, month, MADE_AFTER[what])
    state = cycles.find(connection, month)
    if found is None or state is None or not state.is_frozen:
        return None
    number, sha256 = found
    files = frozen_files(connection, month)
    said = {
        "office": office.code,
        "month": month_text(month),
        "what": what,
        "entry": number,
        "journal_sha256": sha256,
        "head": sha256[: journal.HEAD_DIGITS],
        "digest": state.digest,
        "files": files,
        "lines": sum(file["lines"] for file in files),
        "amount": sum(file["amount"] for file in files),
    }
    path = folder(office) / f"{month_text(month)}_{what}.json"
    data = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    if not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)
    _sign(office, month, path, said)
    return {"path": path.relative_to(office.home).as_posix(), "head": str(said["head"])}


def _last_entry(
    connection: Connection, month: int, kinds: tuple[str, ...]
) -> tuple[int, str] | None:
    found = warehouse.rows(
        connection,
        "SELECT entry_no, sha256 FROM journal_entry WHERE kind IN $kinds"
        " AND json_extract_string(entry, '$.facts.month') = $month"
        " ORDER BY entry_no DESC LIMIT 1",
        kinds=list(kinds),
        month=month_text(month),
    )
    return found[0] if found else None


def _sign(office: Office, month: int, path: Path, said: dict[str, Any]) -> None:
    """Sign a receipt, where the office's key is at hand and not locked: it tells without, too."""
    secret = None
    with suppress(Refused):
        secret = keys.secret_key(office)
    if secret is None:
        return
    about = {"name": path.name, "rows": said["lines"], "total_vnd": said["amount"]}
    with secret:
        seal.put_beside(path, seal.signed(secret, path, seal.comment(office.code, month, about)))


# --- comparing ---------------------------------------------------------------------------------


def problems(connection: Connection, office: Office, path: Path) -> list[str]:
    """Return, in Vietnamese, all in which the office is not what a receipt says it was."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return [f"{path.name}: {problem}" for problem in _problems(connection, office, path, said)]
    except FileNotFoundError:
        raise Refused(f"Không có tệp {path}.") from None
    except (ValueError, KeyError, TypeError):
        return [NOT_A_RECEIPT.format(path)]


def _problems(
    connection: Connection, office: Office, path: Path, said: dict[str, Any]
) -> Iterator[str]:
    if said["office"] != office.code:
        yield f"biên nhận của đơn vị {said['office']}, không phải {office.code}"
        return
    is_signed = seal.signature_path(path).is_file()
    if is_signed and seal.signer_of(path, keys.known_keys(office)) is None:
        yield "chữ ký của biên nhận không khớp: biên nhận đã bị sửa, hoặc ký bằng khóa lạ"
    yield from _journal_problems(office, said)
    month = month_number(said["month"])
    state = cycles.find(connection, month)
    if state is None or state.digest != said["digest"]:
        yield f"mã xác nhận kỳ {said['month']} khác với biên nhận"
    if frozen_files(connection, month) != said["files"]:
        yield f"tệp chi trả kỳ {said['month']} trong sổ khác với biên nhận"
    for file in said["files"]:
        lying = office.outbox(month) / "payments" / file["name"]
        if lying.is_file() and outbox.sha256_of(lying) != file["sha256"]:
            yield f"{lying}: khác với biên nhận"


def _journal_problems(office: Office, said: dict[str, Any]) -> Iterator[str]:
    entries = journal.entries(office)[: said["entry"]]
    if len(entries) < said["entry"]:
        yield (
            f"nhật ký chỉ còn {len(entries)} mục, lúc viết biên nhận đã có {said['entry']}: "
            "bị cắt, hoặc là bản cũ chép lại"
        )
    elif entries[-1].sha256 != said["journal_sha256"] or journal.problems(office, entries):
        yield f"nhật ký từ mục {said['entry']} trở về trước đã bị viết lại"
