"""Random histories of whole offices, in which the pipeline must agree with a naive oracle.

A history is the life of one dossier over the months; a run of the tests plays thousands. To play
one office again, as its failure names it: `live(Run(folder, plan))`, with the plan of the message.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from expectations import runner
from flows import quality
from schemas.codes import DECISION_STATUSES
from schemas.period import first_day, month_text
from schemas.providers import results
from tasks import payroll, reconciliation, registry, warehouse
from tasks.cycles import FROZEN
from tasks.warehouse import Connection
from tests import histories, invariants
from tests.histories import Plan, Said, Sheet, Step
from tests.house import House, new_house
from tests.invariants import Books
from tests.oracle import Oracle, Result
from tests.oracle_law import Day, Law, read_communes
from tests.oracle_registry import Row

SUBMITTED = ("change", "account_row", "verification")
LONG = os.environ.get("CHITRA_LONG") == "1"
DOSSIERS = 660  # a history each, in every one of the three eras
MONTHS = 6 if LONG else 3
Facts = dict[tuple[Any, ...], Any]
Table = list[dict[str, Any]]


# What a cycle computes; `due` is no part: a cycle need not say what was due in closed months.
STAGED = (
    "item",
    "payment_now",
    "standing_now",
    "held_now",
    "receivable_now",
    "too_old_now",
    "delta_now",
)


class Disagreement(AssertionError):
    """The pipeline and the oracle say different things of a dossier."""


class Run:
    """One office lived twice: in the real house and by the oracle.

    Where only what comes of it matters, not `is_compared`, it is lived without a word said of it.
    """

    def __init__(self, home: Path, plan: Plan, is_compared: bool = True) -> None:
        self.plan = plan
        self.is_compared = is_compared
        self.house = new_house(home, month_text(plan.start), first_day(plan.start))
        self.house.set("age_change", f'"{plan.age_change}"')
        self.house.set("max_offset_share", plan.max_offset_share)
        self.house.set("max_arrears_months", str(plan.max_arrears_months))
        self.reference = home / "reference"
        self.oracle = Oracle(
            Law(self.reference, age_change=plan.age_change),
            read_communes(self.reference, "098"),
            plan.start,
            plan.max_offset_share,
            plan.max_arrears_months,
            dict(plan.silence),
        )
        self.steps: list[Step] = []
        self.rows: dict[tuple[str, int], Row] = {}
        self.payment_ids: dict[tuple[int, str, str], str] = {}
        self.digest = ""
        self.dues: dict[Any, Any] = {}

    def play(self, step: Step) -> None:
        """Do one step in both and compare all that it may have changed."""
        self.steps.append(step)
        self.house.day = first_day(self.oracle.cycle).replace(day=5)
        self.oracle.registry.today = Day(*self.house.day.timetuple()[:3])
        getattr(self, step.verb)(step)
        if self.is_compared and step.verb != "enact":
            self.keep_promises(step)

    def keep_promises(self, step: Step) -> None:
        """Check what SPEC section 8 promises after every step, and after `prepare` in full."""
        office = self.house.office()
        with warehouse.opened(office) as connection:
            broken = invariants.broken(self.house.home, connection)
            books = invariants.read(connection)
            months = [month for month, state in books.states.items() if state in FROZEN]
            for month in months:
                counted = reconciliation.standing(connection, month)
                broken += invariants.standing_adds_up(books, month, counted)
            if step.verb == "prepare":
                broken += self.whole_breaches(connection, books, step)
        if broken:
            raise Disagreement("\n".join([f"{step.verb}; {self.plan}", *broken[:20]]))

    def whole_breaches(self, connection: Connection, books: Books, step: Step) -> list[str]:
        """Compute the prepared cycle once more, whole: it must be what was computed in part."""
        month = self.oracle.cycle
        through = step.through or month
        whole = staged(connection, self.house, month, through)
        dues = {
            (row["dossier_no"], row["family"], row["month"]): (row["amount"], row["scheme"])
            for row in whole["due"]
        }
        first = month - self.plan.max_arrears_months
        broken = [
            *invariants.nobody_is_paid_twice(books, month, dues),
            *invariants.cycle_settles(books, month, first, through, dues),
        ]
        part = staged(connection, self.house, month, through, whole=False)
        for name in STAGED:
            if part[name] != whole[name]:
                more = [row for row in whole[name] if row not in part[name]]
                less = [row for row in part[name] if row not in whole[name]]
                broken.append(f"{name}: only in the whole {more[:3]}, only in part {less[:3]}")
        return broken

    def enact(self, step: Step) -> None:
        """Put rows in place of a reference table's."""
        path = self.reference / f"{step.table}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(step.rows[0]))
            writer.writeheader()
            writer.writerows(step.rows)
        self.oracle.law.load()

    def ingest(self, step: Step) -> None:
        rows = [row for sheet in step.sheets for row in self.sent(sheet)]
        results = self.sent_results(step.results)
        self.house.ingest()
        self.oracle.ingest(rows, results)
        if self.oracle.released:
            self.house.reconcile(month_text(self.oracle.cycle - 1))
            self.oracle.reconcile(self.house.day)
        self.compare_registry()

    def resolve(self, step: Step) -> None:
        for key, word in step.decided:
            number = self.payment_ids[key]
            found = self.house.resolve(number, word, is_against_provider=True)
            assert (found.changed, found.status) == (True, word)
            self.oracle.resolve(key, DECISION_STATUSES[word])
        self.compare_registry()

    def sent(self, sheet: Sheet) -> list[Row]:
        """Put a sheet into the inbox; return its rows for the oracle unless its bytes are known."""
        path = self.house.send(sheet.kind, sheet.rows, sheet.commune)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if (digest, 2) in self.rows:
            return []
        name = path.relative_to(self.house.home / "inbox").as_posix()
        rows = [
            Row(name, number, sheet.kind, sheet.commune, dict(fields))
            for number, fields in enumerate(sheet.rows, start=2)
        ]
        self.rows |= {(digest, row.row_no): row for row in rows}
        return rows

    def sent_results(self, said: list[Said]) -> list[tuple[Any, Result]]:
        lines, results = [], []
        for line in said:
            paid = 400_000
            if line.payment:
                cycle, *key = line.payment
                paid = self.oracle.released[cycle].payments[tuple(key)].amount
            amount = max(1, paid + line.amount_off)
            lines.append(
                {
                    "payment_id": self.payment_ids.get(line.payment, "CT00000000000000"),
                    "amount": amount,
                    "status": line.status,
                    "error_code": line.error_code,
                    "transaction_no": len(self.steps) * 100_000 + len(lines),
                }
            )
            results.append((line.payment, Result(line.status, line.error_code, amount, 0)))
        if lines:
            self.house.send("ket_qua", lines, None)
        return results

    def prepare(self, step: Step) -> None:
        month = month_text(self.oracle.cycle)
        through = month_text(step.through) if step.through else None
        self.digest = self.house.prepare(month, through).digest
        self.oracle.prepare(step.through)
        self.compare_payroll()

    def release(self, step: Step) -> None:
        month = self.oracle.cycle
        self.house.release(month_text(month), self.digest)
        self.oracle.release(self.house.day)
        for line in self.read(payments=f"FROM payment WHERE month = {month}")["payments"]:
            self.payment_ids[month, line["dossier_no"], line["scheme"]] = line["payment_id"]

    # --- what both say ------------------------------------------------------------------------

    def read(self, **selects: str) -> dict[str, Table]:
        """Return the rows of several SELECTs, read at one time."""
        with warehouse.opened(self.house.office()) as connection:
            return {
                name: warehouse.frame(connection, select).to_dicts()
                for name, select in selects.items()
            }

    def compare_registry(self) -> None:
        """Compare what became of every row and of every payment so far."""
        if not self.is_compared:
            return
        rows = " UNION ALL BY NAME ".join(
            f"SELECT dossier_no, sha256, row_no, is_taken FROM {name}" for name in SUBMITTED
        )
        theirs = self.read(
            rows=rows,
            rejects="SELECT DISTINCT sha256, row_no, rule FROM issue"
            " WHERE stage = 'ingest' AND severity = 'reject' ORDER BY rule",
            outcomes="SELECT payment_id, status, status_reason FROM outcome",
        )
        rules: dict[tuple[str, int], list[str]] = {}
        for issue in theirs["rejects"]:
            rules.setdefault((issue["sha256"], issue["row_no"]), []).append(issue["rule"])
        self.agree(
            "row",
            {
                (row["dossier_no"] or "", row["sha256"][:6], row["row_no"]): (
                    "taken" if row["is_taken"] else rules.get((row["sha256"], row["row_no"]))
                )
                for row in theirs["rows"]
            },
            {
                (row.dossier_no, digest[:6], number): (
                    "taken" if row.is_taken else sorted(row.rules)
                )
                for (digest, number), row in self.rows.items()
            },
        )
        known = {number: key for key, number in self.payment_ids.items()}
        self.agree(
            "status",
            {
                (known[said["payment_id"]][1], *known[said["payment_id"]]): (
                    said["status"],
                    said["status_reason"],
                )
                for said in theirs["outcomes"]
            },
            {
                (key[1], *key): tuple(payment.outcome)[:2]
                for key, payment in self.oracle._instructed()
                if payment.outcome
            },
        )

    def compare_payroll(self) -> None:
        """Compare all that a prepared cycle says, column by column."""
        if not self.is_compared:
            return
        of_cycle = f"WHERE month = {self.oracle.cycle}"
        theirs = self.read(
            payment="SELECT dossier_no, scheme, commune_code, amount, channel, cash_reason,"
            f" provider FROM payment {of_cycle}",
            item="SELECT dossier_no, family, entitlement_month, kind, amount, category_code"
            f" FROM payment_item {of_cycle}",
            held=f"SELECT dossier_no, scheme, rule, amount, family FROM held {of_cycle}",
            receivable=f"SELECT dossier_no, scheme, amount FROM receivable {of_cycle}",
            too_old=f"SELECT dossier_no, family, entitlement_month, amount FROM too_old {of_cycle}",
            delta="SELECT dossier_no, scheme, commune_code, kind, amount_before, amount_after,"
            f" reason, decision_no, arrears, recovery FROM delta {of_cycle}",
            uncollected="SELECT dossier_no FROM issue"
            f" WHERE rule = 'EN10' AND cycle = {self.oracle.cycle}",
        )
        keys = {"payment": 2, "item": 4, "held": 3, "receivable": 2, "too_old": 3, "delta": 3}
        for what, ours in self.our_payroll().items():
            rows = [tuple(row.values()) for row in theirs[what]]
            width = keys.get(what, 1)
            self.agree(what, {row[:width]: row[width:] for row in rows}, ours)

    def our_payroll(self) -> dict[str, Facts]:
        """Return what the oracle prepared, as the columns that `compare_payroll` reads."""
        ours = self.oracle.prepared
        return {
            "payment": {
                key: (p.commune, p.amount, p.channel, p.cash_reason, p.provider)
                for key, p in ours.payments.items()
            },
            "item": {
                (no, item.family, item.month, item.kind): (item.amount, item.code)
                for (no, _), payment in ours.payments.items()
                for item in payment.items
            },
            "held": dict(ours.held),
            "receivable": {key: (amount,) for key, amount in ours.receivables.items()},
            "too_old": {key: (amount,) for key, amount in ours.too_old.items()},
            "delta": {
                (no, scheme, c): tuple(delta) for (c, no, scheme), delta in ours.deltas.items()
            },
            "uncollected": {(no,): () for no in ours.uncollected},
        }

    # --- disagreement -------------------------------------------------------------------------

    def agree(self, what: str, theirs: Facts, ours: Facts) -> None:
        different = sorted(
            (key for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key)),
            key=str,
        )
        if not different:
            return
        lines = [f"{what}: {len(different)} differ; {self.plan}"]
        for no in list(dict.fromkeys(key[0] for key in different))[:3]:
            lines += self.story(no)
            for key in [key for key in different if key[0] == no]:
                lines += [f"  {what} {key}:"]
                lines += [f"    pipeline {theirs.get(key)}", f"    oracle   {ours.get(key)}"]
        raise Disagreement("\n".join(lines))

    def story(self, no: str) -> Iterable[str]:
        """Tell all that was sent and computed of one dossier, and of those who share with it."""
        month = month_text(self.oracle.cycle)
        yield f"=== {no}, kỳ {month}, age_change={self.plan.age_change}"
        for (digest, number), row in self.rows.items():
            if row.dossier_no == no:
                said = "taken" if row.is_taken else sorted(row.rules)
                cells = ", ".join(f"{k}={v}" for k, v in row.fields.items() if k != "dossier_no")
                yield (
                    f"  {month_text(row.cycle)} #{row.event_no} {digest[:6]}:{number} "
                    f"{row.sender} {row.kind} {said}: {cells}"
                )
        for (cycle, *line), payment in self.oracle._instructed():
            if line[0] == no:
                yield f"  paid {month_text(cycle)} {line[1]}: {payment}"
        dossier = self.oracle.registry.dossiers.get(no)
        if dossier:
            yield f"  oracle: dead={dossier.is_dead} benefits={dossier.benefits}"


