"""What the month's official reports say: one to the office above, one to each commune.

Their parts and their order are those of Decree 30/2020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from schemas.period import month_vi, report_deadline
from tasks import cycles, warehouse
from tasks.office import Office
from tasks.official_figures import FEW_VI, Figures, Table, money_table, reasons
from tasks.official_text import Part, Timeliness, report_parts
from tasks.report_history import history
from tasks.signed_list import MOTTO
from tasks.warehouse import Connection

TOTAL = "Tổng cộng"
KIND = "BÁO CÁO"
ABOUT = "Kết quả chi trả trợ cấp xã hội hằng tháng không dùng tiền mặt"
NUMBER = "Số: ………/BC-………"  # the office's own register gives it
SIGNER = "THỦ TRƯỞNG ĐƠN VỊ"
NOWHERE = "……………"
# Of a commune with few people the sums of an appendix tell what each of them draws, and why.
RECIPIENTS = (
    "Như trên;",
    "UBND các xã, thị trấn, đơn vị chi trả (không kèm phụ lục);",
    "Lưu: VT.",
)
ABOVE = re.compile(r"^(?:UBND|Ủy ban nhân dân)\s+(?:huyện|thành phố|thị xã|xã|phường|tỉnh)\s+")
REASON_PARTS = {
    "failed": "Không chi được",
    "returned": "Bị hoàn trả",
    "no_account": "Chưa có tài khoản",
}
FEW_NOTE = "“dưới 5”: không nêu số nhỏ, vì có thể lộ tình trạng sức khỏe, hoàn cảnh của một người."


@dataclass(frozen=True)
class OfficialReport:
    """All that a report says, whatever it is written as."""

    issuer: tuple[str, str]  # the office above, and the office itself
    motto: tuple[str, str]
    number: str
    place_and_day: str
    kind: str
    about: str
    addressee: str
    opening: str
    parts: tuple[Part, ...]
    closing: str
    recipients: tuple[str, ...]
    signer: tuple[str, str]  # role and name
    appendices: tuple[Table, ...]
    note: str = ""  # below the appendices
    day: date = date(2000, 1, 1)


def reports(
    office: Office, connection: Connection, month: int, progress: pl.DataFrame
) -> Iterator[tuple[str, OfficialReport]]:
    """Yield key and report, that to the office above (key empty) first, then one per commune.

    `progress` is the published table.
    """
    figures = Figures.of(progress, month)
    state = cycles.find(connection, month)
    is_frozen = state is not None and state.is_frozen
    told = history(office, connection).filter(pl.col("month") == month)
    names = _names(connection, month)
    yield "", district_report(office, figures, _timeliness(office, month, told), names, is_frozen)
    for commune in figures.communes():
        own = told.filter(pl.col("unit") == commune)
        here = replace(figures, commune=commune)
        times = _timeliness(office, month, own)
        yield commune, commune_report(office, here, times, names, is_frozen)


def district_report(
    office: Office,
    figures: Figures,
    timeliness: Timeliness,
    names: dict[str, str],
    is_frozen: bool,
) -> OfficialReport:
    """Return the report to the office above; communes get copies, without the appendices."""
    communes = [
        (names.get(code, code), replace(figures, commune=code), "*") for code in figures.communes()
    ]
    total = (TOTAL, figures, "*")
    appendices = (
        money_table("Phụ lục I. KẾT QUẢ CHI TRẢ THEO XÃ", "Xã, thị trấn", [*communes, total]),
        money_table(
            "Phụ lục II. KẾT QUẢ THEO ĐƠN VỊ CHI TRẢ",
            "Đơn vị chi trả",
            [*_providers(figures, names), total],
        ),
        _reason_table("Phụ lục III. LÝ DO", figures, is_public=True),
    )
    return OfficialReport(
        **_heading(office),
        about=f"{ABOUT} {_month_words(figures.month)}",
        addressee=_in_full(office.parent),
        opening=_opening(office, figures.month),
        parts=report_parts(figures, timeliness, is_frozen=is_frozen, is_public=True),
        closing=f"Trên đây là báo cáo kết quả chi trả tháng {month_vi(figures.month)}, "
        f"{office.name} kính báo cáo {_in_full(office.parent)} xem xét, chỉ đạo.",
        recipients=RECIPIENTS,
        appendices=appendices,
        note=FEW_NOTE,
    )


def commune_report(
    office: Office,
    figures: Figures,
    timeliness: Timeliness,
    names: dict[str, str],
    is_frozen: bool,
) -> OfficialReport:
    """Return the report about one commune, to nobody else."""
    name = names.get(figures.commune, figures.commune)
    here = f"{name[:1].lower()}{name[1:]}"
    total = (TOTAL, figures, "*")
    return OfficialReport(
        **_heading(office),
        about=f"{ABOUT} tại {here} {_month_words(figures.month)}",
        addressee=f"Ủy ban nhân dân {here}",
        opening=_opening(office, figures.month),
        parts=report_parts(figures, timeliness, is_frozen=is_frozen, is_public=False),
        closing=f"{office.name} gửi Ủy ban nhân dân {here} biết, phối hợp thực hiện.",
        recipients=("Như trên;", "Lưu: VT."),
        appendices=(
            money_table(
                "Phụ lục I. KẾT QUẢ THEO ĐƠN VỊ CHI TRẢ",
                "Đơn vị chi trả",
                [*_providers(figures, names), total],
            ),
            _reason_table("Phụ lục II. LÝ DO", figures, is_public=False),
        ),
    )


def _heading(office: Office) -> dict[str, Any]:
    place = office.place or ABOVE.sub("", office.parent)
    place = place if place != office.parent or office.place else NOWHERE
    return {
        "issuer": (office.parent.upper(), office.name.upper()),
        "motto": MOTTO,
        "number": NUMBER,
        "place_and_day": f"{place}, {day_words(office.today)}",
        "kind": KIND,
        "signer": (SIGNER, office.signers.get("head", "")),
        "day": office.today,
    }


def day_words(day: date) -> str:
    """Return a day as letters have it: 0 before days below 10, and before January and February."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _month_words(month: int) -> str:
    """Return a month as titles have it, which no line breaks."""
    return f"tháng {month % 12 + 1:02d} năm {month // 12}".replace(" ", "\N{NO-BREAK SPACE}")


