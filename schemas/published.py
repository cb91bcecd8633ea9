"""The analyst's database: the tables of `published/analytics.duckdb`, and the metrics of progress.

Months are text here (`YYYY-MM`). A column with a `mask` shows that instead of the person's value;
only the full copy for named users holds the value itself.
"""

from __future__ import annotations

from schemas import codes
from schemas.table import (
    Amount,
    Code,
    Coefficient,
    Column,
    Date,
    Figure,
    Flag,
    Integer,
    Period,
    Table,
    Text,
)
from schemas.table import Timestamp as Time

# `open_code` holds the families and categories that tell nothing of a person's health: what is
# not known to be harmless is hidden.
SENSITIVE_MASK = (
    "CASE WHEN {column} IS NULL OR {column} IN (SELECT code FROM open_code)"
    " THEN {column} ELSE '*' END"
)
ID_MASK = "left({column}, 3) || '******' || right({column}, 3)"
# Findings quote what was wrong: long numbers, days and sensitive categories go.
MESSAGE_MASK = (
    "regexp_replace(regexp_replace(regexp_replace({column},"
    " '[0-9]{{4,}}([0-9]{{3}})', '******\\1', 'g'),"
    " '\\b(?:[0-9]{{1,2}}[/-][0-9]{{1,2}}[/-]([0-9]{{4}})|([0-9]{{4}})-[0-9]{{2}}-[0-9]{{2}})\\b',"
    " '\\1\\2', 'g'),"
    " (SELECT pattern FROM hidden_word), '*', 'g')"
)


def family_column() -> Column:
    """Return a benefit family, hidden where it tells of a person's health."""
    return Code(
        "Nhóm chế độ", description="family of categories; * = sensitive", mask=SENSITIVE_MASK
    )


def category_column() -> Column:
    """Return a category code, hidden where it tells of a person's health."""
    return Code(
        "Mã loại đối tượng", description="category code; * = sensitive", mask=SENSITIVE_MASK
    )


def dossier_column(*, key: bool = True) -> Column:
    """Return the key of a person."""
    return Text("Mã hồ sơ", description="the office's stable key of a person", key=key)


def month_column() -> Column:
    """Return the cycle that a row belongs to."""
    return Period("Kỳ", description="cycle, YYYY-MM", key=True)


def scheme_column(*, key: bool = False) -> Column:
    """Return the budget that pays."""
    return Code("Nguồn", description="budget: BTXH, NCC or HTXH", values=codes.SCHEMES, key=key)


class Beneficiary(Table, name="beneficiary"):
    """One row per person: who, where, and how sure the identity is, as the registry says now."""

    dossier_no = dossier_column()
    full_name = Text("Họ và tên", description="as last corrected")
    gender = Code("Giới tính", description="Nam or Nữ")
    birth_year = Integer("Năm sinh", description="the day and month are not published")
    commune_code = Code("Mã xã", description="commune of the latest benefit")
    village = Text("Thôn/bản", description="as the commune wrote it")
    citizen_id_masked = Text(
        "Số định danh", description="first and last three digits", mask=ID_MASK
    )
    identity_status = Code(
        "Tình trạng định danh",
        description="police on the present id: verified, refused, unverified (not asked); missing",
        values=("verified", "refused", "unverified", "missing"),
    )


class Benefit(Table, name="benefit"):
    """One row per span of months of a benefit in one commune."""

    dossier_no = dossier_column()
    category_family = family_column()
    scheme = scheme_column()
    commune_code = Code("Mã xã", description="commune that submitted the span")
    from_month = Period("Hưởng từ tháng", description="first month paid", key=True)
    stop_month = Period("Thôi hưởng từ tháng", description="first month not paid; empty = running")
    start_reason = Code("Lý do tăng", description="reason code of the row that started it")
    stop_reason = Code("Lý do thôi", description="reason code of the row that stopped it")


