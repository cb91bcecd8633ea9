"""Reference tables of the office: law, codes and units, each row with its validity and source.

Each table is read from the CSV file of the same columns in `reference/` of the office folder.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.codes import CHANNELS, SCHEMES
from schemas.table import Amount, Code, Coefficient, Integer, Table, Text

MONTH_PATTERN = r"\d{4}-(0[1-9]|1[0-2])"
YES_NO = ("yes", "no")
DAY_KINDS = ("off", "work")


class Reference(Table):
    """A table that is read from a CSV file."""

    file: ClassVar[str] = ""
    # Homes that were filled before a table existed have no file of it: then it has no rows.
    is_optional: ClassVar[bool] = False
    # Columns that files of an earlier version have not: then they are empty.
    later_columns: ClassVar[tuple[str, ...]] = ()


class Dated(Reference):
    """Rows that hold from one month to another, both included, and say on what basis."""

    valid_from = Code("Từ tháng", pattern=MONTH_PATTERN, required=True)
    valid_to = Code("Đến tháng", pattern=MONTH_PATTERN, description="empty = no end yet")
    legal_basis = Text("Căn cứ pháp lý")
    source = Text("Nguồn", description="where the row was seen")
    confirmed = Code(
        "Đã xác nhận", values=YES_NO, required=True, description="`no` holds every payment of it"
    )


class Category(Dated, name="category"):
    """One row per category code and validity: a family's age band and its coefficient."""

    file = "categories.csv"
    category_code = Code("Mã loại đối tượng", key=True)
    family = Code("Nhóm chế độ", required=True, description="a benefit is (dossier, family)")
    scheme = Code("Nguồn", values=SCHEMES, required=True)
    name_vi = Text("Tên")
    age_from_months = Integer("Từ tháng tuổi", minimum=0, description="empty = from birth")
    age_to_months = Integer("Đến dưới tháng tuổi", minimum=0, description="empty = no end")
    standard_code = Code("Mã mức chuẩn", required=True, description="FIXED = fixed_amount")
    coefficient = Coefficient("Hệ số")
    per_unit = Code("Theo suất", values=YES_NO)
    sensitive = Code("Nhạy cảm", values=YES_NO, description="tells health: masked when published")


class CategoryPair(Reference, name="category_pair"):
    """One row per two families that one person may draw together; `*` is any family."""

    file = "category_pairs.csv"
    family_a = Code("Nhóm A", key=True)
    family_b = Code("Nhóm B", key=True)
    legal_basis = Text("Căn cứ pháp lý")


class Standard(Dated, name="standard"):
    """One row per standard, scope and validity."""

    file = "standards.csv"
    standard_code = Code("Mã mức chuẩn", key=True)
    scope = Code("Phạm vi", key=True, description="VN, or the code of a province")
    amount_vnd = Amount("Mức (đồng/tháng)", minimum=0)


class FixedAmount(Dated, name="fixed_amount"):
    """One row per category paid by the table of a decree, and validity."""

    file = "fixed_amounts.csv"
    category_code = Code("Mã loại đối tượng", key=True)
    amount_vnd = Amount("Mức (đồng/tháng)", minimum=0)


class UnitConversion(Reference, name="unit_conversion"):
    """One row per commune before 1 July 2025, with the commune that took it over."""

    file = "admin_units_dien_bien.csv"
    old_ward_code = Code("Mã xã cũ", key=True)
    old_ward_name_gso = Text("Tên xã cũ (GSO)")
    old_ward_name_nso_conversion_if_different = Text("Tên xã cũ (bảng chuyển đổi NSO)")
    old_district_code = Code("Mã huyện cũ")
    old_district_name = Text("Tên huyện cũ")
    new_ward_code = Code("Mã xã mới")
    new_ward_name = Text("Tên xã mới")


class Bank(Reference, name="bank"):
    """One row per BIN that can receive a transfer."""

    file = "bank_bins.csv"
    bin = Code("BIN", key=True, pattern=r"\d{6}")
    vietqr_code = Code("Mã VietQR")
    short_name = Text("Tên tắt")
    legal_name = Text("Tên đầy đủ")
    sources = Integer("Số nguồn")
    remark = Text("Ghi chú")


