"""Seeded random histories of small offices: months of odd but possible rows and results.

The writer looks into the oracle's registry, so that most rows speak of benefits that exist; what
becomes of a row is never decided here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.period import month_number, month_text, month_vi
from tests.oracle import CLOSING, Key, Oracle
from tests.oracle_law import REFORM
from tests.oracle_registry import Dossier

Fields = dict[str, str]
# These three codes mean the same before and after July 2025, as far as anybody can tell from them;
# the others are merged into one of them or into one another.
LASTING_COMMUNES = ("03217", "03220", "03241")
MERGED_COMMUNES = ("03223", "03226", "03235", "03244", "03247", "03250")
MERGES = True  # let offices have communes that the reform merges
FOREIGN_COMMUNE = "03127"  # a commune, but of another office
# Months from which laws change: merit in July 2023, both standards in 2024, the reform in 2025.
ERAS = {
    "2023": ("2023-05", "2023-05", "2023-06", "2023-07"),
    "2024": ("2024-05", "2024-05", "2024-06", "2024-07"),
    "2025": ("2025-05", "2025-05", "2025-06", "2025-07"),
}
NAMES = ("Vừ A Páo", "Giàng Thị Mỷ", "Sùng A Lềnh", "Lò Thị Sua", "Điêu Chính Đức", "Hạng Thị Dí")
ACCOUNT_BANKS = ("970405", "970449", "971005", "970436")
RESULT_CODES = (*CLOSING, "KHONG_DEN_NHAN", "KHONG_DEN_NHAN", "CHET", "KHAC", "")
FIXED = ("NC_BB_41_50", "NC_BB_91_100", "NC_BMVNAH", "NC_AHLLVT")
DECIDED = ("paid", "failed", "returned")
DECREASES = ("HET_DIEU_KIEN", "HET_TUOI", "TU_NGUYEN", "CHUYEN_HTXH")


@dataclass(frozen=True)
class Plan:
    """What an office is like before anything is sent."""

    seed: int
    dossiers: int
    months: int
    start: int
    age_change: str
    max_offset_share: str
    max_arrears_months: int
    communes: tuple[str, ...]  # codes before July 2025
    silence: tuple[tuple[str, int], ...] = ()  # providers, and days after which it means paid


@dataclass
class Sheet:
    """One CSV: rows of one kind from one commune, or from nobody's folder."""

    kind: str
    commune: str | None
    rows: list[Fields]


@dataclass
class Said:
    """One result line: of a payment or an unknown id, with the amount off by some VND."""

    payment: Key | None
    status: str
    error_code: str = ""
    amount_off: int = 0


@dataclass
class Step:
    """One thing that people do: ingest (sheets and results), resolve, prepare, release, or enact.

    To enact a law is to put these rows in place of a reference table's.
    """

    verb: str
    sheets: list[Sheet] = field(default_factory=list)
    results: list[Said] = field(default_factory=list)
    decided: list[tuple[Key, str]] = field(
        default_factory=list
    )  # payments, and what became of them
    through: int | None = None
    table: str = ""
    rows: list[Fields] = field(default_factory=list)


def plan(seed: int, era: str, dossiers: int, months: int) -> Plan:
    """Draw an office."""
    draw = random.Random(f"plan {era} {seed}")
    return Plan(
        seed,
        dossiers,
        months,
        month_number(draw.choice(ERAS[era])),
        draw.choice(("next", "next", "same")),
        draw.choice(("1.0", "1.0", "0.5", "0.35", "0")),
        draw.choice((24, 24, 12, 6, 2, 1)),
        (
            *LASTING_COMMUNES[: draw.choice((2, 3))],
            *(draw.sample(MERGED_COMMUNES, draw.choice((0, 2, 3))) if MERGES else ()),
        ),
    )


