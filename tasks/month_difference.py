"""Why a cycle pays one dossier another amount than the cycle before: parts that add up to it.

The regular amounts are compared as both cycles knew them (`entitlement`): what a cycle then did
not pay of them (held, paid ahead), and all that it paid besides, are parts of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from schemas.period import month_vi, months_vi
from schemas.published import HOLDS_VI, ITEMS_VI, REASONS_VI
from tasks import warehouse
from tasks.warehouse import Connection

Row = dict[str, Any]
Benefit = tuple[str, str]  # scheme, family


@dataclass(frozen=True)
class Part:
    """One reason for the difference, and its VND: the parts of a month sum to the difference."""

    code: str
    scheme: str
    amount: int
    text: str


@dataclass(frozen=True)
class Rate:
    """What one unit of a category is worth in a month, and by which decree."""

    amount: int
    basis: str | None


@dataclass(frozen=True)
class Entitled:
    """What a benefit was regularly worth in a month, as its cycle knew it."""

    category: str
    amount: int


@dataclass(frozen=True)
class Facts:
    """All that is compared of a cycle and the one before, months as numbers."""

    month: int
    items: list[Row]
    entitled: dict[tuple[int, Benefit], Entitled]
    rates: dict[tuple[int, str], Rate]
    holds: dict[int, str]  # rule by cycle
    without_rate: set[tuple[int, str]]  # cycle, scheme
    spans: list[Row]
    reported: dict[str, str]  # scheme -> reason of this cycle's delta
    reasons: set[str]  # of all deltas of this cycle
    paid_ahead: set[tuple[int, Benefit]]  # months of which an earlier cycle had paid

    def regular(self, cycle: int, benefit: Benefit) -> int:
        """Return what a cycle paid of its own month's amount."""
        return sum(
            item["amount"]
            for item in self.of(cycle, "regular")
            if item["entitlement_month"] == cycle and (item["scheme"], item["family"]) == benefit
        )

    def of(self, cycle: int, kind: str) -> list[Row]:
        return [item for item in self.items if (item["month"], item["kind"]) == (cycle, kind)]

    def paid(self, cycle: int) -> int:
        return sum(item["amount"] for item in self.items if item["month"] == cycle)


def read(connection: Connection, month: int) -> Facts:
    """Read the facts of a cycle from tables that hold one dossier's rows and from `rate_month`."""

    def rows(select: str) -> list[Row]:
        return warehouse.dicts(connection, select, month=month)

    deltas = rows("SELECT * FROM delta WHERE month = $month ORDER BY kind DESC, reason")
    both = "month IN ($month, $month - 1)"
    return Facts(
        month=month,
        items=rows(f"SELECT * FROM payment_item WHERE {both} ORDER BY entitlement_month, family"),
        entitled={
            (row["month"], (row["scheme"], row["family"])): Entitled(
                row["category_code"], row["amount"]
            )
            for row in rows(f"SELECT * FROM entitlement WHERE {both} ORDER BY scheme, family")
        },
        rates={
            (row["month"], row["category_code"]): Rate(row["unit_amount"], row["basis"])
            for row in rows(warehouse.sql("explained_rates"))
        },
        holds={
            row["month"]: row["hold_rule"]
            for row in rows(f"SELECT * FROM standing WHERE {both} AND hold_rule IS NOT NULL")
        },
        without_rate={
            (row["month"], row["scheme"])
            for row in rows(f"SELECT * FROM held WHERE {both} AND rule = 'EN03'")
        },
        spans=rows(warehouse.sql("explained_spans")),
        reported={row["scheme"]: row["reason"] for row in deltas},
        reasons={row["reason"] for row in deltas},
        paid_ahead={
            (row["entitlement_month"], (row["scheme"], row["family"]))
            for row in rows(
                "SELECT DISTINCT entitlement_month, scheme, family FROM payment_item"
                " WHERE entitlement_month IN ($month, $month - 1) AND month < entitlement_month"
            )
        },
    )


def parts(facts: Facts) -> list[Part]:
    """Return what the difference between a cycle and the one before consists of."""
    found = [*_regular_parts(facts), *_other_parts(facts)]
    return [part for part in found if part.amount]


def _regular_parts(facts: Facts) -> Iterator[Part]:
    paid = {(item["scheme"], item["family"]) for item in facts.items}
    for benefit in sorted(paid | {benefit for _, benefit in facts.entitled}):
        yield from _entitled_parts(facts, benefit)
        for cycle, sign in ((facts.month - 1, -1), (facts.month, 1)):
            yield from _unpaid_parts(facts, benefit, cycle, sign)


def _entitled_parts(facts: Facts, benefit: Benefit) -> Iterator[Part]:
    """Yield why the regular amount is another one than in the month before."""
    before = facts.entitled.get((facts.month - 1, benefit))
    now = facts.entitled.get((facts.month, benefit))
    if before and now:
        yield from _rate_parts(facts, benefit, before, now)
    elif now:
        yield Part("started", benefit[0], now.amount, _started(facts, benefit, now))
    elif before:
        yield Part("stopped", benefit[0], -before.amount, _stopped(facts, benefit, before))


