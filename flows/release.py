"""A second person says yes to exactly what was prepared."""

from __future__ import annotations

from typing import Any

from flows import steps


def release(
    home: str, today: str, month: str, digest: str, approver: str, accept: str | None = None
) -> dict[str, Any]:
    """Freeze the payroll, write its files, and read them back provider by provider."""
    released = steps.approve(home, today, month, digest, approver, accept)
    read_back(home, today, month, released["files"])
    return released


def read_back(home: str, today: str, month: str, files: list[dict[str, Any]]) -> None:
    """Read payment files back from disk, provider by provider."""
    for provider in sorted({file["provider"] for file in files}):
        served = [file for file in files if file["provider"] == provider]
        steps.check_payment_files(home, today, month, provider, served)
