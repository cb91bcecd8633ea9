"""Commune changes: who starts (TANG), stops (GIAM) or changes (DIEU_CHINH)."""

from __future__ import annotations

from schemas import codes
from schemas.layouts.layout import Field, Layout, Sheet, field
from schemas.submissions import Change

DOSSIER_NO = field(
    Change.dossier_no, "Mã hồ sơ", "Số hồ sơ", "Mã đối tượng", "Số sổ", "Mã HS", "Mã số hồ sơ"
)
FULL_NAME = field(
    Change.full_name,
    "Họ và tên",
    "Họ tên",
    "Họ và tên đối tượng",
    "Họ tên đối tượng",
    "Họ và tên người hưởng",
)
BIRTH_DATE = field(Change.birth_date, "Ngày sinh", "Ngày, tháng, năm sinh", "Năm sinh")
GENDER = field(Change.gender, "Giới tính", "Nam/Nữ", "Giới")
CITIZEN_ID = field(
    Change.citizen_id,
    "Số định danh",
    "CCCD",
    "Số CCCD",
    "Số định danh cá nhân",
    "Số ĐDCN/CCCD",
    "Số ĐDCN",
    "Số định danh/CCCD",
    "Số căn cước công dân",
    "Số căn cước",
)
ETHNICITY = field(Change.ethnicity, "Dân tộc")
VILLAGE = field(
    Change.village, "Thôn/bản", "Bản", "Tổ dân phố", "Thôn", "Bản/tổ dân phố", "Thôn/bản/tổ dân phố"
)
CATEGORY_CODE = field(
    Change.category_code,
    "Mã loại đối tượng",
    "Loại đối tượng",
    "Mã đối tượng hưởng",
    "Mã loại",
    "Mã loại mới",
    "Mã loại đối tượng mới",
)
OLD_CATEGORY_CODE = field(Change.old_category_code, "Mã loại cũ", "Mã loại đối tượng cũ")
COEFFICIENT = field(Change.coefficient, "Hệ số", "Hệ số trợ cấp")
MONTHLY_AMOUNT = field(
    Change.monthly_amount,
    "Mức trợ cấp",
    "Số tiền",
    "Mức hưởng",
    "Mức trợ cấp hàng tháng",
    "Mức trợ cấp hằng tháng",
    "Mức trợ cấp/tháng",
    "Số tiền trợ cấp",
)
UNITS = field(Change.units, "Số suất")
DECISION_NO = field(Change.decision_no, "Số quyết định", "Số QĐ")
DECISION_DATE = field(
    Change.decision_date, "Ngày quyết định", "Ngày QĐ", "Ngày ký quyết định", "Ngày ban hành"
)
REASON = field(Change.reason, "Lý do", "Mã lý do")
DEATH_DATE = field(
    Change.death_date, "Ngày chết", "Ngày mất", "Ngày tháng năm chết", "Ngày tử vong"
)
NOTE = field(Change.note, "Ghi chú")

ALWAYS = (
    Change.dossier_no,
    Change.full_name,
    Change.category_code,
    Change.effective_month,
    Change.reason,
)


def effective(header: str, *synonyms: str) -> Field:
    """Return the effective month under the header that its sheet gives it."""
    return field(Change.effective_month, header, *synonyms, "Từ tháng")


TANG = Sheet(
    kind="TANG",
    names=("TANG", "Danh sách tăng", "DS tăng", "Tăng mới"),
    fields=(
        DOSSIER_NO,
        FULL_NAME,
        BIRTH_DATE,
        GENDER,
        CITIZEN_ID,
        ETHNICITY,
        VILLAGE,
        CATEGORY_CODE,
        COEFFICIENT,
        MONTHLY_AMOUNT,
        UNITS,
        DECISION_NO,
        DECISION_DATE,
        effective("Hưởng từ tháng", "Tháng hưởng", "Được hưởng từ tháng"),
        REASON,
        NOTE,
    ),
    needed=(Change.dossier_no, Change.category_code),
    required=(*ALWAYS, Change.birth_date, Change.gender),
    telling=Change.effective_month,
    worded=Change.reason,
    words=codes.INCREASE_REASONS,
)
GIAM = Sheet(
    kind="GIAM",
    names=("GIAM", "Danh sách giảm", "DS giảm"),
    fields=(
        DOSSIER_NO,
        FULL_NAME,
        CATEGORY_CODE,
        DECISION_NO,
        DECISION_DATE,
        effective("Thôi hưởng từ tháng", "Thôi từ tháng", "Dừng từ tháng"),
        REASON,
        DEATH_DATE,
        NOTE,
    ),
    needed=(Change.dossier_no, Change.category_code),
    required=ALWAYS,
    telling=Change.effective_month,
    worded=Change.reason,
    words=codes.DECREASE_REASONS,
)
DIEU_CHINH = Sheet(
    kind="DIEU_CHINH",
    names=("DIEU_CHINH", "Danh sách điều chỉnh", "DS điều chỉnh"),
    fields=(
        DOSSIER_NO,
        FULL_NAME,
        # With CAI_CHINH whatever is given replaces, birth date and gender too.
        BIRTH_DATE,
        GENDER,
        CITIZEN_ID,
        CATEGORY_CODE,
        OLD_CATEGORY_CODE,
        COEFFICIENT,
        MONTHLY_AMOUNT,
        UNITS,
        DECISION_NO,
        DECISION_DATE,
        effective("Điều chỉnh từ tháng"),
        REASON,
        NOTE,
    ),
    needed=(Change.dossier_no, Change.category_code),
    required=ALWAYS,
    telling=Change.effective_month,
    worded=Change.reason,
    words=codes.ADJUSTMENT_REASONS,
)

LAYOUT = Layout(
    kind="bien_dong",
    table=Change,
    sheets=(TANG, GIAM, DIEU_CHINH),
    keys=((Change.dossier_no,),),
)
