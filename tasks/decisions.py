"""Decisions due: who changes band or ages out soon, drafts to be signed, and who must be asked.

What lies ahead is what the payroll itself will compute if nothing else happens: the same SELECT
of what is due, run for the months ahead and for those alone who come to an edge of an age band.
"""

from __future__ import annotations

import polars as pl

from schemas.period import month_number, month_text, month_vi
from tasks import payroll, registry, warehouse
from tasks.amount_words import amount_in_words, dotted
from tasks.bulk import BULK_ROWS
from tasks.office import Office
from tasks.outbox import OutFile
from tasks.render import Sheet, xlsx_bytes
from tasks.shown import shown
from tasks.signed_list import Cell, Column, Section, SignedList
from tasks.treasury import SIGNERS_VI
from tasks.warehouse import Connection

MONTHS_AHEAD = 3
MAX_SHEETS = 200  # communes; a larger office gets the lists alone
NAME = "quyet_dinh_sap_den"
OVERVIEW, AUTHORISATIONS = "Tổng hợp", "Ủy quyền"
TITLE = "DANH SÁCH ĐỐI TƯỢNG ĐIỀU CHỈNH, THÔI HƯỞNG TRỢ CẤP DO ĐỘ TUỔI (DỰ THẢO)"
DECISION = "(Kèm theo Quyết định số ………… ngày …… tháng …… năm ……… của ……………………………)"
STOPS = "Thôi hưởng"
SECTIONS = {
    "DOI_HE_SO_TUOI": "Điều chỉnh mức trợ cấp do chuyển độ tuổi",
    "HET_TUOI": "Thôi hưởng trợ cấp do hết độ tuổi",
}
CONFIDENTIAL = (
    "Danh sách có thông tin về sức khỏe: chỉ dùng trong đơn vị để trình ký, "
    "không niêm yết, không gửi đơn vị chi trả."
)
COLUMNS = (
    Column("STT", 5, "center"),
    Column("Mã hồ sơ", 12, "center"),
    Column("Họ và tên", 18),
    Column("Ngày sinh", 11, "center"),
    Column("Thôn/bản", 12),
    Column("Loại đối tượng hiện nay", 21),
    Column("Mức hiện nay (đồng/tháng)", 13, "right"),
    Column("Loại đối tượng mới", 21),
    Column("Mức mới (đồng/tháng)", 13, "right"),
    Column("Từ tháng", 9, "center"),
    Column("Căn cứ", 14),
    Column("Ghi chú", 15),
)
BEFORE, AFTER = 6, 8  # positions of the amounts in COLUMNS
ROW_SCHEMA = {
    column.label: pl.Int64 if place in (0, BEFORE, AFTER) else pl.String
    for place, column in enumerate(COLUMNS)
}
OVERVIEW_HEADERS = {
    "commune": "Xã",
    "changes": "Điều chỉnh (lượt)",
    "stops": "Thôi hưởng (lượt)",
    "amount_before": "Mức hiện nay",
    "amount_after": "Mức mới",
    "lapsed": "Ủy quyền đã hết",
    "lapsing": "Ủy quyền sắp hết",
}
METHODS_VI = {"GIAM_HO": "Giám hộ", "UY_QUYEN": "Ủy quyền"}
MEND = "và gửi lại dòng TAI_KHOAN."
STATES = {
    "holder_dead": "Người nhận thay đã được báo chết, kỳ này chi tiền mặt. "
    f"Xã lập giám hộ hoặc ủy quyền mới {MEND}",
    "no_document": f"Chưa có số văn bản, kỳ này chi tiền mặt. Xã bổ sung số văn bản {MEND}",
    "lapsed": f"Đã hết hạn, kỳ này chi tiền mặt. Xã hướng dẫn làm ủy quyền mới {MEND}",
    "lapsing": f"Sắp hết hạn. Xã hướng dẫn làm ủy quyền mới trước ngày hết hạn {MEND}",
}
ASKED_COLUMNS = {
    "number": Column("STT", 5, "center"),
    "dossier_no": Column("Mã hồ sơ", 12, "center"),
    "full_name": Column("Họ và tên", 18),
    "village": Column("Thôn/bản", 12),
    "method_label": Column("Hình thức nhận", 9, "center"),
    "holder_name": Column("Người được ủy quyền, giám hộ", 19),
    "phone": Column("Số điện thoại", 12, "center"),
    "authorisation_no": Column("Số văn bản", 14, "center"),
    "authorisation_expires_on": Column("Ngày hết hạn", 11, "center"),
    "days_left": Column("Còn (ngày)", 8, "center"),
    "cash_from": Column("Tiền mặt từ kỳ", 9, "center"),
    "next_step": Column("Việc phải làm", 34),
}
AUTHORISATION_HEADERS = {
    "dossier_no": "Mã hồ sơ",
    "full_name": "Họ và tên",
    "commune": "Xã",
    "village": "Thôn/bản",
    "method_label": "Hình thức nhận",
    "holder_name": "Người được ủy quyền, giám hộ",
    "phone": "Số điện thoại",
    "authorisation_no": "Số văn bản ủy quyền",
    "authorisation_expires_on": "Ngày hết hạn",
    "days_left": "Còn bao nhiêu ngày",
    "days_group": "Nhóm (ngày)",
    "cash_from": "Chi tiền mặt từ kỳ",
    "next_step": "Việc phải làm",
}


