"""Providers who return only what failed: after some days their silence means paid."""

from __future__ import annotations

import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent


def silence_days(provider: str) -> int | None:
    """Return after how many days a payment that this provider says nothing of counts as paid.

    None, as for a provider without a file of its own: only a word says what became of a payment.
    """
    path = FOLDER / f"{provider}.toml"
    if not path.is_file():
        return None
    results = tomllib.loads(path.read_text(encoding="utf-8")).get("results", {})
    days = results.get("silence_means_paid_after_days")
    if days is not None and (type(days) is not int or days < 1):
        raise ValueError(f"{path.name}: silence_means_paid_after_days is a number of days from 1")
    return days
