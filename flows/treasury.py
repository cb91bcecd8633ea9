"""The Treasury confirmed a month: from now on providers may be given their files."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.release import read_back


@writes("Kho bạc xác nhận kỳ {month}")
def treasury(
    home: str, today: str, month: str, confirmed_on: str, reference: str, by: str
) -> dict[str, Any]:
    """Write the confirmation down, and read back the files that waited for it."""
    confirmed = steps.confirm_treasury(home, today, month, confirmed_on, reference, by)
    key = read_back(home, today, month, confirmed["files"])
    return confirmed | {"key": key, "receipt": steps.write_receipt(home, today, month, "release")}
