"""Signatures beside the files that leave the office: `NAME.minisig`, whole and by the office's key.

What a signature says besides is signed too: office, month, rows and VND, as the manifest has them.
The same key signs the same bytes the same way, so that signing again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import minisign

from schemas.period import month_text
from tasks import keys
from tasks.office import Office, Refused
from tasks.outbox import MANIFEST, SIGNATURE
from tasks.visible import write_bytes

SIGNED_FOLDERS = ("payments", "treasury")
NO_KEY = (
    "Đơn vị đặt require_signature = true nhưng chưa có khóa ký. Chạy “chitra keys” rồi duyệt lại."
)


def require_key(office: Office) -> None:
    """Refuse where files must be signed and cannot be: before anything is approved."""
    secret = keys.secret_key(office)
    if secret is None and office.releasing.require_signature:
        raise Refused(NO_KEY)


def made(office: Office, month: int) -> tuple[dict[str, str], str | None]:
    """Return the signatures of a released month by path below its folder, and the key's id.

    Nothing is written. Without a key there are none.
    """
    secret = keys.secret_key(office)
    if secret is None:
        return {}, None
    with secret:
        key = keys.key_id(secret.get_public_key())
        lying = [name for name in SIGNED_FOLDERS if (office.outbox(month) / name).is_dir()]
        signatures = {
            f"{name}/{file}": signature
            for name in lying
            for file, signature in _of_folder(office, month, secret, name)
        }
        return signatures, key


def put(office: Office, month: int, signatures: Mapping[str, str]) -> None:
    """Write signatures beside the files that they sign."""
    for name, signature in signatures.items():
        put_beside(office.outbox(month) / name, signature)


def _of_folder(
    office: Office, month: int, secret: minisign.SecretKey, name: str
) -> Iterator[tuple[str, str]]:
    """Yield name and signature of each file of a folder, and of its manifest."""
    folder = office.outbox(month) / name
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for entry in [*manifest["files"], {**manifest, "name": MANIFEST}]:
        said = comment(office.code, month, entry)
        yield entry["name"], signed(secret, folder / entry["name"], said)


def signed(secret: minisign.SecretKey, path: Path, said: str) -> str:
    """Return the signature of a file, and of what is said with it."""
    with path.open("rb") as data:
        signature = secret.sign(
            data,
            untrusted_comment="Chi Tra: minisign -Vm TEP -p office.pub",
            trusted_comment=said,
        )
    return (bytes(signature) + b"\n").decode()


def comment(code: str, month: int, entry: Mapping[str, Any]) -> str:
    """Return what is signed with a file: whose it is, of which month, how much it holds."""
    facts = {
        "chitra": code,
        "month": month_text(month),
        "file": entry["name"],
        "rows": entry["rows"],
        "total_vnd": entry["total_vnd"],
    }
    text = " ".join(f"{name}={value}" for name, value in facts.items())
    return text.encode("ascii", "replace").decode()  # all that minisign lets stand there


def put_beside(path: Path, signature: str) -> None:
    """Write the signature of a file beside it, where it does not lie there already."""
    target = signature_path(path)
    if not target.is_file() or target.read_bytes() != signature.encode():
        write_bytes(target, signature.encode())


def signature_path(path: Path) -> Path:
    """Return where the signature of a file lies: beside it."""
    return path.with_name(path.name + SIGNATURE)


def signer(
    data: BinaryIO, signature: Path, known: Mapping[str, minisign.PublicKey]
) -> tuple[str, str] | None:
    """Return key id and signed comment of a signature on `data`, None where no `known` key made it.

    OSError where there is no such signature file.
    """
    try:
        given = minisign.Signature.from_bytes(signature.read_bytes())
    except ValueError:
        return None
    for id_, key in known.items():
        data.seek(0)
        try:
            key.verify(data, given)
        except ValueError:
            continue
        return id_, given.trusted_comment
    return None


def signer_of(path: Path, known: Mapping[str, minisign.PublicKey]) -> tuple[str, str] | None:
    """Return who signed the file at a path, as `signer` does."""
    with path.open("rb") as data:
        return signer(data, signature_path(path), known)


def problems(office: Office, month: int) -> list[str]:
    """Return, in Vietnamese, each file of a month whose signature is wrong or is missing.

    One is missing where the manifest beside it is signed.
    """
    known = keys.known_keys(office)
    found = []
    for folder in (office.outbox(month) / name for name in SIGNED_FOLDERS):
        if not signature_path(folder / MANIFEST).is_file():
            continue
        entries = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        for name in (MANIFEST, *(entry["name"] for entry in entries)):
            path = folder / name
            if not path.is_file():
                continue  # the manifest says so already
            if not signature_path(path).is_file():
                found.append(f"{path}: mất chữ ký, chạy lại “chitra release”")
            elif signer_of(path, known) is None:
                found.append(f"{path}: chữ ký không khớp với nội dung")
    return found