def coming(office: Office, connection: Connection, month: int) -> pl.DataFrame:
    """Return, of the three months after a cycle, every change that age alone brings, with notes.

    One row per benefit and month; `amount_…` in VND a month, empty where no confirmed rate is.
    """
    _stage_ahead(office, connection, month, month + MONTHS_AHEAD)
    return shown(connection, "list_age", month=month).with_columns(_note())


def _stage_ahead(office: Office, connection: Connection, month: int, last: int) -> None:
    """Stage who comes near an edge of a band, and what will be due to them, month by month."""
    registry.stage_rates(connection, office, month, last)
    asked = {"month": month, "first": month, "last": last, "start_month": office.start_month}
    warehouse.stage(connection, "near_band", warehouse.sql("near_band"), **asked)
    payroll.place_intervals(connection, month)
    payroll.ask_of(
        connection, "interval_placed AS interval_of SEMI JOIN near_band USING (dossier_no)"
    )
    warehouse.stage(connection, "due_ahead", warehouse.sql("due"), **asked)


def _note() -> pl.Expr:
    """Say what the signer must know of a row."""
    is_same = pl.col("amount_before") == pl.col("amount_after")
    is_unknown = pl.col("amount_before").is_null() | pl.col("amount_after").is_null()
    told: tuple[tuple[str | pl.Expr, str], ...] = (
        ("is_year_only", "Chỉ biết năm sinh: kiểm tra giấy tờ"),
        ("is_first_band", "Đến tuổi bắt đầu có mức"),
        ("is_other_standard", "Cùng tháng đổi mức chuẩn"),
        (is_same & ~is_unknown, "Mức không đổi"),
        (is_unknown, "Chưa có mức được xác nhận"),
        ("is_held", "Đang tạm giữ chi"),
    )
    notes = [
        pl.when(condition).then(pl.lit(text)).otherwise(None).alias(str(number))
        for number, (condition, text) in enumerate(told)
    ]
    paid = "Đã chi trước đến " + pl.col("paid_until").str.split("-").list.reverse().list.join("/")
    joined = pl.concat_str([*notes, paid], separator="; ", ignore_nulls=True)
    return joined.replace("", None).alias("note")


def authorisations(connection: Connection, month: int) -> pl.DataFrame:
    """Return who receives for somebody else and cannot any more, or not for 60 days more."""
    found = shown(connection, "list_authorisation", month=month)
    return found.with_columns(
        pl.col("method").replace_strict(METHODS_VI, return_dtype=pl.String).alias("method_label"),
        pl.col("state").replace_strict(STATES, return_dtype=pl.String).alias("next_step"),
        *(
            pl.col(name).str.split("-").list.reverse().list.join("/")
            for name in ("authorisation_expires_on", "cash_from")
        ),
    )


