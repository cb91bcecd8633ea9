"""One sentence that says why a cycle pays one dossier what it pays, for the telephone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from schemas.period import month_text, month_vi
from schemas.published import ERRORS_VI, HOLDS_VI, REASONS_VI
from tasks import month_difference, warehouse
from tasks.amount_words import dotted
from tasks.month_difference import Facts, Part
from tasks.office import Office
from tasks.warehouse import Connection

Row = dict[str, Any]
NOTHING_DUE = {
    "aged_out": "đã quá tuổi hưởng",
    "too_young": "chưa đến tuổi hưởng",
    "before_roster": "các tháng trước khi vào sổ đã chi theo cách cũ",
    "no_rate": "chưa có mức được xác nhận",
}


def told(connection: Connection, office: Office, month: int | None) -> Row:
    """Return `sentence`, and `difference` with the parts that sum to it.

    Reads tables that hold one dossier's rows, `rate_month` and `explained_month`.
    """
    if month is None:
        return {"sentence": "Chưa lập kỳ chi trả nào.", "difference": None}
    facts = month_difference.read(connection, month)
    parts = month_difference.parts(facts)
    amount, before = facts.paid(month), facts.paid(month - 1)
    clauses = [_now(connection, facts), _before(connection, facts, office)]
    sentence = f"Kỳ {month_vi(month)}{', '.join(clauses)}"
    reasons = [*_listed(parts), *_besides(connection, facts)]
    if not amount and not parts:
        reasons = [*_why_nothing(connection, facts), *reasons]
    return {
        "sentence": f"{sentence}: {'; '.join(reasons)}." if reasons else f"{sentence}.",
        "difference": {
            "month": month_text(month),
            "amount_before": before,
            "amount": amount,
            "difference": amount - before,
            "parts": [asdict(part) for part in parts],
        },
    }


def _now(connection: Connection, facts: Facts) -> str:
    state = _value(connection, "SELECT state FROM cycle WHERE month = $month", facts.month)
    prepared = " (đã lập, chưa duyệt)" if state == "prepared" else ""
    amount = facts.paid(facts.month)
    if amount:
        return f"{prepared} được chi {dotted(amount)} đồng{_failed(connection, facts.month)}"
    if any(item["month"] == facts.month for item in facts.items):
        return f"{prepared} bù trừ hết, không còn tiền để chi"
    return f"{prepared} không có tiền để chi"


def _before(connection: Connection, facts: Facts, office: Office) -> str:
    now, before = facts.paid(facts.month), facts.paid(facts.month - 1)
    if facts.month == office.start_month:
        return "là kỳ đầu tiên trong sổ"
    if not before:
        return "kỳ trước cũng không" if not now else "kỳ trước không chi"
    failed = _failed(connection, facts.month - 1)
    if now == before:
        return f"bằng kỳ trước{failed}"
    return f"kỳ trước {dotted(before)} đồng{failed}"


def _failed(connection: Connection, cycle: int) -> str:
    """Return in brackets why a provider could not pay in a cycle, if so."""
    found = warehouse.rows(
        connection,
        "SELECT DISTINCT outcome.status, status_reason FROM payment JOIN outcome USING (payment_id)"
        " WHERE payment.month = $month AND outcome.status IN ('failed', 'returned') ORDER BY ALL",
        month=cycle,
    )
    words = {"failed": "không chi được", "returned": "tiền bị trả lại"}
    told = [f"{words[status]}: {ERRORS_VI.get(reason, reason)}" for status, reason in found]
    return f" ({'; '.join(told)})" if told else ""


def _listed(parts: list[Part]) -> list[str]:
    schemes = {part.scheme for part in parts}
    return [
        f"{part.text}{f' [{part.scheme}]' if len(schemes) > 1 else ''} {_signed(part.amount)} đồng"
        for part in parts
    ]


def _signed(amount: int) -> str:
    return f"+{dotted(amount)}" if amount > 0 else f"−{dotted(-amount)}"


def _besides(connection: Connection, facts: Facts) -> list[str]:
    """Return what a family should hear although it changes no amount: a move, a debt."""
    # One of them alone is a part of its own: who leaves the office, or comes to it.
    said = ["hồ sơ chuyển xã"] if {"CHUYEN_DI", "CHUYEN_DEN"} <= facts.reasons else []
    owed = _value(
        connection, "SELECT sum(amount)::BIGINT FROM receivable WHERE month = $month", facts.month
    )
    return [*said, f"còn phải thu lại {dotted(owed)} đồng ở các kỳ sau"] if owed else said


def _why_nothing(connection: Connection, facts: Facts) -> list[str]:
    """Return why nothing is paid in a cycle that differs in nothing from the one before."""
    if facts.month in facts.holds:
        return [f"tạm giữ vì {HOLDS_VI[facts.holds[facts.month]]}"]
    rows = warehouse.dicts(
        connection,
        "FROM explained_month WHERE month = $month ORDER BY scheme, family",
        month=month_text(facts.month),
    )
    return list(dict.fromkeys(_nothing(row) for row in rows if row["state"] != "due"))


def _nothing(row: Row) -> str:
    if row["state"] != "stopped":
        return NOTHING_DUE[row["state"]]
    if not row["stop_month"]:
        return "không có chế độ nào"
    reason = str(REASONS_VI.get(row["stop_reason"], row["stop_reason"])).lower()
    decision = f", QĐ {row['decision_no']}" if row["decision_no"] else ""
    return f"thôi hưởng từ {row['stop_month'][5:]}/{row['stop_month'][:4]} ({reason}{decision})"


def _value(connection: Connection, select: str, month: int) -> Any:
    return warehouse.value(connection, select, month=month)