class Payroll(Table, name="payroll"):
    """One row per payment: cycle, dossier and scheme that has something to receive."""

    month = month_column()
    payment_id = Text("Mã chi trả", description="key that the transfer text carries", key=True)
    dossier_no = dossier_column(key=False)
    scheme = scheme_column()
    commune_code = Code("Mã xã", description="commune that pays in the cycle")
    amount = Amount("Số tiền", description="VND, sum of the four parts that follow")
    regular = Amount("Trợ cấp tháng", description="VND for the cycle's month or later ones")
    arrears = Amount("Truy lĩnh", description="VND for earlier months, first paid now")
    retry = Amount("Chi lại", description="VND for months that failed or came back before")
    recovery = Amount("Truy thu", description="VND taken back, negative or 0")
    channel = Code("Kênh", description="account, cash, or none where everything is offset")
    cash_reason = Code("Lý do tiền mặt", description="why not to an account")
    provider = Code("Đơn vị chi trả", description="who pays it out; empty for channel none")
    status = Code(
        "Trạng thái",
        description="prepared, instructed, processing, paid, failed or returned, as of now",
        values=codes.PAYMENT_STATUSES,
    )
    status_reason = Code(
        "Mã lỗi",
        description="the provider's reason of a failure or return; IM_LANG: counts as paid because "
        "a provider who returns only failures said nothing",
    )


class PayrollItem(Table, name="payroll_item"):
    """One row per payment, benefit and month of entitlement that it settles, whole or in part."""

    month = month_column()
    payment_id = Text("Mã chi trả", description="payment that the item is part of", key=True)
    category_family = family_column()
    category_code = category_column()
    entitlement_month = Period("Tháng hưởng", description="month that it is due for", key=True)
    kind = Code("Loại khoản", description="regular, arrears, retry or recovery", key=True)
    amount = Amount("Số tiền", description="VND, negative for a recovery")


class HeldAmount(Table, name="held"):
    """One row per cycle, dossier and scheme whose payment waits, with the rule that holds it."""

    month = month_column()
    dossier_no = dossier_column()
    scheme = scheme_column(key=True)
    amount = Amount("Số tiền", description="VND that waits; empty where no rate is confirmed")
    rule = Code("Quy tắc", description="ID05, ID09, CHET or EN03", key=True)


class ReceivableAmount(Table, name="receivable"):
    """One row per cycle, dossier and scheme that still owes the office."""

    month = month_column()
    dossier_no = dossier_column()
    scheme = scheme_column(key=True)
    amount = Amount("Còn phải thu", description="VND owed to the office after the cycle")


class DeltaRow(Table, name="delta"):
    """One row per commune, dossier and scheme whose regular amount differs from the last."""

    month = month_column()
    commune_code = Code("Mã xã", description="commune in which it rose or fell", key=True)
    dossier_no = dossier_column()
    scheme = scheme_column(key=True)
    kind = Code("Loại biến động", description="increase, decrease or adjustment")
    amount_before = Amount("Mức trước", description="VND a month before the cycle")
    amount_after = Amount("Mức sau", description="VND a month in the cycle")
    reason = Code("Lý do", description="reason code of the event, or of age or standard")
    decision_no = Text("Số quyết định", description="of that event")
    arrears = Amount("Truy lĩnh", description="VND paid in the cycle for earlier months")
    recovery = Amount("Truy thu", description="VND taken back in the cycle, negative or 0")


class FileRow(Table, name="file"):
    """One row per distinct file ever received."""

    sha256 = Text("SHA-256", description="of the bytes: the file's name in the archive", key=True)
    name = Text("Tên tệp", description="path below inbox/ when first seen")
    kind = Code("Loại tệp", description="layout; empty = not recognised")
    commune_code = Code("Mã xã", description="commune that sent it")
    provider = Code("Đơn vị chi trả", description="provider that sent it")
    received_at = Time("Thời điểm nhận", description="Vietnam time")
    rows_in = Integer("Số dòng", description="data rows; taken + rejected")
    rows_taken = Integer("Được nhận", description="rows that became events")
    rows_rejected = Integer("Trả lại", description="rows that went back to the sender")
    outcome = Code("Kết quả", description="taken, returned or duplicate")


