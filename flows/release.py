"""A second person says yes to exactly what was prepared."""

from __future__ import annotations

from typing import Any

from flows import steps


def release(
    home: str, today: str, month: str, digest: str, approver: str, accept: str | None = None
) -> dict[str, Any]:
    """Freeze the payroll, write its files, read them back provider by provider, and sign them."""
    released = steps.approve(home, today, month, digest, approver, accept)
    for provider in sorted({file["provider"] for file in released["files"]}):
        files = [file for file in released["files"] if file["provider"] == provider]
        steps.check_payment_files(home, today, month, provider, files)
    return released | {"key": steps.sign_files(home, today, month)["key"]}
