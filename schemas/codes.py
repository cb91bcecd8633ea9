"""Closed lists of words that files and tables use, each once."""

from __future__ import annotations

GENDERS = ("Nam", "Nữ")
SCHEMES = ("BTXH", "NCC", "HTXH")

INCREASE_REASONS = ("HIEN_HUONG", "MOI", "CHUYEN_DEN", "HUONG_LAI")
DECREASE_REASONS = ("CHET", "CHUYEN_DI", "HET_DIEU_KIEN", "HET_TUOI", "TU_NGUYEN", "CHUYEN_HTXH")
ADJUSTMENT_REASONS = ("DOI_DOI_TUONG", "DOI_MUC_DO_KT", "CAI_CHINH")
CHANGE_REASONS = INCREASE_REASONS + DECREASE_REASONS + ADJUSTMENT_REASONS
CHANGE_SHEETS = ("TANG", "GIAM", "DIEU_CHINH")

METHODS = ("CHINH_CHU", "GIAM_HO", "UY_QUYEN", "TIEN_MAT")
NO_ACCOUNT_REASONS = (
    "CHUA_CO_CCCD",
    "SIM_KHONG_CHINH_CHU",
    "KHONG_NANG_LUC",
    "OM_DAU",
    "O_XA",
    "TU_CHOI",
    "TRE_EM_CHUA_GIAM_HO",
    "KHAC",
)

SUBJECTS = ("DAN_CU", "THUE_BAO", "TAI_KHOAN")
OUTCOMES = ("DUNG", "SAI")

RESULT_STATUSES = ("THANH_CONG", "DANG_XU_LY", "LOI", "HOAN_TRA")
ERROR_CODES = (
    "SAI_SO_TK",
    "TEN_KHONG_KHOP",
    "TK_DONG",
    "TK_TAM_KHOA",
    "VI_CHUA_DINH_DANH",
    "KHONG_DEN_NHAN",
    "CHET",
    "KHAC",
)
# These say that the account will not work next month either.
CLOSING_CODES = ("SAI_SO_TK", "TEN_KHONG_KHOP", "TK_DONG", "TK_TAM_KHOA", "VI_CHUA_DINH_DANH")

# What the office may decide of a result that does not fit, or of a payment; `ignored` and
# `belongs` are said of lines. In a provider's words, where one says what became of a payment:
DECISION_STATUSES = {"paid": "THANH_CONG", "failed": "LOI", "returned": "HOAN_TRA"}
DECISION_WORDS = (*DECISION_STATUSES, "ignored", "belongs")
# The reason of a payment that counts as paid because its provider, who returns only failures,
# said nothing.
SILENCE = "IM_LANG"

PAYMENT_STATUSES = ("prepared", "instructed", "processing", "paid", "failed", "returned")
CHANNELS = ("account", "cash", "none")
CASH_REASONS = ("exception", "no_account", "account_unusable", "identity")
ITEM_KINDS = ("regular", "arrears", "retry", "recovery")
DELTA_KINDS = ("increase", "decrease", "adjustment")
APPROVAL_STEPS = ("prepare", "approve")
CYCLE_STATES = ("open", "prepared", "released", "reconciled", "published")

FILE_KINDS = ("bien_dong", "tai_khoan", "xac_thuc", "ket_qua", "bao_cao")
FILE_OUTCOMES = ("taken", "returned", "duplicate")
SEVERITIES = ("reject", "hold", "cash", "warn", "fix", "exception", "pending")

# The suites that judge rows of files, and the kind of file. A limit in office.toml names one.
ROW_SUITES = {
    "identity_change": "bien_dong",
    "change_row": "bien_dong",
    "account_row": "tai_khoan",
    "verification_row": "xac_thuc",
    "result_row": "ket_qua",
    "report_row": "bao_cao",
}
