"""Account information, from communes or providers: where a dossier's money is to go."""

from __future__ import annotations

from schemas.layouts.layout import Layout, Sheet, field
from schemas.submissions import AccountRow

TAI_KHOAN = Sheet(
    kind="TAI_KHOAN",
    names=("TAI_KHOAN", "Tài khoản"),
    fields=(
        field(
            AccountRow.dossier_no,
            "Mã hồ sơ",
            "Số hồ sơ",
            "Mã đối tượng",
            "Số sổ",
            "Mã HS",
            "Mã số hồ sơ",
        ),
        field(
            AccountRow.full_name,
            "Họ và tên",
            "Họ tên",
            "Họ và tên đối tượng",
            "Họ tên đối tượng",
            "Họ và tên người hưởng",
        ),
        field(AccountRow.method, "Hình thức nhận", "Hình thức nhận tiền", "Hình thức chi trả"),
        field(
            AccountRow.holder_name,
            "Tên chủ tài khoản",
            "Chủ tài khoản",
            "Họ và tên chủ tài khoản",
            "Họ tên chủ tài khoản",
            "Tên chủ TK",
        ),
        # Never a bare "Số CCCD": in these files that is the beneficiary's own number.
        field(
            AccountRow.holder_citizen_id,
            "Số định danh chủ tài khoản",
            "CCCD chủ tài khoản",
            "Số CCCD chủ tài khoản",
            "Số định danh chủ TK",
            "Số định danh/CCCD chủ tài khoản",
        ),
        field(AccountRow.relation, "Quan hệ", "Quan hệ với đối tượng"),
        field(
            AccountRow.authorisation_no,
            "Số văn bản ủy quyền",
            "Số giấy ủy quyền",
            "Văn bản ủy quyền",
        ),
        field(
            AccountRow.authorisation_expires_on,
            "Ngày hết hạn ủy quyền",
            "Hết hạn ủy quyền",
            "Ngày hết hạn",
        ),
        field(AccountRow.phone, "Số điện thoại", "Điện thoại", "SĐT", "Số ĐT", "SĐT chính chủ"),
        field(
            AccountRow.bank,
            "Mã ngân hàng (BIN)",
            "BIN",
            "Mã BIN",
            "Mã ngân hàng",
            "Ngân hàng",
            "Tên ngân hàng",
            merges=True,
        ),
        field(AccountRow.account_number, "Số tài khoản", "Số TK", "STK"),
        field(
            AccountRow.no_account_reason,
            "Lý do chưa có tài khoản",
            "Lý do chưa có TK",
            "Lý do không có tài khoản",
        ),
    ),
    needed=(AccountRow.dossier_no, AccountRow.method),
    required=(AccountRow.dossier_no, AccountRow.method),
)

LAYOUT = Layout(
    kind="tai_khoan",
    table=AccountRow,
    sheets=(TAI_KHOAN,),
    keys=((AccountRow.dossier_no,),),
)
