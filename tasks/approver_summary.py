"""One page for whoever approves a month: what it costs, why it changed, and what looks odd.

It stays in the office: names and dossiers are told, citizen ids and accounts are masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

import dashboards
from schemas.codes import DELTA_KINDS, SCHEMES
from schemas.period import month_text, month_vi
from schemas.published import HOLDS_VI, REASONS_VI
from tasks import approvals, cycles, warehouse
from tasks.amount_words import dotted
from tasks.office import Office
from tasks.outbox import OutFile
from tasks.pdf import pdf_bytes
from tasks.render import CREATED, Block, Page, csv_bytes, xlsx_bytes
from tasks.shown import shown
from tasks.treasury import CHANNELS
from tasks.warehouse import Connection

Row = dict[str, Any]
Cells = tuple[str | int | None, ...]

NAME, SIGNS_FILE = "tom_tat_duyet", "dau_hieu.csv"
TEMPLATE = Path(__file__).parent / "approver_summary.typ"
WIDTHS = (4.8,) * 24  # letters; the columns of all tables are so many of these
MOST_ALERTS = 4
KINDS_VI = {"increase": "Tăng", "decrease": "Giảm", "adjustment": "Điều chỉnh"}
PARTS_VI = {"arrears": "Truy lĩnh", "retry": "Chi lại", "recovery": "Trừ truy thu"}
OTHERWISE = "Khác: tạm giữ, chi trước nhiều tháng"
AT_START = "Đang hưởng khi bắt đầu, và khác"
SIGNS = {
    "first_payment": "Lần đầu được chi trên {limit} đồng",
    "new_account": "Lần đầu nhận qua tài khoản (kỳ trước không)",
    "changed_account": "Chi vào tài khoản khác kỳ trước",
    "AC09": "Đổi tài khoản, ngân hàng chưa xác nhận: chi tiền mặt (AC09)",
    "AC11": "Số tài khoản gõ dạng số, có thể mất số 0 (AC11)",
    "burst": "Xã có nhiều tài khoản mới, đổi cùng lúc",
    "AC10": "Một người nhận thay cho hơn 5 hồ sơ (AC10)",
    "consecutive_ids": "Người mới có số định danh liền nhau",
    "same_account": "Nhiều hồ sơ khai một tài khoản trong một ngày",
    "over_95": "Được chi, trên 95 tuổi",
    "EN10": "Ba kỳ liền không đến nhận (EN10)",
}
AMOUNT_PLACES = tuple(range(2, 3 + len(SCHEMES)))  # in a line of the way from month to month
COMPARED = ("new_account", "changed_account", "burst")  # with the month before
IN_REVIEW = ("AC09", "AC10", "AC11", "EN10")  # can_xem.csv has them too
CSV_HEADERS = {
    "sign": "Dấu hiệu",
    "label": "Nhóm",
    "dossier_no": "Mã hồ sơ",
    "full_name": "Họ và tên",
    "commune": "Xã",
    "amount": "Số tiền kỳ này",
}


def summary_of_month(office: Office, connection: Connection, month: int) -> list[OutFile]:
    """Return the page as workbook and PDF, and the list of everybody whom a sign is about."""
    _stage_signs(office, connection, month)
    page = _page(office, connection, month)
    people = shown(connection, "summary_people", month=month).with_columns(
        pl.col("sign").replace(_signs_vi(office))
    )
    name = f"{NAME}_{month_text(month)}"
    return [
        OutFile(f"{name}.xlsx", xlsx_bytes([page]), 0),
        OutFile(f"{name}.pdf", _pdf(page, _prepared_on(connection, month)), 0),
        OutFile(SIGNS_FILE, csv_bytes(people, CSV_HEADERS), people.height),
    ]


def _stage_signs(office: Office, connection: Connection, month: int) -> None:
    for name, select in (("summary_review", "list_review"), ("summary_sign", "summary_sign")):
        warehouse.stage(
            connection,
            name,
            dashboards.select(select),
            month=month,
            first_payment_above=office.releasing.first_payment_above,
        )


def _signs_vi(office: Office) -> dict[str, str]:
    limit = dotted(office.releasing.first_payment_above)
    return {sign: words.format(limit=limit) for sign, words in SIGNS.items()}


def _page(office: Office, connection: Connection, month: int) -> Page:
    totals = shown(connection, "summary_totals", month=month)
    has_before = not totals.filter(part="before").is_empty()
    blocks = (
        _alerts(office, connection, month),
        _bridge(totals, month, has_before),
        _providers(connection, month),
        _changes(connection, month, has_before),
        _signs(office, connection, month, has_before),
        _held(connection, month),
    )
    return Page(
        name="Tóm tắt",
        title=_title(office, connection, month),
        blocks=tuple(block for block in blocks if block is not None),
        widths=WIDTHS,
    )


def _title(office: Office, connection: Connection, month: int) -> tuple[str, ...]:
    digest, by, through, payments, amount, owing, owed = warehouse.rows(
        connection,
        "SELECT coalesce(digest, ''), coalesce(prepared_by, ''), coalesce(through, month),"
        " (SELECT count(*) FROM payment WHERE month = $month),"
        " (SELECT coalesce(sum(amount), 0)::BIGINT FROM payment WHERE month = $month),"
        " (SELECT count(DISTINCT dossier_no) FROM receivable WHERE month = $month),"
        " (SELECT coalesce(sum(amount), 0)::BIGINT FROM receivable WHERE month = $month)"
        " FROM cycle WHERE month = $month",
        month=month,
    )[0]
    ahead = "" if through == month else f" Chi trước đến tháng {month_vi(through)}."
    return (
        office.name.upper(),
        f"TÓM TẮT ĐỂ DUYỆT CHI KỲ {month_vi(month)}",
        f"Người lập: {by}, ngày {_day(_prepared_on(connection, month))}. {dotted(payments)} khoản, "
        f"{dotted(amount)} đồng.{ahead} Còn phải thu: {dotted(owing)} hồ sơ, {dotted(owed)} đồng.",
        f"Mã xác nhận: {digest[:16]}  (đủ: {digest})",
    )


def _prepared_on(connection: Connection, month: int) -> date:
    day = warehouse.value(connection, "SELECT prepared_on FROM cycle WHERE month = $m", m=month)
    return day or CREATED.date()


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _alerts(office: Office, connection: Connection, month: int) -> Block | None:
    """Return what must be accepted or done before this month can be released."""
    state = cycles.find(connection, month)
    told = list(state.alerts if state else ())
    if told:
        told = [*_cut(told, MOST_ALERTS, "can_xem.csv"), "Người duyệt ghi lý do: --accept."]
    if approvals.needed(connection, office, month) > 1:
        limit = dotted(office.releasing.second_approver_above)
        told.append(f"Tổng tiền kỳ này trên {limit} đồng: cần hai người duyệt.")
    if not told:
        return None
    return Block("", ("Phải xem trước khi duyệt",), tuple((line,) for line in told), (24,))


def _cut(lines: list[str], most: int, file: str) -> list[str]:
    more = len(lines) - most
    return [*lines[:most], f"… và {dotted(more)} nữa: xem {file}"] if more > 0 else lines


def _bridge(totals: pl.DataFrame, month: int, has_before: bool) -> Block:
    """Return the way from last month's total to this one's; its lines add up."""
    lines = [_line(f"Kỳ {month_vi(month - 1)}", totals.filter(part="before"))]
    moved = totals.filter(part="delta")
    for kind in DELTA_KINDS:
        for reason, label in REASONS_VI.items():
            found = moved.filter(kind=kind, reason=reason)
            if found.height:
                lines.append(_line(f"{KINDS_VI[kind]}: {label}", found))
    for part, label in PARTS_VI.items():
        found = totals.filter(pl.col("part") == part, pl.col("amount") != 0)
        if found.height:
            lines.append(_line(f"{label} (so với kỳ trước)", found))
    now = _line(f"Kỳ {month_vi(month)}", totals.filter(part="now"))
    rest = [int(now[place]) - sum(int(line[place]) for line in lines) for place in AMOUNT_PLACES]
    if any(rest):
        lines.append((OTHERWISE if has_before else AT_START, 0, *rest))
    headers = ("Tổng tiền so với kỳ trước (đồng)", "Lượt", *SCHEMES, "Cộng")
    shown_lines = tuple(tuple(cell or None for cell in line) for line in (*lines, now))
    return Block("", headers, shown_lines, (7, 2, 4, 4, 3, 4))


def _line(label: str, found: pl.DataFrame) -> tuple[str | int, ...]:
    of_scheme = dict(found.group_by("scheme").agg(pl.col("amount").sum()).rows())
    amounts = [int(of_scheme.get(scheme, 0)) for scheme in SCHEMES]
    return (label, int(found["lines"].sum()), *amounts, sum(amounts))


def _providers(connection: Connection, month: int) -> Block:
    rows = [
        (
            *(one["provider_name"], CHANNELS[one["channel"]]),
            *(one[name] for name in ("lines_before", "amount_before", "lines", "amount")),
        )
        for one in shown(connection, "summary_providers", month=month).to_dicts()
    ]
    headers = ("Chi qua", "Hình thức", *("Khoản kỳ trước", "Đồng kỳ trước", "Khoản", "Đồng"))
    return Block("", headers, tuple(rows), (9, 3, 2, 4, 2, 4))


def _changes(connection: Connection, month: int, has_before: bool) -> Block:
    """Return the ten payments that differ most from last month's."""
    found = shown(connection, "summary_changes", month=month).to_dicts()
    rows: list[Cells] = [
        (
            *(one["dossier_no"], one["full_name"], one["commune"], one["scheme"]),
            *(one["amount_before"], one["amount_after"], _why(one, has_before)),
        )
        for one in found
    ]
    more = found[0]["changes"] - len(found) if found else 0
    footer = f"… và {dotted(more)} nữa: xem bien_dong_{month_text(month)}.xlsx" if more else ""
    labels = ("Mười thay đổi lớn nhất", "Họ và tên", "Xã", "Nguồn")
    headers = (*labels, "Kỳ trước", "Kỳ này", "Vì sao")
    return Block("", headers, tuple(rows), (3, 5, 4, 2, 3, 3, 4), footer)


