"""What the lists of a commune look like, and the words on them.

Nothing here tells health: a benefit that does is `*`, its reasons stand in other words. The list
for public posting has neither amount nor reason, account nor citizen id.
"""

from __future__ import annotations

from schemas.codes import DELTA_KINDS
from schemas.published import REASONS_VI
from tasks.printed import (
    BIRTH_YEAR,
    BORN,
    CASH_SIGNERS,
    COMMUNE_SIGNERS,
    COMMUNE_SIGNS,
    DOSSIER,
    NUMBER,
    PERSON,
    PREPARED,
    TODO,
    VILLAGE,
    Kind,
    money,
)
from tasks.signed_list import Column

CHANGES = {"increase": "Tăng", "decrease": "Giảm", "adjustment": "Điều chỉnh"}
CHANGE_NAMES = {"increase": "tang", "decrease": "giam", "adjustment": "dieu_chinh"}
QUIET_REASONS_VI = REASONS_VI | {"DOI_MUC_DO_KT": REASONS_VI["DOI_DOI_TUONG"]}
CHANGE_COLUMNS = {
    "number": NUMBER,
    "dossier_no": DOSSIER,
    "full_name": PERSON,
    "birth_date": BORN,
    "village": VILLAGE,
    "categories": Column("Mã loại", 9, "center"),
    "amount_before": money("Mức trước", 12),
    "amount_after": money("Mức sau", 12),
    "reason": Column("Lý do", 17),
    "decision_no": Column("Số quyết định", 14),
    "arrears": money("Truy lĩnh", 12),
    "recovery": money("Truy thu", 12),
}
CHANGE_KINDS = {
    kind: Kind(
        name=f"bien_dong_{CHANGE_NAMES[kind]}",
        title=f"DANH SÁCH {CHANGES[kind].upper()} TRỢ CẤP HẰNG THÁNG",
        columns=CHANGE_COLUMNS,
        sums=("amount_before", "amount_after", "arrears", "recovery"),
        sections="section",
        signers=COMMUNE_SIGNERS,
        notes=("Dấu * ở cột Mã loại: chế độ không ghi trên danh sách.",),
    )
    for kind in DELTA_KINDS
}
PAID_COLUMNS = {
    "number": NUMBER,
    "dossier_no": DOSSIER,
    "full_name": PERSON,
    "birth_year": BIRTH_YEAR,
    "village": VILLAGE,
    "regular": money("Trợ cấp tháng này", 12),
    "late_months": Column("Chưa trả tháng trước: số tháng", 9, "center"),
    "late": money("Chưa trả tháng trước: số tiền", 12),
    "recovery": money("Truy thu", 11),
    "amount": money("Tổng số tiền", 13),
}
PAID_SUMS = ("regular", "late", "recovery", "amount")
ACCOUNT = Kind(
    name="chi_qua_tai_khoan",
    title="DANH SÁCH CHI TRẢ TRỢ CẤP QUA TÀI KHOẢN",
    columns=PAID_COLUMNS
    | {"place": Column("Nơi nhận", 18), "stands_in": Column("Người nhận thay", 18)},
    sums=PAID_SUMS,
    sections="section",
)
CASH = Kind(
    name="chi_tien_mat",
    title="DANH SÁCH CHI TRẢ TRỢ CẤP BẰNG TIỀN MẶT",
    columns=PAID_COLUMNS
    | {"signed": Column("Ký nhận", 14), "signed_by": Column("Họ và tên người nhận", 20)},
    sums=PAID_SUMS,
    sections="section",
    signers=CASH_SIGNERS,
    row_height=28,
)
OFFSET = Kind(
    name="bu_tru_het",
    title="DANH SÁCH KHÔNG CÒN TIỀN NHẬN DO BÙ TRỪ TRUY THU",
    columns=PAID_COLUMNS,
    sums=PAID_SUMS,
    sections="section",
)
HELD = Kind(
    name="tam_giu_chi",
    title="DANH SÁCH TẠM GIỮ CHI TRẢ",
    columns={
        "number": NUMBER,
        "dossier_no": DOSSIER,
        "full_name": PERSON,
        "birth_year": BIRTH_YEAR,
        "village": VILLAGE,
        "amount": money("Số tiền tạm giữ"),
        "why": Column("Vì sao tạm giữ", 32),
        "todo": TODO,
    },
    sums=("amount",),
    sections="section",
    signers=COMMUNE_SIGNERS,
)
HELD_TODO = {
    "ID05": "Xã và công an đối chiếu giấy tờ hai hồ sơ; số sai thì gửi ĐIỀU CHỈNH (CAI_CHINH).",
    "ID09": "Xã kiểm tra và sửa số định danh, hoặc công an xác nhận người này còn sống.",
    "CHET": "Xã đến thăm: đã mất thì gửi GIẢM (CHET); còn sống thì công an xác nhận.",
    "EN03": "Phòng chờ mức được xác nhận; xã không phải làm gì.",
}
STILL_CASH = Kind(
    name="con_tien_mat",
    title="DANH SÁCH NGƯỜI CÒN NHẬN TIỀN MẶT",
    columns={
        "number": NUMBER,
        "dossier_no": DOSSIER,
        "full_name": PERSON,
        "birth_year": BIRTH_YEAR,
        "why": Column("Vì sao chưa qua tài khoản", 30),
        "whom": Column("Gặp ai", 20),
        "todo": TODO,
    },
    sections="section",
    signers=COMMUNE_SIGNERS,
)
FAMILY, POLICE, BANK, COMMUNE = "Gia đình", "Công an xã", "Ngân hàng", "UBND xã (tư pháp)"
SENT_AGAIN = "Xã gửi lại dòng TAI_KHOAN."
# Why, whom to talk to, and what to do. Not a word on health: what helps is said instead.
CAUSES = {
    "exception": (
        "Đã đăng ký nhận tiền mặt",
        FAMILY,
        "Vận động khi đủ điều kiện mở tài khoản.",
    ),
    "no_row": ("Chưa thu thập thông tin tài khoản", FAMILY, "Hỏi gia đình, gửi dòng TAI_KHOAN."),
    "KHAC": ("Chưa có tài khoản", FAMILY, "Hỏi lý do, hướng dẫn mở tài khoản."),
    "CHUA_CO_CCCD": ("Chưa có căn cước", POLICE, "Làm căn cước, rồi mở tài khoản."),
    "SIM_KHONG_CHINH_CHU": (
        "SIM không chính chủ",
        "Nhà mạng",
        "Đăng ký lại SIM chính chủ, rồi mở tài khoản.",
    ),
    "KHONG_NANG_LUC": ("Cần người giám hộ", COMMUNE, f"Lập giấy giám hộ. {SENT_AGAIN}"),
    "TRE_EM_CHUA_GIAM_HO": (
        "Trẻ em chưa có người giám hộ",
        COMMUNE,
        f"Lập giấy giám hộ. {SENT_AGAIN}",
    ),
    "OM_DAU": (
        "Không tự đi làm thủ tục được",
        BANK,
        "Đề nghị mở tài khoản tại nhà, hoặc làm ủy quyền.",
    ),
    "O_XA": ("Ở xa nơi mở tài khoản", BANK, "Đề nghị mở tài khoản lưu động tại xã."),
    "TU_CHOI": ("Chưa muốn mở tài khoản", FAMILY, "Đến nhà giải thích, vận động."),
    "AC03": ("Tên chủ tài khoản không khớp hoặc thiếu", FAMILY, f"Đối chiếu giấy tờ. {SENT_AGAIN}"),
    "AC04": ("Chung tài khoản với hồ sơ khác", FAMILY, f"Kiểm tra ai nhận thay. {SENT_AGAIN}"),
    "AC05": ("Ủy quyền, giám hộ không còn dùng được", COMMUNE, f"Làm giấy mới. {SENT_AGAIN}"),
    "AC08": ("Ngân hàng báo tài khoản sai", BANK, f"Xem lại số hoặc mở mới. {SENT_AGAIN}"),
    "AC09": ("Tài khoản mới đổi, chưa xác nhận", BANK, "Đề nghị ngân hàng xác nhận (XAC_THUC)."),
    "closed": ("Tài khoản không nhận được tiền", BANK, f"Mở tài khoản mới. {SENT_AGAIN}"),
    "ID02": ("Số định danh khác năm sinh", POLICE, "Đối chiếu căn cước, gửi CAI_CHINH."),
    "ID03": ("Số định danh khác giới tính", POLICE, "Đối chiếu căn cước, gửi CAI_CHINH."),
    "ID06": ("Chưa có số định danh", POLICE, "Xin số định danh, gửi CAI_CHINH."),
    "ID12": ("Công an báo số định danh sai", POLICE, "Đối chiếu căn cước, gửi CAI_CHINH."),
}
CONFIRM = Kind(
    name="uy_quyen_can_xac_nhan",
    title="DANH SÁCH ỦY QUYỀN, GIÁM HỘ CẦN XÃ XÁC NHẬN",
    columns={
        "number": NUMBER,
        "dossier_no": DOSSIER,
        "full_name": PERSON,
        "village": VILLAGE,
        "method_label": Column("Hình thức nhận", 9, "center"),
        "holder_name": Column("Người được ủy quyền, giám hộ", 21),
        "authorisation_no": Column("Số văn bản", 14, "center"),
        "authorisation_expires_on": Column("Ngày hết hạn", 11, "center"),
        "next_step": Column("Việc phải làm", 36),
        "confirmed": Column("Xã xác nhận", 13),
    },
    signers=COMMUNE_SIGNERS,
    row_height=24,
)
NEW_STAND_IN = "Mới ghi trong kỳ này: kiểm tra văn bản có thật, ghi “đúng” hoặc “sai”."
PUBLIC = Kind(
    name="niem_yet",
    title="DANH SÁCH NIÊM YẾT CÔNG KHAI NGƯỜI HƯỞNG TRỢ CẤP HẰNG THÁNG",
    columns={
        "number": NUMBER,
        "full_name": Column("Họ và tên", 34),
        "birth_year": Column("Năm sinh", 11, "center"),
        "village": Column("Thôn/bản", 34),
        "schemes": Column("Nguồn kinh phí", 46),
    },
    sections="section",
    signers=(PREPARED, COMMUNE_SIGNS),
    notes=(
        "Ai thấy có người không có thật, đã mất, đã chuyển đi hay không đúng đối tượng thì báo "
        "UBND cấp xã trước ngày ……/……/…………",
    ),
)
PUBLIC_SECTIONS = {
    "new": "Mới hưởng từ kỳ này",
    "drawing": "Đang hưởng",
    "stopped": "Thôi hưởng từ kỳ này",
}
PUBLIC_SCHEMES = {"BTXH": "bảo trợ xã hội", "NCC": "người có công", "HTXH": "hưu trí xã hội"}
FAILED = Kind(
    name="khong_chi_duoc",
    title="DANH SÁCH KHOẢN CHI KHÔNG ĐẾN TAY NGƯỜI HƯỞNG",
    columns={
        "number": NUMBER,
        "dossier_no": DOSSIER,
        "full_name": PERSON,
        "birth_year": BIRTH_YEAR,
        "village": VILLAGE,
        "amount": money("Số tiền"),
        "place": Column("Nơi nhận", 18),
        "why": Column("Lý do", 22),
        "todo": TODO,
    },
    sums=("amount",),
    sections="section",
    signers=COMMUNE_SIGNERS,
)
FAILED_SECTIONS = {"failed": "Đơn vị chi trả báo lỗi", "returned": "Tiền đã hoàn trả"}
