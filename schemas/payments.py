"""Cycles and money: what is due, what is paid, to whom, and what came back."""

from __future__ import annotations

from schemas import codes
from schemas.table import Amount, Code, Date, Flag, Integer, Month, Pii, Table, Text


class Cycle(Table, name="cycle"):
    """One row per month that the office has begun."""

    month = Month("Kỳ", key=True)
    state = Code("Trạng thái", values=codes.CYCLE_STATES, required=True)
    through = Month("Chi đến tháng", description="last month paid by this cycle")
    digest = Text("Mã xác nhận", description="SHA-256 over the payroll that was prepared")
    basis = Text(description="SHA-256 over the rates and settings that past months were judged by")
    prepared_by = Text("Người lập")
    prepared_on = Date("Ngày lập")
    alerts = Text("Cảnh báo", description="one a line, in Vietnamese")
    approver = Text("Người duyệt")
    accept_reason = Text("Lý do chấp nhận cảnh báo")
    released_on = Date("Ngày duyệt")
    prepared_after = Integer("Lần nhận trước khi lập", description="last ingest before prepare")
    prepare_reference = Text("Bảng tra cứu khi lập", description="SHA-256 in the archive")
    release_reference = Text("Bảng tra cứu khi duyệt", description="SHA-256 in the archive")
    needs_treasury = Flag("Chờ Kho bạc", description="files are written once the Treasury confirms")
    treasury_confirmed_on = Date("Ngày Kho bạc xác nhận")
    treasury_reference = Text("Số chứng từ Kho bạc")
    treasury_by = Text("Người ghi xác nhận")
    treasury_recorded_on = Date("Ngày ghi xác nhận")


class Approval(Table, name="approval"):
    """One row per month, digest, step and person: who prepared it, and who said yes to it.

    Rows of another digest than the month's are kept and count no more.
    """

    month = Month("Kỳ", key=True)
    digest = Text("Mã xác nhận", key=True)
    step = Code("Việc", values=codes.APPROVAL_STEPS, key=True)
    person = Text(key=True, description="the name without accents, for comparing")
    name = Text("Họ tên", required=True)
    said_on = Date("Ngày", required=True)
    accept_reason = Text("Lý do chấp nhận cảnh báo")
    number = Integer("Thứ tự", minimum=1, required=True, description="order within the month")
    reference_sha256 = Text("Bảng tra cứu", description="SHA-256 in the archive")


class Entitlement(Table, name="entitlement"):
    """One row per cycle and benefit that is due in the cycle's own month, as known at prepare."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    family = Code("Nhóm chế độ", key=True, pii=Pii.SENSITIVE)
    category_code = Code("Mã loại đối tượng", pii=Pii.SENSITIVE, required=True)
    scheme = Code("Nguồn", values=codes.SCHEMES, required=True)
    commune_code = Code("Mã xã", required=True)
    amount = Amount("Mức tháng", minimum=0, required=True)


class Standing(Table, name="standing"):
    """One row per cycle and dossier that is due, held or paid in it: identity and account then."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    commune_code = Code("Mã xã", description="where the person was judged to live")
    citizen_id = Text("Số định danh", pii=Pii.BASIC)
    identity_outcome = Code("Xác thực dân cư", description="latest DAN_CU word on the citizen id")
    phone = Text("Số điện thoại", pii=Pii.BASIC)
    phone_outcome = Code("Xác thực thuê bao")
    method = Code("Hình thức nhận")
    bin = Code("BIN")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)
    account_outcome = Code("Xác thực tài khoản")
    holder_name = Text("Tên chủ tài khoản", pii=Pii.BASIC)
    holder_citizen_id = Text("Số định danh chủ tài khoản", pii=Pii.BASIC)
    no_account_reason = Code("Lý do chưa có tài khoản")
    id_birth_differs = Flag("ID02", required=True)
    id_gender_differs = Flag("ID03", required=True)
    id_held_by_other = Flag("ID05", required=True)
    id_of_dead = Flag("ID09", required=True)
    holder_differs = Flag("AC03", required=True)
    shared_account = Code("AC04", description="`same_holder` (warn) or `other_holder` (cash)")
    authorisation_invalid = Flag("AC05", required=True)
    account_changed = Flag("AC09", required=True, description="changed and not confirmed")
    account_closed = Flag(required=True, description="closed by an earlier failure")
    dead_by_result = Flag("CHET", required=True, description="a provider said dead")
    missed_cash = Flag("EN10", required=True, description="not collected three cycles running")
    holder_dossiers = Integer(description="dossiers paid in the cycle that this holder collects")
    hold_rule = Code("Giữ lại", description="first of ID05, ID09, CHET")
    channel = Code("Kênh", values=("account", "cash"), required=True)
    cash_reason = Code("Lý do tiền mặt", values=codes.CASH_REASONS)
    provider = Code("Đơn vị chi trả", required=True)
    identity_event = Integer(description="row that gave the citizen id, or the person")
    account_event = Integer(description="row that gave the account")
    identity_check_event = Integer()
    phone_check_event = Integer()
    account_check_event = Integer()
    result_event = Integer(description="the provider's latest word, where EN10 stands")