class IssueRow(Table, name="issue"):
    """One row per finding: a rule that a row, file, dossier or payment breaks."""

    cycle = Period("Kỳ", description="cycle in which it was found, YYYY-MM", key=True)
    sha256 = Text("Tệp", description="SHA-256 of the file of the row")
    sheet = Text("Trang tính", description="sheet as named in the file, empty for CSV")
    row_no = Integer("Dòng", description="the sheet's own row number")
    rule = Code("Quy tắc", description="stable id of the rule, e.g. ID05", key=True)
    severity = Code("Mức độ", description="reject, hold, cash, warn, fix, exception, pending")
    field = Text("Cột", description="field that breaks the rule")
    message = Text(
        "Nội dung", description="what is wrong and how to mend it, in Vietnamese", mask=MESSAGE_MASK
    )
    dossier_no = Text("Mã hồ sơ", description="person concerned, where there is one")


class EventRow(Table, name="event"):
    """One row per accepted row of a received file."""

    cycle = Period("Kỳ", description="cycle in which the row counts, YYYY-MM", key=True)
    sha256 = Text("Tệp", description="SHA-256 of the file", key=True)
    sheet = Text("Trang tính", description="sheet as named in the file, empty for CSV", key=True)
    row_no = Integer("Dòng", description="the sheet's own row number", key=True)
    kind = Code(
        "Loại", description="TANG, GIAM, DIEU_CHINH, TAI_KHOAN, XAC_THUC, KET_QUA or BAO_CAO"
    )
    dossier_no = Text("Mã hồ sơ", description="person concerned; for a result the payment's")
    category_code = category_column()
    effective_month = Period("Từ tháng", description="month from which a change holds")
    reason = Code("Lý do", description="reason code of a change, error code of a result")


class Progress(Table, name="progress"):
    """One row per month, commune, scheme, provider and metric; `*` is a total over all of them."""

    month = month_column()
    commune_code = Code("Mã xã", description="* = all communes", key=True)
    scheme = Code("Nguồn", description="* = all schemes, people counted once", key=True)
    provider = Code("Đơn vị chi trả", description="* = all providers", key=True)
    metric = Code("Chỉ tiêu", description="name of the metric", key=True)
    value = Figure("Giá trị", description="lines, people, VND, a rate from 0 to 1, or yyyymmdd")


class ReportReceived(Table, name="report_received"):
    """One row per month and commune or provider whose monthly report came in."""

    month = month_column()
    unit = Code("Đơn vị", description="code of the commune or provider", key=True)
    received_on = Date("Ngày nhận", description="day of its first report for the month")
    on_time = Flag("Đúng hạn", description="before the report day of that month")


class FeeDue(Table, name="fee"):
    """One row per month, provider and channel: fees due on paid lines beside those reported."""

    month = month_column()
    provider = Code("Đơn vị chi trả", description="who is owed the fee", key=True)
    channel = Code("Kênh", description="account or cash", key=True)
    lines = Integer("Số dòng đã chi", description="payments with status paid")
    amount = Amount("Phí phải trả", description="VND; empty where no confirmed fee is valid")
    reported_amount = Amount("Phí đơn vị báo", description="VND in the provider's results")


class PaymentFileRow(Table, name="payment_file"):
    """One row per file handed to a provider."""

    month = month_column()
    provider = Code("Đơn vị chi trả", description="who received the file", key=True)
    channel = Code("Kênh", description="account or cash", key=True)
    scheme = scheme_column(key=True)
    name = Text("Tên tệp", description="in outbox/<month>/payments")
    sha256 = Text("SHA-256", description="of the file as handed over")
    lines = Integer("Số dòng", description="payments in the file")
    amount = Amount("Tổng số tiền", description="VND in the file")


