"""A second person says yes to exactly what was prepared."""

from __future__ import annotations

from typing import Any

from flows import steps
from flows.one_writer import writes
from flows.step import ahead
from tasks.values import fold


@writes("Duyệt chi kỳ {month}")
def release(
    home: str, today: str, month: str, digest: str, approver: str, accept: str | None = None
) -> dict[str, Any]:
    """Freeze the payroll, write its files, read them back, sign them and write the receipt.

    `was_released` tells that others had released the month before this approver came.
    """
    ahead(4)
    released = steps.approve(home, today, month, digest, approver, accept)
    said_yes = released["approvers"] or [released["approver"]]
    key = read_back(home, today, month, released["files"])
    return released | {
        "was_released": fold(approver) not in map(fold, said_yes),
        "key": key,
        "receipt": steps.write_receipt(home, today, month, "release"),
    }


def read_back(home: str, today: str, month: str, files: list[dict[str, Any]]) -> str | None:
    """Read payment files back from disk, provider by provider, and sign what is given away.

    Returns the id of the key that signed, None where the office has none.
    """
    providers = sorted({file["provider"] for file in files})
    ahead(len(providers) + 1)
    for provider in providers:
        served = [file for file in files if file["provider"] == provider]
        steps.check_payment_files(home, today, month, provider, served)
    return steps.sign_files(home, today, month)["key"]