def workbook(
    office: Office, connection: Connection, month: int, ahead: pl.DataFrame, asked: pl.DataFrame
) -> OutFile:
    """Return the drafts: an overview, a list to be signed per commune, and who must be asked.

    `ahead` and `asked` are the rows of `coming` and `authorisations`. An office with too many
    communes or rows gets the overview, which names the lists that hold them.
    """
    overview = _overview(ahead, asked)
    communes = _in_order(ahead, "commune_code", "commune")
    is_long = len(communes) > MAX_SHEETS or ahead.height + asked.height > BULK_ROWS
    sheets: list[Sheet | SignedList] = [_overview_sheet(office, month, overview, is_long)]
    if not is_long:
        made_on = _made_on(connection, month)
        names = _sheet_names(communes)
        sheets += [
            _draft(office, month, made_on, names[code], ahead.filter(commune_code=code))
            for code, _ in communes
        ]
        if asked.height:
            sheets.append(_asked_sheet(office, month, made_on, asked))
    rows = overview.height if is_long else ahead.height + asked.height
    return OutFile(f"{NAME}_{month_text(month)}.xlsx", xlsx_bytes(sheets), rows)


def _in_order(frame: pl.DataFrame, *names: str) -> list[tuple]:
    return frame.select(names).unique().sort(names).rows()


def _sheet_names(communes: list[tuple]) -> dict[str, str]:
    """Return a sheet name per commune code: its name, with the code where two share one."""
    names: dict[str, str] = {}
    taken = {OVERVIEW.lower(), AUTHORISATIONS.lower()}
    for code, commune in communes:
        plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in commune)[:31]
        name = f"{plain[:24]} {code}" if plain.lower() in taken else plain
        taken.add(name.lower())
        names[code] = name
    return names


def _made_on(connection: Connection, month: int) -> str:
    """Return the day on which the cycle was prepared, as officers write it."""
    day = warehouse.value(connection, "SELECT prepared_on FROM cycle WHERE month = $m", m=month)
    return day.strftime("%d/%m/%Y") if day else "……"