class Rate(Table, name="rate"):
    """One row per category, standard or fixed amount, and span of months in which both hold."""

    category_code = Code("Mã loại đối tượng", description="category code", key=True)
    family = Code("Nhóm chế độ", description="a benefit is (dossier, family)")
    scheme = scheme_column()
    name_vi = Text("Tên", description="name of the category")
    age_from_months = Integer("Từ tháng tuổi", description="empty = from birth")
    age_to_months = Integer("Đến dưới tháng tuổi", description="empty = no end")
    coefficient = Coefficient(
        "Hệ số", description="factor of the standard; empty for fixed amounts"
    )
    standard_code = Code("Mã mức chuẩn", description="FIXED = by the table of a decree")
    scope = Code("Phạm vi", description="VN, or the code of a province; it comes before VN")
    standard_amount = Amount("Mức chuẩn", description="VND; empty for fixed amounts")
    amount = Amount("Mức tháng", description="VND a month for one unit")
    valid_from = Period("Từ tháng", description="first month, included", key=True)
    valid_to = Period("Đến tháng", description="last month, included; empty = no end yet")
    legal_basis = Text("Căn cứ pháp lý", description="of the category and of the amount")
    confirmed = Code("Đã xác nhận", description="no = pays nobody until confirmed")


class AdminUnitRow(Table, name="admin_unit"):
    """One row per commune code and validity: codes were re-used on 1 July 2025."""

    commune_code = Code("Mã xã", description="five digits; means nothing without a month", key=True)
    valid_from = Period("Từ tháng", description="first month, included", key=True)
    valid_to = Period("Đến tháng", description="last month, included; empty = no end yet")
    name_vi = Text("Tên xã", description="as in the list of the statistics office")
    alias = Text("Tên khác", description="spelling of another official list")
    district_code = Code("Mã huyện", description="empty after 1 July 2025: no districts")
    successor_code = Code("Mã xã kế tục", description="the commune that took it over")
    is_office = Code("Thuộc đơn vị", description="yes = one of this office's communes")


PUBLISHED: tuple[type[Table], ...] = (
    Beneficiary,
    Benefit,
    Payroll,
    PayrollItem,
    HeldAmount,
    ReceivableAmount,
    DeltaRow,
    FileRow,
    IssueRow,
    EventRow,
    Progress,
    ReportReceived,
    FeeDue,
    PaymentFileRow,
    Rate,
    AdminUnitRow,
)


ERRORS_VI = {
    "SAI_SO_TK": "sai số tài khoản",
    "TEN_KHONG_KHOP": "tên không khớp",
    "TK_DONG": "tài khoản đã đóng",
    "TK_TAM_KHOA": "tài khoản tạm khóa",
    "VI_CHUA_DINH_DANH": "ví chưa định danh",
    "KHONG_DEN_NHAN": "không đến nhận",
    "CHET": "báo đã chết",
    "KHAC": "lý do khác",
}
DECISIONS_VI = {
    "paid": "tiền đã đến người hưởng",
    "failed": "không chi được",
    "returned": "đã hoàn trả",
    "ignored": "bỏ qua dòng này",
    "belongs": "dòng là của một khoản chi",
}
SILENCE_VI = "coi như đã chi, đơn vị không báo lỗi"
NO_ACCOUNT_VI = {
    "CHUA_CO_CCCD": "chưa có CCCD",
    "SIM_KHONG_CHINH_CHU": "SIM không chính chủ",
    "KHONG_NANG_LUC": "không có năng lực hành vi",
    "OM_DAU": "ốm đau",
    "O_XA": "ở xa",
    "TU_CHOI": "từ chối",
    "TRE_EM_CHUA_GIAM_HO": "trẻ em chưa có người giám hộ",
    "KHAC": "lý do khác",
}

