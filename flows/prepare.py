"""Compute the payroll of the open cycle and the lists that go with it."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.step import ahead


@writes("Lập kỳ {month}")
def prepare(
    home: str, today: str, month: str, through: str | None, by: str, docs: bool
) -> dict[str, Any]:
    """Compute and keep the payroll, write its lists and, with `docs`, Great Expectations' pages."""
    ahead(3 if docs else 2)
    prepared = steps.compute_payroll(home, today, month, through or month, by, docs)
    steps.write_lists(home, today, month)
    if docs:
        steps.write_data_docs(home, today, month)
    return prepared
