"""The inbound layouts, one file a kind; how each is declared stands in `layout.py`."""

from __future__ import annotations

from schemas.layouts import bao_cao, bien_dong, ket_qua, tai_khoan, xac_thuc
from schemas.layouts.layout import Field, Layout, Sheet

LAYOUTS: dict[str, Layout] = {
    layout.kind: layout
    for layout in (
        bien_dong.LAYOUT,
        tai_khoan.LAYOUT,
        xac_thuc.LAYOUT,
        ket_qua.LAYOUT,
        bao_cao.LAYOUT,
    )
}

__all__ = ["LAYOUTS", "Field", "Layout", "Sheet"]
