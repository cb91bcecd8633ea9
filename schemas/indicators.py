"""The words by which reports of communes and providers mean our metrics, each once.

Case, accents, brackets and spaces do not count. The metric's name and its label always stand for
it (`schemas.published.METRICS`); here is what people write besides.
"""

from __future__ import annotations

from schemas.published import NO_ACCOUNT_VI

SYNONYMS: dict[str, tuple[str, ...]] = {
    "beneficiaries": (
        "Tổng số đối tượng",
        "Tổng đối tượng",
        "Số người hưởng",
        "Tổng số người hưởng",
        "Số đối tượng phải chi",
        "Số người phải chi",
    ),
    "with_citizen_id": ("Có CCCD", "Đã có CCCD", "Có số định danh cá nhân", "Số người có CCCD"),
    "citizen_id_verified": ("Xác thực dân cư", "Đã xác thực CCCD", "Đã xác thực định danh"),
    "with_phone": ("Có SĐT", "Có điện thoại", "Số người có số điện thoại"),
    "phone_verified": ("Xác thực thuê bao", "SĐT chính chủ", "Đã xác thực số điện thoại"),
    "with_account": (
        "Có tài khoản",
        "Đã có tài khoản",
        "Số người có tài khoản",
        "Đã thu thập tài khoản",
        "Đã thu thập TK",
        "Có TK",
    ),
    "account_own": ("Chính chủ", "TK chính chủ", "Tài khoản của đối tượng"),
    "account_guardian": ("Giám hộ", "TK giám hộ", "Tài khoản giám hộ"),
    "account_authorised": ("Ủy quyền", "TK ủy quyền", "Tài khoản ủy quyền"),
    "cash_exception": ("Đăng ký tiền mặt", "Nhận tiền mặt theo đăng ký"),
    "no_account": ("Chưa có TK", "Số người chưa có tài khoản", "Không có tài khoản"),
    **{f"no_account_{code}": (f"Chưa có TK: {word}",) for code, word in NO_ACCOUNT_VI.items()},
    "due_amount": (
        "Tổng số tiền phải chi",
        "Số tiền phải chi trả",
        "Kinh phí phải chi",
        "Số tiền phải chi (đồng)",
    ),
    "instructed_count": ("Số khoản chi", "Số lượt phải chi", "Số dòng nhận"),
    "instructed_amount": ("Số tiền theo lệnh chi", "Số tiền nhận để chi"),
    "paid_account_count": (
        "Số lượt chi qua tài khoản",
        "Số lượt đã chi qua tài khoản",
        "Đã chi qua TK (lượt)",
    ),
    "paid_account_amount": (
        "Số tiền chi qua tài khoản",
        "Số tiền đã chi qua tài khoản",
        "Đã chi qua TK (đồng)",
    ),
    "paid_cash_count": ("Số lượt chi tiền mặt", "Số lượt đã chi tiền mặt"),
    "paid_cash_amount": ("Số tiền chi tiền mặt", "Số tiền đã chi tiền mặt"),
    "failed_count": ("Số lượt lỗi", "Số giao dịch lỗi", "Số lượt không chi được"),
    "failed_amount": ("Số tiền lỗi", "Số tiền không chi được"),
    "returned_count": ("Số lượt hoàn trả", "Số giao dịch hoàn trả"),
    "returned_amount": ("Số tiền hoàn trả",),
    "pending_count": ("Số lượt chưa có kết quả", "Chưa chi (lượt)", "Số lượt chưa chi"),
    "pending_amount": ("Số tiền chưa có kết quả", "Chưa chi (đồng)", "Số tiền chưa chi"),
    "held_count": ("Số lượt tạm giữ",),
    "held_amount": ("Số tiền tạm giữ",),
    "cashless_rate_people": ("Tỷ lệ không dùng tiền mặt (người)",),
    "cashless_rate_amount": ("Tỷ lệ không dùng tiền mặt (số tiền)",),
    "increase_count": ("Số lượt tăng", "Số đối tượng tăng", "Tăng trong tháng"),
    "decrease_count": ("Số lượt giảm", "Số đối tượng giảm", "Giảm trong tháng"),
    "adjustment_count": ("Số lượt điều chỉnh", "Số đối tượng điều chỉnh"),
    "arrears_amount": ("Số tiền truy lĩnh", "Truy lĩnh (đồng)"),
    "recovery_amount": ("Số tiền truy thu", "Truy thu (đồng)"),
    "receivable_amount": ("Số tiền còn phải thu", "Còn phải thu (đồng)"),
    "ytd_paid_amount": ("Lũy kế năm", "Lũy kế đã chi", "Lũy kế từ đầu năm"),
}
# These mean lines or VND, people or money: who reads them would have to guess.
UNCLEAR = (
    "Đã chi qua tài khoản",
    "Đã chi qua TK",
    "Đã chi tiền mặt",
    "Lỗi",
    "Hoàn trả",
    "Lỗi, hoàn trả",
    "Chưa chi",
    "Chưa có kết quả",
    "Tạm giữ",
    "Tăng",
    "Giảm",
    "Điều chỉnh",
    "Tỷ lệ không dùng tiền mặt",
)
# Before or after an indicator they say of which budget it is.
SCHEME_WORDS: dict[str, tuple[str, ...]] = {
    "BTXH": ("BTXH", "bảo trợ xã hội"),
    "NCC": ("NCC", "người có công"),
    "HTXH": ("HTXH", "hưu trí xã hội"),
}
