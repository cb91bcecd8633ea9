"""Match the results that were taken with the payments that were released."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.step import ahead


@writes("Đối soát")
def reconcile(home: str, today: str, month: str | None = None) -> dict[str, Any]:
    """Match results and write the follow-up lists of the month given, or of every released one."""
    months = steps.match_results(home, today, month)
    ahead(len(months))
    for one in months:
        steps.write_followup(home, today, one["month"])
    return {"months": months}
