"""Record what the office decided of one exception or payment."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes


@writes("Ghi quyết định")
def resolve(home: str, today: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Keep one decision, and write the follow-up lists on which it was or stands now."""
    resolved = steps.decide(home, today, asked)
    for month in resolved.pop("months"):
        steps.write_followup(home, today, month)
    return resolved
