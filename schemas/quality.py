"""Received files, findings, and the rules by their stable ids."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import codes
from schemas.table import Code, Date, Integer, Month, Pii, Table, Text, Timestamp


class ReceivedFile(Table, name="received_file"):
    """One row per distinct file ever received."""

    sha256 = Text("SHA-256", key=True)
    name = Text("Tên tệp", required=True, description="path below inbox/ when first seen")
    kind = Code("Loại tệp", values=codes.FILE_KINDS, description="empty: not recognised")
    commune_code = Code("Mã xã")
    provider = Code("Đơn vị chi trả")
    stated_unit = Text("Đơn vị ghi trong tệp")
    stated_month = Month("Kỳ ghi trong tệp")
    folder_unit = Text("Thư mục chứa tệp")
    ingest_no = Integer("Lần nhận", required=True)
    cycle = Month("Kỳ", required=True)
    received_at = Timestamp("Ngày nhận", required=True)
    reference_sha256 = Text("Bảng tra cứu", description="archived tables under which it was taken")
    rows_in = Integer("Số dòng", minimum=0, required=True)
    rows_taken = Integer("Được nhận", minimum=0, required=True)
    rows_rejected = Integer("Trả lại", minimum=0, required=True)
    outcome = Code("Kết quả", values=codes.FILE_OUTCOMES, required=True)
    remark = Text("Ghi chú", description="sheets left out, headers guessed, reasons for a return")


class Issue(Table, name="issue"):
    """One row per finding: a rule that a row, file, dossier or payment breaks."""

    cycle = Month("Kỳ", required=True)
    sha256 = Text("Tệp")
    sheet = Text("Trang tính")
    row_no = Integer("Dòng")
    rule = Code("Quy tắc", required=True)
    severity = Code("Mức độ", values=codes.SEVERITIES, required=True)
    field = Text("Cột")
    message = Text("Nội dung", pii=Pii.BASIC, description="in Vietnamese, with the way to mend")
    dossier_no = Text("Mã hồ sơ")
    stage = Code("Khâu", required=True, description="ingest, prepare or reconcile")


class Repair(Table, name="repair"):
    """One row per cell that was repaired on the way in, with what stood there before."""

    sha256 = Text("Tệp", required=True)
    sheet = Text("Trang tính", required=True)
    row_no = Integer("Dòng", required=True)
    rule = Code("Quy tắc", required=True)
    field = Text("Cột", required=True)
    before = Text("Trước", pii=Pii.SENSITIVE)
    after = Text("Sau", pii=Pii.SENSITIVE)


class SuiteRun(Table, name="suite_run"):
    """One row per expectation of a suite run in a cycle: how many rows it judged and failed."""

    cycle = Month("Kỳ", required=True)
    stage = Code("Khâu", required=True)
    run_no = Integer("Lần", required=True)
    suite = Text("Bộ quy tắc", required=True)
    expectation = Text("Kỳ vọng", required=True)
    rule = Code("Quy tắc", required=True)
    rows_judged = Integer("Số dòng xét", minimum=0, required=True)
    rows_failed = Integer("Số dòng không đạt", minimum=0, required=True)
    run_on = Date("Ngày", required=True)


@dataclass(frozen=True)
class Rule:
    """A quality rule: its usual severity and what an officer reads, with the way to mend."""

    severity: str
    message: str


RULES: dict[str, Rule] = {
    "FL02": Rule(
        "reject",
        "Không nhận ra biểu mẫu hoặc không đọc được tệp. Hãy dùng đúng mẫu, "
        "lưu lại dạng .xlsx không mật khẩu, không macro rồi gửi lại.",
    ),
    "FL03": Rule(
        "reject",
        "Xã không thuộc đơn vị, không phải xã đang quản lý hồ sơ này, hoặc hồ sơ chưa có trong sổ. "
        "Kiểm tra ô “Xã:” và mã hồ sơ.",
    ),
    "FL04": Rule("reject", "Ô chứa công thức hoặc lỗi. Dán lại thành giá trị (Paste Values)."),
    "FL05": Rule(
        "reject",
        "Trong cùng trang tính có hai dòng khác nhau cho một hồ sơ và chế độ. Giữ một dòng đúng.",
    ),
    "FL06": Rule(
        "warn",
        "Kỳ ghi trong tệp không phải kỳ đang mở. Nếu gửi nhầm tháng, báo phòng để xử lý; "
        "nếu không, sửa ô “Kỳ:” ở lần gửi sau.",
    ),
    "FL07": Rule(
        "warn",
        "Số dòng hoặc tổng tiền ghi trong tệp khác với các dòng. Kiểm tra có sót dòng hay ghi sai "
        "tổng không; nếu sót, bổ sung rồi gửi lại cả tệp.",
    ),
    "ID01": Rule("reject", "Số định danh phải đủ 12 chữ số. Nhập lại ở dạng văn bản."),
    "ID02": Rule(
        "reject",
        "Năm sinh trong số định danh khác năm sinh đã ghi. Đối chiếu thẻ căn cước, sửa ô sai; "
        "người đã có trong sổ thì gửi CAI_CHINH.",
    ),
    "ID03": Rule(
        "reject",
        "Giới tính trong số định danh khác giới tính đã ghi. Đối chiếu thẻ căn cước, sửa ô sai; "
        "người đã có trong sổ thì gửi CAI_CHINH.",
    ),
    "ID04": Rule("warn", "Ba số đầu của số định danh không phải mã tỉnh. Đối chiếu thẻ căn cước."),
    "ID05": Rule(
        "hold",
        "Số định danh đang thuộc hồ sơ khác có trước. Tạm giữ chi trả; đề nghị công an xác minh.",
    ),
    "ID06": Rule("cash", "Chưa có số định danh. Lập danh sách đề nghị công an cấp hoặc cung cấp."),
    "ID07": Rule(
        "reject",
        "Thiếu ngày sinh, hoặc ngày sinh ở tương lai hay quá 120 năm. Ghi dd/mm/yyyy; "
        "chỉ biết năm thì ghi năm.",
    ),
    "ID08": Rule(
        "reject",
        "Tuổi không thuộc diện hưởng của chế độ này trong tháng ghi trên dòng. Kiểm tra ngày sinh, "
        "mã loại đối tượng và tháng.",
    ),
    "ID09": Rule(
        "hold",
        "Số định danh là của người đã báo chết ở hồ sơ khác. Tạm giữ chi trả đến khi xã kiểm tra "
        "và sửa số định danh, hoặc công an xác minh.",
    ),
    "ID10": Rule("fix", "Chữ gõ bằng bảng mã cũ đã được chuyển sang Unicode. Kiểm tra lại tên."),
    "ID11": Rule("reject", "Họ tên khác với sổ. Kiểm tra mã hồ sơ; nếu tên sai, gửi CAI_CHINH."),
    "ID12": Rule("cash", "Công an báo số định danh sai. Chi tiền mặt đến khi xác minh xong."),
    "AC01": Rule("reject", "Số tài khoản phải gồm 6–19 chữ số hoặc chữ cái, nhập dạng văn bản."),
    "AC02": Rule(
        "reject", "Không rõ ngân hàng, hoặc thiếu ngân hàng hay số tài khoản. Ghi mã BIN."
    ),
    "AC03": Rule(
        "cash",
        "Tên chủ tài khoản thiếu hoặc không khớp người hưởng, hay thiếu tên hoặc số định danh của "
        "người nhận thay. Chi tiền mặt đến khi gửi lại dòng tài khoản đúng.",
    ),
    "AC04": Rule("cash", "Nhiều hồ sơ dùng chung một tài khoản. Kiểm tra người giám hộ, ủy quyền."),
    "AC05": Rule(
        "cash",
        "Ủy quyền thiếu số văn bản hoặc hết hạn, hay người nhận thay đã chết. Chi tiền mặt đến khi "
        "có văn bản hoặc người nhận mới.",
    ),
    "AC06": Rule("warn", "Số điện thoại không phải số di động Việt Nam. Hỏi lại gia đình."),
    "AC07": Rule("warn", "Nhà mạng báo số điện thoại không chính chủ. Đưa vào danh sách nhà mạng."),
    "AC08": Rule("cash", "Ngân hàng báo tài khoản sai. Chi tiền mặt đến khi có tài khoản mới."),
    "AC09": Rule("cash", "Tài khoản mới thay đổi, ngân hàng chưa xác nhận. Tạm chi tiền mặt."),
    "AC10": Rule("warn", "Một người nhận thay cho hơn 5 hồ sơ. Người duyệt cần xem lại."),
    "AC11": Rule("warn", "Số tài khoản nhập dạng số, có thể mất số 0 ở đầu. Kiểm tra lại."),
    "EN01": Rule(
        "reject",
        "Mã loại đối tượng không có trong bảng hoặc không có hiệu lực trong tháng đó. Chọn mã ở "
        "danh mục của biểu mẫu.",
    ),
    "EN02": Rule(
        "reject",
        "Hệ số hoặc mức trợ cấp khác với quy định trong tháng đó. Kiểm tra mã loại, ngày sinh, "
        "số suất; hoặc để trống, phần mềm tự tính.",
    ),
    "EN03": Rule("hold", "Chưa có mức trợ cấp được xác nhận cho tháng này. Tạm giữ chi trả."),
    "EN04": Rule(
        "reject",
        "Chế độ này đang hưởng, không thể TĂNG lần nữa. Bỏ dòng này; nếu thay đổi thì ghi ở "
        "ĐIỀU CHỈNH, nếu chuyển xã thì xã cũ gửi GIẢM trước.",
    ),
    "EN05": Rule(
        "reject",
        "Chế độ này không đang hưởng, hoặc điều chỉnh trước tháng bắt đầu. Kiểm tra mã hồ sơ, "
        "mã loại đối tượng và tháng; nếu đã thôi hưởng thì bỏ dòng này.",
    ),
    "EN06": Rule(
        "reject",
        "Tháng hiệu lực quá xa so với kỳ đang mở (quá cũ hoặc quá 12 tháng tới). Sửa tháng; "
        "khoản quá cũ phải giải quyết riêng.",
    ),
    "EN07": Rule(
        "reject",
        "Mỗi người chỉ hưởng một chế độ bảo trợ. Ghi GIẢM chế độ cũ trước, hoặc dùng ĐIỀU CHỈNH "
        "với mã loại cũ.",
    ),
    "EN08": Rule(
        "reject",
        "Thiếu số hoặc ngày quyết định, hay ngày không đọc được. Ghi cả hai theo quyết định đã ký.",
    ),
    "EN09": Rule("reject", "Thiếu ô bắt buộc, không đọc được, hoặc số suất không hợp lệ."),
    "EN10": Rule("warn", "Ba kỳ liền không đến nhận tiền mặt. Đề nghị xã đến thăm."),
    "EN11": Rule("warn", "Mã mới cùng nhóm với mã cũ: mức tự đổi theo tuổi, không cần điều chỉnh."),
    "EN12": Rule("fix", "Tháng thôi hưởng đã sửa thành tháng sau tháng chết."),
    "EN13": Rule(
        "warn", "Có tháng trước khi dùng hệ thống: các tháng đó phải giải quyết thủ công."
    ),
    "EN14": Rule("warn", "Tháng chuyển đến không nối tiếp tháng chuyển đi. Kiểm tra lại hai xã."),
    "RS01": Rule("exception", "Kết quả cho mã chi trả không có. Hỏi lại đơn vị chi trả."),
    "RS02": Rule("exception", "Số tiền khác với lệnh chi. Khoản này còn treo, hỏi lại đơn vị."),
    "RS03": Rule(
        "exception", "Hai kết quả trái nhau cho một khoản chi. Đã giữ kết quả tiền đã chi."
    ),
    "RS04": Rule("pending", "Đã gửi lệnh chi, quá ngày báo cáo chưa có kết quả. Nhắc đơn vị."),
}

QUALITY = (ReceivedFile, Issue, Repair, SuiteRun)
