"""Reference tables and settings as they were: each state of them is one file of the archive.

What was taken, prepared or released says under which state (a SHA-256), so that it can be done
again as it was, whatever the office changed since.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

from schemas.reference import REFERENCES
from tasks.office import InvariantBroken, Office, Refused, load_office
from tasks.visible import write_with

# All that is read from `reference/`. Tables that ship with the program are part of the program.
FILES = ("office.toml", *sorted(table.file for table in REFERENCES))
PROFILES = "providers"  # the folder of the office's own profiles, if it has any
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
CHANGING = "Bảng tra cứu hoặc cấu hình (reference/) bị sửa trong khi lệnh đang chạy. Chạy lại lệnh."


def sha256_of(folder: Path) -> str:
    """Return the hash of the reference tables and settings in a folder."""
    return hashlib.sha256(snapshot(folder)).hexdigest()


def snapshot(folder: Path) -> bytes:
    """Return the reference tables and settings of a folder as one file: same rows, same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        profiles = sorted(path.name for path in (folder / PROFILES).glob("*.toml"))
        for name in (*FILES, *(f"{PROFILES}/{profile}" for profile in profiles)):
            path = folder / name
            if path.is_file():  # a table that is optional may not be there
                packed.writestr(_entry(name), path.read_bytes())
    return target.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """Return the head of an entry without day, system and owner."""
    entry = zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def keep(office: Office, in_use: str) -> str:
    """Put the tables and settings that a command uses into the archive; return their hash.

    `in_use` is the hash when the command read them. Refused where they were edited since: what
    the command computed would then be kept under tables that are not those it used.
    """
    data = snapshot(office.reference)
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != in_use or load_office(office.home, office.today) != office:
        raise Refused(CHANGING)
    target = office.archive / sha256
    if not target.exists():
        write_with(target, lambda temporary: _write_read_only(temporary, data))
    return sha256


def _write_read_only(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o444)


def kept(office: Office, sha256: str) -> bytes:
    """Return what `keep` put under this hash; InvariantBroken where it is lost or changed."""
    path = office.archive / sha256
    if not path.is_file() or hashlib.sha256(data := path.read_bytes()).hexdigest() != sha256:
        raise InvariantBroken(f"{path}: bảng tra cứu đã lưu bị mất hoặc bị thay đổi")
    return data


def unpack(data: bytes, folder: Path) -> None:
    """Make `folder` hold exactly the tables and settings of a snapshot."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            place = folder / PROFILES if name.startswith(f"{PROFILES}/") else folder
            place.mkdir(exist_ok=True)
            (place / Path(name).name).write_bytes(packed.read(name))