def _in_full(name: str) -> str:
    return re.sub(r"^UBND\b", "Ủy ban nhân dân", name)


def _opening(office: Office, month: int) -> str:
    return (
        f"{office.name} báo cáo kết quả chi trả trợ cấp xã hội tháng {month_vi(month)}, số liệu "
        f"tính đến ngày {office.today:%d/%m/%Y}, như sau:"
    )


def _providers(figures: Figures, names: dict[str, str]) -> list[tuple[str, Figures, str]]:
    return [(names.get(code, code), figures, code) for code in figures.providers()]


def _reason_table(title: str, figures: Figures, *, is_public: bool) -> Table:
    """Return how often each reason of a failure, a return and a missing account was given."""
    rows = [
        (part, label, shown if shown == FEW_VI else count)
        for name, part in REASON_PARTS.items()
        for label, count, shown in reasons(figures, name, is_public=is_public)
    ]
    told = tuple((number, *row) for number, row in enumerate(rows, start=1))
    headers = ("STT", "Nội dung", "Lý do", "Số lượt, số đối tượng")
    return Table(title, headers, (6, 26, 46, 12), told, has_total=False)


def _names(connection: Connection, month: int) -> dict[str, str]:
    """Return the names of communes and providers by their codes."""
    return dict(
        warehouse.rows(
            connection,
            "SELECT commune_code, name_vi FROM admin_unit WHERE month_text($month)"
            " BETWEEN valid_from AND coalesce(valid_to, '9999-12')"
            " UNION ALL SELECT provider, min(name_vi) FROM provider GROUP BY ALL",
            month=month,
        )
    )


def _timeliness(office: Office, month: int, told: pl.DataFrame) -> Timeliness:
    """Return how the reports of these rows of `report_history` came in."""
    due = report_deadline(month, office.report_deadline_day)
    expected = dict(told.group_by("unit_kind").len().rows())
    on_time = dict(told.filter(pl.col("on_time")).group_by("unit_kind").len().rows())
    late = told.filter(pl.col("standing") == "late")
    missing = told.filter(pl.col("received_on").is_null())
    return Timeliness(due, expected, on_time, tuple(late["unit_name"]), tuple(missing["unit_name"]))
