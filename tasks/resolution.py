"""What the office decides where results do not fit or do not come: one word, one name, one reason.

A decision is an event like a row of a file, with a number from the same counter, and is never
changed: another one follows it. What becomes of the payments is worked out again at once.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from schemas.codes import DECISION_STATUSES, DECISION_WORDS
from schemas.payments import Decision
from schemas.period import month_text
from tasks import cycles, ledger, reconciliation, registry, warehouse
from tasks.amount_words import dotted
from tasks.events import Asked
from tasks.office import Office, Refused
from tasks.recorded import recorded
from tasks.values import fold
from tasks.warehouse import Connection

# Whoever made a payment be paid again since the last release: not who may approve that.
PAID_AGAIN_BY = """
    SELECT DISTINCT decided_by FROM decision
    WHERE cycle = $month AND status IN ('LOI', 'HOAN_TRA')
    ORDER BY decided_by
"""
WHERE_NUMBERS_ARE = "Xem cột “Số ngoại lệ” của outbox/<kỳ>/followup/ngoai_le.csv."

Row = dict[str, Any]


@dataclass(frozen=True)
class Resolved:
    """What a decision came to; `changed` is False where all of it had been said before."""

    reference: str
    word: str
    payment_id: str | None
    month: str  # of the payment; of a line without one that of the exception
    status_before: str | None
    status: str | None
    changed: bool


@dataclass(frozen=True)
class Subject:
    """What a decision is about: a line that does not fit, a payment, or both."""

    line: Row | None
    payment: Row | None

    @property
    def is_nowhere(self) -> bool:
        return self.line is not None and self.line["rule"] == "RS01"

    @property
    def status(self) -> str | None:
        return None if self.payment is None else self.payment["status"]

    @property
    def month(self) -> int:
        return (self.payment or self.line or {})["month"]


def resolve(connection: Connection, office: Office, asked: Asked) -> Resolved:
    """Keep a decision and match again, in one transaction; Refused where it makes no sense."""
    _require_words(asked)
    with recorded(connection, office) as note:
        since = cycles.open_month(connection, office)
        # What was ingested and not matched yet is known first.
        reconciliation.match(connection, office, since)
        reconciliation.stage_open_exceptions(connection)
        subject = _subject(connection, asked)
        _require_sense(connection, asked, subject)
        changed = not _is_said_before(connection, asked, subject)
        if changed:
            _keep(connection, office, asked, subject)
            reconciliation.match(connection, office, since)
            if asked.word != "ignored":
                cycles.reopen(connection, since)
        reconciliation.write_issues(connection)
        if subject.payment is not None:
            reconciliation.write_pending_issues(connection, office, subject.month)
        ledger.require(connection, min(since, subject.month))
        note("resolve", **_told(connection, since, asked))
        after = _payment(connection, subject.payment["payment_id"]) if subject.payment else {}
    return Resolved(
        reference=asked.reference,
        word=asked.word,
        payment_id=after.get("payment_id"),
        month=month_text(subject.month),
        status_before=subject.status,
        status=after.get("status"),
        changed=changed,
    )


def _told(connection: Connection, cycle: int, asked: Asked) -> dict[str, Any]:
    """Return what the journal says of a decision: all that was asked, and when."""
    last = warehouse.value(connection, "SELECT coalesce(max(ingest_no), 0) FROM received_file")
    return {**asdict(asked), "cycle": month_text(cycle), "after_ingest": last}


def _require_words(asked: Asked) -> None:
    if asked.word not in DECISION_WORDS:
        raise Refused(f"--as là một trong: {', '.join(DECISION_WORDS)}; không phải “{asked.word}”.")
    if not fold(asked.by):
        raise Refused("Thiếu tên người quyết định (--by).")
    if not asked.reason.strip():
        raise Refused("Thiếu lý do (--reason).")
    if asked.word == "belongs" and not asked.payment_id:
        raise Refused("Ghi mã khoản chi mà dòng này nói đến: --payment MÃ.")
    if asked.word != "belongs" and asked.payment_id:
        raise Refused("--payment chỉ đi với --as belongs.")


# --- what it is about -------------------------------------------------------------------------


def _subject(connection: Connection, asked: Asked) -> Subject:
    reference = asked.reference.strip()
    if not re.fullmatch(r"\d{1,15}", reference, re.ASCII):
        return Subject(None, _payment(connection, reference.upper()))
    line = _line(connection, int(reference))
    named = asked.payment_id.strip().upper() if asked.payment_id else None
    payment_id = named or (None if line["rule"] == "RS01" else line["payment_id"])
    return Subject(line, _payment(connection, payment_id) if payment_id else None)


def _line(connection: Connection, number: int) -> Row:
    """Return the line of an exception; RS01 comes first, and is then the only rule."""
    found = warehouse.dicts(
        connection,
        "SELECT rule, result_exception.cycle AS month, result_exception.payment_id, event_no,"
        " result.cycle AS taken_cycle, provider, amount, status, error_code, fee"
        " FROM result_exception JOIN result USING (event_no) WHERE event_no = $number"
        " ORDER BY rule",
        number=number,
    )
    if not found:
        raise Refused(f"Không có ngoại lệ số {number}. {WHERE_NUMBERS_ARE}")
    return found[0]


def _payment(connection: Connection, payment_id: str) -> Row:
    """Return a payment that was handed to a provider, with what became of it so far."""
    found = warehouse.dicts(
        connection,
        "SELECT payment.payment_id, month, payment.dossier_no, provider, amount, channel, state,"
        " coalesce(outcome.status, 'instructed') AS status, outcome.basis"
        " FROM payment JOIN cycle USING (month) LEFT JOIN outcome USING (month, payment_id)"
        " WHERE payment.payment_id = $payment_id",
        payment_id=payment_id,
    )
    if not found:
        raise Refused(f"Không có khoản chi mã {payment_id}. {WHERE_NUMBERS_ARE}")
    payment = found[0]
    if payment["state"] not in cycles.FROZEN:
        raise Refused(
            f"Kỳ {month_text(payment['month'])} chưa duyệt chi: khoản {payment_id} chưa gửi cho "
            "đơn vị nào, chưa có gì để quyết định."
        )
    if payment["channel"] == "none":
        raise Refused(f"Khoản {payment_id} được bù trừ hết, không gửi cho đơn vị nào.")
    return payment


# --- what makes sense -------------------------------------------------------------------------


def _require_sense(connection: Connection, asked: Asked, subject: Subject) -> None:
    """Refuse what cannot be said of this line or payment, with what can be."""
    if subject.line is None and asked.word not in DECISION_STATUSES:
        raise Refused(
            f"{asked.word} nói về một dòng kết quả: ghi số ngoại lệ của dòng đó. "
            + WHERE_NUMBERS_ARE
        )
    if asked.word == "belongs":
        _require_belongs(subject)
    elif subject.is_nowhere and asked.word != "ignored":
        raise Refused(
            f"Dòng số {asked.reference} không ứng với khoản chi nào. Dùng --as belongs --payment "
            "MÃ nếu biết là của khoản nào, --as ignored nếu không phải kết quả chi trả."
        )
    elif asked.word in ("failed", "returned") and not asked.is_against_provider:
        _require_not_reported_paid(connection, asked, subject)


def _require_belongs(subject: Subject) -> None:
    line, payment = subject.line, subject.payment
    assert line is not None
    assert payment is not None
    if not subject.is_nowhere:
        raise Refused(
            f"Dòng này đã ứng với khoản {line['payment_id']}: belongs chỉ dùng cho dòng RS01."
        )
    if line["provider"] not in (None, payment["provider"]):
        raise Refused(
            f"Dòng này do {line['provider']} gửi, khoản {payment['payment_id']} thì gửi cho "
            f"{payment['provider']}."
        )
    if payment["month"] >= line["taken_cycle"]:
        raise Refused(
            f"Dòng này nhận trước khi kỳ {month_text(payment['month'])} được duyệt chi, không thể "
            "là kết quả của kỳ đó."
        )
    if line["amount"] is not None and line["amount"] != payment["amount"]:
        raise Refused(
            f"Dòng này ghi {dotted(line['amount'])} đồng, lệnh chi {payment['payment_id']} là "
            f"{dotted(payment['amount'])} đồng. Hỏi lại đơn vị chi trả; quyết định trên mã khoản "
            "chi nếu đã rõ."
        )


def _require_not_reported_paid(connection: Connection, asked: Asked, subject: Subject) -> None:
    if _is_reported_paid(connection, subject):
        raise Refused(
            f"Đơn vị chi trả đã báo chi khoản này; ghi {asked.word} thì kỳ sau chi lại lần nữa. "
            "Nếu đã chắc tiền không ở người hưởng, thêm --against-provider."
        )


def _is_reported_paid(connection: Connection, subject: Subject) -> bool:
    """Tell whether a provider said that it paid, whatever amount, and not that it came back."""
    payment = subject.payment
    if payment is None or payment["status"] == "returned":
        return False
    if payment["status"] == "paid" and payment["basis"] not in ("decision", "silence"):
        return True
    return bool(
        warehouse.value(
            connection,
            "SELECT count(*) FROM result WHERE is_taken AND status = 'THANH_CONG'"
            " AND payment_id = $payment_id",
            payment_id=payment["payment_id"],
        )
    )


def _is_said_before(connection: Connection, asked: Asked, subject: Subject) -> bool:
    """Tell whether a decision would change nothing.

    Refused where a line was decided otherwise: what is said of its payment can follow, though.
    """
    if asked.word in DECISION_STATUSES:
        assert subject.payment is not None
        waiting = warehouse.value(
            connection,
            "SELECT count(*) FROM open_exception WHERE rule <> 'RS01' AND payment_id = $payment_id",
            payment_id=subject.payment["payment_id"],
        )
        is_known = subject.status == asked.word and subject.payment["basis"] != "silence"
        return is_known and not waiting
    assert subject.line is not None
    number = subject.line["event_no"]
    if asked.word == "ignored" and not warehouse.rows(
        connection, "SELECT 1 FROM open_exception WHERE event_no = $number", number=number
    ):
        return True
    earlier = warehouse.rows(
        connection,
        "SELECT word, payment_id FROM decision WHERE exception_no = $number"
        " ORDER BY event_no DESC LIMIT 1",
        number=number,
    )
    same = (asked.word, subject.payment and subject.payment["payment_id"])
    if earlier and earlier[0] != same:
        raise Refused(
            f"Ngoại lệ số {asked.reference} đã được quyết định ({earlier[0][0]}). Muốn đổi, quyết "
            "định trên mã khoản chi."
        )
    return bool(earlier)


# --- keeping ----------------------------------------------------------------------------------


def _keep(connection: Connection, office: Office, asked: Asked, subject: Subject) -> None:
    """Append the decision as the next event."""
    registry.stage_next_event(connection)
    line, payment = subject.line or {}, subject.payment or {}
    is_line = asked.word == "belongs"
    warehouse.append(
        connection,
        Decision,
        "SELECT (SELECT next_event_no FROM next_event) + 1 AS event_no, $cycle AS cycle,"
        " (SELECT coalesce(max(ingest_no), 0) FROM received_file) AS after_ingest,"
        " $exception_no AS exception_no, $payment_id AS payment_id, $dossier_no AS dossier_no,"
        " $word AS word, $status AS status, $error_code AS error_code, $fee AS fee,"
        " $is_against_provider AS is_against_provider, $by AS decided_by, $today AS decided_on,"
        " $reason AS reason",
        cycle=cycles.open_month(connection, office),
        exception_no=line.get("event_no"),
        payment_id=payment.get("payment_id"),
        dossier_no=payment.get("dossier_no"),
        word=asked.word,
        status=line["status"] if is_line else DECISION_STATUSES.get(asked.word),
        error_code=line["error_code"] if is_line else None,
        fee=line["fee"] if is_line else None,
        is_against_provider=asked.word in ("failed", "returned")
        and _is_reported_paid(connection, subject),
        by=asked.by.strip(),
        today=office.today,
        reason=asked.reason.strip(),
    )


def paid_again_by(connection: Connection, month: int) -> set[str]:
    """Return the folded names of who made payments be paid again in an open month."""
    names = warehouse.rows(connection, PAID_AGAIN_BY, month=month)
    return {fold(name) for (name,) in names}
