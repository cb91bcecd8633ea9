"""What communes, police, telecom and providers send, row by row, once cleaned and judged.

A row that is taken is an event and is never changed or deleted; a rejected row stays beside it.
Fields have the names of SPEC section 3. The raw twin of each table (schema `raw`) holds the same
fields as text, exactly as they stood in the file.
"""

from __future__ import annotations

from typing import ClassVar

from schemas import codes
from schemas.table import (
    Amount,
    Code,
    Coefficient,
    Column,
    Flag,
    Integer,
    Month,
    PartialDate,
    Pii,
    Table,
    Text,
)

# What is known of cells beside their text: comma-led lists of fields, `,a,b,`, empty for none.
CELL_LISTS = ("number_cells", "formula_cells", "legacy_cells")


class Submitted(Table):
    """A row of a received file: where it stood, when it was judged, and what came of it."""

    # Names of the fields that people fill in, in the order of the SPEC; set by each table.
    fields: ClassVar[tuple[str, ...]] = ()

    sha256 = Text("Tệp", key=True, description="SHA-256 of the received bytes")
    sheet = Text("Trang tính", key=True, description="as named in the file; empty for CSV")
    row_no = Integer("Dòng", key=True, minimum=1, description="the sheet's own row number")
    cycle = Month("Kỳ", required=True, description="the cycle in which the row counts")
    event_no = Integer("Thứ tự", required=True, description="place in the one order of all rows")
    is_taken = Flag("Được nhận", required=True)
    has_effect = Flag("Có tác dụng", required=True, description="false: says nothing new")
    fingerprint = Text("Dấu nội dung", description="MD5 of all known fields, cleaned")
    number_cells = Text(description="comma-led list of fields whose cell held a number")
    formula_cells = Text(description="comma-led list of fields whose cell held a formula or error")
    legacy_cells = Text(description="comma-led list of fields written in TCVN3")
    unreadable = Text(description="comma-led list of fields that are filled but cannot be read")
    commune_code = Code("Mã xã", description="who sent it, where a commune did")

    @classmethod
    def field_columns(cls) -> tuple[Column, ...]:
        """Return the columns that people fill in."""
        return tuple(column for column in cls.columns if column.name in cls.fields)

    @classmethod
    def submitted_names(cls) -> list[str]:
        """Return the columns that stand before a row is judged: all but what judging adds."""
        added = ("event_no", "is_taken", "has_effect", "cycle")
        return [name for name in cls.names() if name not in added]

    @classmethod
    def raw_create_sql(cls) -> str:
        """Return DDL of the raw twin: the fields as text, unconstrained."""
        columns = ["sha256 VARCHAR", "sheet VARCHAR", "sheet_no INTEGER", "row_no BIGINT"]
        columns += ["kind VARCHAR", *(f"{name} VARCHAR" for name in CELL_LISTS)]
        columns += ["unit VARCHAR", "period VARCHAR"]
        columns += [f"{name} VARCHAR" for name in cls.fields]
        return f"CREATE TABLE IF NOT EXISTS raw.{cls.table_name} ({', '.join(columns)})"


class Change(Submitted, name="change"):
    """One row per row of a bien_dong file: who starts, stops or changes."""

    kind = Code("Loại", values=codes.CHANGE_SHEETS, required=True)
    dossier_no = Text("Mã hồ sơ")
    full_name = Text("Họ và tên", pii=Pii.BASIC)
    birth_date = PartialDate("Ngày sinh", pii=Pii.BASIC)
    gender = Code("Giới tính")
    citizen_id = Text("Số định danh", pii=Pii.BASIC)
    ethnicity = Text("Dân tộc", pii=Pii.SENSITIVE)
    village = Text("Thôn/bản", pii=Pii.BASIC)
    category_code = Code("Mã loại đối tượng", pii=Pii.SENSITIVE)
    old_category_code = Code("Mã loại cũ", pii=Pii.SENSITIVE)
    coefficient = Coefficient("Hệ số")
    monthly_amount = Amount("Mức trợ cấp")
    units = Integer("Số suất")
    decision_no = Text("Số quyết định")
    decision_date = PartialDate("Ngày quyết định")
    effective_month = Month("Từ tháng")
    reason = Code("Lý do")
    death_date = PartialDate("Ngày chết")
    note = Text("Ghi chú")
    name_fold = Text(description="the name without accents, for comparing")
    id_birth_year = Integer(description="birth year that the citizen id tells")
    id_gender = Code(description="gender that the citizen id tells")
    id_province = Code(description="first three digits of the citizen id")
    given_month = Month(description="effective month as the row gave it, before EN12")
    family = Code("Nhóm chế độ", description="of category_code")
    old_family = Code("Nhóm chế độ cũ", description="of old_category_code")
    scheme = Code("Nguồn")

    fields = (
        "dossier_no",
        "full_name",
        "birth_date",
        "gender",
        "citizen_id",
        "ethnicity",
        "village",
        "category_code",
        "old_category_code",
        "coefficient",
        "monthly_amount",
        "units",
        "decision_no",
        "decision_date",
        "effective_month",
        "reason",
        "death_date",
        "note",
    )