def _rate_parts(facts: Facts, benefit: Benefit, before: Entitled, now: Entitled) -> Iterator[Part]:
    """Yield the parts of another standard, another band and other units, as far as they show."""
    scheme = benefit[0]
    first = facts.rates.get((facts.month - 1, before.category))
    raised = facts.rates.get((facts.month, before.category))
    last = facts.rates.get((facts.month, now.category))
    units = _units(before, first), _units(now, last)
    if not (first and raised and last and units[0] and units[1]):
        yield Part("changed", scheme, now.amount - before.amount, _changed(facts, benefit))
        return
    basis = f" ({raised.basis})" if raised.basis else ""
    turn = "tăng" if raised.amount > first.amount else "giảm"
    yield Part(
        "standard", scheme, units[0] * (raised.amount - first.amount), f"mức chuẩn {turn}{basis}"
    )
    yield Part(
        "band",
        scheme,
        units[0] * (last.amount - raised.amount),
        f"đổi mức theo tuổi từ {before.category} sang {now.category}",
    )
    yield Part(
        "units",
        scheme,
        (units[1] - units[0]) * last.amount,
        f"số suất từ {units[0]} thành {units[1]}",
    )


def _units(entitled: Entitled, rate: Rate | None) -> int | None:
    """Return how many units an amount is, None where it is no whole number of the rate."""
    if rate is None or rate.amount <= 0 or entitled.amount % rate.amount:
        return None
    return entitled.amount // rate.amount


def _changed(facts: Facts, benefit: Benefit) -> str:
    reason = facts.reported.get(benefit[0])
    return "mức tháng thay đổi" + (f" ({REASONS_VI[reason].lower()})" if reason else "")


def _started(facts: Facts, benefit: Benefit, now: Entitled) -> str:
    scheme, family = benefit
    if (facts.month - 1, scheme) in facts.without_rate:
        return f"nay đã có mức được xác nhận của {now.category}"
    begun = [
        span
        for span in facts.spans
        if span["family"] == family and facts.month in (span["from_month"], span["start_cycle"])
    ]
    if not begun:
        return f"được tính {now.category}"
    return f"{_reason(begun[-1]['start_reason'], begun[-1]['start_decision'])}: {now.category}"


def _stopped(facts: Facts, benefit: Benefit, before: Entitled) -> str:
    scheme, family = benefit
    if (facts.month, scheme) in facts.without_rate:
        return f"{before.category} {HOLDS_VI['EN03']} cho tháng {month_vi(facts.month)}"
    spans = [span for span in facts.spans if span["family"] == family]
    ended = [span for span in spans if (span["stop_month"] or facts.month + 1) <= facts.month]
    if ended and len(ended) == len(spans):
        reason = _reason(ended[-1]["stop_reason"], ended[-1]["stop_decision"])
        return f"thôi hưởng {before.category} ({reason})"
    reported = facts.reported.get(scheme)
    told = REASONS_VI[reported].lower() if reported else "đã cải chính"
    return f"thôi hưởng {before.category} ({told})"


def _reason(reason: str, decision: str | None) -> str:
    words = REASONS_VI.get(reason, reason).lower()
    return f"{words}, QĐ {decision}" if decision else words


def _unpaid_parts(facts: Facts, benefit: Benefit, cycle: int, sign: int) -> Iterator[Part]:
    """Yield what a cycle did not pay of the regular amount of its own month, and why."""
    entitled = facts.entitled.get((cycle, benefit))
    unpaid = (entitled.amount if entitled else 0) - facts.regular(cycle, benefit)
    if (cycle, benefit) in facts.paid_ahead:
        code, why = "paid_ahead", f"tháng {month_vi(cycle)} đã chi trước"
    elif cycle in facts.holds:
        code, why = "held", f"tạm giữ kỳ {month_vi(cycle)} ({HOLDS_VI[facts.holds[cycle]]})"
    else:
        code, why = "settled_otherwise", f"tháng {month_vi(cycle)} đã tính ở kỳ khác"
    if sign < 0:
        code, why = f"{code}_before", f"kỳ trước không chi vì {why}"
    yield Part(code, benefit[0], -sign * unpaid, why)


def _other_parts(facts: Facts) -> Iterator[Part]:
    """Yield what both cycles paid besides their own month, each kind once per scheme."""
    for cycle, sign in ((facts.month, 1), (facts.month - 1, -1)):
        for kind in ITEMS_VI:
            items = [
                item
                for item in facts.of(cycle, kind)
                if (kind, item["entitlement_month"]) != ("regular", cycle)
            ]
            for scheme, same in _by_scheme(items):
                yield _other_part(kind, scheme, sign, same)


def _by_scheme(items: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    ordered = sorted(items, key=lambda item: item["scheme"])
    for scheme, same in groupby(ordered, key=lambda item: item["scheme"]):
        yield scheme, list(same)


def _other_part(kind: str, scheme: str, sign: int, items: list[Row]) -> Part:
    name = "chi trước" if kind == "regular" else ITEMS_VI[kind]
    code = "ahead" if kind == "regular" else kind
    months = months_vi(item["entitlement_month"] for item in items)
    amount = sign * sum(item["amount"] for item in items)
    if sign < 0:
        gone = f"kỳ trước có {name} tháng {months}, kỳ này không còn"
        return Part(f"{code}_before", scheme, amount, gone)
    return Part(code, scheme, amount, f"{name} tháng {months}")