class Writer:
    """Draws what communes, police and providers send in one month after the other."""

    def __init__(self, plan: Plan, oracle: Oracle) -> None:
        self.plan = plan
        self.oracle = oracle
        self.law = oracle.law
        self.draw = random.Random(plan.seed)
        self.sent: dict[str, list[tuple[str, str, Fields]]] = {}
        self.sheets_sent: list[Sheet] = []
        self.people: dict[str, Fields] = {}
        self.decisions = 0

    @property
    def communes(self) -> list[str]:
        """The communes of the office in the open month."""
        now = self.oracle.communes.now if self.oracle.cycle >= REFORM else str
        return list(dict.fromkeys(now(code) for code in self.plan.communes))

    # --- chance -------------------------------------------------------------------------------

    def chance(self, percent: float) -> bool:
        return self.draw.random() * 100 < percent

    def pick(self, weighted: dict[Any, float]) -> Any:
        return self.draw.choices(list(weighted), list(weighted.values()))[0]

    def one(self, values: Sequence[Any]) -> Any:
        return self.draw.choice(values)

    # --- steps --------------------------------------------------------------------------------

    def steps(self) -> Any:
        """Yield the steps of a whole history; each is drawn after the one before was played."""
        for _ in range(self.plan.months):
            if self.chance(60):
                yield self.enactment()
            yield self.sending(is_first=True)
            if decided := self.decided_of():
                yield Step("resolve", decided=decided)
            if self.chance(30):
                yield Step("prepare", through=self.through())
                yield self.sending(is_first=False)
            yield Step("prepare", through=self.through())
            yield Step("release")
        yield self.sending(is_first=False)

    # --- law ----------------------------------------------------------------------------------

    def enactment(self) -> Step:
        """Draw a law that comes late, or one that is put right: valid from a month already paid."""
        return self.pick(
            {
                self.national_standard: 3,
                self.province_standard: 3,
                self.fixed_amount: 3,
                self.confirmation: 3,
                self.withdrawal: 1,
            }
        )()

    def some_month(self) -> str:
        """Draw the month from which a late law is valid."""
        return month_text(self.oracle.cycle + self.pick({0: 4, 1: 1, -1: 3, -2: 2, -5: 1, -14: 1}))

    def national_standard(self) -> Step:
        """Let a standard end, and another follow it: seldom a lower one."""
        since = self.some_month()
        rows = [dict(row) for row in self.law.standards]
        ending = [
            row
            for row in rows
            if row["scope"] == "VN" and row["valid_from"] < since <= (row["valid_to"] or since)
        ]
        if not ending:
            return self.confirmation()
        old = self.one(ending)
        amount = int(old["amount_vnd"]) + self.pick({20_000: 3, 100_000: 3, -40_000: 2})
        rows.append(old | {"amount_vnd": str(amount), "valid_from": since})
        old["valid_to"] = month_text(month_number(since) - 1)
        return Step("enact", table="standards", rows=rows)

    def province_standard(self) -> Step:
        """Let the province pay its own standard; confirmed or not, it stands above the nation's."""
        rows = [dict(row) for row in self.law.standards]
        own = [row for row in rows if row["scope"] == self.law.province]
        code = self.one(("SA_STD", "SA_STD", "SOCIAL_PENSION", "NCC_STD"))
        if any(row["standard_code"] == code for row in own):
            return self.confirmation()
        row = next(row for row in rows if row["standard_code"] == code)
        since = self.some_month()
        until = month_text(month_number(since) + self.draw.randint(0, 3))
        rows.append(
            row
            | {"scope": self.law.province, "amount_vnd": self.one(("560000", "440000", "2100000"))}
            | {"valid_from": since, "valid_to": until if self.chance(30) else ""}
            | {"confirmed": "yes" if self.chance(75) else "no"}
        )
        return Step("enact", table="standards", rows=rows)

    def fixed_amount(self) -> Step:
        """Fill the months for which no amount was known, or put an amount right."""
        rows = [dict(row) for row in self.law.fixed_amounts]
        code = self.one(FIXED)
        of_code = [row for row in rows if row["category_code"] == code]
        if all(row["valid_from"] != "2023-07" for row in of_code):
            gap = {"amount_vnd": "2055000", "valid_from": "2023-07", "valid_to": "2024-06"}
            rows.append(of_code[0] | gap | {"confirmed": "yes" if self.chance(75) else "no"})
        else:
            row = self.one(of_code)
            row["amount_vnd"] = str(int(row["amount_vnd"]) + 31_000)
        return Step("enact", table="fixed_amounts", rows=rows)

    def confirmation(self) -> Step:
        """Confirm all rows of a table that were not: what waited for a rate becomes due."""
        table = self.one(("standards", "fixed_amounts", "categories"))
        return self.marked(table, "yes", lambda row: bool(row.get("coefficient", "1")))

    def withdrawal(self) -> Step:
        """Take back the confirmation of some rows: what was paid stays, what is due waits."""
        table = self.one(("standards", "fixed_amounts", "categories"))
        return self.marked(table, "no", lambda _: self.chance(8))

    def marked(self, table: str, word: str, is_meant: Callable[[Fields], bool]) -> Step:
        rows = [dict(row) for row in getattr(self.law, table)]
        for row in rows:
            if is_meant(row):
                row["confirmed"] = word
        return Step("enact", table=table, rows=rows)

    # --- what arrives -------------------------------------------------------------------------

    def through(self) -> int | None:
        return self.oracle.cycle + self.draw.randint(1, 2) if self.chance(15) else None

    def sending(self, is_first: bool) -> Step:
        """Draw all that arrives between two commands."""
        month = self.oracle.cycle
        rows: list[tuple[str, str | None, Fields]] = []
        if is_first:
            share = 0.75 if month == self.plan.start else 0.12
            for _ in range(round(self.plan.dossiers * share)):
                rows += self.newcomer()
        for dossier in list(self.oracle.registry.dossiers.values()):
            for _ in range(self.pick({0: 60, 1: 28, 2: 10, 3: 2})):
                rows += self.happening(dossier)
        return Step("ingest", sheets=self.bound(rows), results=self.results())

    def bound(self, rows: list[tuple[str, str | None, Fields]]) -> list[Sheet]:
        """Put rows into sheets: one or two of a kind per commune, some sent before."""
        self.draw.shuffle(rows)
        sheets: dict[Any, Sheet] = {}
        for kind, commune, fields in rows:
            fields = {name: value for name, value in fields.items() if value}
            self.sent.setdefault(fields.get("dossier_no", ""), []).append((kind, commune, fields))
            part = self.draw.random() < 0.3
            sender = self.sender(commune)
            sheet = sheets.setdefault((kind, sender, part), Sheet(kind, sender, []))
            sheet.rows.append(fields)
        found = [sheets[key] for key in sorted(sheets, key=str)]
        if self.sheets_sent and self.chance(25):
            found.append(self.sent_again())
        self.sheets_sent += found
        return found

    def sender(self, commune: str | None) -> str | None:
        """Return how a commune signs: by its code, seldom by its name or by what it once was."""
        if not (MERGES and commune and self.chance(3)):
            return commune
        ways = self.oracle.communes.written_as(commune, self.oracle.cycle)
        return self.one(ways) if ways else commune

    def sent_again(self) -> Sheet:
        """Return an earlier sheet whole, as it was or with a row more or less."""
        old = self.one(self.sheets_sent)
        rows = [dict(row) for row in old.rows]
        if self.chance(70):
            rows.pop(self.draw.randrange(len(rows)))
        if self.chance(40) or not rows:
            rows.append(dict(self.one(old.rows)))
        return Sheet(old.kind, old.commune, rows)

    # --- people -------------------------------------------------------------------------------

    def newcomer(self) -> list[tuple[str, str | None, Fields]]:
        """Draw a person with one or two benefits, and mostly an account."""
        no = f"TC{len(self.people) + 1:04d}"
        code = self.category()
        person = self.person(no, code)
        commune = self.one(self.communes)
        rows = [("TANG", commune, self.tang(person, code))]
        if self.chance(25):
            second = self.pick(
                {"NC_TNLS_1": 4, "NC_TNLS_2": 1, "BT04": 3, "BT05A1": 2, "BT06D": 2, "BT08": 1}
            )
            other = commune if self.chance(85) else self.one(self.communes)
            rows.append(("TANG", other, self.tang(person, second)))
        if self.chance(70):
            rows.append(self.account(no, commune))
        if person["citizen_id"] and self.chance(25):
            rows.append(self.verification(no, "DAN_CU", person["citizen_id"]))
        return rows

    def category(self) -> str:
        """Draw a code: families with bands near to change are the likeliest."""
        weights = dict.fromkeys(("BT01A", "BT01B", "BT02", "BT03A", "BT07", "BT08"), 2.0)
        weights |= {"BT04": 6, "BT05A1": 8, "BT05A2": 4, "BT05B": 6, "BT05C": 6, "BT05D": 1}
        weights |= {"BT06A": 2, "BT06B": 2, "BT06C": 2, "BT06D": 3, "BT06E": 3, "BT06F": 3}
        weights |= {"NC_TNLS_1": 3, "NC_TNLS_3": 1, "NC_BMVNAH": 1, "NC_BB_41_50": 2, "CS01": 2}
        weights |= {"NC_BB_91_100": 1, "NC_AHLLVT": 1}
        if self.plan.start >= month_number("2025-05"):
            weights |= {"HT01": 8, "HT02": 5}
        return self.pick(weights)

    def person(self, no: str, code: str) -> Fields:
        """Draw identity: mostly of an age near a limit of the category's bands."""
        twin = self.one(list(self.people.values())) if self.people and self.chance(7) else None
        if twin is not None and self.chance(70):
            kept = {name: twin[name] for name in ("birth_date", "gender", "citizen_id", "code")}
            person = {"dossier_no": no, "full_name": self.one(NAMES), **kept}
        else:
            born = self.birth(code)
            gender = self.one(("Nam", "Nữ"))
            person = {"dossier_no": no, "full_name": self.one(NAMES), "gender": gender}
            person |= {"birth_date": born, "citizen_id": self.citizen_id(born, gender)}
            person["code"] = code
        self.people[no] = person
        return person

    def birth(self, code: str) -> str:
        bands = [row for row in self.law.categories if row["category_code"] == code]
        low = int(bands[0]["age_from_months"] or 216) if bands else 720
        high = int(bands[0]["age_to_months"] or low + 240) if bands else 960
        age = self.pick(
            {
                low + self.draw.randint(-3, 6): 3,
                high - self.draw.randint(-2, 6): 4,
                self.draw.randint(low, high): 4,
                self.draw.randint(0, 1150): 0.5,
            }
        )
        month = self.oracle.cycle - max(0, age)
        month_text = month_vi(month)
        return self.pick(
            {
                f"{self.draw.randint(1, 28):02d}/{month_text}": 75,
                month_text: 12,
                month_text[3:]: 13,
            }
        )

    def citizen_id(self, born: str, gender: str) -> str:
        year = int(born[-4:])
        if self.chance(4):
            year += self.one((-1, 1, 10))
        if self.chance(3):
            gender = "Nữ" if gender == "Nam" else "Nam"
        if self.chance(10):
            return ""
        if self.chance(1):
            return "0110123"
        digit = 2 * (year // 100 - 19) + (gender == "Nữ")
        return f"011{digit}{year % 100:02d}{self.draw.randint(0, 999999):06d}"

    # --- changes ------------------------------------------------------------------------------

    def effective(self, ahead: int = 4, back: int = 6) -> str:
        """Draw a month near the open one, seldom far."""
        away = self.pick(
            {
                0: 40,
                1: 18,
                -self.draw.randint(1, back): 25,
                self.draw.randint(1, ahead): 10,
                -self.one((23, 24, 25)): 4,
                self.one((12, 13)): 2,
            }
        )
        return month_vi(self.oracle.cycle + away)

    def decided(self) -> Fields:
        """Return a decision, seldom without number or day."""
        self.decisions += 1
        fields = {
            "decision_no": f"{self.decisions}/QĐ-UBND",
            "decision_date": f"05/{month_vi(self.oracle.cycle)}",
        }
        if self.chance(2):
            fields.pop(self.one(("decision_no", "decision_date")))
        return fields

    def tang(self, person: Fields, code: str) -> Fields:
        is_roster = self.chance(80 if self.oracle.cycle == self.plan.start else 6)
        reason = "HIEN_HUONG" if is_roster else self.one(("MOI", "MOI", "CHUYEN_DEN", "HUONG_LAI"))
        fields = {
            **{name: value for name, value in person.items() if name != "code"},
            "category_code": code,
            **self.decided(),
            "reason": reason,
            "effective_month": self.since() if is_roster else self.effective(),
            **self.units(code),
        }
        fields |= self.amounts(fields)
        if self.chance(2):
            fields.pop(self.one(("full_name", "gender", "birth_date", "effective_month")))
        if self.chance(1):
            fields["category_code"] = self.one(("XX99", "BT05B", "HT01", "BT02"))
        return fields

    def since(self) -> str:
        return month_vi(self.oracle.cycle - self.pick({1: 3, 7: 5, 40: 3, 150: 2, 0: 0.7, -1: 0.3}))

    def units(self, code: str) -> Fields:
        if code in self.law.per_unit:
            return {"units": str(self.draw.randint(1, 3))} if self.chance(70) else {}
        return {"units": self.pick({"1": 9, "2": 1})} if self.chance(5) else {}

    def amounts(self, fields: Fields) -> Fields:
        """Return a coefficient or an amount, mostly what the tables say."""
        if not self.chance(12) or not fields.get("birth_date"):
            return {}
        rows = [r for r in self.law.categories if r["category_code"] == fields["category_code"]]
        if not rows or not rows[0]["coefficient"]:
            return {}
        if self.chance(50):
            return {"coefficient": rows[0]["coefficient"] if self.chance(85) else "9"}
        return {"monthly_amount": str(self.one((360000, 500000, 540000, 750000, 720000, 1000000)))}

    def happening(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw something that is said of a dossier in a month."""
        draws = {
            self.giam: 14,
            self.death: 5,
            self.move: 7,
            self.adjust: 10,
            self.correct: 10,
            self.resume: 16,
            self.repeat: 6,
            self.new_account: 18,
            self.check: 16,
            self.another: 5,
        }
        return self.pick(draws)(dossier)

    def commune(self, dossier: Dossier, family: str | None = None) -> str:
        """Return who is in charge of a benefit, seldom another."""
        if self.chance(1):
            return FOREIGN_COMMUNE
        last = dossier.last(family) if family else dossier.last_interval
        if last is None or self.chance(4):
            return self.one(self.communes)
        return last.commune

    def family(self, dossier: Dossier) -> str:
        """Return a benefit of the dossier: mostly a running one, seldom one it never had."""
        running = [family for family in dossier.benefits if dossier.is_running(family)]
        if running and self.chance(90):
            return self.one(running)
        return self.one([*dossier.benefits, "BT05A"])

    def code(self, family: str) -> str:
        return self.one([c for c, of in self.law.family_of.items() if of == family])

    def named(self, dossier: Dossier) -> Fields:
        name = dossier.name if self.chance(96) else self.one(NAMES)
        if self.chance(10):
            name = name.upper()
        return {"dossier_no": dossier.no, "full_name": name}

    def giam(
        self, dossier: Dossier, reason: str = "", family: str = ""
    ) -> list[tuple[str, str | None, Fields]]:
        family = family or self.family(dossier)
        fields = {
            **self.named(dossier),
            "category_code": self.code(family) if self.chance(99) else "XX99",
            **self.decided(),
            "reason": reason or self.one((*DECREASES, "CHUYEN_DI")),
            "effective_month": self.effective(),
        }
        if self.chance(2):
            fields["death_date"] = self.death_date()
        return [("GIAM", self.commune(dossier, family), fields)]

    def death_date(self) -> str:
        month = month_vi(self.oracle.cycle - self.pick({0: 4, 1: 4, 2: 2, 5: 2, 26: 0.5}))
        return self.pick({f"{self.draw.randint(1, 28):02d}/{month}": 8, month: 1, month[3:]: 1})

    def death(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        (row,) = self.giam(dossier, "CHET")
        if self.chance(85):
            row[2]["death_date"] = self.death_date()
        if self.chance(10):
            row[2].pop("decision_no", None)
        return [row]

    def move(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw a departure from one commune and, mostly, the arrival in another."""
        family = self.family(dossier)
        (leaving,) = self.giam(dossier, "CHUYEN_DI", family)
        arriving = self.tang(self.identity(dossier), self.code(family))
        arriving |= {"reason": "CHUYEN_DEN", "effective_month": leaving[2]["effective_month"]}
        if self.chance(15):
            arriving["effective_month"] = self.effective()
        return [
            leaving,
            *([("TANG", self.one(self.communes), arriving)] if self.chance(80) else []),
        ]

    def identity(self, dossier: Dossier) -> Fields:
        """Return the identity of a dossier as its last row gave it, seldom another."""
        known = self.people.get(dossier.no) if self.chance(95) else None
        if known is None:
            known = self.one(list(self.people.values())) | {"dossier_no": dossier.no}
        identity = {**known, "full_name": dossier.name}
        if self.chance(30):
            identity["citizen_id"] = ""
        return identity

    def resume(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw a TANG of a benefit that the dossier had, running or not."""
        stopped = [family for family in dossier.benefits if not dossier.is_running(family)]
        if not stopped and self.chance(75):
            return self.check(dossier)
        family = self.one(stopped or list(dossier.benefits))
        fields = self.tang(self.identity(dossier), self.code(family))
        commune = self.commune(dossier, family) if self.chance(80) else self.one(self.communes)
        return [("TANG", commune, fields)]

    def another(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw a TANG of some other benefit, allowed or not."""
        fields = self.tang(self.identity(dossier), self.category())
        return [("TANG", self.commune(dossier), fields)]

    def adjust(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw a change of category, within a family or to another, or of units."""
        old = self.family(dossier)
        likely = {"BT05A": "BT05BC", "BT05BC": "HT01", "BT06N": "BT06DBN", "BT06DBN": "BT06N"}
        new = old if self.chance(30) else likely.get(old, "BT06N")
        if self.chance(15):
            new = self.law.family_of[self.category()]
        code = self.code(new)
        fields = {
            **self.named(dossier),
            "category_code": code,
            **self.decided(),
            "reason": self.one(("DOI_DOI_TUONG", "DOI_MUC_DO_KT")),
            "effective_month": self.effective(),
            **self.units(code),
        }
        if self.chance(90):
            fields["old_category_code"] = self.code(old)
        if self.chance(5):
            fields["citizen_id"] = self.people[dossier.no]["citizen_id"]
        return [("DIEU_CHINH", self.commune(dossier, old), fields)]

    def correct(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw a CAI_CHINH of name, birth date, gender, id or units."""
        family = self.family(dossier)
        person = dict(self.people[dossier.no])
        fields = {
            "dossier_no": dossier.no,
            "full_name": dossier.name if self.chance(70) else self.one(NAMES),
            "category_code": self.code(family),
            **self.decided(),
            "reason": "CAI_CHINH",
            "effective_month": self.effective(ahead=1, back=2),
        }
        if self.chance(45):
            person["birth_date"] = fields["birth_date"] = self.birth(self.code(family))
        if self.chance(15):
            person["gender"] = fields["gender"] = self.one(("Nam", "Nữ"))
        if self.chance(50) or "birth_date" in fields:
            born, gender = person["birth_date"], person["gender"]
            person["citizen_id"] = fields["citizen_id"] = self.citizen_id(born, gender)
        if self.chance(20):
            fields |= self.units(fields["category_code"])
        self.people[dossier.no] = person
        return [("DIEU_CHINH", self.commune(dossier, family), fields)]

    def repeat(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw an earlier row of the dossier once more, seldom with one cell changed."""
        earlier = self.sent.get(dossier.no)
        if not earlier:
            return []
        kind, commune, fields = self.one(earlier)
        fields = dict(fields)
        if self.chance(20):
            other = {"TANG": "village", "tai_khoan": "phone", "xac_thuc": "checked_by"}
            fields[other.get(kind, "full_name")] = "Tả Phìn"
        return [(kind, commune, fields)]

    # --- accounts and verifications -----------------------------------------------------------

    def account(self, no: str, commune: str | None) -> tuple[str, str | None, Fields]:
        """Draw an account row with its ordinary defects."""
        person = self.people[no]
        method = self.pick({"CHINH_CHU": 60, "GIAM_HO": 15, "UY_QUYEN": 15, "TIEN_MAT": 10})
        fields = {"dossier_no": no, "full_name": person["full_name"], "method": method}
        fields["phone"] = self.one(("0987654321", "0912345678", ""))
        if method == "TIEN_MAT":
            fields["no_account_reason"] = self.one(("OM_DAU", "O_XA"))
            return ("tai_khoan", commune, fields)
        if self.chance(8):
            return ("tai_khoan", commune, fields | {"no_account_reason": "TU_CHOI"})
        fields |= {"bank": self.one(ACCOUNT_BANKS), "account_number": self.number()}
        if self.chance(2):
            fields["bank"] = "123456"
        if method == "CHINH_CHU":
            fields["holder_name"] = person["full_name"].upper() if self.chance(92) else "Ai Khác"
            if self.chance(3):
                fields["holder_name"] = ""
        else:
            fields |= self.holder(method)
        return ("tai_khoan", commune, fields)

    def number(self) -> str:
        """Draw an account number: sometimes one of few, so that it is shared."""
        if self.chance(10):
            return f"88880000{self.draw.randint(1, 6):02d}"
        return "12A" if self.chance(1) else str(self.draw.randint(10**9, 10**13))

    def holder(self, method: str) -> Fields:
        """Draw who collects for another: sometimes a person of the office, even a dead one."""
        ids = [person["citizen_id"] for person in self.people.values() if person["citizen_id"]]
        citizen_id = self.one(ids) if ids and self.chance(30) else f"0111800000{self.one('123')}1"
        if self.chance(10):
            citizen_id = citizen_id[1:]
        fields = {"holder_name": self.one(NAMES), "holder_citizen_id": citizen_id}
        if self.chance(8):
            fields.pop(self.one(("holder_name", "holder_citizen_id")))
        if method == "UY_QUYEN":
            fields["authorisation_no"] = "7/UQ" if self.chance(90) else ""
            end = month_vi(self.oracle.cycle + self.draw.randint(-1, 4))
            fields["authorisation_expires_on"] = self.pick({"": 5, f"30/{end}": 4, end: 1})
            if fields["authorisation_expires_on"].startswith("30/02"):
                fields["authorisation_expires_on"] = f"28/{end}"
        return fields

    def new_account(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        kind, _, fields = self.account(dossier.no, None)
        fields["full_name"] = dossier.name if self.chance(95) else self.one(NAMES)
        if fields["method"] == "CHINH_CHU" and "holder_name" in fields and self.chance(90):
            fields["holder_name"] = dossier.name
        old = dossier.account
        if old and old["account_number"] and self.chance(40):
            fields |= {"bank": old["bank"], "account_number": old["account_number"]}
            if fields["method"] == "TIEN_MAT":
                fields["method"] = "CHINH_CHU"
        return [(kind, None if self.chance(15) else self.commune(dossier), fields)]

    def check(self, dossier: Dossier) -> list[tuple[str, str | None, Fields]]:
        """Draw what police or a bank say of the present id or account."""
        number = dossier.account["account_number"] if dossier.account else ""
        if number and self.chance(55):
            return [self.verification(dossier.no, "TAI_KHOAN", number)]
        citizen_id = dossier.citizen_id or "011080123456"
        return [self.verification(dossier.no, "DAN_CU", citizen_id)]

    def verification(self, no: str, subject: str, value: str) -> tuple[str, str | None, Fields]:
        fields = {
            "dossier_no": no if self.chance(99) else "TC9999",
            "subject": subject,
            "value": value if self.chance(95) else "011180999999",
            "outcome": self.pick({"DUNG": 6, "SAI": 4}),
            "checked_on": f"{self.draw.randint(1, 28):02d}/{month_vi(self.oracle.cycle)}",
        }
        if self.chance(1):
            fields.pop("outcome")
        return ("xac_thuc", None, fields)

    # --- results ------------------------------------------------------------------------------

    def results(self) -> list[Said]:
        """Draw what providers say of any payment so far."""
        found: list[Said] = []
        for cycle, payroll in self.oracle.released.items():
            is_new = cycle == self.oracle.cycle - 1
            for line, payment in payroll.payments.items():
                if payment.channel == "none":
                    continue
                heard = bool(payment.results)
                if self.chance((85 if not heard else 6) if is_new else (8 if not heard else 3)):
                    found += self.said((cycle, *line), heard, payment.channel)
        if found and self.chance(50):
            found.append(Said(None, "THANH_CONG"))
        return found

    def decided_of(self) -> list[tuple[Key, str]]:
        """Draw what the office decides of some payments: most that wait, some that were told."""
        found: list[tuple[Key, str]] = []
        for cycle, payroll in self.oracle.released.items():
            lines = [line for line in payroll.payments.items() if line[1].channel != "none"]
            waiting = [line for line in lines if line[1].status in ("instructed", "processing")]
            for of in (waiting, lines):
                if of and self.chance(60 if cycle == self.oracle.cycle - 1 else 25):
                    line, payment = self.one(of)
                    words = [word for word in DECIDED if word != payment.status]
                    found.append(((cycle, *line), self.one(words)))
        return list(dict(found).items())

    def said(self, key: Key, heard: bool, channel: str) -> list[Said]:
        status = self.pick(
            {"THANH_CONG": 70, "LOI": 20, "DANG_XU_LY": 5, "HOAN_TRA": 5}
            if not heard
            else {"THANH_CONG": 25, "LOI": 25, "DANG_XU_LY": 10, "HOAN_TRA": 40}
        )
        code = self.one(RESULT_CODES) if status in ("LOI", "HOAN_TRA") else ""
        if code and channel == "cash" and self.chance(60):
            code = "KHONG_DEN_NHAN"
        off = self.one((-1000, 5000)) if self.chance(3) else 0
        line = Said(key, status, code, off)
        if self.chance(3):
            return [line, Said(key, self.one(("THANH_CONG", "LOI", "HOAN_TRA")), "KHAC")]
        return [line, line] if self.chance(2) else [line]
