"""The office's signing key: with it the office says "this file is ours, exactly so".

A minisign key pair in `keys/`: whoever holds `office.key` signs in the office's name; `office.pub`
is for everyone. Keys that were replaced stay as `keys/old/<id>.pub`, so that older files can still
be checked.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import minisign
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tasks.office import Office, Refused
from tasks.visible import write_bytes, write_with

PASSWORD = "CHITRA_KEY_PASSWORD"  # the variable that holds the password of the secret key
OWNER_ONLY = 0o600
LOCKED = (
    "Khóa ký có mật khẩu. Đặt mật khẩu vào biến môi trường CHITRA_KEY_PASSWORD rồi chạy lại lệnh."
)
WRONG_PASSWORD = "Mật khẩu của khóa ký (CHITRA_KEY_PASSWORD) không đúng."
UNREADABLE = "Tệp keys/office.key không đọc được. Chép lại từ bản dự phòng của khóa."
NOT_A_KEY = "“{}” không phải khóa công khai minisign. Lấy tệp office.pub từ nơi chi trả."
# What a secret key without a password begins with: Ed25519, no password, BLAKE2 checksum.
PLAIN_SECRET = b"Ed" + b"\0\0" + b"B2" + bytes(32 + 8 + 8)


def folder(office: Office) -> Path:
    """Return where the keys of an office lie."""
    return office.home / "keys"


def public_path(office: Office) -> Path:
    """Return where the public key lies that is given to providers and auditors."""
    return folder(office) / "office.pub"


def _secret_path(office: Office) -> Path:
    return folder(office) / "office.key"


def key_id(key: minisign.PublicKey) -> str:
    """Return the 16 letters by which a key is known, as minisign shows them."""
    return base64.b64decode(key.to_base64())[2:10][::-1].hex().upper()


def make(office: Office, replace: bool = False, practice: bytes | None = None) -> str:
    """Make the office's key where there is none, or in place of the one there; return its id.

    The secret key is kept under the password in CHITRA_KEY_PASSWORD, if there is one. `practice`
    gives a key that anyone can make again, for offices that are fictional.
    """
    known = public_key(office)
    if known is not None and not replace:
        return key_id(known)
    if known is not None:
        _keep_old(office, known)
    secret = minisign.KeyPair.generate().secret_key if practice is None else _practice(practice)
    public = secret.get_public_key()
    owner = f"khoa {'TAP, khong dung that' if practice else 'ky'} cua don vi {office.code}"
    public.untrusted_comment = f"minisign {key_id(public)}: {owner}"
    secret.untrusted_comment = f"minisign {key_id(public)}: {owner}, GIU BI MAT"
    if password := os.environ.get(PASSWORD):
        secret.encrypt(password)
    # The public key last: it says that the pair is whole.
    write_with(_secret_path(office), lambda path: _write_secret(path, bytes(secret) + b"\n"))
    write_bytes(public_path(office), bytes(public) + b"\n")
    return key_id(public)


def _write_secret(path: Path, data: bytes) -> None:
    path.touch(mode=OWNER_ONLY)
    path.write_bytes(data)


def _keep_old(office: Office, key: minisign.PublicKey) -> None:
    write_bytes(folder(office) / "old" / f"{key_id(key)}.pub", bytes(key) + b"\n")


def _practice(seed: bytes) -> minisign.SecretKey:
    """Return the key that belongs to a seed, in minisign's own form of a secret key."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed).digest())
    pair = private.private_bytes_raw() + private.public_key().public_bytes_raw()
    numbered = hashlib.sha256(b"id" + seed).digest()[:8] + pair
    checksum = hashlib.blake2b(b"Ed" + numbered, digest_size=32).digest()
    return minisign.SecretKey.from_base64(base64.b64encode(PLAIN_SECRET + numbered + checksum))


def public_key(office: Office) -> minisign.PublicKey | None:
    """Return the key by which files signed now are checked, None where the office has none."""
    path = public_path(office)
    return read_public(path.read_text(encoding="utf-8")) if path.is_file() else None


def public_text(office: Office) -> str:
    """Return the file of the key by which files signed now are checked."""
    return public_path(office).read_text(encoding="utf-8")


def known_keys(office: Office) -> dict[str, minisign.PublicKey]:
    """Return every public key that the office has or had, by id."""
    lying = [public_path(office), *sorted((folder(office) / "old").glob("*.pub"))]
    found = [read_public(path.read_text(encoding="utf-8")) for path in lying if path.is_file()]
    return {key_id(key): key for key in found}


def read_public(text: str) -> minisign.PublicKey:
    """Return a public key given as the text of its file, or as its last line alone."""
    lines = text.strip().splitlines()
    try:
        return minisign.PublicKey.from_base64(lines[-1].strip())
    except (IndexError, ValueError):
        raise Refused(NOT_A_KEY.format(text.strip()[:40])) from None


def secret_key(office: Office) -> minisign.SecretKey | None:
    """Return the key to sign with, None where the office has none; Refused where it is locked."""
    path = _secret_path(office)
    if public_key(office) is None or not path.is_file():
        return None
    try:
        secret = minisign.SecretKey.from_file(path)
    except ValueError:
        raise Refused(UNREADABLE) from None
    if secret.is_encrypted():
        _unlock(secret)
    return secret


def _unlock(secret: minisign.SecretKey) -> None:
    password = os.environ.get(PASSWORD)
    if not password:
        raise Refused(LOCKED)
    try:
        secret.decrypt(password)
    except minisign.Error:
        raise Refused(WRONG_PASSWORD) from None
