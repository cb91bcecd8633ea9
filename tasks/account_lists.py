"""Lists for who can mend what stands between a person and an account: bank, telecom, police.

They leave the office: no category and no word on health.
"""

from __future__ import annotations

import polars as pl

from tasks import warehouse
from tasks.printed import (
    BORN,
    CITIZEN_ID,
    DOSSIER,
    LETTER_SIGNERS,
    NUMBER,
    PERSON,
    VILLAGE,
    Book,
    Kind,
    Papers,
    Part,
    by_commune,
    day_vi,
    worded,
)
from tasks.reading_order import in_order
from tasks.shown import shown
from tasks.signed_list import Column
from tasks.values import fold
from tasks.warehouse import Connection

TO_OPEN_COLUMNS = {
    "number": NUMBER,
    "dossier_no": DOSSIER,
    "full_name": PERSON,
    "birth_date": BORN,
    "citizen_id": CITIZEN_ID,
    "phone": Column("Số điện thoại", 12, "center"),
    "village": VILLAGE,
    "stands_in": Column("Người giám hộ, được ủy quyền", 20),
    "stands_in_id": Column("Số định danh người đó", 14, "center"),
}
TO_OPEN_NOTE = Column("Ghi chú", 12)
READY = Kind(
    name="mo_tai_khoan_du_dieu_kien",
    title="DANH SÁCH ĐỀ NGHỊ MỞ TÀI KHOẢN: ĐỦ ĐIỀU KIỆN",
    columns=TO_OPEN_COLUMNS | {"note": TO_OPEN_NOTE, "opened": Column("Số tài khoản đã mở", 18)},
    sections="commune",
    signers=LETTER_SIGNERS,
    notes=("Đề nghị ghi số tài khoản đã mở theo mã hồ sơ và gửi lại (mẫu TAI_KHOAN).",),
)
NOT_READY = Kind(
    name="mo_tai_khoan_chua_du",
    title="DANH SÁCH ĐỀ NGHỊ MỞ TÀI KHOẢN: CHƯA ĐỦ ĐIỀU KIỆN",
    columns=TO_OPEN_COLUMNS | {"missing": Column("Còn thiếu", 25), "note": TO_OPEN_NOTE},
    sections="commune",
    signers=LETTER_SIGNERS,
    notes=("Xã và gia đình bổ sung giấy tờ còn thiếu, rồi ngân hàng mở tài khoản.",),
)
PAPERS_VI = {
    "id": "căn cước hoặc số định danh",
    "id_differs": "số định danh khớp giấy tờ",
    "phone": "số điện thoại",
    "phone_not_own": "SIM chính chủ",
    "guardian": "giấy tờ giám hộ",
    "authorisation": "văn bản ủy quyền còn hạn",
}
FAR = "Mở tại xã"
PHONES = Kind(
    name="nha_mang",
    title="DANH SÁCH ĐỀ NGHỊ ĐĂNG KÝ LẠI THUÊ BAO CHÍNH CHỦ",
    columns={
        "number": NUMBER,
        "dossier_no": DOSSIER,
        "full_name": PERSON,
        "citizen_id": CITIZEN_ID,
        "phone": Column("Số điện thoại", 14, "center"),
        "village": VILLAGE,
        "why": Column("Nội dung", 40),
        "answer": Column("Kết quả", 18),
    },
    sections="commune",
    signers=LETTER_SIGNERS,
)
NO_OPERATOR = "CHUA_RO"
NO_OPERATOR_VI = "Số không thuộc nhà mạng nào: xã hỏi lại gia đình"
PHONE_REASONS = {
    "AC06": "Không phải số di động Việt Nam.",
    "AC07": "Nhà mạng báo số không chính chủ.",
    "SIM": "Xã báo SIM không chính chủ.",
}
ID_COLUMNS = {
    "number": NUMBER,
    "dossier_no": DOSSIER,
    "full_name": PERSON,
    "birth_date": BORN,
    "gender": Column("Giới tính", 7, "center"),
    "citizen_id": CITIZEN_ID,
    "village": VILLAGE,
}
WRONG_IDS = Kind(
    name="cong_an_chua_co_sai",
    title="DANH SÁCH ĐỀ NGHỊ CÔNG AN CẤP, XÁC MINH SỐ ĐỊNH DANH",
    columns=ID_COLUMNS
    | {
        "other_dossiers": Column("Hồ sơ trùng số", 14),
        "why": Column("Nội dung", 36),
        "answer": Column("Kết quả", 18),
    },
    signers=LETTER_SIGNERS,
)
ID_REASONS = {
    "ID05": "Trùng số với hồ sơ khác: số này của ai?",
    "ID06": "Chưa có số: đề nghị cấp hoặc cung cấp.",
    "ID09": "Số của người đã báo chết ở hồ sơ khác: xác minh.",
    "ID12": "Đã báo số sai: đề nghị cho số đúng.",
}
UNVERIFIED = Kind(
    name="cong_an_chua_xac_thuc",
    title="DANH SÁCH ĐỀ NGHỊ CÔNG AN XÁC THỰC SỐ ĐỊNH DANH",
    columns=ID_COLUMNS
    | {"outcome": Column("Đúng / sai", 14), "right_id": Column("Số đúng (nếu sai)", 18)},
    signers=LETTER_SIGNERS,
    notes=("Đề nghị gửi kết quả theo mẫu XAC_THUC (DAN_CU: DUNG hoặc SAI).",),
)


