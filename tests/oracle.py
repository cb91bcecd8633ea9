"""An independent, deliberately naive computation of the contract: one dossier after the other.

Plain loops over months and benefits, following SPEC sections 5 to 7 sentence by sentence. Shares
no code with `tasks/`; where the two differ, SPEC decides.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle_law import REFORM, UNKNOWN, Communes, Law, fold, read_day
from tests.oracle_registry import Dossier, Interval, Registry, Row, identity_is_wrong

REPORTED_MONTHS = 12  # before the arrears window: differences there are reported, not paid
CLOSING = ("SAI_SO_TK", "TEN_KHONG_KHOP", "TK_DONG", "TK_TAM_KHOA", "VI_CHUA_DINH_DANH")
Key = tuple[int, str, str]  # cycle, dossier, scheme
Account = tuple[str, str]  # BIN, number


class Item(NamedTuple):
    """A benefit and month that a payment settles, whole or in part."""

    family: str
    month: int
    kind: str
    amount: int
    code: str | None  # where something is due in that month


@dataclass
class Payment:
    """One line of a cycle; `results` are what providers said of it, in order."""

    commune: str
    amount: int
    channel: str
    cash_reason: str | None
    provider: str | None
    account: Account | None
    items: list[Item]
    results: list[Result] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def status(self) -> str:
        if self.channel == "none":
            return "paid"
        return self.outcome.status if self.outcome else "instructed"

    @property
    def stands(self) -> bool:
        """An instruction whose result is unknown counts as settled."""
        return self.status not in ("failed", "returned")

    def sum_of(self, kind: str) -> int:
        return sum(item.amount for item in self.items if item.kind == kind)


class Result(NamedTuple):
    """One line of a provider, or what the office decided instead, in a provider's words."""

    status: str
    error_code: str
    amount: int
    event_no: int
    is_decision: bool = False


class Outcome(NamedTuple):
    """What the results together say of a payment, and the line that decided."""

    status: str
    reason: str | None
    event_no: int


class Change(NamedTuple):
    """A delta: what a dossier gets in a commune, against the month before."""

    kind: str
    before: int
    after: int
    reason: str | None
    decision_no: str | None
    arrears: int
    recovery: int


class Due(NamedTuple):
    """What a benefit gives in one month, in which commune, under which code."""

    amount: int
    commune: str
    code: str


@dataclass
class Payroll:
    """All that a cycle computes."""

    payments: dict[tuple[str, str], Payment] = field(default_factory=dict)
    held: dict[tuple[str, str, str], tuple[int | None, str | None]] = field(default_factory=dict)
    receivables: dict[tuple[str, str], int] = field(default_factory=dict)
    too_old: dict[tuple[str, str, int], int] = field(default_factory=dict)
    deltas: dict[tuple[str, str, str], Change] = field(default_factory=dict)
    dues: dict[tuple[str, str], Due] = field(default_factory=dict)
    uncollected: set[str] = field(default_factory=set)