def _overview(ahead: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return one row per commune: how many decisions and authorisations wait there."""
    place = ["commune_code", "commune"]
    decided = ahead.group_by(place).agg(
        (pl.col("reason") == "DOI_HE_SO_TUOI").sum().cast(pl.Int64).alias("changes"),
        (pl.col("reason") == "HET_TUOI").sum().cast(pl.Int64).alias("stops"),
        pl.col("amount_before").sum(),
        pl.col("amount_after").sum(),
    )
    lapsing = asked.group_by(place).agg(
        (pl.col("state") != "lapsing").sum().cast(pl.Int64).alias("lapsed"),
        (pl.col("state") == "lapsing").sum().cast(pl.Int64).alias("lapsing"),
    )
    joined = decided.join(lapsing, on=place, how="full", coalesce=True, nulls_equal=True)
    counts = [name for name in OVERVIEW_HEADERS if name != "commune"]
    return joined.with_columns(pl.col(counts).fill_null(0)).sort(place)


def _overview_sheet(office: Office, month: int, overview: pl.DataFrame, is_long: bool) -> Sheet:
    told = ("Quá nhiều dòng cho một sổ tính: xem sap_doi_do_tuoi.csv và uy_quyen_het_han.csv.",)
    return Sheet(
        name=OVERVIEW,
        frame=overview,
        headers=OVERVIEW_HEADERS,
        title=(
            office.name.upper(),
            f"QUYẾT ĐỊNH SẮP ĐẾN: DO ĐỘ TUỔI {_span(month)}; ỦY QUYỀN ĐẾN 60 NGÀY SAU KỲ",
            f"Theo sổ chi trả kỳ {month_vi(month)}, nếu không có biến động khác.",
        ),
        footer=told if is_long else (),
        total={name: int(overview[name].sum()) for name in OVERVIEW_HEADERS if name != "commune"},
    )


def _span(month: int) -> str:
    return f"TỪ THÁNG {month_vi(month + 1)} ĐẾN THÁNG {month_vi(month + MONTHS_AHEAD)}"


def _draft(office: Office, month: int, made_on: str, name: str, rows: pl.DataFrame) -> SignedList:
    """Return the draft list of one commune."""
    parts = [rows.filter(reason=reason) for reason in SECTIONS]
    sections = [_section(number, part) for number, part in enumerate(parts, start=1) if part.height]
    source = _source(month, made_on)
    return SignedList(
        name=name,
        issuer=(office.parent, office.name),
        title=(TITLE, f"{rows['commune'][0]}, {_span(month).lower()}", DECISION, f"({source})"),
        columns=COLUMNS,
        sections=tuple(sections),
        sums=_sums(rows),
        closing=_closing(rows),
        signers=_signers(office),
        page_note=source,
    )


def _source(month: int, made_on: str) -> str:
    return f"Theo sổ chi trả kỳ {month_vi(month)}, lập ngày {made_on}"


def _signers(office: Office) -> tuple[tuple[str, str], ...]:
    return tuple((role, office.signers.get(key, "")) for key, role in SIGNERS_VI.items())


def _section(number: int, rows: pl.DataFrame) -> Section:
    cells = [_cells(place, row) for place, row in enumerate(rows.to_dicts(), start=1)]
    heading = f"{'I' * number}. {SECTIONS[rows['reason'][0]]} ({rows.height} lượt)"
    return Section(heading, pl.DataFrame(cells, schema=ROW_SCHEMA, orient="row"), _sums(rows))


def _cells(number: int, row: dict) -> tuple[Cell, ...]:
    stops = row["reason"] == "HET_TUOI"
    return (
        number,
        row["dossier_no"],
        row["full_name"],
        "/".join(reversed(row["birth_date"].split("-"))),
        row["village"],
        row["name_before"] or row["category_before"],
        row["amount_before"],
        STOPS if stops else row["name_after"] or row["category_after"],
        row["amount_after"],
        month_vi(month_number(row["effective_month"])),
        row["legal_basis"],
        row["note"],
    )


def _sums(rows: pl.DataFrame) -> dict[int, int]:
    return {BEFORE: int(rows["amount_before"].sum()), AFTER: int(rows["amount_after"].sum())}


def _closing(rows: pl.DataFrame) -> tuple[str, ...]:
    """Return the lines below the table: how many, how much before and after, and warnings."""
    before, after = _sums(rows).values()
    change = "tăng" if after >= before else "giảm"
    lines = [
        f"Tổng số: {rows['dossier_no'].n_unique()} người, {rows.height} lượt.",
        f"Tổng mức trợ cấp tháng: hiện nay {dotted(before)} đồng; mới {dotted(after)} đồng; "
        f"{change} {dotted(abs(after - before))} đồng một tháng.",
        f"Tổng mức mới bằng chữ: {amount_in_words(after)}.",
    ]
    if rows["is_sensitive"].any():
        lines.append(CONFIDENTIAL)
    return tuple(lines)


def _asked_sheet(office: Office, month: int, made_on: str, asked: pl.DataFrame) -> SignedList:
    """Return who must be asked, commune by commune."""
    source = _source(month, made_on)
    sections = [
        _asked_section(commune, asked.filter(commune_code=code))
        for code, commune in _in_order(asked, "commune_code", "commune")
    ]
    return SignedList(
        name=AUTHORISATIONS,
        issuer=(office.parent, office.name),
        title=(
            "DANH SÁCH ỦY QUYỀN, GIÁM HỘ CẦN LÀM LẠI",
            f"Không còn dùng được hoặc hết hạn trong 60 ngày sau ngày cuối kỳ {month_vi(month)}",
            f"({source})",
        ),
        columns=tuple(ASKED_COLUMNS.values()),
        sections=tuple(sections),
        sums={},
        closing=(f"Tổng số: {asked.height} hồ sơ.",),
        signers=_signers(office),
        page_note=source,
    )


def _asked_section(commune: str, asked: pl.DataFrame) -> Section:
    shown_rows = asked.with_row_index("number", offset=1).select(list(ASKED_COLUMNS))
    return Section(f"{commune} ({asked.height} hồ sơ)", shown_rows, {})
