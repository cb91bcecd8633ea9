"""One provider a file: what it serves and what its payment files look like.

To add one, copy a file and rename it, here or in the office's `reference/providers/`; README.md
beside this file explains every key.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from schemas.providers.declared import (
    CONTROL_FIELDS,
    FIELDS,
    Column,
    FileOut,
    Payer,
    Profile,
    ProfileError,
    TransferText,
)
from schemas.providers.reading import read_profile

__all__ = [
    "CONTROL_FIELDS",
    "FIELDS",
    "FOLDER",
    "GENERIC",
    "Column",
    "FileOut",
    "Payer",
    "Profile",
    "ProfileError",
    "TransferText",
    "file_out",
    "path_of",
    "profile",
]

FOLDER = Path(__file__).parent
GENERIC = "generic"


def profile(provider: str, own: Path | None = None) -> Profile:
    """Return the profile of a provider: the office's own, the shipped one, else the generic one.

    `own` is the office's folder of profiles, `reference/providers/`, which need not exist.
    """
    path = path_of(provider, own) or path_of(GENERIC, own) or FOLDER / f"{GENERIC}.toml"
    found = _read(path)
    if path.parent == own:
        _require_shipped_results(path)
    return found


def _require_shipped_results(path: Path) -> None:
    """Refuse an office's own `[results]`: who reads the files that come in knows only ours."""
    own, shipped = (
        tomllib.loads(one.read_text(encoding="utf-8-sig")).get("results") if one.is_file() else None
        for one in (path, FOLDER / path.name)
    )
    if own not in (None, shipped):
        raise ProfileError(
            f"Khai báo đơn vị chi trả, tệp {'/'.join(path.parts[-3:])}: mục [results] ở đây không "
            f"được đọc. Bỏ mục này, và ghi nó vào schemas/providers/{path.name} của chương trình."
        )


def path_of(provider: str, own: Path | None = None) -> Path | None:
    """Return where the profile of a provider lies, None where it has none of its own."""
    places = [folder / f"{provider}.toml" for folder in (own, FOLDER) if folder is not None]
    return next((path for path in places if path.is_file()), None)


def file_out(provider: str, channel: str, own: Path | None = None) -> FileOut:
    """Return the declared payment file of a provider's channel, else the generic one."""
    return profile(provider, own).files.get(channel) or profile(GENERIC, own).files[channel]


def _read(path: Path) -> Profile:
    return _read_bytes(path, path.read_bytes())


@cache
def _read_bytes(path: Path, data: bytes) -> Profile:
    """Read a profile; the same bytes in the same place once."""
    return read_profile(path, data)