class Oracle:
    """One office that computes by hand."""

    def __init__(
        self,
        law: Law,
        communes: Communes,
        start: int,
        max_offset_share: str = "1.0",
        max_arrears_months: int = 24,
        silent_days: dict[str, int] | None = None,
    ) -> None:
        self.silent_days = silent_days or {}  # of providers whose silence means paid
        self.released_on: dict[int, date] = {}
        self.law = law
        self.communes = communes
        self.registry = Registry(law, communes, max_arrears_months)
        self.start = start
        self.cycle = start
        self.max_offset_share = Fraction(max_offset_share)
        self.max_arrears_months = max_arrears_months
        self.released: dict[int, Payroll] = {}
        self.lines: dict[str, list[tuple[Key, Payment]]] = defaultdict(list)  # by dossier
        self.prepared = Payroll()
        self.with_id: dict[str, list[Dossier]] = {}
        self.with_account: dict[Account, list[Dossier]] = {}

    # --- verbs --------------------------------------------------------------------------------

    def ingest(self, rows: list[Row], results: list[tuple[Key | None, Result]]) -> None:
        """Take the rows of one ingest, then the results, each with the payment that it names."""
        self.registry.ingest(rows, self.cycle)
        for key, result in results:
            self.registry.events += 1
            if key is not None:
                cycle, *line = key
                payment = self.released[cycle].payments[tuple(line)]
                payment.results.append(result._replace(event_no=self.registry.events))

    def reconcile(self, today: date) -> None:
        """Let the results that were ingested speak, and silence where it means paid."""
        for (cycle, _, _), payment in self._instructed():
            payment.outcome = outcome(payment)
            days = self.silent_days.get(payment.provider or "")
            if days and not payment.results and (today - self.released_on[cycle]).days >= days:
                payment.outcome = Outcome("paid", "IM_LANG", 0)

    def resolve(self, key: Key, word: str) -> None:
        """Let the office say what became of a payment, whatever was said before."""
        self.registry.events += 1
        cycle, *line = key
        payment = self.released[cycle].payments[tuple(line)]
        payment.results.append(Result(word, "", payment.amount, self.registry.events, True))
        payment.outcome = outcome(payment)

    def prepare(self, through: int | None = None) -> Payroll:
        """Compute the open cycle."""
        self.prepared = Payroll()
        self._group()
        for dossier in self.registry.dossiers.values():
            self._compute(dossier, through if through is not None else self.cycle)
        return self.prepared

    def release(self, today: date) -> None:
        self.released[self.cycle] = self.prepared
        self.released_on[self.cycle] = today
        for (no, scheme), payment in self.prepared.payments.items():
            self.lines[no].append(((self.cycle, no, scheme), payment))
        self.cycle += 1
        if self.cycle == REFORM:
            self.registry.reform()

    def _instructed(self) -> list[tuple[Key, Payment]]:
        """Return every line ever released."""
        return [line for lines in self.lines.values() for line in lines]

    def _lines(self, dossier: Dossier) -> list[tuple[Key, Payment]]:
        """Return the lines ever released of a dossier, oldest first."""
        return self.lines.get(dossier.no, [])

    def _group(self) -> None:
        """Put dossiers with the same citizen id, or the same account, together."""
        self.with_id, self.with_account = defaultdict(list), defaultdict(list)
        for dossier in self.registry.dossiers.values():
            self.with_id[dossier.citizen_id].append(dossier)
            account = _account(dossier)
            if account:
                self.with_account[account].append(dossier)

    # --- what is due --------------------------------------------------------------------------

    def _due(self, dossier: Dossier, family: str, month: int) -> Due | None:
        """Return the rate where an interval holds the month, nothing due else, or UNKNOWN."""
        holding = [
            interval
            for interval in dossier.benefits.get(family, [])
            if interval.holds(month) and month >= self._floor(dossier, family, interval)
        ]
        if not holding:
            return Due(0, "", "")
        amount = self.law.rate(family, dossier.birth, month, dossier.units_in(family, month))
        if amount is UNKNOWN:
            return UNKNOWN
        band = self.law.band(family, dossier.birth, month)
        return Due(amount, holding[-1].commune, band["category_code"] if band else "")

    def _floor(self, dossier: Dossier, family: str, interval: Interval) -> int:
        """Nothing is due before the cycle of the HIEN_HUONG rows, of this benefit or scheme."""
        scheme = self.law.scheme_of[family]
        rows = [
            (self.law.family_of[row["category_code"]], row.cycle)
            for row in dossier.roster
            if row.cycle <= interval.start_cycle
        ]
        own = [cycle for of, cycle in rows if of == family]
        of_scheme = [cycle for of, cycle in rows if self.law.scheme_of[of] == scheme]
        return max(own[-1:] + sorted(of_scheme)[:1], default=0)

    # --- one dossier in one cycle -------------------------------------------------------------

    def _compute(self, dossier: Dossier, through: int) -> None:
        lines = self._lines(dossier)
        families = sorted(
            set(dossier.benefits) | {item.family for _, line in lines for item in line.items}
        )
        for scheme in sorted({self.law.scheme_of[family] for family in families}):
            of_scheme = [f for f in families if self.law.scheme_of[f] == scheme]
            self._compute_scheme(dossier, scheme, of_scheme, lines, through)
            self._compare(dossier, scheme, of_scheme)
        if self._missed_cash(lines):
            self.prepared.uncollected.add(dossier.no)

    def _compute_scheme(
        self,
        dossier: Dossier,
        scheme: str,
        families: list[str],
        lines: list[tuple[Key, Payment]],
        through: int,
    ) -> None:
        positive: list[Item] = []
        negative: list[Item] = []
        for family in families:
            first = self.cycle - self.max_arrears_months
            for month in range(first - REPORTED_MONTHS, through + 1):
                due = self._due(dossier, family, month)
                if due is UNKNOWN:
                    if month >= first:
                        waits = (dossier.no, scheme, "EN03")  # named by its first family
                        self.prepared.held.setdefault(waits, (None, family))
                    continue
                if month == self.cycle and due.amount:
                    self.prepared.dues[dossier.no, family] = due
                earlier = self._earlier(lines, family, month)
                settled = sum(amount for amount, stands in earlier if stands)
                difference = due.amount - settled
                code = due.code or None
                if month < first and difference:
                    self.prepared.too_old[dossier.no, family, month] = difference
                elif difference > 0:
                    kind = self._kind(month, earlier)
                    positive.append(Item(family, month, kind, difference, code))
                elif difference < 0:
                    negative.append(Item(family, month, "recovery", difference, code))
        self._pay(dossier, scheme, positive, negative)

    def _earlier(
        self, lines: list[tuple[Key, Payment]], family: str, month: int
    ) -> list[tuple[int, bool]]:
        """Return what was instructed for a benefit and month, and whether it stands."""
        return [
            (item.amount, payment.stands)
            for _, payment in lines
            for item in payment.items
            if (item.family, item.month) == (family, month)
        ]

    def _kind(self, month: int, earlier: list[tuple[int, bool]]) -> str:
        if month >= self.cycle:
            return "regular"
        has_failed = bool(earlier) and not any(stands for _, stands in earlier)
        return "retry" if has_failed else "arrears"

    def _pay(
        self, dossier: Dossier, scheme: str, positive: list[Item], negative: list[Item]
    ) -> None:
        """Make one line of the differences; recoveries never take more than their share."""
        gross = sum(item.amount for item in positive)
        debt = -sum(item.amount for item in negative)
        left = int(gross * self.max_offset_share)
        taken: list[Item] = []
        for item in sorted(negative, key=lambda item: (item.month, item.family)):
            part = min(-item.amount, left)
            if part:
                taken.append(item._replace(amount=-part))
                left -= part
        items = positive + taken
        amount = sum(item.amount for item in items)
        hold = self._hold(dossier)
        if hold:
            taken = []  # nothing is paid, so nothing is recovered
            if amount:
                self.prepared.held[dossier.no, scheme, hold] = (amount, None)
        elif positive:
            self.prepared.payments[dossier.no, scheme] = self._line(dossier, scheme, amount, items)
        owed = debt + sum(item.amount for item in taken)
        if owed:
            self.prepared.receivables[dossier.no, scheme] = owed

    def _line(self, dossier: Dossier, scheme: str, amount: int, items: list[Item]) -> Payment:
        commune = self._paying_commune(dossier, scheme)
        if amount == 0:
            return Payment(commune, 0, "none", None, None, None, items)
        reason = self._cash_reason(dossier)
        if reason:
            provider = self.law.cash_provider
            return Payment(commune, amount, "cash", reason, provider, None, items)
        account = _account(dossier)
        by_bin = self.law.provider_of_bin
        provider = by_bin.get(account[0], by_bin["*"])
        return Payment(commune, amount, "account", None, provider, account, items)

    def _paying_commune(self, dossier: Dossier, scheme: str) -> str:
        """Return the commune of the interval that holds the cycle's month, else of the last."""
        intervals = [
            interval
            for family, intervals in dossier.benefits.items()
            if self.law.scheme_of[family] == scheme
            for interval in intervals
        ]
        holding = [interval for interval in intervals if interval.holds(self.cycle)]
        return max(holding or intervals, key=lambda interval: interval.start_event).commune

    # --- holds --------------------------------------------------------------------------------

    def _hold(self, dossier: Dossier) -> str | None:
        """Return the first rule that keeps the whole dossier out of the payroll."""
        if self._id_is_held_by_another(dossier):
            return "ID05"
        if self._is_taken_for_dead(dossier):
            return "ID09"
        return "CHET" if self._is_said_dead(dossier) else None

    def _id_is_held_by_another(self, dossier: Dossier) -> bool:
        if not dossier.citizen_id:
            return False
        return any(
            other is not dossier and self._is_living(other) and _claim(other) < _claim(dossier)
            for other in self.with_id[dossier.citizen_id]
        )

    def _is_living(self, dossier: Dossier) -> bool:
        """Not reported dead, and with a running benefit that is not past its last band."""
        return not dossier.is_dead and any(
            dossier.is_running(family)
            and not self.law.is_past_last_band(family, dossier.birth, self.cycle)
            for family in dossier.benefits
        )

    def _is_taken_for_dead(self, dossier: Dossier) -> bool:
        """The id is of somebody reported dead, and the police did not confirm it since."""
        word, at = dossier.words.get(("DAN_CU", dossier.citizen_id), ("", 0))
        others = self.with_id[dossier.citizen_id] if dossier.citizen_id else []
        return any(
            other.is_dead and other is not dossier and not (word == "DUNG" and at > other.died_at)
            for other in others
        )

    def _is_id_of_dead(self, citizen_id: str) -> bool:
        """Say whether an id is that of a person reported dead."""
        return bool(citizen_id) and any(other.is_dead for other in self.with_id[citizen_id])

    def _is_said_dead(self, dossier: Dossier) -> bool:
        """A provider said so, and nobody answered since."""
        said = [
            payment.outcome.event_no
            for _, payment in self._lines(dossier)
            if payment.outcome and payment.outcome.reason == "CHET"
        ]
        outcome_of_id, at = dossier.words.get(("DAN_CU", dossier.citizen_id), ("", 0))
        answers = dossier.answers + ([at] if outcome_of_id == "DUNG" else [])
        return bool(said) and max(said) > max(answers, default=0)

    # --- account or cash ----------------------------------------------------------------------

    def _cash_reason(self, dossier: Dossier) -> str | None:
        row = dossier.account
        if row is not None and row["method"] == "TIEN_MAT":
            return "exception"
        if row is None or not row["account_number"]:
            return "no_account"
        if (
            self._holder_differs(dossier)
            or self._is_anothers(dossier)
            or self._is_unauthorised(row)
            or dossier.word("TAI_KHOAN", row["account_number"]) == "SAI"
            or self._is_changed_unconfirmed(dossier)
            or self._is_closed(dossier)
        ):
            return "account_unusable"
        return "identity" if self._identity_is_open(dossier) else None

    def _holder_differs(self, dossier: Dossier) -> bool:
        """AC03."""
        row = dossier.account
        if row["method"] == "CHINH_CHU":
            return fold(row["holder_name"]) != fold(dossier.name)
        return not (row["holder_name"] and row["holder_citizen_id"])

    def _is_anothers(self, dossier: Dossier) -> bool:
        """AC04: among living dossiers the first taken row says whose account it is."""
        if not self._is_living(dossier):
            return False
        account = _account(dossier)
        naming = [other for other in self.with_account[account] if self._is_living(other)]
        first = min(naming, key=lambda other: other.account.event_no)
        if first is dossier:
            return False
        holder = _holder_id(dossier)
        return not holder or holder != _holder_id(first)

    def _is_unauthorised(self, row: Row) -> bool:
        """AC05."""
        if row["method"] not in ("GIAM_HO", "UY_QUYEN"):
            return False
        if self._is_id_of_dead(_padded(row["holder_citizen_id"])):
            return True
        if row["method"] == "GIAM_HO":
            return False
        until = read_day(row["authorisation_expires_on"])
        has_expired = until is not None and (
            12 * until.year + (until.month or 12) - 1,
            until.day or 31,
        ) < (self.cycle, _last_day(self.cycle))
        return not row["authorisation_no"] or has_expired

    def _is_changed_unconfirmed(self, dossier: Dossier) -> bool:
        """AC09."""
        paid = [
            payment.account
            for _, payment in self._lines(dossier)
            if payment.channel == "account" and payment.status == "paid"
        ]
        number = dossier.account["account_number"]
        is_changed = bool(paid) and paid[-1] != _account(dossier)
        return is_changed and dossier.word("TAI_KHOAN", number) != "DUNG"

    def _is_closed(self, dossier: Dossier) -> bool:
        """A failure closed this very account, and no new row came since."""
        return any(
            payment.account == _account(dossier)
            and payment.outcome is not None
            and payment.outcome.reason in CLOSING
            and payment.outcome.event_no > dossier.account.event_no
            for _, payment in self._lines(dossier)
        )

    def _identity_is_open(self, dossier: Dossier) -> bool:
        """ID02, ID03, ID06 (an own account only), ID12."""
        if not dossier.citizen_id:
            return dossier.account["method"] == "CHINH_CHU"
        is_refused = dossier.word("DAN_CU", dossier.citizen_id) == "SAI"
        return is_refused or identity_is_wrong(dossier)

    def _missed_cash(self, lines: list[tuple[Key, Payment]]) -> bool:
        """EN10: not collected three cycles running."""
        missed = {
            cycle
            for (cycle, _, _), payment in lines
            if payment.outcome and payment.outcome.reason == "KHONG_DEN_NHAN"
        }
        return all(self.cycle - back in missed for back in (1, 2, 3))

    # --- against the month before -------------------------------------------------------------

    def _compare(self, dossier: Dossier, scheme: str, families: list[str]) -> None:
        before = {f: d for f in families if (d := self._before(dossier, f)) and d.amount}
        after = {f: d for f in families if (d := self.prepared.dues.get((dossier.no, f)))}
        for commune in sorted({due.commune for due in (*before.values(), *after.values())}):
            had = sum(due.amount for due in before.values() if due.commune == commune)
            has = sum(due.amount for due in after.values() if due.commune == commune)
            if had == has:
                continue
            kind = "increase" if not had else "decrease" if not has else "adjustment"
            event = self._event_of(dossier, scheme, commune)
            here = {f: due for f, due in before.items() if due.commune == commune}
            reason = event["reason"] if event else self._own_reason(dossier, before, here, after)
            decision_no = (event["decision_no"] or None) if event else None
            paid = self.prepared.payments.get((dossier.no, scheme))
            arrears, recovery = (
                (paid.sum_of("arrears"), paid.sum_of("recovery"))
                if paid and paid.commune == commune
                else (0, 0)
            )
            self.prepared.deltas[commune, dossier.no, scheme] = Change(
                kind, had, has, reason, decision_no, arrears, recovery
            )

    def _before(self, dossier: Dossier, family: str) -> Due | None:
        """Return what a benefit gave in the month before, as that was released."""
        month = self.cycle - 1
        if self.cycle > self.start:
            before = self.released[month].dues.get((dossier.no, family))
            if before and self.cycle == REFORM:
                return before._replace(commune=self.communes.now(before.commune))
            return before
        rows = [
            row
            for row in dossier.roster
            if self.law.family_of[row["category_code"]] == family and row.effective <= month
        ]
        if not rows:
            return None
        born = read_day(dossier.roster[-1]["birth_date"])
        units = int(rows[0]["units"] or 1)
        amount = self.law.rate(family, born, month, units)
        band = self.law.band(family, born, month)
        return Due(amount, rows[0].commune, band["category_code"]) if amount else None

    def _event_of(self, dossier: Dossier, scheme: str, commune: str) -> Row | None:
        """Return the row of the latest event there, of this cycle or taking effect in its month."""
        for event in reversed(dossier.events):
            row = event.row
            if row.is_roster and row.cycle == self.start:
                continue
            if (scheme, commune) not in event.places:
                continue
            if self.cycle in (row.cycle, row.effective):
                return row
        return None

    def _was_too_young(self, dossier: Dossier, family: str) -> bool:
        """Say whether the age of the month before lay below the band that holds now."""
        band = self.law.band(family, dossier.birth, self.cycle)
        age = self.law.age(dossier.birth, self.cycle - 1)
        return band is not None and age < int(band["age_from_months"] or 0)

    def _own_reason(
        self,
        dossier: Dossier,
        before: dict[str, Due],
        here: dict[str, Due],
        after: dict[str, Due],
    ) -> str:
        """Return why an amount changed by itself; `here` is what this commune gave before."""
        if any(self.law.is_past_last_band(family, dossier.birth, self.cycle) for family in here):
            return "HET_TUOI"
        if any(f in after and after[f].code != due.code for f, due in here.items()):
            return "DOI_HE_SO_TUOI"
        begun = [family for family in after if family not in before]
        if any(self._was_too_young(dossier, family) for family in begun):
            return "DOI_HE_SO_TUOI"
        return "DOI_MUC_CHUAN"


