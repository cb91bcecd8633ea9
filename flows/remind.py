"""On the 15th and 18th: who has not reported, sent results or sent changes, and letters to them."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes


@writes("Nhắc việc")
def remind(home: str, today: str, month: str | None = None) -> dict[str, Any]:
    """Write the reminders of a month (None: that of the day); return what is missing."""
    return steps.write_reminders(home, today, month)
