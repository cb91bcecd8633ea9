"""One provider a file: what it serves and what its payment files look like.

To add one, copy a file and rename it, here or in the office's `reference/providers/`; README.md
beside this file explains every key.
"""

from __future__ import annotations

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
    return _read(path_of(provider, own) or path_of(GENERIC, own) or FOLDER / f"{GENERIC}.toml")


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
