"""Verification results of commune police, telecom and banks; each row speaks of one value."""

from __future__ import annotations

from schemas.layouts.layout import Layout, Sheet, field
from schemas.submissions import Verification

XAC_THUC = Sheet(
    kind="XAC_THUC",
    names=("XAC_THUC", "Xác thực"),
    fields=(
        field(
            Verification.dossier_no,
            "Mã hồ sơ",
            "Số hồ sơ",
            "Mã đối tượng",
            "Số sổ",
            "Mã HS",
            "Mã số hồ sơ",
        ),
        field(Verification.subject, "Loại", "Loại xác thực"),
        field(Verification.value, "Giá trị", "Giá trị xác thực"),
        field(Verification.outcome, "Kết quả", "Kết quả xác thực"),
        field(Verification.checked_on, "Ngày", "Ngày xác thực"),
        field(Verification.checked_by, "Đơn vị", "Đơn vị xác thực"),
    ),
    needed=(Verification.dossier_no, Verification.value, Verification.outcome),
    required=(
        Verification.dossier_no,
        Verification.subject,
        Verification.value,
        Verification.outcome,
    ),
)

LAYOUT = Layout(
    kind="xac_thuc",
    table=Verification,
    sheets=(XAC_THUC,),
    keys=((Verification.dossier_no,),),
    unit_headers=("Xã", "Mã xã", "Tên xã"),  # "Đơn vị" is who checked
)
