"""One provider a file: what it serves and what its payment files look like.

To add one, copy a file and rename it; README.md beside this file explains every key.
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
    "profile",
]

FOLDER = Path(__file__).parent
GENERIC = "generic"


@cache
def profile(provider: str) -> Profile:
    """Return the declared profile of a provider, else the generic one."""
    path = FOLDER / f"{provider}.toml"
    return read_profile(path if path.is_file() else FOLDER / f"{GENERIC}.toml")


def file_out(provider: str, channel: str) -> FileOut:
    """Return the declared payment file of a provider's channel, else the generic one."""
    return profile(provider).files.get(channel) or profile(GENERIC).files[channel]
