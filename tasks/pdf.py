"""Pages as PDF: the same page of the same day is the same bytes on every machine."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst


def pdf_bytes(template: Path, told: dict[str, Any], day: date) -> bytes:
    """Return what a template makes of `told`, dated `day`; fonts are those inside typst."""
    compiled = typst.compile(
        str(template),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        timestamp=datetime(*day.timetuple()[:3], tzinfo=UTC),
    )
    assert isinstance(compiled, bytes)
    return compiled
