"""What the accountant lays beside the voucher: per scheme the table of payees, and its summary."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.codes import SCHEMES
from schemas.period import month_text, month_vi
from tasks import approvals, warehouse
from tasks.amount_words import amount_in_words, dotted
from tasks.bulk import BULK_ROWS
from tasks.office import Office
from tasks.outbox import OutFile, write_folder
from tasks.plain_letters import plain_letters
from tasks.render import csv_bytes, xlsx_bytes
from tasks.shown import shown
from tasks.signed_list import Column, Section, SignedList
from tasks.warehouse import Connection

COLUMNS = {
    "number": Column("STT", 6, "center"),
    "payee_name": Column("Họ và tên", 25),
    "account_number": Column("Số tài khoản", 20, "center"),
    "bank": Column("Ngân hàng", 14),
    "amount": Column("Tổng số tiền (đồng)", 16, "right"),
    "regular": Column("Trong đó: trợ cấp tháng", 15, "right"),
    "arrears": Column("Trong đó: truy lĩnh, chi lại", 14, "right"),
    "recovery": Column("Trong đó: trừ truy thu", 13, "right"),
    "note": Column("Ghi chú", 24),
}
AMOUNTS = ("amount", "regular", "arrears", "recovery")
# What no sheet has room for stands in a CSV, with the words that are headings otherwise.
CSV_HEADERS = {name: column.label for name, column in COLUMNS.items()} | {
    "channel_label": "Hình thức",
    "provider_name": "Đơn vị chi trả",
}
SUMMARY = "Tổng hợp"
SUMMARY_COLUMNS = (
    Column("STT", 6, "center"),
    Column("Đơn vị chi trả", 50),
    Column("Số người", 11, "right"),
    Column("Số tiền (đồng)", 19, "right"),
    Column("Mã NDKT", 11, "center"),
    Column("Mã chương", 11, "center"),
    Column("Mã ngành KT", 11, "center"),
    Column("Mã nguồn", 11, "center"),
    Column("Ghi chú", 17),
)
BLANKS = ("item", "chapter", "sector", "source", "note")  # the accountant writes them
CHANNELS = {"account": "Chuyển khoản", "cash": "Chi tiền mặt"}
SCHEMES_VI = {
    "BTXH": "trợ cấp bảo trợ xã hội",
    "NCC": "trợ cấp ưu đãi người có công",
    "HTXH": "trợ cấp hưu trí xã hội",
}
SIGNERS_VI = {"prepared_by": "Người lập", "accountant": "Kế toán", "head": "Thủ trưởng đơn vị"}
VOUCHER = "(Kèm theo giấy rút dự toán số ………… ngày ……/……/………; đơn vị tính: đồng)"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Approved:
    """What was approved of a month, as every page says it. Days as officers write them."""

    month: int
    digest: str
    prepared: str
    approved: str

    def page_note(self, payees: pl.DataFrame) -> str:
        total = dotted(int(payees["amount"].sum()))
        return (
            f"Kỳ {month_vi(self.month)}. Mã xác nhận {self.digest[:16]}. "
            f"{dotted(payees.height)} dòng, {total} đồng."
        )


def write_treasury(office: Office, connection: Connection, month: int) -> None:
    """Write `outbox/<month>/treasury/`: a workbook per scheme that pays anybody."""
    payees = _with_notes(shown(connection, "treasury", month=month))
    approved = _approved(connection, month)
    files = []
    for scheme in SCHEMES:
        listed = payees.filter(pl.col("scheme") == scheme)
        if listed.height:
            files += _workbook(office, approved, scheme, listed)
    write_folder(office.outbox(month) / "treasury", files)


def _approved(connection: Connection, month: int) -> Approved:
    digest, prepared_by, prepared_on, approver, released_on = warehouse.rows(
        connection,
        "SELECT coalesce(digest, ''), prepared_by, strftime(prepared_on, '%d/%m/%Y'), approver,"
        " strftime(released_on, '%d/%m/%Y') FROM cycle WHERE month = $month",
        month=month,
    )[0]
    said_yes = approvals.counted(connection, month) or [approver or ""]
    return Approved(
        month,
        digest,
        f"{prepared_by or '……'}, ngày {prepared_on or '……'}",
        f"{', '.join(said_yes) or '……'}, ngày {released_on or '……'}",
    )


def _with_notes(payees: pl.DataFrame) -> pl.DataFrame:
    """Number the payees of each scheme, and say who receives for somebody else."""
    folded = [plain_letters(payees.get_column(name)) for name in ("payee_name", "full_name")]
    stands_in = pl.when(folded[0] != folded[1]).then("Nhận thay " + pl.col("full_name"))
    return payees.with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("scheme"),
        note=stands_in.otherwise(None),
        channel_label=pl.col("channel").replace_strict(CHANNELS, return_dtype=pl.String),
    )


def _workbook(
    office: Office, approved: Approved, scheme: str, payees: pl.DataFrame
) -> list[OutFile]:
    """Return the workbook of a scheme; a long one without its lines, and these in a CSV beside."""
    name = f"kho_bac_{scheme}_{month_text(approved.month)}"
    total, about = int(payees["amount"].sum()), {"scheme": scheme}
    is_long = payees.height > BULK_ROWS
    aside = f"{name}.csv" if is_long else None
    sheets = [
        _table(office, approved, scheme, payees, aside),
        _summary(office, approved, scheme, payees),
    ]
    rows, listed = (0, 0) if is_long else (payees.height, total)
    files = [OutFile(f"{name}.xlsx", xlsx_bytes(sheets), rows, listed, about)]
    if aside:
        files.append(OutFile(aside, csv_bytes(payees, CSV_HEADERS), payees.height, total, about))
    return files


def _table(
    office: Office, approved: Approved, scheme: str, payees: pl.DataFrame, aside: str | None
) -> SignedList:
    """Return the table of payees, in a section for each way of paying and provider."""
    groups = payees.group_by("channel_label", "provider_name", maintain_order=True)
    sections = [
        Section(
            f"{_roman(number)}. {channel} qua {provider} ({dotted(group.height)} người)"
            + (f": các dòng ở tệp {aside}" if aside else ""),
            _rows(group.clear() if aside else group),
            _sums(group),
        )
        for number, ((channel, provider), group) in enumerate(groups)
    ]
    return SignedList(
        name=scheme,
        issuer=(office.parent, office.name),
        title=(
            "BẢNG THANH TOÁN CHO ĐỐI TƯỢNG THỤ HƯỞNG",
            _about(approved, scheme),
            VOUCHER,
        ),
        columns=tuple(COLUMNS.values()),
        sections=tuple(sections),
        sums=_sums(payees),
        closing=_closing(approved, payees),
        signers=_signers(office),
        page_note=approved.page_note(payees),
    )


def _summary(office: Office, approved: Approved, scheme: str, payees: pl.DataFrame) -> SignedList:
    """Return the page with one line per way of paying and provider, codes left to be filled in."""
    counted = payees.group_by("channel_label", "provider_name", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("people"), pl.col("amount").sum()
    )
    sections: list[Section] = []
    for channel in counted["channel_label"].unique(maintain_order=True):
        of_channel = counted.filter(channel_label=channel)
        rows = of_channel.select(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("number"),
            *("provider_name", "people", "amount"),
            *(pl.lit("").alias(name) for name in BLANKS),
        )
        heading = f"{_roman(len(sections))}. {channel}"
        sums = {2: int(of_channel["people"].sum()), 3: int(of_channel["amount"].sum())}
        sections.append(Section(heading, rows, sums))
    return SignedList(
        name=SUMMARY,
        issuer=(office.parent, office.name),
        title=("BẢNG TỔNG HỢP KINH PHÍ CHI TRẢ", _about(approved, scheme), VOUCHER),
        columns=SUMMARY_COLUMNS,
        sections=tuple(sections),
        sums={2: payees.height, 3: int(payees["amount"].sum())},
        closing=(_kinds(payees), *_closing(approved, payees)),
        signers=_signers(office),
        page_note=approved.page_note(payees),
    )


def _about(approved: Approved, scheme: str) -> str:
    return f"Kỳ {month_vi(approved.month)}. Nguồn kinh phí: {SCHEMES_VI[scheme]} ({scheme})"


def _roman(place: int) -> str:
    return ROMAN[place] if place < len(ROMAN) else str(place + 1)


def _rows(payees: pl.DataFrame) -> pl.DataFrame:
    """Return the lines; what somebody gets nothing of stays blank."""
    told = payees.with_columns(pl.col(name).replace(0, None) for name in AMOUNTS)
    return told.select(list(COLUMNS))


def _sums(payees: pl.DataFrame) -> dict[int, int]:
    places = {name: place for place, name in enumerate(COLUMNS)}
    return {places[name]: int(payees[name].sum()) for name in AMOUNTS}


def _closing(approved: Approved, payees: pl.DataFrame) -> tuple[str, ...]:
    """Return the total in words, its two channels, and who said yes to which table."""
    total = int(payees["amount"].sum())
    return (
        f"Tổng số tiền bằng chữ: {amount_in_words(total)}.",
        f"Tổng số: {dotted(payees.height)} người. Chuyển khoản: {_channel(payees, 'account')}; "
        f"tiền mặt: {_channel(payees, 'cash')}.",
        f"Theo bảng chi có mã xác nhận {approved.digest}. Lập: {approved.prepared}. "
        f"Duyệt: {approved.approved}.",
    )


def _kinds(payees: pl.DataFrame) -> str:
    regular, arrears, recovery = (dotted(abs(int(payees[name].sum()))) for name in AMOUNTS[1:])
    return (
        f"Trong đó: trợ cấp tháng {regular} đồng; truy lĩnh, chi lại {arrears} đồng; "
        f"trừ truy thu {recovery} đồng."
    )


def _channel(payees: pl.DataFrame, channel: str) -> str:
    chosen = payees.filter(pl.col("channel") == channel)
    return f"{dotted(chosen.height)} người, {dotted(int(chosen['amount'].sum()))} đồng"


def _signers(office: Office) -> tuple[tuple[str, str], ...]:
    return tuple((role, office.signers.get(key, "")) for key, role in SIGNERS_VI.items())