def staged(
    connection: Connection, house: House, month: int, through: int, whole: bool = True
) -> dict[str, Table]:
    """Return what a cycle computes, of everybody or only of those with something open."""
    office = house.office()
    judge = runner.judge(quality.parameters(connection, office), runner.Tallies())
    connection.execute("BEGIN TRANSACTION")  # nothing of this is to stay
    registry.stage_rules(connection)
    reconciliation.match(connection, office, month)
    payroll.compute(connection, office, month, through, judge, whole)
    found = {
        name: warehouse.frame(connection, f"FROM temp.{name} ORDER BY ALL").to_dicts()
        for name in (*STAGED, "due")
    }
    connection.execute("ROLLBACK")
    return found


@contextmanager
def only_failures(silent: Iterable[tuple[str, int]]) -> Iterator[None]:
    """Let some providers, and no others, return only what failed: with days after that."""
    with patch.object(results, "silence_days", dict(silent).get):
        yield


def live(run: Run) -> Run:
    """Play a whole random history."""
    for step in histories.Writer(run.plan, run.oracle).steps():
        run.play(step)
    return run


class TwiceRun(Run):
    """An office that runs every command twice; the second time must change nothing."""

    def ingest(self, step: Step) -> None:
        super().ingest(step)
        self.changes_nothing("ingest", self.house.ingest)
        if self.oracle.released:
            month = month_text(self.oracle.cycle - 1)
            self.changes_nothing("reconcile", lambda: self.house.reconcile(month))

    def resolve(self, step: Step) -> None:
        super().resolve(step)
        for key, word in step.decided:
            number = self.payment_ids[key]
            self.changes_nothing("resolve", lambda: self.house.resolve(number, word))  # noqa: B023

    def prepare(self, step: Step) -> None:
        super().prepare(step)
        month = month_text(self.oracle.cycle)
        through = month_text(step.through) if step.through else None
        self.changes_nothing("prepare", lambda: self.house.prepare(month, through))

    def release(self, step: Step) -> None:
        month = month_text(self.oracle.cycle)
        super().release(step)
        self.changes_nothing("release", lambda: self.house.release(month, self.digest))

    def changes_nothing(self, verb: str, again: Callable[[], Any]) -> None:
        before = self.everything()
        again()
        after = self.everything()
        names = sorted(name for name in before.keys() | after.keys())
        changed = [name for name in names if before.get(name) != after.get(name)]
        assert not changed, f"{verb} again changed {changed}; {self.plan}"

    def everything(self) -> dict[str, Any]:
        """Return every table's rows and every file that left the office."""
        found: dict[str, Any] = {}
        with warehouse.opened(self.house.office()) as connection:
            tables = warehouse.rows(
                connection,
                "SELECT table_schema || '.' || table_name FROM information_schema.tables "
                "WHERE table_type = 'BASE TABLE'",
            )
            for (table,) in tables:
                if table == "main.journal_entry":
                    continue  # what was done again is written down again
                query = f"SELECT * FROM {table} ORDER BY ALL"
                found[table] = warehouse.rows(connection, query)
        for folder in ("outbox", "returned"):
            for path in sorted((self.house.home / folder).rglob("*")):
                if path.is_file():
                    found[path.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


@pytest.mark.timeout(7200 if LONG else 300)
@pytest.mark.parametrize("era", histories.ERAS)
@settings(
    max_examples=40 if LONG else 1,
    derandomize=not LONG,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 10**6))
def test_the_pipeline_agrees_with_the_oracle_in_random_offices(tmp_path_factory, era, seed):
    plan = histories.plan(seed, era, DOSSIERS, MONTHS)
    silent = {"2023": (), "2024": (("AGRIBANK", 20),), "2025": (("VIETTEL", 40), ("LPBANK", 3))}
    folder = tmp_path_factory.mktemp("office") / "office"
    with only_failures(silent[era]):
        live(Run(folder, replace(plan, silence=silent[era])))


def test_every_step_twice_changes_nothing(tmp_path):
    live(TwiceRun(tmp_path, histories.plan(7, "2025", dossiers=60, months=2)))
