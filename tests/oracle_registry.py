"""The registry told naively: rows are judged one by one against what the rows before them left.

Follows SPEC sections 3, 4 and 6 sentence by sentence. Shares no code with `tasks/`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.oracle_law import Communes, Day, Law, fold, read_day, read_month

CHANGE_KINDS = ("GIAM", "DIEU_CHINH", "TANG")
DOI = ("DOI_DOI_TUONG", "DOI_MUC_DO_KT")
MAX_MONTHS_AHEAD = 12
Fields = dict[str, str]


@dataclass
class Row:
    """One row of one sheet: what stood in it, and what came of it."""

    path: str
    row_no: int
    kind: str
    sender: str | None  # as written
    fields: Fields
    commune: str | None = None  # the code that the sender meant
    rules: set[str] = field(default_factory=set)
    is_taken: bool = False
    has_effect: bool = False
    event_no: int = 0
    cycle: int = 0

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def dossier_no(self) -> str:
        return self["dossier_no"]

    @property
    def death(self) -> Day | None:
        return read_day(self["death_date"])

    @property
    def effective(self) -> int | None:
        """The month from which the row speaks: after the month of death where that is known."""
        if self.kind == "GIAM" and self.death and self.death.month:
            return 12 * self.death.year + self.death.month
        return read_month(self["effective_month"])

    @property
    def is_roster(self) -> bool:
        return self.kind == "TANG" and self["reason"] == "HIEN_HUONG"


@dataclass
class Interval:
    """Months [from_month, stop_month) of a benefit in one commune; no stop = running."""

    commune: str
    from_month: int
    start_cycle: int
    start_event: int
    stop_month: int | None = None

    def holds(self, month: int) -> bool:
        return self.from_month <= month and not self.stops_by(month)

    def stops_by(self, month: int) -> bool:
        return self.stop_month is not None and self.stop_month <= month

    def stop(self, month: int) -> None:
        self.stop_month = month if self.stop_month is None else min(self.stop_month, month)


@dataclass
class Event:
    """An accepted row that touches money, and where: pairs of scheme and commune."""

    row: Row
    places: set[tuple[str, str]]


@dataclass
class Dossier:
    """One person: identity, benefits, account and what was verified, as the last rows say."""

    no: str
    name: str = ""
    birth: Day | None = None
    gender: str = ""
    citizen_id: str = ""
    citizen_id_since: int = 0
    is_dead: bool = False
    died_at: int = 0  # event number of the last row that reported it
    benefits: dict[str, list[Interval]] = field(default_factory=dict)
    units: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    roster: list[Row] = field(default_factory=list)
    account: Row | None = None
    words: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    last_interval: Interval | None = None
    events: list[Event] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # event numbers of GIAM and DIEU_CHINH rows

    def last(self, family: str) -> Interval | None:
        return self.benefits[family][-1] if family in self.benefits else None

    def is_running(self, family: str) -> bool:
        """Say whether the last interval of a benefit has no stop."""
        last = self.last(family)
        return last is not None and last.stop_month is None

    def units_in(self, family: str, month: int) -> int:
        said = [units for since, units in self.units[family] if since <= month]
        return said[-1] if said else 1

    def word(self, subject: str, value: str) -> str:
        """Return the latest DUNG or SAI on a value, empty if nobody spoke of it."""
        return self.words.get((subject, value), ("", 0))[0]

    def identify(self, row: Row, *names: str) -> None:
        """Take over the identity fields that a row gives."""
        if "full_name" in names and row["full_name"]:
            self.name = row["full_name"]
        if "birth_date" in names and row["birth_date"]:
            self.birth = read_day(row["birth_date"])
        if "gender" in names and row["gender"]:
            self.gender = row["gender"]
        if row["citizen_id"] and row["citizen_id"] != self.citizen_id:
            self.citizen_id = row["citizen_id"]
            self.citizen_id_since = row.event_no


class Registry:
    """All dossiers of an office, and the rules that judge a row before it becomes an event."""

    def __init__(self, law: Law, communes: Communes, max_arrears_months: int) -> None:
        self.law = law
        self.all_communes = communes
        self.max_arrears_months = max_arrears_months
        self.dossiers: dict[str, Dossier] = {}
        self.last_taken: dict[tuple[Any, ...], Row] = {}
        self.events = 0
        self.cycle = 0
        self.today = Day(1900, 1, 1)

    @property
    def communes(self) -> set[str]:
        """The communes of the office in the open cycle."""
        return self.all_communes.in_month(self.cycle)

    def reform(self) -> None:
        """Write every code of before July 2025 anew: the commune that took the old one over."""
        now = self.all_communes.now
        for dossier in self.dossiers.values():
            for intervals in dossier.benefits.values():
                for interval in intervals:
                    interval.commune = now(interval.commune)
            for event in dossier.events:
                event.places = {(scheme, now(commune)) for scheme, commune in event.places}
        taken = sorted(self.last_taken.items(), key=lambda pair: pair[1].event_no)
        self.last_taken = {
            (commune and now(commune), matter): row for (commune, matter), row in taken
        }

    # --- one ingest ---------------------------------------------------------------------------

    def ingest(self, rows: list[Row], cycle: int) -> None:
        """Judge and fold the rows of one ingest in the order of the law."""
        self.cycle = cycle
        for row in rows:
            row.commune = self.all_communes.meant(row.sender, cycle)
        rows = sorted(rows, key=lambda row: (row.path, row.row_no))
        twice = self._twice_in_one_sheet(rows)
        again: list[Row] = []
        for kind in (*CHANGE_KINDS, "AGAIN", "tai_khoan", "xac_thuc"):
            for row in again if kind == "AGAIN" else [r for r in rows if r.kind == kind]:
                self._judge(row, (row.path, row.row_no) in twice)
                if row.rules == {"EN05"} and kind in ("GIAM", "DIEU_CHINH"):
                    again.append(row)

    def _twice_in_one_sheet(self, rows: list[Row]) -> set[tuple[str, int]]:
        """FL05: return rows of one sheet that say different things of one matter."""
        said: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            matter = self._matter(row)
            if matter:
                said[row.path, matter].append(row)
        return {
            (row.path, row.row_no)
            for same in said.values()
            if any(row.fields != same[0].fields for row in same)
            for row in same
        }

    def _matter(self, row: Row) -> tuple[str, ...] | None:
        """Return what a row is about, within its sheet; None where that cannot be said."""
        if row.kind in CHANGE_KINDS:
            matter = (row.kind, row.dossier_no, self.law.family_of.get(row["category_code"], ""))
        elif row.kind == "tai_khoan":
            matter = (row.kind, row.dossier_no)
        else:
            matter = (row.kind, row.dossier_no, row["subject"], row["value"])
        return matter if all(matter) else None

    def _judge(self, row: Row, twice: bool) -> None:
        self.events += 1
        row.event_no, row.cycle = self.events, self.cycle
        row.rules = set()
        matter = (row.commune, self._matter(row))
        says_nothing_new = self._is_repeated(row, matter) or self._is_dead_already(row)
        if not says_nothing_new:
            row.rules = self._broken(row) | ({"FL05"} if twice else set())
        row.is_taken = not row.rules
        if not row.is_taken:
            return
        row.has_effect = not says_nothing_new
        self.last_taken[matter] = row
        if row.kind in ("GIAM", "DIEU_CHINH"):
            self.dossiers[row.dossier_no].answers.append(row.event_no)
        if row.has_effect:
            self._fold(row)

    def _is_repeated(self, row: Row, matter: tuple[Any, ...]) -> bool:
        last = self.last_taken.get(matter)
        return matter[1] is not None and last is not None and last.fields == row.fields

    def _is_dead_already(self, row: Row) -> bool:
        dossier = self.dossiers.get(row.dossier_no)
        return row.kind == "GIAM" and row["reason"] == "CHET" and bool(dossier and dossier.is_dead)

    # --- the rules that reject ----------------------------------------------------------------

    def _broken(self, row: Row) -> set[str]:
        rules = {
            "TANG": self._tang,
            "GIAM": self._giam,
            "DIEU_CHINH": self._dieu_chinh,
            "tai_khoan": self._tai_khoan,
            "xac_thuc": self._xac_thuc,
        }
        return {rule for rule, is_broken in rules[row.kind](row).items() if is_broken}

    def _tang(self, row: Row) -> dict[str, bool]:
        dossier = self.dossiers.get(row.dossier_no, Dossier(row.dossier_no))
        family = self.law.family_of.get(row["category_code"])
        month = self.cycle if row.is_roster else row.effective
        born = read_day(row["birth_date"])
        strict = not row.is_roster
        return {
            "FL03": row.commune not in self.communes,
            "ID01": self._id_is_malformed(row),
            "ID02": strict and self._id_year_differs(row["citizen_id"], born),
            "ID03": strict and self._id_gender_differs(row["citizen_id"], row["gender"]),
            "ID07": born is None or self._is_future(born),
            "ID08": strict and self._outside_bands(family, born, month),
            "EN01": self._is_no_law(row["category_code"], month),
            "EN02": strict and self._amount_differs(row, family, born, month),
            "EN04": self._is_running_already(dossier, row, family, month),
            "EN06": self._is_too_far(row, is_limited_back=strict),
            "EN07": self._is_second(dossier, family, row.effective, month, leaves=None),
            "EN08": strict and not (row["decision_no"] and row["decision_date"]),
            "EN09": self._lacks(row, "full_name", "gender") or self._has_wrong_units(row),
        }

    def _giam(self, row: Row) -> dict[str, bool]:
        dossier = self.dossiers.get(row.dossier_no, Dossier(row.dossier_no))
        family = self.law.family_of.get(row["category_code"])
        is_dead = row["reason"] == "CHET"
        return {
            "FL03": self._is_not_in_charge(row, dossier.last(family or "")),
            "ID11": self._name_differs(row, dossier),
            "EN01": bool(row["category_code"]) and family is None,
            "EN05": bool(row.dossier_no and family) and not dossier.is_running(family),
            "EN06": self._is_too_far(row, is_limited_back=False),
            "EN08": not is_dead and not (row["decision_no"] and row["decision_date"]),
            "EN09": self._lacks(row, "full_name"),
        }

    def _dieu_chinh(self, row: Row) -> dict[str, bool]:
        dossier = self.dossiers.get(row.dossier_no, Dossier(row.dossier_no))
        family = self.law.family_of.get(row["category_code"])
        old, lacks_old_code = self._benefit_meant(row, dossier)
        last = dossier.last(old or "")
        month = row.effective
        is_doi = row["reason"] in DOI
        born = read_day(row["birth_date"]) or (dossier.birth if dossier.name else None)
        gender = row["gender"] or dossier.gender
        citizen_id = row["citizen_id"] or dossier.citizen_id
        moves = is_doi and bool(old) and old != family
        return {
            "FL03": self._is_not_in_charge(row, last),
            "ID01": self._id_is_malformed(row),
            "ID02": bool(row["citizen_id"] or row["birth_date"])
            and self._id_year_differs(citizen_id, born),
            "ID03": bool(row["citizen_id"] or row["gender"])
            and self._id_gender_differs(citizen_id, gender),
            "ID07": born is not None and self._is_future(born),
            "ID08": self._outside_bands(family, born, month),
            "ID11": is_doi and self._name_differs(row, dossier),
            "EN01": self._is_no_law(row["category_code"], month)
            if is_doi
            else bool(row["category_code"]) and family is None,
            "EN02": self._amount_differs(row, family, born, month),
            "EN05": bool(row.dossier_no and old)
            and not lacks_old_code
            and (
                last is None
                or last.stop_month is not None
                or (month is not None and month < last.from_month)
            ),
            "EN06": self._is_too_far(row, is_limited_back=True),
            "EN07": moves and self._is_second(dossier, family, month, month, leaves=old),
            "EN08": not (row["decision_no"] and row["decision_date"]),
            "EN09": self._lacks(row, "full_name") or lacks_old_code or self._has_wrong_units(row),
        }

    def _benefit_meant(self, row: Row, dossier: Dossier) -> tuple[str | None, bool]:
        """Return the family that a DIEU_CHINH row changes, and whether its old code is missing."""
        family = self.law.family_of.get(row["category_code"])
        if row["reason"] not in DOI:
            return family, False
        if row["old_category_code"]:
            return self.law.family_of.get(row["old_category_code"]), False
        return family, bool(family) and not dossier.is_running(family)

    def _tai_khoan(self, row: Row) -> dict[str, bool]:
        dossier = self.dossiers.get(row.dossier_no)
        number = row["account_number"]
        is_in_form = 6 <= len(number) <= 19 and number.isascii() and number.isalnum()
        return {
            "FL03": bool(row.dossier_no)
            and (dossier is None or self._is_not_in_charge(row, dossier.last_interval)),
            "ID11": bool(dossier and row["full_name"]) and self._name_differs(row, dossier),
            "AC01": bool(number) and not is_in_form,
            "AC02": bool(row["bank"]) and row["bank"] not in self.law.banks,
            "EN09": not (row.dossier_no and row["method"]),
        }

    def _xac_thuc(self, row: Row) -> dict[str, bool]:
        return {
            "FL03": bool(row.dossier_no) and row.dossier_no not in self.dossiers,
            "EN09": not all(row[n] for n in ("dossier_no", "subject", "value", "outcome")),
        }

    def _is_not_in_charge(self, row: Row, last: Interval | None) -> bool:
        """FL03: no commune of ours, or another than that of the last interval."""
        if row.kind == "tai_khoan" and row.commune is None:
            return False
        if row.commune not in self.communes:
            return True
        return last is not None and last.commune != row.commune

    def _lacks(self, row: Row, *also: str) -> bool:
        always = ("dossier_no", "category_code", "reason", "effective_month")
        return not all(row[name] for name in (*always, *also))

    def _has_wrong_units(self, row: Row) -> bool:
        code = row["category_code"]
        is_known = code in self.law.family_of
        return is_known and int(row["units"] or 1) > 1 and code not in self.law.per_unit

    def _is_future(self, born: Day) -> bool:
        """ID07: the earliest day that the date can mean is still to come."""
        return Day(born.year, born.month or 1, born.day or 1) > self.today

    def _id_is_malformed(self, row: Row) -> bool:
        return bool(row["citizen_id"]) and not _is_id(row["citizen_id"])

    def _id_year_differs(self, citizen_id: str, born: Day | None) -> bool:
        return _is_id(citizen_id) and born is not None and _id_year(citizen_id) != born.year

    def _id_gender_differs(self, citizen_id: str, gender: str) -> bool:
        return _is_id(citizen_id) and bool(gender) and _id_gender(citizen_id) != gender

    def _outside_bands(self, family: str | None, born: Day | None, month: int | None) -> bool:
        if family is None or born is None or month is None:
            return False
        # Bands of any validity: whether they are in law is EN01's business.
        return not self.law.age_fits(family, born, month)

    def _is_no_law(self, code: str, month: int | None) -> bool:
        if not code or month is None:
            return bool(code) and code not in self.law.family_of
        return not self.law.is_valid(code, month)

    def _amount_differs(
        self, row: Row, family: str | None, born: Day | None, month: int | None
    ) -> bool:
        """EN02, for rows that give a coefficient or an amount; without a rate not judged."""
        if not (family and born and month is not None):
            return False
        if not self.law.rate(family, born, month, 1):
            return False
        band = self.law.band(family, born, month)
        if row["coefficient"] and band and band["coefficient"]:
            given = float(row["coefficient"].replace(",", "."))
            if given != float(band["coefficient"]):
                return True
        if not row["monthly_amount"]:
            return False
        if row["units"] or row.kind == "TANG":
            units = int(row["units"] or 1)
        else:
            units = self.dossiers[row.dossier_no].units_in(family, month)
        rate = self.law.rate(family, born, month, units)
        return bool(rate) and rate != int(row["monthly_amount"])

    def _name_differs(self, row: Row, dossier: Dossier) -> bool:
        return bool(row["full_name"] and dossier.name) and fold(row["full_name"]) != fold(
            dossier.name
        )

    def _is_running_already(
        self, dossier: Dossier, row: Row, family: str | None, month: int | None
    ) -> bool:
        """EN04; of two HIEN_HUONG rows of one benefit the first counts."""
        if family is None:
            return False
        if row.is_roster and any(
            self.law.family_of[first["category_code"]] == family for first in dossier.roster
        ):
            return True
        if month is None or not dossier.is_running(family):
            return False
        return self._counts(family, dossier, month)

    def _counts(self, family: str, dossier: Dossier, month: int) -> bool:
        """A benefit without an age band in the month does not stand in the way of the next."""
        return self.law.band(family, dossier.birth, month) is not None

    def _is_too_far(self, row: Row, is_limited_back: bool) -> bool:
        month = row.effective
        if month is None:
            return False
        is_too_old = is_limited_back and month < self.cycle - self.max_arrears_months
        return is_too_old or month > self.cycle + MAX_MONTHS_AHEAD

    def _is_second(
        self,
        dossier: Dossier,
        family: str | None,
        since: int | None,
        month: int | None,
        leaves: str | None,
    ) -> bool:
        """EN07: a second BTXH or HTXH family in any month from `since` on."""
        if family is None or since is None or month is None:
            return False
        if self.law.scheme_of[family] == "NCC":
            return False
        for other, intervals in dossier.benefits.items():
            if other in (family, leaves) or self.law.scheme_of[other] == "NCC":
                continue
            if self.law.may_stand_together(family, other):
                continue
            if not self._counts(other, dossier, month):
                continue
            if any(_goes_on(interval, since) for interval in intervals):
                return True
        return False

    # --- what a taken row does ----------------------------------------------------------------

    def _fold(self, row: Row) -> None:
        if row.kind == "TANG":
            self._start(row)
            return
        dossier = self.dossiers[row.dossier_no]
        if row.kind == "GIAM":
            self._stop(row, dossier)
        elif row.kind == "DIEU_CHINH":
            self._adjust(row, dossier)
        elif row.kind == "tai_khoan":
            dossier.account = row
        else:
            dossier.words[row["subject"], row["value"]] = (row["outcome"], row.event_no)

    def _start(self, row: Row) -> None:
        dossier = self.dossiers.setdefault(row.dossier_no, Dossier(row.dossier_no))
        dossier.identify(row, "full_name", "birth_date", "gender")
        dossier.is_dead = False
        family = self.law.family_of[row["category_code"]]
        self._begin(dossier, family, row, int(row["units"] or 1))
        if row.is_roster:
            dossier.roster.append(row)
        dossier.events.append(Event(row, {(self.law.scheme_of[family], row.commune)}))

    def _begin(self, dossier: Dossier, family: str, row: Row, units: int) -> None:
        interval = Interval(row.commune, row.effective, self.cycle, row.event_no)
        dossier.benefits.setdefault(family, []).append(interval)
        dossier.last_interval = interval
        dossier.units[family].append((row.effective, units))

    def _stop(self, row: Row, dossier: Dossier) -> None:
        family = self.law.family_of[row["category_code"]]
        families = [family]
        if row["reason"] == "CHET":
            dossier.is_dead = True
            dossier.died_at = row.event_no
            families = list(dossier.benefits)
        # A death is the reason wherever it takes months away, not only where it was reported.
        places = {
            (self.law.scheme_of[ended], interval.commune)
            for ended in families
            for interval in dossier.benefits[ended]
            if _goes_on(interval, row.effective)
        }
        for ended in families:
            self._end(dossier, ended, row.effective)
        dossier.events.append(Event(row, places | {(self.law.scheme_of[family], row.commune)}))

    def _end(self, dossier: Dossier, family: str, month: int) -> None:
        """Make nothing due from a month on, in any interval of the benefit."""
        for interval in dossier.benefits[family]:
            interval.stop(month)

    def _adjust(self, row: Row, dossier: Dossier) -> None:
        family = self.law.family_of[row["category_code"]]
        old, _ = self._benefit_meant(row, dossier)
        is_correction = row["reason"] == "CAI_CHINH"
        named = ("full_name", "birth_date", "gender") if is_correction else ()
        dossier.identify(row, *named)
        touches_money = bool(row["units"]) or (is_correction and bool(row["birth_date"]))
        if old != family:
            self._end(dossier, old, row.effective)
            self._begin(dossier, family, row, int(row["units"] or 1))
            touches_money = True
        elif row["units"]:
            dossier.units[family].append((row.effective, int(row["units"])))
        if touches_money:
            schemes = {self.law.scheme_of[family], self.law.scheme_of[old]}
            dossier.events.append(Event(row, {(scheme, row.commune) for scheme in schemes}))


def _goes_on(interval: Interval, month: int) -> bool:
    """Say whether an interval holds any month from a month on."""
    first = max(interval.from_month, month)
    return interval.stop_month is None or interval.stop_month > first


def _is_id(citizen_id: str) -> bool:
    return len(citizen_id) == 12 and citizen_id.isdigit()


def _id_year(citizen_id: str) -> int:
    return 1900 + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])


def _id_gender(citizen_id: str) -> str:
    return ("Nam", "Nữ")[int(citizen_id[3]) % 2]


def identity_is_wrong(dossier: Dossier) -> bool:
    """ID02 or ID03: the citizen id tells another birth year or gender."""
    citizen_id = dossier.citizen_id
    return _is_id(citizen_id) and (
        _id_year(citizen_id) != dossier.birth.year or _id_gender(citizen_id) != dossier.gender
    )
