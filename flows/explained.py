"""What `chitra explain` says to an officer who has the family on the telephone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from flows.shown import console, number, say
from schemas.codes import SILENCE
from schemas.layouts.entry import METHODS_VI, OUTCOMES_VI, RESULT_STATUSES_VI, SUBJECTS_VI
from schemas.period import month_number, month_vi, months_vi
from schemas.published import (
    CASH_REASONS_VI,
    CHANNELS_VI,
    DECISIONS_VI,
    ERRORS_VI,
    HOLDS_VI,
    ITEMS_VI,
    NO_ACCOUNT_VI,
    REASONS_VI,
    SILENCE_VI,
    STATUSES_VI,
)

Row = dict[str, Any]
SCHEMES_VI = {"BTXH": "bảo trợ xã hội", "NCC": "người có công", "HTXH": "hưu trí xã hội"}
SHEETS_VI = {"TANG": "tăng", "GIAM": "giảm", "DIEU_CHINH": "điều chỉnh"}
BALANCES_VI = {
    "owed": "còn được nhận",
    "to_recover": "phải thu lại",
    "too_old": "quá hạn truy lĩnh, giải quyết riêng",
}
UNUSABLE_VI = {
    "holder_differs": "tên chủ tài khoản không khớp",
    "is_shared": "tài khoản dùng chung với hồ sơ khác",
    "authorisation_invalid": "ủy quyền thiếu văn bản hoặc hết hạn, hay người nhận thay đã chết",
    "is_refused": "ngân hàng báo sai",
    "account_changed": "mới đổi, ngân hàng chưa xác nhận",
    "account_closed": "đã bị đơn vị chi trả báo lỗi",
    "id_missing": "chưa có số định danh",
    "id_refused": "công an báo số định danh sai",
    "id_differs": "số định danh lệch năm sinh hoặc giới tính",
}
STATES_VI = {
    "no_rate": f"{HOLDS_VI['EN03']} (EN03)",
    "before_roster": "trước khi vào sổ: đã chi theo cách cũ",
    "aged_out": "quá tuổi hưởng",
    "too_young": "chưa đến tuổi hưởng",
}
AGE_CHANGES_VI = {
    "next": "Tuổi tính theo tháng; sang bậc tuổi mới từ tháng sau tháng sinh nhật.",
    "same": "Tuổi tính theo tháng; sang bậc tuổi mới ngay trong tháng sinh nhật.",
}
SHOWN_PAYMENTS = 12
DECIDED = "QUYET_DINH"  # an event that no file says


def show(answer: Row) -> None:
    """Print an answer of `tasks.explain.explain`."""
    if answer["as_of_cycle"]:
        say(f"Như sổ biết khi kỳ {_month(answer['as_of_cycle'])} đang mở:")
    if not answer["is_known"]:
        say(
            f"Hồ sơ {answer['dossier_no']} chưa có trong sổ: mọi dòng gửi về đều bị trả lại. "
            "Sửa như ghi dưới đây rồi gửi lại."
        )
        _events(answer["events"])
        return
    _person(answer)
    console.print()
    console.print(f"[bold]{escape(answer['sentence'])}[/bold]")
    _months(answer["months"], answer["age_change"])
    _payments(answer)
    _balance(answer)
    _events(answer["events"])
    _notes(answer)


def _month(text: str) -> str:
    return month_vi(month_number(text))


def _date(text: str | None) -> str:
    """Return a day, month or year as officers write it, as exactly as it is known."""
    return "/".join(reversed((text or "").split("-")))


def _title(text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]")


def _table(headers: Iterable[str], rows: Iterable[Iterable[str]], figure: str = "") -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header in headers:
        is_figure = header == figure
        table.add_column(
            header, justify="right" if is_figure else "left", no_wrap=is_figure, overflow="fold"
        )
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


# --- who -----------------------------------------------------------------------------------------


def _person(answer: Row) -> None:
    born = {"D": "sinh ngày", "M": "sinh tháng", "Y": "sinh năm"}[answer["birth_precision"]]
    exact = {"D": "", "M": " (không rõ ngày)", "Y": " (không rõ ngày, tháng)"}
    parts = [
        f"{answer['full_name']}, {answer['gender']}, {born} {_date(answer['birth_date'])}"
        f"{exact[answer['birth_precision']]}",
        *([answer["village"]] if answer["village"] else []),
        *([answer["commune"]] if answer["commune"] else []),
        *(["ĐÃ BÁO CHẾT"] if answer["is_dead"] else []),
    ]
    say(f"Hồ sơ {answer['dossier_no']}: {', '.join(parts)}.")
    running = [span for span in answer["benefits"] if not span["stop_month"]]
    for span in running:
        say(f"Đang hưởng: {_benefit(span)}, từ {_month(span['from_month'])}.")
    if not running:
        say("Không còn chế độ nào đang hưởng.")
    say(f"Nhận tiền: {_way(answer['account'])}.")


def _benefit(span: Row) -> str:
    code = span["category_code"] or span["family"]
    return f"{span['category_name']} ({code}, {SCHEMES_VI[span['scheme']]})"


def _way(account: Row | None) -> str:
    """Return where the money goes, and why not to an account."""
    if account is None:
        return "chưa có thông tin tài khoản, chi tiền mặt"
    named = f"{METHODS_VI[account['method']]}" if account["method"] else ""
    if account["account_last4"]:
        named = f"{account['bank']} …{account['account_last4']}, {named}, {_holder(account)}"
    if account["channel"] != "cash":
        return named
    return f"tiền mặt tại {account['provider']}, vì {_why_cash(account)}" + (
        f" ({named})" if account["account_last4"] else ""
    )


def _holder(account: Row) -> str:
    relation = f" ({account['relation']})" if account["relation"] else ""
    return f"chủ tài khoản {account['holder_name'] or 'chưa ghi tên'}{relation}"


def _why_cash(account: Row) -> str:
    faults = [words for name, words in UNUSABLE_VI.items() if account[name]]
    reason = CASH_REASONS_VI[account["cash_reason"]]
    if account["cash_reason"] == "no_account" and account["no_account_reason"]:
        return f"{reason}: {NO_ACCOUNT_VI[account['no_account_reason']]}"
    if account["cash_reason"] in ("account_unusable", "identity") and faults:
        return f"{reason}: {'; '.join(faults)}"
    return reason


# --- what was due --------------------------------------------------------------------------------


def _months(months: list[Row], age_change: str) -> None:
    """Print what was due, months of equal terms in one line."""
    ordered = sorted(months, key=lambda row: (row["scheme"], row["family"], row["month"]))
    spans = [list(same) for _, same in groupby(ordered, key=_terms)]
    if not spans:
        return
    _title("Mức được hưởng từng tháng")
    codes = {row["family"]: row["category_code"] for row in months if row["category_code"]}
    rows = [_span(same, codes) for same in sorted(spans, key=lambda same: same[0]["month"])]
    _table(("Tháng", "Loại", "Vì sao", "Mỗi tháng"), rows, "Mỗi tháng")
    for line in _bases(months):
        say(f"  {line}")
    say(f"  {AGE_CHANGES_VI[age_change]}")


def _terms(row: Row) -> tuple[Any, ...]:
    names = ("scheme", "family", "state", "category_code", "amount", "units", "standard_amount")
    return tuple(row[name] for name in (*names, "stop_month", "amount_basis"))


def _span(same: list[Row], codes: dict[str, str]) -> tuple[str, str, str, str]:
    first = same[0]
    months = months_vi(month_number(row["month"]) for row in same)
    code = str(first["category_code"] or codes.get(first["family"]) or first["family"])
    return months, code, _why(first), number(first["amount"])


def _why(row: Row) -> str:
    if row["state"] == "stopped":
        return _why_stopped(row)
    if row["state"] != "due":
        return STATES_VI[row["state"]]
    units = f" × {row['units']} suất" if row["units"] != 1 else ""
    if row["standard_code"] == "FIXED":
        reckoned = f"mức cố định {number(row['unit_amount'])}{units}"
    else:
        coefficient = f"{row['coefficient'].normalize():f}".replace(".", ",")
        reckoned = f"{coefficient} × {number(row['standard_amount'])}{units}"
    return f"{reckoned}; {_age(row)}"


def _why_stopped(row: Row) -> str:
    if not row["stop_month"]:
        return "không có dòng nào cho hưởng"
    reason = str(REASONS_VI.get(row["stop_reason"], row["stop_reason"])).lower()
    decision = f", QĐ {row['decision_no']}" if row["decision_no"] else ""
    return f"thôi hưởng từ {_month(row['stop_month'])}: {reason}{decision}"


def _age(row: Row) -> str:
    """Return the age that counts in the first month, and the band that it lies in."""
    years, months = divmod(row["age_months"], 12)
    age = f"{years} tuổi {months} tháng" if months else f"{years} tuổi"
    low, high = row["age_from_months"], row["age_to_months"]
    if not low and high is None:
        return f"{age}, mọi tuổi"
    above = f" từ {_years(low)}" if low else ""
    below = f" đến dưới {_years(high)}" if high is not None else ""
    return f"{age}, bậc{above}{below}"


def _years(months: int) -> str:
    return f"{months // 12} tuổi" if months % 12 == 0 else f"{months} tháng tuổi"


def _bases(months: list[Row]) -> Iterator[str]:
    """Yield each category once, with its legal basis and those of its amounts."""
    due = [row for row in months if row["amount"] is not None]
    for code in dict.fromkeys(row["category_code"] for row in due):
        same = [row for row in due if row["category_code"] == code]
        law = ", ".join(dict.fromkeys(row["category_basis"] or "" for row in same))
        amounts = ", ".join(dict.fromkeys(row["amount_basis"] or "" for row in same))
        yield f"{code}: {same[0]['category_name']}. Căn cứ: {law}; mức: {amounts}."


# --- what was paid -------------------------------------------------------------------------------


def _payments(answer: Row) -> None:
    shown = answer["payments"][-SHOWN_PAYMENTS:]
    if not shown:
        return
    _title("Đã chi")
    items = {
        payment_id: list(same)
        for payment_id, same in groupby(
            sorted(answer["items"], key=lambda item: item["payment_id"]),
            key=lambda item: item["payment_id"],
        )
    }
    rows = [
        (
            _month(payment["month"]),
            payment["scheme"],
            _contents(items.get(payment["payment_id"], [])),
            _how(payment),
            _status(payment),
            number(payment["amount"]),
        )
        for payment in shown
    ]
    _table(("Kỳ", "Nguồn", "Gồm", "Nơi chi", "Kết quả", "Số tiền"), rows, "Số tiền")
    if len(answer["payments"]) > len(shown):
        say(f"  … và {len(answer['payments']) - len(shown)} khoản của các kỳ trước (xem --json).")


def _contents(items: list[Row]) -> str:
    """Return what a payment consists of: `trợ cấp tháng 07/2024 750.000`."""
    families = {item["family"] for item in items}
    found = []
    for kind in ITEMS_VI:
        for family in sorted(families):
            same = [i for i in items if (i["kind"], i["family"]) == (kind, family)]
            if same:
                months = months_vi(month_number(item["entitlement_month"]) for item in same)
                code = f" {same[0]['category_code'] or family}" if len(families) > 1 else ""
                amount = number(sum(item["amount"] for item in same))
                found.append(f"{ITEMS_VI[kind]} {months}{code} {amount}")
    return ", ".join(found).replace("tháng tháng", "tháng")


def _how(payment: Row) -> str:
    if payment["channel"] == "none":
        return CHANNELS_VI["none"]
    if payment["channel"] == "account":
        return f"{payment['provider']}, {payment['bank']} …{payment['account_last4']}"
    reason = CASH_REASONS_VI.get(payment["cash_reason"], "")
    return f"{payment['provider']}, tiền mặt ({reason})"


def _status(payment: Row) -> str:
    if payment["status_reason"] == SILENCE:
        return SILENCE_VI
    words = STATUSES_VI[payment["status"]]
    if payment["status_reason"]:
        words += f": {ERRORS_VI.get(payment['status_reason'], payment['status_reason'])}"
    if payment["transacted_at"]:
        words += f" {payment['transacted_at'].split()[0]}"
    return words + (f", GD {payment['transaction_no']}" if payment["transaction_no"] else "")


# --- what is open --------------------------------------------------------------------------------


def _balance(answer: Row) -> None:
    _title("Còn lại")
    lines = [*_balance_lines(answer["balances"]), *_held_lines(answer)]
    for line in lines or ["Không còn khoản nào chưa chi hoặc phải thu lại."]:
        say(f"  {line}")


def _balance_lines(balances: list[Row]) -> Iterator[str]:
    def key(row: Row) -> tuple[str, str]:
        return row["kind"], row["scheme"]

    for (kind, scheme), group in groupby(sorted(balances, key=key), key=key):
        same = list(group)
        months = months_vi(month_number(row["month"]) for row in same)
        if kind == "no_rate":
            yield f"{SCHEMES_VI[scheme]}: tạm giữ tháng {months}, {STATES_VI[kind]}."
            continue
        amount = number(abs(sum(row["amount"] for row in same)))
        yield f"{SCHEMES_VI[scheme]}: {BALANCES_VI[kind]} {amount} đồng (tháng {months})."


def _held_lines(answer: Row) -> Iterator[str]:
    for row in answer["held"]:
        if row["month"] == answer["month"] and row["rule"] != "EN03":
            amount = f"{number(row['amount'])} đồng " if row["amount"] else ""
            why = HOLDS_VI[row["rule"]]
            yield (
                f"{SCHEMES_VI[row['scheme']]}: kỳ {_month(row['month'])} tạm giữ "
                f"{amount}vì {why} ({row['rule']})."
            )


# --- who said so ---------------------------------------------------------------------------------


def _events(events: list[Row]) -> None:
    _title("Ai báo gì")
    rows = [
        (
            _month(event["cycle"]),
            event["commune"] or event["provider"] or "",
            _place(event),
            f"{_said(event)}{_taken(event)}",
        )
        for event in events
        # Money that arrived stands under what was paid.
        if (event["kind"], event["reason"]) != ("KET_QUA", "THANH_CONG")
    ]
    _table(("Kỳ", "Nơi gửi", "Tệp, trang, dòng", "Nội dung"), rows)


def _place(event: Row) -> str:
    if event["kind"] == DECIDED:
        return f"{event['decided_by']}, {_date(event['decided_on'])}"
    sheet = f"{event['sheet']} " if event["sheet"] else ""
    return f"{event['file']}, {sheet}dòng {event['row_no']}"


def _said(event: Row) -> str:
    kind, reason = event["kind"], event["reason"] or ""
    if kind in SHEETS_VI:
        return _change_said(event)
    if kind == DECIDED:
        return f"quyết định: {DECISIONS_VI[reason]}; {event['decided_why']}"
    first, _, second = reason.partition(" ")
    if kind == "TAI_KHOAN":
        return METHODS_VI.get(reason, reason)
    if kind == "XAC_THUC":
        return f"{SUBJECTS_VI.get(first, first)}: {OUTCOMES_VI.get(second, second)}"
    failure = f": {ERRORS_VI.get(second, second)}" if second else ""
    return f"{RESULT_STATUSES_VI.get(first, first)}{failure}"


def _change_said(event: Row) -> str:
    reason = REASONS_VI.get(event["reason"], event["reason"] or "").lower()
    codes = " → ".join(
        code for code in (event["old_category_code"], event["category_code"]) if code
    )
    said = f"{SHEETS_VI[event['kind']]} {codes}: {reason}"
    if event["effective_month"]:
        said += f", từ {_month(event['effective_month'])}"
    if event["units"]:
        said += f", {event['units']} suất"
    if event["death_date"]:
        said += f", chết {_date(event['death_date'])}"
    if event["decision_no"]:
        said += f"; QĐ {event['decision_no']} {_date(event['decision_date'])}".rstrip()
    return said


def _taken(event: Row) -> str:
    if event["is_taken"]:
        return "" if event["has_effect"] else " (đã nhận, không có gì mới)"
    faults = "; ".join(f"{fault['rule']}: {fault['message']}" for fault in event["faults"])
    return f". TRẢ LẠI: {faults}"


def _notes(answer: Row) -> None:
    notes = {
        f"{issue['rule']}: {issue['message']}": None
        for issue in answer["issues"]
        if issue["severity"] != "reject" and issue["cycle"] == answer["month"]
    }
    if notes:
        _title("Lưu ý của kỳ")
    for note in notes:
        say(f"  {note}")
