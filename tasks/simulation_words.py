"""What a simulation is called in Vietnamese: its figures, and what it changed."""

from __future__ import annotations

from typing import Any

FIGURES_VI = {
    "people": "Số người được chi",
    "payments": "Số khoản chi",
    "amount": "Tổng số tiền chi (đồng)",
    "regular": "Trợ cấp tháng (đồng)",
    "arrears": "Truy lĩnh (đồng)",
    "retry": "Chi lại (đồng)",
    "recovery": "Truy thu (đồng)",
    "held_people": "Số người tạm giữ",
    "held": "Số tiền tạm giữ (đồng)",
    "without_rate": "Số người chưa có mức, giữ lại",
    "receivable": "Còn phải thu (đồng)",
}


def changed_words(settings: dict[str, Any]) -> str:
    """Return in words what a simulation changed."""
    changed = [f"bảng {name}" for name in settings["rates"]]
    if settings["age_change"]:
        word = {"next": "tháng sau tháng sinh nhật", "same": "ngay tháng sinh nhật"}
        changed.append(f"đổi mức theo tuổi từ {word[settings['age_change']]}")
    if settings["offset_share"] is not None:
        changed.append(f"truy thu nhiều nhất {settings['offset_share']} của một khoản chi")
    return "; ".join(changed) or "không, theo bảng và cấu hình của đơn vị"