def _why(change: Row, has_before: bool) -> str:
    reasons = [REASONS_VI.get(one, one) for one in (change["reasons"] or "").split(",") if one]
    parts = [label.lower() for part, label in PARTS_VI.items() if change[part]]
    waits = [f"tạm giữ {change['rule']}"] if change["rule"] else []
    return "; ".join([*reasons, *parts, *waits]) or ("" if has_before else "kỳ đầu")


def _signs(office: Office, connection: Connection, month: int, has_before: bool) -> Block:
    """Return how many people each sign is about, and who or which group comes first.

    Signs of nobody are named below the table.
    """
    found: dict[str, list[Row]] = {}
    for one in shown(connection, "summary_signs", month=month).to_dicts():
        found.setdefault(one["sign"], []).append(one)
    bursts = shown(connection, "summary_bursts", month=month).to_dicts()
    rows: list[Cells] = []
    of_nobody = []
    for sign, words in _signs_vi(office).items():
        examples = found.get(sign, [])
        if sign in COMPARED and not has_before:
            of_nobody.append(f"{words} (kỳ đầu tiên, chưa có kỳ trước để so)")
        elif sign == "burst" and bursts:
            rows.append((words, len(bursts), _burst_words(bursts)))
        elif examples:
            rows.append((words, examples[0]["sign_people"], _examples(sign, examples)))
        else:
            of_nobody.append(words)
    headers = ("Dấu hiệu nên xem", "Số lượng", "Ví dụ, nhiều nhất trước")
    footer = f"Không có: {'; '.join(of_nobody)}." if of_nobody else ""
    return Block("", headers, tuple(rows), (7, 2, 15), footer)


