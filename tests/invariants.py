"""The promises of SPEC section 8, counted by hand from the tables and files of an office.

Plain loops, independent of `tasks/invariants/*.sql`. Each check returns what is wrong, one text a
breach, and nothing where its promise holds.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from schemas.period import month_text
from tasks import warehouse
from tasks.warehouse import Connection

Row = dict[str, Any]
Paid = tuple[str, str, int]  # dossier, family, entitlement month
FROZEN = ("released", "reconciled", "published")
BROUGHT_BACK = ("failed", "returned")
EVENTS = ("change", "account_row", "verification", "result", "report_row")
PARTS = ("regular", "arrears", "retry", "recovery")


@dataclass
class Books:
    """The tables that the promises speak of, as they stand."""

    cycle: list[Row] = field(default_factory=list)
    payment: list[Row] = field(default_factory=list)
    payment_item: list[Row] = field(default_factory=list)
    outcome: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    receivable: list[Row] = field(default_factory=list)
    payment_file: list[Row] = field(default_factory=list)
    received_file: list[Row] = field(default_factory=list)
    result_exception: list[Row] = field(default_factory=list)
    decision: list[Row] = field(default_factory=list)
    event: list[Row] = field(default_factory=list)

    @property
    def states(self) -> dict[int, str]:
        return {cycle["month"]: cycle["state"] for cycle in self.cycle}

    def outcomes(self) -> dict[str, str]:
        return {said["payment_id"]: said["status"] for said in self.outcome}

    def stands(self) -> dict[str, bool]:
        """Say of each payment whether it settles: unknown results count as settled."""
        status = self.outcomes()
        return {
            line["payment_id"]: status.get(line["payment_id"]) not in BROUGHT_BACK
            for line in self.payment
        }

    def settled(self) -> dict[Paid, int]:
        """Sum what stands of each benefit and month."""
        stands = self.stands()
        total: dict[Paid, int] = defaultdict(int)
        for item in self.payment_item:
            if stands.get(item["payment_id"]):
                total[_key(item)] += item["amount"]
        return total


def read(connection: Connection) -> Books:
    """Read the books of an office that is open."""
    tables = [name for name in Books.__dataclass_fields__ if name != "event"]
    found = {name: warehouse.frame(connection, f"FROM main.{name}").to_dicts() for name in tables}
    events = " UNION ALL ".join(
        f"SELECT '{name}' AS said, sha256, sheet, row_no, dossier_no, event_no, is_taken"
        f" FROM main.{name}"
        if name not in ("result", "report_row")
        else f"SELECT '{name}', sha256, sheet, row_no, NULL, event_no, is_taken FROM main.{name}"
        for name in EVENTS
    )
    return Books(**found, event=warehouse.frame(connection, events).to_dicts())


def broken(home: Path, connection: Connection) -> list[str]:
    """Return every promise that does not hold of an office, whatever was done last."""
    books = read(connection)
    return [
        *items_make_payments(books),
        *kinds_are_right(books),
        *lines_are_single(books),
        *nobody_is_below_zero(books),
        *held_is_not_paid(books),
        *files_hold_payments(books, home),
        *results_add_up(books),
        *events_are_archived(books, home),
    ]


# --- Σ items = payment -----------------------------------------------------------------------


def items_make_payments(books: Books) -> Iterator[str]:
    """Each payment is the sum of its items, whole and by kind; each item has its payment."""
    items: dict[str, list[Row]] = defaultdict(list)
    for item in books.payment_item:
        items[item["payment_id"]].append(item)
    for line in books.payment:
        own = items.pop(line["payment_id"], [])
        sums = {kind: sum(i["amount"] for i in own if i["kind"] == kind) for kind in PARTS}
        if not own or sum(sums.values()) != line["amount"] or line["amount"] < 0:
            yield f"{_name(line)}: {line['amount']} is not the sum of its items {sums}"
        if sums != {kind: line[kind] for kind in PARTS}:
            yield f"{_name(line)}: its parts are not those of its items {sums}"
        place = (line["month"], line["dossier_no"], line["scheme"])
        if any((i["month"], i["dossier_no"], i["scheme"]) != place for i in own):
            yield f"{_name(line)}: an item is another's"
        twice = [key for key, times in Counter(map(_key, own)).items() if times > 1]
        if twice:
            yield f"{_name(line)}: settles {twice} twice"
    yield from (f"{payment_id}: items without a payment" for payment_id in items)


def kinds_are_right(books: Books) -> Iterator[str]:
    """Each kind has its sign and its months (SPEC section 5)."""
    for item in books.payment_item:
        is_past = item["entitlement_month"] < item["month"]
        is_right = {
            "regular": item["amount"] > 0 and not is_past,
            "arrears": item["amount"] > 0 and is_past,
            "retry": item["amount"] > 0 and is_past,
            "recovery": item["amount"] < 0,
        }
        if not is_right[item["kind"]]:
            yield f"{item['payment_id']}: {item['kind']} of {item['amount']}, {_key(item)}"


def lines_are_single(books: Books) -> Iterator[str]:
    """One line per cycle, dossier and scheme; one id per line, in the form that banks carry."""
    places = Counter((p["month"], p["dossier_no"], p["scheme"]) for p in books.payment)
    ids = Counter(p["payment_id"] for p in books.payment)
    yield from (f"{key}: {times} lines" for key, times in (places + ids).items() if times > 1)
    for line in books.payment:
        number = line["payment_id"]
        is_in_form = number.isascii() and number.isalnum() and number == number.upper()
        if not (is_in_form and 16 <= len(number) <= 19):
            yield f"{number}: no payment id"
        if (line["channel"] == "none") != (line["amount"] == 0):
            yield f"{_name(line)}: {line['amount']} by channel {line['channel']}"
        account = (line["bin"], line["account_number"], line["payee_name"])
        if line["channel"] == "account" and not all(account):
            yield f"{_name(line)}: to an account, without one"
        if line["channel"] == "cash" and not line["cash_reason"]:
            yield f"{_name(line)}: in cash, for no reason"
        if line["channel"] != "none" and not line["provider"]:
            yield f"{_name(line)}: nobody is to pay it"


# --- 0 ≤ settled -----------------------------------------------------------------------------


def nobody_is_below_zero(books: Books) -> Iterator[str]:
    """More is never taken back of a benefit and month than was given.

    What a recovery took was settled when it was taken. It can be more than what stands only by a
    later word: what had been given came back after all, or a recovery that had been undone with
    its failed payment stands again beside the one taken since (RS03, or a decision). The next
    cycle gives back what is too much.
    """
    stands = books.stands()
    said_twice = {e["payment_id"] for e in books.result_exception if e["rule"] == "RS03"}
    said_twice |= {decided["payment_id"] for decided in books.decision}
    of: dict[Paid, list[Row]] = defaultdict(list)
    for item in books.payment_item:
        of[_key(item)].append(item)
    for key, total in books.settled().items():
        came_back = [i for i in of[key] if i["amount"] > 0 and not stands[i["payment_id"]]]
        again = [i for i in of[key] if i["amount"] < 0 and i["payment_id"] in said_twice]
        if total < -sum(i["amount"] for i in came_back) - sum(-i["amount"] for i in again):
            yield f"{key}: {total} settled, and nothing came back"


def cycle_settles(books: Books, month: int, first: int, through: int, dues: dict) -> Iterator[str]:
    """A prepared cycle leaves nothing open: what stands is what is due, or is held or owed.

    `dues` has what is due of each benefit and month as known now, None where no rate is known.
    Holds as long as no result and no event came in since.
    """
    settled = books.settled()
    held = {h["dossier_no"] for h in books.held if h["month"] == month and h["rule"] != "EN03"}
    owed: dict[tuple[str, str], int] = defaultdict(int)
    now = {_key(i) for i in books.payment_item if i["month"] == month}
    schemes = {_key(i): i["scheme"] for i in books.payment_item}
    for key in settled.keys() | dues.keys():
        no, _, entitlement_month = key
        amount = dues.get(key, (0, ""))[0]
        if amount is None:
            if key in now:
                yield f"{key}: settled without a rate"
            continue
        if not first <= entitlement_month <= through:
            if key in now:
                yield f"{key}: settled outside the window"
            continue
        over = settled.get(key, 0) - amount
        if over > 0:
            scheme = schemes.get(key) or dues[key][1]
            owed[no, scheme] += over
        if over < 0 and no not in held:
            yield f"{key}: {-over} are due, not paid and not held"
        if key in now and settled[key] < 0:
            yield f"{key}: {settled[key]} settled"
    said = {
        (r["dossier_no"], r["scheme"]): r["amount"] for r in books.receivable if r["month"] == month
    }
    for key in owed.keys() | said.keys():
        if owed.get(key, 0) != said.get(key, 0):
            yield f"{key}: owes {owed.get(key, 0)}, the receivable says {said.get(key, 0)}"


def nobody_is_paid_twice(books: Books, month: int, dues: dict) -> Iterator[str]:
    """No cycle pays for a benefit and month more than was due when it was instructed.

    Counted with all that stood of it then; `dues` as in `cycle_settles`.
    """
    settled = books.settled()
    for item in books.payment_item:
        if item["month"] != month or item["amount"] < 0:
            continue
        due = dues.get(_key(item), (0, ""))[0] or 0
        if settled[_key(item)] > due:
            yield f"{_key(item)}: {settled[_key(item)]} stand, {due} are due"


def held_is_not_paid(books: Books) -> Iterator[str]:
    """Who is held in a cycle gets nothing in it, in no scheme."""
    held = {(h["month"], h["dossier_no"]) for h in books.held if h["rule"] != "EN03"}
    for line in books.payment:
        if (line["month"], line["dossier_no"]) in held:
            yield f"{_name(line)}: paid and held"
    for row in books.held:
        if (row["rule"] == "EN03") != (row["amount"] is None) or (row["amount"] or 1) <= 0:
            yield f"{row['dossier_no']}: held {row['amount']} under {row['rule']}"


# --- files -----------------------------------------------------------------------------------


def files_hold_payments(books: Books, home: Path) -> Iterator[str]:
    """Each instruction of a released cycle stands in one file, once, as it is in the books.

    The totals of file, manifest and database are the same.
    """
    for month, state in books.states.items():
        if state not in FROZEN:
            yield from (
                f"{row['name']}: a file of a month that is {state}"
                for row in books.payment_file
                if row["month"] == month
            )
            continue
        folder = home / "outbox" / month_text(month) / "payments"
        lines = [p for p in books.payment if p["month"] == month and p["channel"] != "none"]
        kept = {f["name"]: f for f in books.payment_file if f["month"] == month}
        if not folder.is_dir() and not kept and not lines:
            continue
        yield from _folder_breaches(folder, lines, kept)


def _folder_breaches(folder: Path, lines: list[Row], kept: dict[str, Row]) -> Iterator[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    stated = {file["name"]: file for file in manifest["files"]}
    on_disk = {path.name for path in folder.iterdir()} - {"manifest.json"}
    if not set(stated) == set(kept) == on_disk:
        yield f"{folder}: {on_disk} on disk, {set(stated)} in the manifest, {set(kept)} in books"
        return
    by_id = {line["payment_id"]: line for line in lines}
    seen: Counter[str] = Counter()
    for name, file in kept.items():
        rows = _table(folder / name, _stamp(folder / name))
        seen.update(row["Mã chi trả"] for row in rows)
        yield from _file_breaches(name, file, stated[name], folder, rows, by_id)
    if seen != Counter(by_id.keys()):
        missing, more = by_id.keys() - seen.keys(), seen - Counter(by_id.keys())
        yield f"{folder}: in no file {sorted(missing)}, too often {dict(more)}"
    total = sum(line["amount"] for line in lines)
    if (manifest["rows"], manifest["total_vnd"]) != (len(lines), total):
        yield f"{folder}: the manifest says {manifest['rows']}, {manifest['total_vnd']}"


def _file_breaches(
    name: str, file: Row, stated: Row, folder: Path, rows: list[Row], by_id: dict[str, Row]
) -> Iterator[str]:
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    amount = sum(int(row["Số tiền"]) for row in rows)
    said = (digest, len(rows), amount)
    if said != (file["sha256"], file["lines"], file["amount"]):
        yield f"{name}: the books say {file['sha256'][:6]}, {file['lines']}, {file['amount']}"
    if said != (stated["sha256"], stated["rows"], stated["total_vnd"]):
        yield f"{name}: the manifest says {stated['rows']}, {stated['total_vnd']}"
    place = tuple(file[part] for part in ("provider", "channel", "scheme"))
    for row in rows:
        line = by_id.get(row["Mã chi trả"])
        if line is None:
            continue  # counted above
        if tuple(line[part] for part in ("provider", "channel", "scheme")) != place:
            yield f"{_name(line)}: in the file of {place}"
        if int(row["Số tiền"]) != line["amount"]:
            yield f"{_name(line)}: {row['Số tiền']} in the file, {line['amount']} in the books"
        account = row.get("Số tài khoản", "")
        if account != ((line["account_number"] or "") if line["channel"] == "account" else ""):
            yield f"{_name(line)}: another account in the file"
        if row.get("Mã ngân hàng (BIN)", line["bin"] or "") != (line["bin"] or ""):
            yield f"{_name(line)}: another bank in the file"


# --- results and events ----------------------------------------------------------------------


def results_add_up(books: Books) -> Iterator[str]:
    """Of what was instructed each line is paid, failed, returned or pending, and only one."""
    said = Counter(outcome["payment_id"] for outcome in books.outcome)
    yield from (f"{number}: {times} outcomes" for number, times in said.items() if times > 1)
    results = {e["event_no"] for e in books.event if e["said"] == "result" and e["is_taken"]}
    results |= {decided["event_no"] for decided in books.decision if decided["status"]}
    for outcome in books.outcome:
        is_silent = (outcome["basis"], outcome["status"]) == ("silence", "paid")
        if outcome["event_no"] not in results and not is_silent:
            yield f"{outcome['payment_id']}: {outcome['status']}, and nobody said so"
    lines = {line["payment_id"]: line for line in books.payment}
    status = books.outcomes()
    for number, word in status.items():
        line = lines.get(number)
        if line is None or line["channel"] == "none":
            yield f"{number}: {word}, and never instructed"
        elif books.states[line["month"]] not in FROZEN:
            yield f"{_name(line)}: {word}, and not released"
        elif word not in ("processing", "paid", *BROUGHT_BACK):
            yield f"{_name(line)}: {word} is no outcome"


def standing_adds_up(books: Books, month: int, counted: Any) -> Iterator[str]:
    """What `reconcile` says of a month is what the books say, line by line, and adds up."""
    status = books.outcomes()
    sums: dict[str, list[int]] = {word: [0, 0] for word in ("paid", "pending", *BROUGHT_BACK)}
    for line in books.payment:
        if line["month"] == month and line["channel"] != "none":
            word = status.get(line["payment_id"], "pending")
            word = "pending" if word == "processing" else word
            sums[word][0] += 1
            sums[word][1] += line["amount"]
    for word, (lines, amount) in sums.items():
        if (getattr(counted, word), getattr(counted, f"{word}_amount")) != (lines, amount):
            yield f"{month_text(month)}: {word} is not {lines} lines, {amount} VND"
    instructed = [sum(column) for column in zip(*sums.values(), strict=True)]
    if [counted.instructed, counted.instructed_amount] != instructed:
        yield f"{month_text(month)}: instructed is not {instructed}"


def events_are_archived(books: Books, home: Path) -> Iterator[str]:
    """Each event comes from a row of an archived file; rows in are taken or rejected."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for event in books.event:
        rows[event["sha256"]].append(event)
    numbers = Counter(event["event_no"] for event in (*books.event, *books.decision))
    yield from (f"event {number}: {times} rows" for number, times in numbers.items() if times > 1)
    for file in books.received_file:
        own = rows.pop(file["sha256"], [])
        path = home / "archive" / file["sha256"]
        if not path.is_file() or _digest(path, _stamp(path)) != file["sha256"]:
            yield f"{file['sha256']}: not in the archive as it was received"
            continue
        taken = sum(event["is_taken"] for event in own)
        if (file["rows_in"], file["rows_taken"]) != (len(own), taken):
            yield f"{file['sha256']}: {len(own)} rows, {taken} taken, and the file says otherwise"
        if file["rows_rejected"] != len(own) - taken:
            yield f"{file['sha256']}: {len(own) - taken} rows were rejected"
        if file["outcome"] == "taken" and not path.read_bytes().startswith(b"PK"):
            yield from _row_breaches(own, _records(path, _stamp(path)), file["sha256"])
    yield from (f"{sha256}: rows of a file that never came" for sha256 in rows)


def _row_breaches(events: Iterable[Row], records: list[list[str]], sha256: str) -> Iterator[str]:
    for event in events:
        is_there = 1 < event["row_no"] <= len(records)
        cells = records[event["row_no"] - 1] if is_there else []
        if not is_there or (event["dossier_no"] and event["dossier_no"] not in cells):
            yield f"{sha256}:{event['row_no']}: no such row in the archived file"


# --- small -----------------------------------------------------------------------------------


def _key(item: Row) -> Paid:
    return item["dossier_no"], item["family"], item["entitlement_month"]


def _name(line: Row) -> str:
    return f"{line['payment_id']} ({month_text(line['month'])} {line['dossier_no']})"


def _stamp(path: Path) -> int:
    """Return when a file was written, so that what was read of it is remembered."""
    return path.stat().st_mtime_ns


@cache
def _table(path: Path, _stamp: int) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _records(path: Path, _stamp: int) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@cache
def _digest(path: Path, _stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