def outcome(payment: Payment) -> Outcome | None:
    """Return what the results say together: the money is with the person unless it came back."""
    found: Outcome | None = None
    for result in payment.results:
        if result.amount != payment.amount:
            continue  # RS02: waits for another line
        reason = result.error_code or "KHAC"
        # What was said before a decision counts no more.
        status = found.status if found and not result.is_decision else ""
        if result.status == "HOAN_TRA" and status != "failed":
            found = Outcome("returned", reason, result.event_no)
        elif result.status == "THANH_CONG":
            found = Outcome("paid", None, result.event_no)
        elif result.status == "LOI" and status in ("", "processing", "failed"):
            found = Outcome("failed", reason, result.event_no)
        elif result.status == "DANG_XU_LY" and not status:
            found = Outcome("processing", None, result.event_no)
    return found


def _account(dossier: Dossier) -> Account | None:
    row = dossier.account
    return (row["bank"], row["account_number"]) if row and row["account_number"] else None


def _claim(dossier: Dossier) -> tuple[bool, int]:
    """Order those who share an id: who the police confirmed, then who had it first."""
    is_confirmed = dossier.word("DAN_CU", dossier.citizen_id) == "DUNG"
    return not is_confirmed, dossier.citizen_id_since


def _padded(citizen_id: str) -> str:
    return citizen_id.zfill(12) if len(citizen_id) == 11 else citizen_id


def _holder_id(dossier: Dossier) -> str:
    own = dossier.account["method"] == "CHINH_CHU"
    return dossier.citizen_id if own else _padded(dossier.account["holder_citizen_id"])


def _last_day(month: int) -> int:
    return monthrange(month // 12, month % 12 + 1)[1]