class BankAlias(Reference, name="bank_alias"):
    """One row per other way in which senders write a bank; of two banks it means neither."""

    file = "bank_aliases.csv"
    is_optional = True
    alias = Text("Cách viết", key=True)
    bin = Code("BIN", required=True, pattern=r"\d{6}")


class Provider(Reference, name="provider"):
    """One row per provider and BIN that it serves; `*` is every BIN without a provider."""

    file = "providers.csv"
    provider = Code("Mã đơn vị", key=True, pattern=r"[A-Z0-9]+")
    bin = Code("BIN", description="empty: serves no account; `*`: all other BINs")
    name_vi = Text("Tên")
    pays_cash = Code("Chi tiền mặt", values=YES_NO, required=True)


class Fee(Reference, name="fee_rate"):
    """One row per provider, channel and validity: what the office pays for a paid line."""

    file = "fees.csv"
    provider = Code("Đơn vị", key=True)
    channel = Code("Kênh", key=True, values=CHANNELS)
    per_line_vnd = Amount("Phí mỗi lượt (đồng)", minimum=0)
    per_mille = Coefficient("Phí phần nghìn số tiền")
    valid_from = Code("Từ tháng", pattern=MONTH_PATTERN, required=True)
    valid_to = Code("Đến tháng", pattern=MONTH_PATTERN)
    legal_basis = Text("Căn cứ")
    confirmed = Code("Đã xác nhận", values=YES_NO, required=True)


class ProvinceCode(Reference, name="province_code"):
    """One row per first three digits of a citizen id; valid for ever, mergers or not."""

    file = "cccd_province_codes.csv"
    cccd_code = Code("Mã trên CCCD", key=True, pattern=r"\d{3}")
    province_at_birth_registration = Text("Tỉnh nơi đăng ký khai sinh")
    gso_code_before_2025_07 = Code("Mã GSO trước 7/2025")
    province_code_after_2025_07 = Code("Mã tỉnh sau 7/2025")
    province_after_2025_07 = Text("Tỉnh sau 7/2025")


class PhonePrefix(Reference, name="phone_prefix"):
    """One row per mobile prefix, with the 11-digit prefix it replaced in 2018."""

    file = "phone_prefixes.csv"
    prefix = Code("Đầu số", key=True, pattern=r"0\d{2}")
    operator = Text("Nhà mạng")
    old_11_digit_prefix = Code("Đầu số cũ", pattern=r"0\d{3}")
    confidence = Text("Độ tin cậy")
    remark = Text("Ghi chú")


class Holiday(Reference, name="holiday"):
    """One row per day that is not worked, or worked, against the rule of the week.

    The office's own table: its rows come before those that ship with the program.
    """

    file = "holidays.csv"
    later_columns = ("kind",)
    day = Code("Ngày", key=True, pattern=r"\d{4}-\d{2}-\d{2}")
    name_vi = Text("Tên")
    kind = Code(
        "Loại", values=DAY_KINDS, description="off (also where empty), or work: a weekend worked"
    )


class AdminUnit(Table, name="admin_unit"):
    """One row per commune code and validity: codes were re-used on 1 July 2025."""

    commune_code = Code("Mã xã", key=True)
    valid_from = Code("Từ tháng", key=True, pattern=MONTH_PATTERN)
    valid_to = Code("Đến tháng", pattern=MONTH_PATTERN)
    name_vi = Text("Tên xã")
    alias = Text("Tên khác")
    district_code = Code("Mã huyện", description="empty after 1 July 2025: no districts")
    successor_code = Code("Mã xã kế tục", description="the commune that took it over")
    is_office = Code("Thuộc đơn vị", values=YES_NO, description="one of this office's communes")


REFERENCES: tuple[type[Reference], ...] = (
    Category,
    CategoryPair,
    Standard,
    FixedAmount,
    UnitConversion,
    Bank,
    BankAlias,
    Provider,
    Fee,
    ProvinceCode,
    PhonePrefix,
    Holiday,
)
