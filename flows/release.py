"""A second person says yes to exactly what was prepared."""

from __future__ import annotations

from typing import Any

from flows import steps


def release(
    home: str, today: str, month: str, digest: str, approver: str, accept: str | None = None
) -> dict[str, Any]:
    """Freeze the payroll, write its files, read them back, sign them and write the receipt."""
    released = steps.approve(home, today, month, digest, approver, accept)
    key = read_back(home, today, month, released["files"])
    return released | {"key": key, "receipt": steps.write_receipt(home, today, month, "release")}


def read_back(home: str, today: str, month: str, files: list[dict[str, Any]]) -> str | None:
    """Read payment files back from disk, provider by provider, and sign what is given away.

    Returns the id of the key that signed, None where the office has none.
    """
    for provider in sorted({file["provider"] for file in files}):
        served = [file for file in files if file["provider"] == provider]
        steps.check_payment_files(home, today, month, provider, served)
    return steps.sign_files(home, today, month)["key"]