METRICS: dict[str, str] = {
    "beneficiaries": "Số đối tượng",
    "with_citizen_id": "Có số định danh",
    "citizen_id_verified": "Đã xác thực dân cư",
    "with_phone": "Có số điện thoại",
    "phone_verified": "Đã xác thực thuê bao",
    "with_account": "Có tài khoản dùng được",
    "account_own": "Tài khoản chính chủ",
    "account_guardian": "Tài khoản người giám hộ",
    "account_authorised": "Tài khoản người được ủy quyền",
    "cash_exception": "Đăng ký nhận tiền mặt",
    "account_unusable": "Tài khoản chưa dùng được",
    "no_account": "Chưa có tài khoản",
    **{f"no_account_{code}": f"Chưa có tài khoản: {word}" for code, word in NO_ACCOUNT_VI.items()},
    "due_amount": "Số tiền phải chi",
    "instructed_count": "Số lệnh chi",
    "instructed_amount": "Tiền theo lệnh chi",
    "paid_account_count": "Đã chi qua tài khoản (lượt)",
    "paid_account_amount": "Đã chi qua tài khoản (đồng)",
    "paid_cash_count": "Đã chi tiền mặt (lượt)",
    "paid_cash_amount": "Đã chi tiền mặt (đồng)",
    "failed_count": "Lỗi (lượt)",
    "failed_amount": "Lỗi (đồng)",
    **{f"failed_{code}": f"Lỗi: {word}" for code, word in ERRORS_VI.items()},
    "returned_count": "Hoàn trả (lượt)",
    "returned_amount": "Hoàn trả (đồng)",
    **{f"returned_{code}": f"Hoàn trả: {word}" for code, word in ERRORS_VI.items()},
    "pending_count": "Chưa có kết quả (lượt)",
    "pending_amount": "Chưa có kết quả (đồng)",
    "held_count": "Tạm giữ (lượt)",
    "held_amount": "Tạm giữ (đồng)",
    "cashless_rate_people": "Tỷ lệ không dùng tiền mặt theo người",
    "cashless_rate_amount": "Tỷ lệ không dùng tiền mặt theo tiền",
    "increase_count": "Tăng (lượt)",
    "increase_amount": "Tăng (đồng)",
    "decrease_count": "Giảm (lượt)",
    "decrease_amount": "Giảm (đồng)",
    "adjustment_count": "Điều chỉnh (lượt)",
    "adjustment_amount": "Điều chỉnh (đồng)",
    "arrears_amount": "Truy lĩnh",
    "recovery_amount": "Truy thu",
    "receivable_amount": "Còn phải thu",
    "ytd_paid_amount": "Lũy kế đã chi trong năm",
    "report_received_on": "Ngày nhận báo cáo",
    "report_on_time": "Báo cáo đúng hạn",
}

REASONS_VI = {
    "HIEN_HUONG": "Đang hưởng",
    "MOI": "Hưởng mới",
    "CHUYEN_DEN": "Chuyển đến",
    "HUONG_LAI": "Hưởng lại",
    "CHET": "Chết",
    "CHUYEN_DI": "Chuyển đi",
    "HET_DIEU_KIEN": "Hết điều kiện hưởng",
    "HET_TUOI": "Hết độ tuổi hưởng",
    "TU_NGUYEN": "Tự nguyện thôi hưởng",
    "CHUYEN_HTXH": "Chuyển sang hưu trí xã hội",
    "DOI_DOI_TUONG": "Đổi đối tượng",
    "DOI_MUC_DO_KT": "Đổi mức độ khuyết tật",
    "CAI_CHINH": "Cải chính",
    "DOI_HE_SO_TUOI": "Đổi hệ số theo độ tuổi",
    "DOI_MUC_CHUAN": "Đổi mức chuẩn",
}
STATUSES_VI = {
    "prepared": "đã lập, chưa duyệt",
    "instructed": "đã gửi lệnh chi",
    "processing": "đang xử lý",
    "paid": "đã chi",
    "failed": "lỗi",
    "returned": "hoàn trả",
}
ITEMS_VI = {
    "regular": "trợ cấp tháng",
    "arrears": "truy lĩnh",
    "retry": "chi lại",
    "recovery": "truy thu",
}
CHANNELS_VI = {"account": "tài khoản", "cash": "tiền mặt", "none": "bù trừ hết"}
CASH_REASONS_VI = {
    "exception": "đăng ký nhận tiền mặt",
    "no_account": "chưa có tài khoản",
    "account_unusable": "tài khoản chưa dùng được",
    "identity": "định danh chưa đúng",
}
HOLDS_VI = {
    "ID05": "số định danh đang thuộc hồ sơ khác có trước",
    "ID09": "số định danh là của người đã báo chết",
    "CHET": "đơn vị chi trả báo đã chết, chờ xã hoặc công an trả lời",
    "EN03": "chưa có mức được xác nhận",
}