class Payment(Table, name="payment"):
    """One row per cycle, dossier and scheme that has something to receive."""

    payment_id = Text("Mã chi trả", key=True, pattern=r"[A-Z0-9]{16,19}")
    month = Month("Kỳ", required=True)
    dossier_no = Text("Mã hồ sơ", required=True)
    scheme = Code("Nguồn", values=codes.SCHEMES, required=True)
    commune_code = Code("Mã xã", required=True)
    amount = Amount("Số tiền", minimum=0, required=True)
    regular = Amount("Trợ cấp tháng", minimum=0, required=True)
    arrears = Amount("Truy lĩnh", minimum=0, required=True)
    retry = Amount("Chi lại", minimum=0, required=True)
    recovery = Amount("Truy thu", required=True, description="negative or 0")
    channel = Code("Kênh", values=codes.CHANNELS, required=True)
    cash_reason = Code("Lý do tiền mặt", values=codes.CASH_REASONS)
    provider = Code("Đơn vị chi trả")
    bin = Code("BIN")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)
    payee_name = Text("Người nhận", pii=Pii.BASIC)
    payee_citizen_id = Text("Số định danh người nhận", pii=Pii.BASIC)
    beneficiary_name = Text("Người hưởng", pii=Pii.BASIC)
    payee_village = Text("Thôn/bản", pii=Pii.BASIC)
    payee_phone = Text("Số điện thoại", pii=Pii.BASIC)


class PaymentItem(Table, name="payment_item"):
    """One row per payment, benefit and month of entitlement that it settles, whole or in part."""

    month = Month("Kỳ", required=True)
    payment_id = Text("Mã chi trả", key=True)
    dossier_no = Text("Mã hồ sơ", required=True)
    scheme = Code("Nguồn", values=codes.SCHEMES, required=True)
    family = Code("Nhóm chế độ", key=True, pii=Pii.SENSITIVE)
    category_code = Code("Mã loại đối tượng", pii=Pii.SENSITIVE)
    entitlement_month = Month("Tháng hưởng", key=True)
    kind = Code("Loại khoản", values=codes.ITEM_KINDS, required=True)
    amount = Amount("Số tiền", required=True)


class Held(Table, name="held"):
    """One row per cycle, dossier and scheme whose payment waits, with the rule that holds it."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    scheme = Code("Nguồn", key=True, values=codes.SCHEMES)
    amount = Amount("Số tiền", minimum=0, description="empty where no confirmed rate exists (EN03)")
    rule = Code("Quy tắc", key=True)
    family = Code("Nhóm chế độ", pii=Pii.SENSITIVE, description="EN03: the first without a rate")


class Receivable(Table, name="receivable"):
    """One row per cycle, dossier and scheme that still owes the office."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    scheme = Code("Nguồn", key=True, values=codes.SCHEMES)
    amount = Amount("Còn phải thu", minimum=1, required=True)


