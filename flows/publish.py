"""Show a month as of now: metrics, report, the analysts' snapshot, the pages for everyone."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.step import ahead


@writes("Công bố kỳ {month}")
def publish(
    home: str, today: str, month: str, full: bool = False, reader: str | None = None
) -> dict[str, Any]:
    """Replace what analysts open; a released month's follow-up lists are brought up to date.

    With `full`, the `reader` (else the system's user) gets an unmasked copy. The pages come last:
    they count what the lists hold.
    """
    ahead(5)
    published = steps.publish_tables(home, today, month, full, reader)
    steps.write_data_docs(home, today, month)
    if published["is_released"]:
        steps.write_followup(home, today, month)
        steps.write_receipt(home, today, month, "publish")
    pages = steps.write_dashboard(home, today, month)
    return published | {"paths": [*published["paths"], *pages]}
