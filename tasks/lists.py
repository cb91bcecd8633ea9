"""Lists for people: what changes, who is asked about whom, what is held, what did not arrive.

Lists that leave the office (police, telecom, banks) carry no category and no word on health.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.codes import DELTA_KINDS
from schemas.period import month_text, month_vi
from schemas.published import DECISIONS_VI, ERRORS_VI, REASONS_VI, STATUSES_VI
from schemas.quality import RULES
from tasks import decisions, followup, payment_files, warehouse
from tasks.approver_summary import summary_of_month
from tasks.bulk import bulk_aside
from tasks.intake_summary import summary_files
from tasks.office import Office
from tasks.outbox import OutFile, write_folder
from tasks.printed import day_vi, worded
from tasks.printed_lists import failed_files, list_files
from tasks.reminders import reminder_files, reminders, tally
from tasks.render import Sheet, csv_bytes, xlsx_bytes
from tasks.shown import shown, stage_bases
from tasks.warehouse import Connection

SHEETS = {"increase": "Tăng", "decrease": "Giảm", "adjustment": "Điều chỉnh"}
DELTA_HEADERS = {
    "number": "STT",
    "dossier_no": "Mã hồ sơ",
    "full_name": "Họ và tên",
    "birth_date": "Ngày sinh",
    "commune": "Xã",
    "village": "Thôn/bản",
    "scheme": "Nguồn",
    "amount_before": "Mức trước",
    "amount_after": "Mức sau",
    "reason": "Lý do",
    "decision_no": "Số quyết định",
    "arrears": "Truy lĩnh",
    "recovery": "Truy thu",
}
DELTA_TOTALS = ("amount_before", "amount_after", "arrears", "recovery")
PERSON = {"dossier_no": "Mã hồ sơ", "full_name": "Họ và tên"}
RULE = {"rule": "Quy tắc", "message": "Nội dung"}
PAYMENT = {
    "payment_id": "Mã chi trả",
    **PERSON,
    "commune": "Xã",
    "provider": "Đơn vị chi trả",
    "channel": "Kênh",
    "scheme": "Nguồn",
}
CLOSED = "Đơn vị chi trả báo tài khoản không nhận được tiền. Cần tài khoản mới."
MESSAGES = {rule: spec.message for rule, spec in RULES.items()} | {"closed": CLOSED}

CASH_NEXT = "Đóng tài khoản này; kỳ sau chi lại bằng tiền mặt đến khi có tài khoản mới."
NEXT_STEPS = {
    **dict.fromkeys(
        ("SAI_SO_TK", "TEN_KHONG_KHOP", "TK_DONG", "TK_TAM_KHOA", "VI_CHUA_DINH_DANH"), CASH_NEXT
    ),
    "KHONG_DEN_NHAN": "Kỳ sau chi lại; ba kỳ liền không đến nhận thì xã đến thăm.",
    "CHET": "Tạm giữ đến khi xã gửi GIẢM hoặc công an xác nhận còn sống.",
    "KHAC": "Kỳ sau chi lại; hỏi đơn vị chi trả lý do.",
}
DIRECTIONS = {"missing": "Còn thiếu", "overpaid": "Đã chi thừa"}
BY_HAND = "Quá thời hạn nên không tự tính vào kỳ nào: "
STEPS = {
    "pay_by_hand": f"{BY_HAND}kiểm tra hồ sơ, trình quyết định chi bổ sung ngoài bảng chi.",
    "recover_by_hand": f"{BY_HAND}kiểm tra hồ sơ, trình quyết định thu hồi.",
    "offset": "Trừ dần vào các khoản còn được nhận của nguồn này.",
    "offset_when_paid": "Đang tạm giữ chi: trừ khi được chi lại.",
    "collect_no_offset": "Đơn vị đặt không trừ (max_offset_share = 0): thu trực tiếp.",
    "collect": "Không còn khoản nào để trừ: thông báo nộp lại, lập phiếu thu.",
    "collect_from_heirs": "Đã báo chết, không còn khoản nào để trừ: "
    "làm việc với gia đình, trình xử lý khoản thu.",
}


@dataclass(frozen=True)
class CsvList:
    """One CSV list: its file, the SELECT in `dashboards/` and what people read."""

    name: str
    select: str
    headers: Mapping[str, str]
    amount: str = ""  # the column that the manifest sums


POLICE = CsvList(
    "de_nghi_cong_an.csv",
    "list_police",
    {
        **PERSON,
        "birth_date": "Ngày sinh",
        "gender": "Giới tính",
        "citizen_id": "Số định danh",
        "commune": "Xã",
        "village": "Thôn/bản",
        "other_dossiers": "Hồ sơ trùng",
        **RULE,
    },
)
TELECOM = CsvList(
    "de_nghi_nha_mang.csv",
    "list_telecom",
    {**PERSON, "citizen_id": "Số định danh", "phone": "Số điện thoại", "commune": "Xã", **RULE},
)
BANK = CsvList(
    "de_nghi_ngan_hang.csv",
    "list_bank",
    {
        **PERSON,
        "holder_name": "Tên chủ tài khoản",
        "holder_citizen_id": "Số định danh chủ tài khoản",
        "bin": "Mã ngân hàng (BIN)",
        "bank": "Ngân hàng",
        "account_number": "Số tài khoản",
        "commune": "Xã",
        **RULE,
    },
)
HELD = CsvList(
    "tam_giu.csv",
    "list_held",
    {**PERSON, "commune": "Xã", "scheme": "Nguồn", "amount": "Số tiền tạm giữ", **RULE},
    "amount",
)
AGE = CsvList(
    "sap_doi_do_tuoi.csv",
    "list_age",
    {
        "effective_month": "Từ tháng",
        **PERSON,
        "birth_date": "Ngày sinh",
        "commune": "Xã",
        "scheme": "Nguồn",
        "reason_label": "Lý do",
        "category_before": "Mã loại hiện nay",
        "category_after": "Mã loại mới",
        "amount_before": "Mức hiện nay",
        "amount_after": "Mức mới",
        "village": "Thôn/bản",
        "note": "Ghi chú",
    },
)
AUTHORISATIONS = CsvList(
    "uy_quyen_het_han.csv", "list_authorisation", decisions.AUTHORISATION_HEADERS
)
TOO_OLD = CsvList(
    "qua_thoi_han.csv",
    "list_too_old",
    {
        **PERSON,
        "commune": "Xã",
        "scheme": "Nguồn",
        "entitlement_month": "Tháng",
        "amount": "Chênh lệch",
        "direction_label": "Còn thiếu hay đã chi thừa",
        "next_step": "Việc phải làm",
    },
    "amount",
)
RECEIVABLES = CsvList(
    "con_phai_thu.csv",
    "list_receivable",
    {
        **PERSON,
        "commune": "Xã",
        "scheme": "Nguồn",
        "since_month": "Từ kỳ",
        "amount_before": "Kỳ trước còn phải thu",
        "taken_back": "Đã trừ kỳ này",
        "amount": "Còn phải thu",
        "next_step": "Việc phải làm",
    },
    "amount",
)
REVIEW = CsvList(
    "can_xem.csv",
    "list_review",
    {
        "rule": "Quy tắc",
        **PERSON,
        "commune": "Xã",
        "holder_name": "Tên chủ tài khoản",
        "holder_dossiers": "Số hồ sơ người này nhận",
        "message": "Nội dung",
    },
)
PENDING = CsvList(
    "cho_ket_qua.csv",
    "followup_pending",
    {
        **PAYMENT,
        "payee_name": "Người nhận",
        "bank": "Ngân hàng",
        "account_number": "Số tài khoản",
        "amount": "Số tiền",
        "status_label": "Trạng thái",
        "late_label": "Quá ngày báo cáo",
    },
    "amount",
)
EXCEPTIONS = CsvList(
    "ngoai_le.csv",
    "followup_exceptions",
    {
        "exception_no": "Số ngoại lệ",
        "month": "Kỳ",
        "payment_id": "Mã chi trả",
        **PERSON,
        "provider": "Đơn vị chi trả",
        "instructed_amount": "Số tiền lệnh chi",
        "reported_amount": "Số tiền đơn vị báo",
        "reported_status": "Trạng thái đơn vị báo",
        "error_code": "Mã lỗi",
        "status_label": "Trạng thái trong sổ",
        "transaction_no": "Số giao dịch",
        "file": "Tệp",
        "sheet": "Trang tính",
        "row_no": "Dòng",
        **RULE,
        "received_on": "Ngày nhận",
        "days_open": "Số ngày chờ",
        "cycles_open": "Số kỳ chờ",
        "word_label": "Quyết định",
        "decided_by": "Người quyết định",
        "decided_on": "Ngày quyết định",
        "decision_reason": "Lý do quyết định",
    },
)
FAILED = CsvList(
    "that_bai.csv",
    "followup_failed",
    {
        **PAYMENT,
        "bank": "Ngân hàng",
        "account_number": "Số tài khoản",
        "amount": "Số tiền",
        "status_label": "Trạng thái",
        "reason_label": "Lý do",
        "next_step": "Xử lý tiếp",
    },
    "amount",
)


UNFIT = CsvList(
    "dong_chua_dat.csv",
    "",  # found by tasks.payment_files, cell by cell
    {
        "provider": "Đơn vị chi trả",
        "channel": "Kênh",
        "dossier_no": "Mã hồ sơ",
        "payment_id": "Mã chi trả",
        "field": "Cột",
        "problem": "Chưa đạt",
        "next_step": "Cách sửa",
    },
)


def write_lists(office: Office, connection: Connection, month: int) -> None:
    """Write `outbox/<month>/lists/`: what changes, whom to ask, who waits, what to look at."""
    stage_bases(office, connection)
    ahead = decisions.coming(office, connection, month)
    asked = decisions.authorisations(connection, month)
    files = _deltas(office, connection, month)
    for wanted in (POLICE, TELECOM, BANK, HELD, TOO_OLD, RECEIVABLES):
        found = shown(connection, wanted.select, month=month, offset_share=office.max_offset_share)
        files.append(_csv(wanted, found))
    files += [_csv(AGE, ahead), _csv(AUTHORISATIONS, asked)]
    files.append(decisions.workbook(office, connection, month, ahead, asked))
    files.append(_review(connection, month))
    files.append(_csv(UNFIT, payment_files.unfit_found(connection, office, month)))
    files += summary_files(office, connection, month)
    files += summary_of_month(office, connection, month)
    files += list_files(office, connection, month, asked)
    write_folder(office.outbox(month) / "lists", files)


def write_followup(office: Office, connection: Connection, month: int) -> dict[str, Any]:
    """Write `outbox/<month>/followup/`: what has no result, does not fit, or failed.

    With them the month's account with each provider, the fees, and whom to remind of what; return
    the counts of the last.
    """
    stage_bases(office, connection)
    followup.stage_bases(connection, month)
    files = []
    for wanted in (PENDING, EXCEPTIONS, FAILED):
        found = shown(
            connection,
            wanted.select,
            month=month,
            today=office.today,
            report_deadline_day=office.report_deadline_day,
        )
        files.append(_csv(wanted, found))
    files += followup.files(connection, month)
    failed = shown(connection, FAILED.select, month=month)
    files += failed_files(office, connection, month, failed, NEXT_STEPS)
    owed = reminders(office, connection, month)
    letters = reminder_files(owed)
    write_folder(office.outbox(month) / "followup", [*files, *letters])
    return tally(owed, letters)


def _csv(wanted: CsvList, found: pl.DataFrame) -> OutFile:
    """Return a list as a file, codes put into words."""
    worded = _in_words(found)
    amount = int(worded[wanted.amount].sum()) if wanted.amount else 0
    return OutFile(wanted.name, csv_bytes(worded, wanted.headers), worded.height, amount)


def _in_words(found: pl.DataFrame) -> pl.DataFrame:
    """Put words beside the codes that people would have to look up."""
    words = {
        "rule": [worded("rule", MESSAGES, "message")],
        "reason": [worded("reason", REASONS_VI, "reason_label")],
        "status": [worded("status", STATUSES_VI, "status_label")],
        "status_reason": [
            worded("status_reason", ERRORS_VI, "reason_label"),
            worded("status_reason", NEXT_STEPS, "next_step"),
        ],
        "word": [worded("word", DECISIONS_VI, "word_label")],
        "step": [worded("step", STEPS, "next_step")],
        "direction": [worded("direction", DIRECTIONS, "direction_label")],
        "is_late": [
            pl.when("is_late").then(pl.lit("RS04: quá hạn")).otherwise(None).alias("late_label")
        ],
    }
    return found.with_columns(
        *(expression for column in found.columns for expression in words.get(column, [])),
        *(day_vi(name) for name in ("birth_date",) if name in found.columns),
    )


def _deltas(office: Office, connection: Connection, month: int) -> list[OutFile]:
    """Return the workbook of increases, decreases and adjustments, a sheet each."""
    found = shown(connection, "list_deltas", month=month).with_columns(
        worded("reason", REASONS_VI, "reason"), day_vi("birth_date")
    )
    sheets, bulk = [], []
    for kind in DELTA_KINDS:
        sheet = _delta_sheet(office, month, kind, found)
        name = f"bien_dong_{kind}_{month_text(month)}.csv"
        sheet, aside = bulk_aside(sheet, name)
        sheets.append(sheet)
        bulk += aside
    rows = sum(sheet.frame.height for sheet in sheets)
    book = OutFile(f"bien_dong_{month_text(month)}.xlsx", xlsx_bytes(sheets), rows)
    return [book, *bulk]


def _delta_sheet(office: Office, month: int, kind: str, found: pl.DataFrame) -> Sheet:
    chosen = found.filter(pl.col("kind") == kind).with_row_index("number", offset=1)
    return Sheet(
        name=SHEETS[kind],
        frame=chosen,
        headers=DELTA_HEADERS,
        title=(
            office.name.upper(),
            f"DANH SÁCH {SHEETS[kind].upper()} TRỢ CẤP KỲ {month_vi(month)}",
        ),
        total={name: int(chosen[name].sum()) for name in DELTA_TOTALS},
    )


def _review(connection: Connection, month: int) -> OutFile:
    """Return what the approver looks at: the alerts first, then the warnings about accounts."""
    text = warehouse.value(connection, "SELECT alerts FROM cycle WHERE month = $m", m=month)
    alerts = [line for line in (text or "").splitlines() if line.strip()]
    found = _in_words(shown(connection, REVIEW.select, month=month))
    first = pl.DataFrame(
        {"rule": ["Cảnh báo"] * len(alerts), "message": alerts},
        schema={"rule": pl.String, "message": pl.String},
    )
    frame = pl.concat([first, found], how="diagonal")
    return OutFile(REVIEW.name, csv_bytes(frame, REVIEW.headers), frame.height)
