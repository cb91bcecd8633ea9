"""The layout of the file for the ministry's system: `ministry.toml`, one place to adapt it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIELDS = (
    "dossier_no",
    "full_name",
    "birth_date",
    "gender",
    "citizen_id",
    "ethnicity",
    "village",
    "commune_code",
    "commune",
    "scheme",
    "category_before",
    "category_after",
    "kind",
    "reason",
    "decision_no",
    "effective_month",
    "amount_before",
    "amount_after",
    "arrears",
    "recovery",
)
FORMATS = ("", "dd/mm/yyyy", "mm/yyyy")
KEYS = {"header", "field", "format", "words"}


@dataclass(frozen=True)
class MinistryColumn:
    """One column of the file: its header, our field, how days stand, and their words for ours."""

    header: str
    field: str
    format: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class MinistryFile:
    """The file: its name with `{month}` in it, and its columns in order."""

    name: str
    columns: tuple[MinistryColumn, ...]


@cache
def ministry_file() -> MinistryFile:
    """Return the declared layout; ValueError where it asks for what there is not."""
    path = Path(__file__).parent / "ministry.toml"
    return read_layout(path.read_text(encoding="utf-8"))


def read_layout(text: str) -> MinistryFile:
    """Return the layout that a TOML text declares; ValueError where a column is wrong."""
    declared = tomllib.loads(text)
    columns = [
        MinistryColumn(
            column["header"], column["field"], column.get("format", ""), column.get("words", {})
        )
        for column in declared["columns"]
        if _is_known(column)
    ]
    headers = [column.header for column in columns]
    if len(set(headers)) < len(headers):
        raise ValueError("ministry.toml: a header stands twice")
    return MinistryFile(declared["file"]["name"], tuple(columns))


def _is_known(column: Mapping) -> bool:
    if unknown := sorted(set(column) - KEYS):
        raise ValueError(f"ministry.toml: unknown key {unknown[0]}")
    if column["field"] not in FIELDS:
        raise ValueError(f"ministry.toml: unknown field {column['field']}")
    if column.get("format", "") not in FORMATS:
        raise ValueError(f"ministry.toml: unknown format {column['format']}")
    return True