def bank_books(papers: Papers, connection: Connection) -> list[Book]:
    """Return, for each bank, whom to open an account for, and whose papers are not complete."""
    found = shown(connection, "list_account_to_open", month=papers.month)
    is_ready = pl.col("papers") == ""
    rows = in_order(found).with_columns(
        day_vi("birth_date"),
        worded("papers", {codes: _missing(codes) for codes in found["papers"].unique()}, "missing"),
        pl.when("is_far").then(pl.lit(FAR)).otherwise(None).alias("note"),
    )
    return [
        Book(
            f"mo_tai_khoan_{code}.xlsx",
            str(code),
            _filled(
                Part(READY, "Đủ điều kiện", about, part.filter(is_ready)),
                Part(NOT_READY, "Chưa đủ", about, part.filter(~is_ready)),
            ),
            key=str(code),
        )
        for (code,), part in _parted(rows, "bank_code")
        for about in (f"Kính gửi: {part['bank'][0]}, {papers.span}",)
    ]


def _missing(codes: str) -> str:
    words = "; ".join(PAPERS_VI[code] for code in codes.split(",") if code)
    return words[:1].upper() + words[1:]


def phone_books(papers: Papers, connection: Connection) -> list[Book]:
    """Return, for each telecom company, the phones that are to be registered again."""
    found = pl.concat(
        [shown(connection, name, month=papers.month) for name in ("list_telecom", "list_sim")],
        how="diagonal_relaxed",
    ).unique(["dossier_no", "phone"], keep="first", maintain_order=True)
    operators = dict(warehouse.rows(connection, "SELECT prefix, operator FROM phone_prefix"))
    is_mobile = pl.col("phone").str.contains(r"^0\d{9}$").fill_null(value=False)
    rows = in_order(found).with_columns(
        worded("rule", PHONE_REASONS, "why"),
        pl.when(is_mobile)
        .then(pl.col("phone").str.slice(0, 3).replace_strict(operators, default=None))
        .fill_null("")
        .alias("operator"),
    )
    books = []
    for (operator,), part in _parted(rows, "operator"):
        code = operator_code(str(operator))
        reader = str(operator) or NO_OPERATOR_VI
        about = f"Kính gửi: {reader}, {papers.span}" if operator else f"{reader}, {papers.span}"
        sheet = Part(PHONES, "Đăng ký lại", about, part)
        books.append(Book(f"nha_mang_{code}.xlsx", reader, (sheet,), key=code))
    return books


def operator_code(operator: str) -> str:
    """Return a telecom company's name for a file name: `WINTEL` of `Wintel (was Reddi)`."""
    return fold(operator.split("(")[0]).replace(" ", "_") or NO_OPERATOR


def police_books(papers: Papers, connection: Connection) -> list[Book]:
    """Return, for the police of each commune, ids that lack or are wrong, and those not asked."""
    asked = shown(connection, "list_police", month=papers.month).with_columns(
        worded("rule", ID_REASONS, "why"),
        day_vi("birth_date"),
    )
    unverified = shown(connection, "list_unverified", month=papers.month)
    wrong, unknown = by_commune(asked), by_commune(unverified.with_columns(day_vi("birth_date")))
    books = []
    for code in sorted({*wrong, *unknown}):
        name = (wrong if code in wrong else unknown)[code]["commune"][0]
        about = f"Kính gửi: Công an {name}, {papers.span}"
        parts = [
            Part(kind, sheet, about, rows[code])
            for kind, sheet, rows in (
                (WRONG_IDS, "Chưa có, sai", wrong),
                (UNVERIFIED, "Chưa xác thực", unknown),
            )
            if code in rows
        ]
        books.append(Book(f"cong_an_{code}.xlsx", f"Công an {name}", tuple(parts)))
    return books


def _parted(rows: pl.DataFrame, column: str) -> list[tuple[tuple, pl.DataFrame]]:
    """Return the rows of each word of a column, words in order."""
    return sorted(rows.partition_by(column, as_dict=True, maintain_order=True).items())


def _filled(*parts: Part) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.rows.height)