def _examples(sign: str, examples: list[Row]) -> str:
    file = "can_xem.csv" if sign in IN_REVIEW else SIGNS_FILE
    return _joined(map(_example, examples), examples[0]["groups"] - len(examples), file)


def _example(one: Row) -> str:
    amount = f"{dotted(one['amount'])} đồng"
    if one["label"] is None:
        return f"{one['full_name']} ({one['dossier_no']}, {one['commune']}, {amount})"
    return f"{one['label']}: {dotted(one['people'])} hồ sơ, {amount}"


def _burst_words(bursts: list[Row]) -> str:
    told = [
        f"{one['commune']}: {dotted(one['accounts'])} trên {dotted(one['all_accounts'] or 0)}"
        for one in bursts[:3]
    ]
    return _joined(told, len(bursts) - len(told), SIGNS_FILE)


def _joined(told: Iterable[str], more: int, file: str) -> str:
    words = "; ".join(told)
    return f"{words}; và {dotted(more)} nữa: xem {file}" if more > 0 else words


def _held(connection: Connection, month: int) -> Block | None:
    found = shown(connection, "summary_held", month=month).to_dicts()
    if not found:
        return None
    rows = tuple(
        (
            f"{one['rule']}: {HOLDS_VI.get(one['rule'], '')}",
            *(one["people_before"], one["people"], one["amount"]),
        )
        for one in found
    )
    headers = ("Tạm giữ, chưa xác nhận mức", "Hồ sơ kỳ trước", "Hồ sơ kỳ này", "Đồng kỳ này")
    return Block("", headers, rows, (13, 4, 3, 4), "Danh sách: tam_giu.csv")


def _pdf(page: Page, prepared_on: date) -> bytes:
    """Return the page as PDF: the same page on the same day is the same bytes."""
    told = {
        "title": page.title,
        "blocks": [
            {
                "headers": block.headers,
                "rows": [[_told(cell) for cell in row] for row in block.rows],
                "spans": block.spans,
                "right": [_is_figure(block, place) for place in range(len(block.headers))],
                "footer": block.footer,
            }
            for block in page.blocks
        ],
    }
    return pdf_bytes(TEMPLATE, told, prepared_on)


def _told(cell: str | int | None) -> str:
    return dotted(cell) if isinstance(cell, int) else cell or ""


def _is_figure(block: Block, place: int) -> bool:
    return any(isinstance(row[place], int) for row in block.rows)
