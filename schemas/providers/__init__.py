"""One provider a file: what its payment file looks like. To add one, copy a file and rename it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIELDS = (
    "line_no",
    "payment_id",
    "payee_name",
    "payee_ascii",
    "payee_citizen_id",
    "account_number",
    "bin",
    "bank_name",
    "amount",
    "transfer_text",
    "commune_name",
    "village",
    "phone",
)
GENERIC = "generic"


@dataclass(frozen=True)
class FileOut:
    """The columns of a payment file, in order: field -> header."""

    headers: dict[str, str]


@cache
def file_out(provider: str, channel: str) -> FileOut:
    """Return the declared payment file of a provider's channel, else the generic one."""
    folder = Path(__file__).parent
    path = folder / f"{provider}.toml"
    profile = _profile(path if path.is_file() else folder / f"{GENERIC}.toml")
    declared = profile.get(channel) or _profile(folder / f"{GENERIC}.toml")[channel]
    headers = {column["field"]: column["header"] for column in declared["columns"]}
    unknown = set(headers) - set(FIELDS)
    if unknown:
        raise ValueError(f"{path.name}: unknown fields {sorted(unknown)}")
    return FileOut(headers)


def _profile(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))
