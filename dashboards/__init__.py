"""What is published: one SELECT a table, list or report, each over the declared tables.

The `BASES` come first, in this order: `tasks.publish.stage_bases` keeps each as a temporary table
of its own name, which the others read, then the `VIEWS`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

BASES = (
    "shown_cycle",
    "open_code",
    "hidden_word",
    "payment_status",
    "last_commune",
    "dossier_place",
    "report_first",
)
# These are read by few, and seldom whole: views over the bases.
VIEWS = ("line_fee",)


@cache
def select(name: str) -> str:
    """Return the text of the SELECT in `dashboards/<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
