"""Which files are messages of banks, told by what they hold."""

from __future__ import annotations

from pathlib import Path

from tasks.bank_lines import Message
from tasks.iso_messages import IsoMessage
from tasks.iso_parts import is_xml
from tasks.mt940_lines import Mt940, is_mt940


def bank_message(path: Path) -> Message | None:
    """Return the bank's message that a file is, None where it is a workbook or a CSV."""
    if is_xml(path):
        return IsoMessage(path)
    return Mt940(path) if is_mt940(path) else None