class AccountRow(Submitted, name="account_row"):
    """One row per row of a tai_khoan file: where a dossier's money is to go."""

    dossier_no = Text("Mã hồ sơ")
    full_name = Text("Họ và tên", pii=Pii.BASIC)
    method = Code("Hình thức nhận")
    holder_name = Text("Tên chủ tài khoản", pii=Pii.BASIC)
    holder_citizen_id = Text("Số định danh chủ tài khoản", pii=Pii.BASIC)
    relation = Text("Quan hệ")
    authorisation_no = Text("Số văn bản ủy quyền")
    authorisation_expires_on = PartialDate("Ngày hết hạn ủy quyền")
    phone = Text("Số điện thoại", pii=Pii.BASIC)
    bank = Text("Ngân hàng", description="BIN or name, as given")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)
    no_account_reason = Code("Lý do chưa có tài khoản")
    bin = Code("BIN", description="of the bank given")
    name_fold = Text(description="the name without accents, for comparing")
    holder_fold = Text(description="the holder's name without accents")
    own_fold = Text(description="the dossier's name in the registry when judged, folded")

    fields = (
        "dossier_no",
        "full_name",
        "method",
        "holder_name",
        "holder_citizen_id",
        "relation",
        "authorisation_no",
        "authorisation_expires_on",
        "phone",
        "bank",
        "account_number",
        "no_account_reason",
    )


class Verification(Submitted, name="verification"):
    """One row per row of a xac_thuc file: what police, telecom or a bank say of one value."""

    dossier_no = Text("Mã hồ sơ")
    subject = Code("Loại")
    value = Text("Giá trị", pii=Pii.SENSITIVE, description="the id, phone or account checked")
    outcome = Code("Kết quả")
    checked_on = PartialDate("Ngày")
    checked_by = Text("Đơn vị")

    fields = ("dossier_no", "subject", "value", "outcome", "checked_on", "checked_by")


class Result(Submitted, name="result"):
    """One row per row of a ket_qua file: what a provider says became of a payment."""

    provider = Code("Đơn vị", description="who sent it, where known")
    stated_month = Month("Kỳ", description="as the file says")
    payment_id = Text("Mã chi trả")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)
    amount = Amount("Số tiền")
    transacted_at = Text("Thời gian giao dịch")
    transaction_no = Text("Số giao dịch")
    status = Code("Trạng thái")
    error_code = Code("Mã lỗi")
    fee = Amount("Phí")

    fields = (
        "payment_id",
        "account_number",
        "amount",
        "transacted_at",
        "transaction_no",
        "status",
        "error_code",
        "fee",
    )


class ReportRow(Submitted, name="report_row"):
    """One row per figure of a monthly report of a commune or provider."""

    provider = Code("Đơn vị cung ứng", description="who sent it, where a provider did")
    month = Month("Kỳ")
    reported_on = PartialDate("Ngày báo cáo")
    metric = Text("Chỉ tiêu")
    value = Text("Giá trị")

    fields = ("reported_on", "metric", "value")


SUBMISSIONS: tuple[type[Submitted], ...] = (Change, AccountRow, Verification, Result, ReportRow)
RAW_OF_KIND = {
    "bien_dong": Change,
    "tai_khoan": AccountRow,
    "xac_thuc": Verification,
    "ket_qua": Result,
    "bao_cao": ReportRow,
}
