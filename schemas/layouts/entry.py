"""How people fill in the columns of a template: what to write, an example, and from which list.

Names, order and what is required stand in the layouts; here is only what a blank form adds to them.
All examples are fictional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import codes
from schemas.layouts.layout import Field, Sheet
from schemas.published import ERRORS_VI, METRICS, NO_ACCOUNT_VI, REASONS_VI
from schemas.submissions import AccountRow, Change, ReportRow, Result, Verification
from schemas.table import Column

# Rows of a sheet of a template, from 0: title, sender, period, hints, headers, then data.
TITLE_ROW, SENDER_ROW, PERIOD_ROW, HINT_ROW, HEADER_ROW, FIRST_DATA_ROW = range(6)

TITLES = {
    "TANG": "DANH SÁCH ĐỐI TƯỢNG TĂNG",
    "GIAM": "DANH SÁCH ĐỐI TƯỢNG GIẢM",
    "DIEU_CHINH": "DANH SÁCH ĐỐI TƯỢNG ĐIỀU CHỈNH",
    "TAI_KHOAN": "DANH SÁCH THÔNG TIN TÀI KHOẢN NGƯỜI HƯỞNG",
    "XAC_THUC": "KẾT QUẢ XÁC THỰC THÔNG TIN",
    "KET_QUA": "KẾT QUẢ CHI TRẢ",
    "BAO_CAO": "BÁO CÁO TIẾN ĐỘ CHI TRẢ",
}

METHODS_VI = {
    "CHINH_CHU": "tài khoản của chính người hưởng",
    "GIAM_HO": "tài khoản của người giám hộ",
    "UY_QUYEN": "tài khoản của người được ủy quyền",
    "TIEN_MAT": "đăng ký nhận tiền mặt",
}
SUBJECTS_VI = {
    "DAN_CU": "số định danh (công an)",
    "THUE_BAO": "số điện thoại (nhà mạng)",
    "TAI_KHOAN": "số tài khoản (ngân hàng)",
}
OUTCOMES_VI = {"DUNG": "đúng", "SAI": "sai"}
RESULT_STATUSES_VI = {
    "THANH_CONG": "đã chi",
    "DANG_XU_LY": "đang xử lý",
    "LOI": "không chi được",
    "HOAN_TRA": "đã chi nhưng tiền trở về",
}
TOLD_BY_DATE = ("report_received_on", "report_on_time")  # known from the report itself

Words = Mapping[str, str]
# Lists by name: what is chosen -> what it means.
CLOSED_LISTS: dict[str, Words] = {
    "genders": {word: word for word in codes.GENDERS},
    "methods": {word: METHODS_VI[word] for word in codes.METHODS},
    "no_account_reasons": {word: NO_ACCOUNT_VI[word] for word in codes.NO_ACCOUNT_REASONS},
    "subjects": {word: SUBJECTS_VI[word] for word in codes.SUBJECTS},
    "outcomes": {word: OUTCOMES_VI[word] for word in codes.OUTCOMES},
    "result_statuses": {word: RESULT_STATUSES_VI[word] for word in codes.RESULT_STATUSES},
    "error_codes": {word: ERRORS_VI[word] for word in codes.ERROR_CODES},
    "metrics": {label: name for name, label in METRICS.items() if name not in TOLD_BY_DATE},
}
# Lists that the office has: what stands in them is known only with its tables and registry.
CATEGORIES, KNOWN_CATEGORIES, BANKS, VILLAGES = (
    "categories",
    "known_categories",
    "banks",
    "villages",
)


@dataclass(frozen=True)
class Entry:
    """What a form says of one column; `check` names what is looked at while typing.

    Without `check`, the type of the column says what it is.
    """

    hint: str
    example: str = ""
    choices: str = ""
    check: str = ""


DOSSIER_NO = Entry("Mã riêng của một người, có chữ số, không đổi", "TC-0001234", check="key")
FULL_NAME = Entry("Có dấu, như trên giấy tờ", "Giàng Thị Mỷ")
ACCOUNT_NUMBER = Entry("6–19 chữ số hoặc chữ cái, không dấu cách", "8600205123456", check="account")

ENTRIES: dict[Column, Entry] = {
    Change.dossier_no: DOSSIER_NO,
    Change.full_name: FULL_NAME,
    Change.birth_date: Entry("NN/TT/NNNN; chỉ biết năm thì ghi năm", "15/07/1940"),
    Change.gender: Entry("Chọn", "Nữ", "genders"),
    Change.citizen_id: Entry("Đủ 12 chữ số; chưa có thì để trống", "011140000123", check="id"),
    Change.ethnicity: Entry("Ghi tên dân tộc", "Mông"),
    Change.village: Entry("Chọn, hoặc ghi thôn/bản khác", "Bản Đề Bua", VILLAGES),
    Change.category_code: Entry("Chọn mã; nghĩa của mã ở trang Hướng dẫn", "BT05A2", CATEGORIES),
    Change.old_category_code: Entry("Chọn, khi đổi loại đối tượng", "BT06F", KNOWN_CATEGORIES),
    Change.coefficient: Entry("Có thể bỏ trống; nếu ghi phải đúng bảng", "2,0"),
    Change.monthly_amount: Entry("Đồng, số nguyên; có thể bỏ trống", "720000"),
    Change.units: Entry("Bỏ trống là 1; trên 1 chỉ khi tính theo số con", "1"),
    Change.decision_no: Entry("Bắt buộc, trừ HIEN_HUONG và CHET", "123/QĐ-UBND"),
    Change.decision_date: Entry("NN/TT/NNNN, như số quyết định", "20/05/2024"),
    Change.effective_month: Entry("TT/NNNN", "06/2024"),
    Change.reason: Entry("Chọn"),
    Change.death_date: Entry("NN/TT/NNNN; bắt buộc khi CHET", "11/05/2024"),
    Change.note: Entry("Tùy ý"),
    AccountRow.dossier_no: DOSSIER_NO,
    AccountRow.full_name: FULL_NAME,
    AccountRow.method: Entry("Chọn", "GIAM_HO", "methods"),
    AccountRow.holder_name: Entry("Như ngân hàng ghi; bỏ trống khi tiền mặt", "VỪ A HÙNG"),
    AccountRow.holder_citizen_id: Entry(
        "Đủ 12 chữ số; bắt buộc khi GIAM_HO, UY_QUYEN", "011085000456", check="id"
    ),
    AccountRow.relation: Entry("Của chủ tài khoản với người hưởng", "Con"),
    AccountRow.authorisation_no: Entry("Bắt buộc khi UY_QUYEN", "45/UQ-UBND"),
    AccountRow.authorisation_expires_on: Entry(
        "NN/TT/NNNN; bỏ trống là không thời hạn", "31/12/2026"
    ),
    AccountRow.phone: Entry("10 chữ số, bắt đầu bằng 0", "0912345678", check="phone"),
    AccountRow.bank: Entry("Chọn mã BIN, hoặc ghi tên ngân hàng", "970405", BANKS),
    AccountRow.account_number: ACCOUNT_NUMBER,
    AccountRow.no_account_reason: Entry(
        "Chọn, khi chưa có tài khoản", "O_XA", "no_account_reasons"
    ),
    Verification.dossier_no: DOSSIER_NO,
    Verification.subject: Entry("Chọn", "DAN_CU", "subjects"),
    Verification.value: Entry(
        "Số định danh, điện thoại hoặc tài khoản đã kiểm tra", "011140000123"
    ),
    Verification.outcome: Entry("Chọn", "DUNG", "outcomes"),
    Verification.checked_on: Entry("NN/TT/NNNN", "03/06/2024"),
    Verification.checked_by: Entry("Nơi kiểm tra", "Công an xã"),
    Result.payment_id: Entry("Như trong tệp chi trả đã nhận", "TC24060000123A7F"),
    Result.account_number: ACCOUNT_NUMBER,
    Result.amount: Entry("Đồng, số nguyên", "720000"),
    Result.transacted_at: Entry("NN/TT/NNNN GG:PP", "08/06/2024 09:30"),
    Result.transaction_no: Entry("Số của ngân hàng, ví", "FT24160012345"),
    Result.status: Entry("Chọn", "THANH_CONG", "result_statuses"),
    Result.error_code: Entry("Chọn, khi LOI hoặc HOAN_TRA", "SAI_SO_TK", "error_codes"),
    Result.fee: Entry("Đồng, số nguyên", "1100"),
    ReportRow.reported_on: Entry("NN/TT/NNNN", "18/06/2024"),
    ReportRow.metric: Entry("Chọn", METRICS["beneficiaries"], "metrics"),
    ReportRow.value: Entry("Số; tiền tính bằng đồng", "412"),
}


def choices_of(sheet: Sheet, field: Field) -> str:
    """Return the name of the list from which a column of a sheet is chosen, empty for none."""
    return f"words_{sheet.kind}" if field.column is sheet.worded else ENTRIES[field.column].choices


def example_of(sheet: Sheet, field: Field) -> str:
    """Return the example of a column; of a reason the first that its sheet knows."""
    return sheet.words[0] if field.column is sheet.worded else ENTRIES[field.column].example


def words_of(sheet: Sheet) -> dict[str, Words]:
    """Return the list of the sheet's own words by its name; empty for sheets without."""
    if sheet.worded is None:
        return {}
    return {f"words_{sheet.kind}": {word: REASONS_VI[word] for word in sheet.words}}