class TooOld(Table, name="too_old"):
    """One row per cycle, benefit and month that differs but lies too far back to be paid."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    family = Code("Nhóm chế độ", key=True, pii=Pii.SENSITIVE)
    scheme = Code("Nguồn", values=codes.SCHEMES, required=True)
    entitlement_month = Month("Tháng hưởng", key=True)
    amount = Amount("Chênh lệch", required=True)


class Unsettled(Table, name="unsettled"):
    """One row per cycle and dossier that the cycle leaves with something due, owed or unknown."""

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    open_from = Month("Từ tháng", required=True, description="earliest month that is not settled")


class PaidAccount(Table, name="paid_account"):
    """One row per cycle and dossier that was last paid into an account before the cycle before.

    It is kept in the first cycle of which that is so, and again where it is found out otherwise.
    """

    month = Month("Kỳ", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    bin = Code("BIN", description="of the account last paid into, empty where none was")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)


class Delta(Table, name="delta"):
    """One row per commune, dossier and scheme whose regular amount is not the month before's."""

    month = Month("Kỳ", key=True)
    commune_code = Code("Mã xã", key=True)
    dossier_no = Text("Mã hồ sơ", key=True)
    scheme = Code("Nguồn", key=True, values=codes.SCHEMES)
    kind = Code("Loại biến động", values=codes.DELTA_KINDS, required=True)
    amount_before = Amount("Mức trước", minimum=0, required=True)
    amount_after = Amount("Mức sau", minimum=0, required=True)
    reason = Code("Lý do")
    decision_no = Text("Số quyết định")
    arrears = Amount("Truy lĩnh", minimum=0, required=True)
    recovery = Amount("Truy thu", required=True)


class Outcome(Table, name="outcome"):
    """One row per released payment that somebody spoke of, or that silence means paid."""

    month = Month("Kỳ", key=True, description="cycle of the payment")
    payment_id = Text("Mã chi trả", key=True)
    dossier_no = Text("Mã hồ sơ", required=True)
    bin = Code("BIN", description="of the account instructed, empty for cash")
    account_number = Text("Số tài khoản", pii=Pii.SENSITIVE)
    status = Code("Trạng thái", values=codes.PAYMENT_STATUSES, required=True)
    status_reason = Code("Mã lỗi")
    event_no = Integer(description="the result row or decision that decided, empty for silence")
    fee = Amount("Phí đơn vị báo", minimum=0)
    basis = Code("Căn cứ", description="`result`, `decision`, or `silence` of the provider")


class ResultException(Table, name="result_exception"):
    """One row per result line that does not fit: RS01, RS02 or RS03."""

    cycle = Month("Kỳ", required=True)
    event_no = Integer("Thứ tự", key=True)
    rule = Code("Quy tắc", key=True)
    payment_id = Text("Mã chi trả")
    dossier_no = Text("Mã hồ sơ")


class Decision(Table, name="decision"):
    """One row per word of the office on a result that does not fit, or on one payment."""

    event_no = Integer("Thứ tự", key=True, description="counted on with the rows of files")
    cycle = Month("Kỳ", required=True, description="the open one when it was said")
    after_ingest = Integer(required=True, description="the last ingest before it")
    exception_no = Integer("Số ngoại lệ", description="`event_no` of the result that it answers")
    payment_id = Text("Mã chi trả", description="empty where a line that fits nowhere is ignored")
    dossier_no = Text("Mã hồ sơ")
    word = Code("Quyết định", values=codes.DECISION_WORDS, required=True)
    status = Code("Trạng thái", description="what it says of the payment, as a provider's word")
    error_code = Code("Mã lỗi", description="of the line that belongs to the payment")
    fee = Amount("Phí đơn vị báo", minimum=0, description="of the line that belongs to it")
    is_against_provider = Flag(required=True, description="the provider had reported it paid")
    decided_by = Text("Người quyết định", required=True)
    decided_on = Date("Ngày quyết định", required=True)
    reason = Text("Lý do", pii=Pii.BASIC, required=True)


class PaymentFile(Table, name="payment_file"):
    """One row per file handed to a provider."""

    month = Month("Kỳ", key=True)
    provider = Code("Đơn vị", key=True)
    channel = Code("Kênh", key=True, values=codes.CHANNELS)
    scheme = Code("Nguồn", key=True, values=codes.SCHEMES)
    name = Text("Tên tệp", key=True)
    sha256 = Text("SHA-256", required=True)
    lines = Integer("Số dòng", minimum=1, required=True)
    amount = Amount("Tổng số tiền", minimum=1, required=True)
    part = Integer("Phần", description="1 where the provider takes all lines in one file")
    parts = Integer("Số phần", description="files into which lines that fit are split")
    account_digits = Integer("Tổng chữ số tài khoản", description="sum of all digits, a control")
    is_unfit = Flag(description="lines that the provider's profile does not take, in a file apart")


PAYMENTS = (
    Cycle,
    Approval,
    Entitlement,
    Standing,
    Payment,
    PaymentItem,
    Held,
    Receivable,
    TooOld,
    Unsettled,
    PaidAccount,
    Delta,
    Outcome,
    ResultException,
    Decision,
    PaymentFile,
)
