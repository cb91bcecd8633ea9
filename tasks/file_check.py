"""Is this file exactly what was approved? For a provider or an auditor who holds one file."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import minisign
import msoffcrypto

from schemas.period import month_text
from tasks import keys, outbox, seal, warehouse
from tasks.cycles import FROZEN
from tasks.office import Office, Refused
from tasks.warehouse import Connection

NO_FILE = "Không có tệp {}."
ENCRYPTED = "Tệp còn mã hóa (age). Giải mã trước rồi kiểm tra tệp đã giải mã."
AGE_MARK = b"age-encryption.org/"
LOCKED_MARK = bytes.fromhex("D0CF11E0A1B11AE1")  # a workbook under a password is an OLE file
NEEDS_PASSWORD = "Tệp có mật khẩu. Ghi tệp chứa mật khẩu: --password-file."
WRONG_PASSWORD = "Mật khẩu không mở được tệp."
NOTHING_TO_ASK = (
    "Không có gì để đối chiếu: thư mục đơn vị không có ở đây, và chưa ghi khóa công khai của nơi "
    "chi trả (--key office.pub)."
)
UNKNOWN = "không có trong các tệp mà đơn vị đã duyệt hoặc đã ghi"
CHANGED = "khác với tệp cùng tên đã duyệt kỳ {}"
UNSIGNED = "không có tệp chữ ký {} bên cạnh"
WRONG_SIGNATURE = "chữ ký không khớp: tệp đã bị thay đổi, hoặc không phải của khóa này"


@dataclass(frozen=True)
class FileCheck:
    """What is known of one file: `approved` by the office's books, `signed` by its signature."""

    file: str
    sha256: str
    approved: dict[str, Any] | None
    signed: dict[str, str] | None
    problems: tuple[str, ...]


def check_file(
    path: Path, office: Office | None, key: str | None, password: str | None = None
) -> FileCheck:
    """Compare a file with what the office approved, and with the signature beside it.

    `key` is the text of a public key; without it the office's own keys count. Refused where
    neither books nor key are at hand, or the file cannot be read as it is.
    """
    if not path.is_file():
        raise Refused(NO_FILE.format(path))
    data = opened_bytes(path.read_bytes(), password)
    known = _keys(office, key)
    if office is None and not known:
        raise Refused(NOTHING_TO_ASK)
    sha256 = hashlib.sha256(data).hexdigest()
    approved, problems = _in_books(office, path.name, sha256) if office else (None, [])
    signed = None
    if known and (key is not None or seal.signature_path(path).is_file()):
        signed, wrong = _signature(data, seal.signature_path(path), known)
        problems += wrong
    return FileCheck(path.name, sha256, approved, signed, tuple(problems))


def opened_bytes(data: bytes, password: str | None) -> bytes:
    """Return the bytes that were approved: of a workbook under a password, those inside."""
    if data.startswith(AGE_MARK):
        raise Refused(ENCRYPTED)
    if not data.startswith(LOCKED_MARK):
        return data
    if password is None:
        raise Refused(NEEDS_PASSWORD)
    inside = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        locked.load_key(password=password)
        locked.decrypt(inside)
    except Exception:  # whatever the library makes of bytes that are no such workbook
        raise Refused(WRONG_PASSWORD) from None
    return inside.getvalue()


def _keys(office: Office | None, key: str | None) -> dict[str, minisign.PublicKey]:
    if key is not None:
        given = keys.read_public(key)
        return {keys.key_id(given): given}
    return keys.known_keys(office) if office else {}


def _in_books(office: Office, name: str, sha256: str) -> tuple[dict[str, Any] | None, list[str]]:
    """Look a file up by its hash among payment files, then among all that lies in the outbox."""
    with warehouse.opened(office, is_read_only=True) as connection:
        approved = _approved(connection, sha256) or _lying(connection, office, sha256)
        if approved:
            return approved, []
        month = warehouse.value(
            connection, "SELECT max(month) FROM payment_file WHERE name = $name", name=name
        )
    return None, [UNKNOWN if month is None else CHANGED.format(month_text(month))]


def _approved(connection: Connection, sha256: str) -> dict[str, Any] | None:
    found = warehouse.frame(
        connection,
        "SELECT month_text(month) AS month, 'payments' AS folder, provider, channel, scheme,"
        " name, lines AS rows, payment_file.amount AS total_vnd, approver, digest"
        " FROM payment_file JOIN cycle USING (month) WHERE sha256 = $sha256",
        sha256=sha256,
    ).to_dicts()
    return found[0] if found else None


def _lying(connection: Connection, office: Office, sha256: str) -> dict[str, Any] | None:
    """Look among the manifests of released months."""
    months = warehouse.rows(
        connection,
        "SELECT month FROM cycle WHERE state IN $frozen ORDER BY month DESC",
        frozen=list(FROZEN),
    )
    for (month,) in months:
        for folder, entry in outbox.entries(office.outbox(month)):
            if entry["sha256"] == sha256:
                return {"month": month_text(month), "folder": folder, **entry}
    return None


def _signature(
    data: bytes, signature: Path, known: dict[str, minisign.PublicKey]
) -> tuple[dict[str, str] | None, list[str]]:
    if not signature.is_file():
        return None, [UNSIGNED.format(signature.name)]
    found = seal.signer(io.BytesIO(data), signature, known)
    if found is None:
        return None, [WRONG_SIGNATURE]
    return {"key": found[0], "says": found[1]}, []
