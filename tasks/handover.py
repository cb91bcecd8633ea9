"""Payment files as they are handed to one provider: encrypted for it, with a note of what they are.

Copies for a stick or a mail; the office's own files stay as they are. Encrypting is never twice the
same, so that copies are not compared by their bytes: who opens one gets the file that was approved.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from msoffcrypto.format.ooxml import OOXMLFile

from schemas.period import month_text, month_vi
from tasks import cycles, keys, seal, warehouse
from tasks.amount_words import dotted
from tasks.office import InvariantBroken, Office, Refused
from tasks.payment_files import BESIDE
from tasks.visible import write_bytes
from tasks.warehouse import Connection

NOTHING = "Kỳ {} không có tệp chi trả nào cho “{}”. Các đơn vị: {}."
NO_WAY = (
    "Chưa nói mã hóa cho ai. Ghi khóa nhận của đơn vị chi trả (--recipient age1…), hoặc chép khóa "
    "đó vào keys/{}.age một lần; tệp Excel thì có thể đặt mật khẩu (--password-file)."
)
NOT_A_RECIPIENT = "“{}” không phải khóa nhận age. Khóa nhận bắt đầu bằng age1; hỏi đơn vị chi trả."
NO_PASSWORD_THERE = (
    "Mật khẩu chỉ đặt được cho tệp Excel; {} không phải. Dùng khóa nhận age (--recipient)."
)
CHANGED = "Tệp {} trên đĩa khác với tệp đã duyệt. Không bàn giao; chạy lại “chitra release”."
EMPTY_PASSWORD = "Tệp mật khẩu trống."


@dataclass(frozen=True)
class HandedOver:
    """What was written for a provider."""

    month: str
    provider: str
    files: tuple[str, ...]
    rows: int
    total_vnd: int


def hand_over(
    connection: Connection,
    office: Office,
    month: int,
    provider: str,
    out: Path,
    recipients: tuple[str, ...] = (),
    password: str | None = None,
) -> HandedOver:
    """Write one provider's payment files of a released month into `out`, nobody else can read.

    Each file goes as `NAME.age` for the `recipients` (without any: the key in `keys/PROVIDER.age`),
    or under a password where that is given and it is a workbook; its signature beside it.
    """
    cycles.require_frozen(connection, month)
    files = _files(connection, month, provider)
    given = () if password else _recipients(office, provider, recipients)
    written = [
        _write_copy(office, month, name, sha256, out, given, password)
        for name, sha256, _, _ in files
    ]
    note = f"ban_giao_{month_text(month)}_{provider}.txt"
    write_bytes(out / note, _note(office, month, provider, files).encode("utf-8"))
    return HandedOver(
        month_text(month),
        provider,
        (*written, note),
        sum(lines for _, _, lines, _ in files),
        sum(amount for *_, amount in files),
    )


def _files(connection: Connection, month: int, provider: str) -> list[tuple[Any, ...]]:
    """Return name, hash, lines and VND of a provider's files."""
    found = warehouse.rows(
        connection,
        "SELECT provider, name, sha256, lines, amount FROM payment_file WHERE month = $month"
        " ORDER BY name",
        month=month,
    )
    files = [tuple(rest) for owner, *rest in found if owner == provider]
    if not files:
        owners = ", ".join(sorted({owner for owner, *_ in found}))
        raise Refused(NOTHING.format(month_text(month), provider, owners or "không có"))
    return files


def _recipients(
    office: Office, provider: str, given: tuple[str, ...]
) -> tuple[pyrage.x25519.Recipient, ...]:
    kept = keys.folder(office) / f"{provider}.age"
    if not given and kept.is_file():
        given = tuple(kept.read_text(encoding="utf-8").split())
    if not given:
        raise Refused(NO_WAY.format(provider))
    return tuple(_recipient(text) for text in given)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Refused(NOT_A_RECIPIENT.format(text)) from None


def _write_copy(
    office: Office,
    month: int,
    name: str,
    sha256: str,
    out: Path,
    recipients: tuple[pyrage.x25519.Recipient, ...],
    password: str | None,
) -> str:
    """Write one file as it is handed over, its signature beside it; return its name."""
    path = office.outbox(month) / "payments" / name
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InvariantBroken(CHANGED.format(name))
    if recipients:
        name, data = f"{name}.age", pyrage.encrypt(data, list(recipients))
    elif password:
        data = under_password(name, data, password)
    write_bytes(out / name, data)
    for beside in (seal.signature_path(path), path.with_name(path.name + BESIDE)):
        if beside.is_file():
            write_bytes(out / beside.name, beside.read_bytes())
    return name


def under_password(name: str, data: bytes, password: str) -> bytes:
    """Return a workbook that opens with this password only; Refused for another kind of file."""
    if not password.strip():
        raise Refused(EMPTY_PASSWORD)
    if not name.endswith(".xlsx"):
        raise Refused(NO_PASSWORD_THERE.format(name))
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, locked)
    return locked.getvalue()


def _note(office: Office, month: int, provider: str, files: list[tuple[Any, ...]]) -> str:
    """Return what both sides sign for: each file, its lines, its sum and the start of its hash."""
    key = keys.public_key(office)
    lines = [
        office.parent.upper(),
        office.name.upper(),
        "",
        f"BIÊN BẢN BÀN GIAO TỆP CHI TRẢ KỲ {month_vi(month)}",
        f"Bên nhận: {provider}",
        "",
    ]
    for name, sha256, rows, amount in files:
        lines += [
            f"- {name}: {dotted(rows)} dòng, {dotted(amount)} đồng",
            f"  SHA-256: {sha256}",
        ]
    lines += [
        "",
        f"Cộng: {len(files)} tệp, {dotted(sum(rows for _, _, rows, _ in files))} dòng, "
        f"{dotted(sum(amount for *_, amount in files))} đồng.",
        "Khóa ký của đơn vị: " + (keys.key_id(key) if key else "chưa có"),
        "Kiểm tra: chitra verify TỆP --key office.pub, hoặc minisign -Vm TỆP -p office.pub.",
        "Tệp có đuôi .age: giải mã trước (age -d -i khóa_riêng TỆP.age > TỆP).",
        "",
        "Ngày ..... tháng ..... năm .........",
        "Bên giao (ký, ghi rõ họ tên):",
        "",
        "Bên nhận (ký, ghi rõ họ tên):",
        "",
    ]
    return "\n".join(lines)
