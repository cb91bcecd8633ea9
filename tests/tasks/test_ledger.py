"""Faults planted in the books and in the SELECTs that make them: each must be found (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tasks import ledger, warehouse
from tasks.office import InvariantBroken
from tasks.warehouse import Connection
from tests import invariants
from tests.house import House, giam, new_house, own_account, tang

ID = "011080000001"
# June and July 2024 are released, August is prepared.
JUNE, JULY, AUGUST = 24293, 24294, 24295


def eventful(folder: Path) -> House:
    """Return an office in which everything happens that an invariant speaks of.

    H1 is paid to an account, H2 in cash with arrears, H3 is recovered from, H4 owes, H5 is held,
    H6 failed and is paid again, H7 is offset to nothing and H8 has arrears, both in August.
    """
    house = new_house(folder)
    house.send(
        "TANG",
        [
            tang("H1", "BT06D", "06/2024", citizen_id=ID),
            tang("H2", "BT06D", "04/2024"),
            tang("H3", "BT06D", "06/2024"),
            tang("H3", "BT04", "06/2024"),
            tang("H4", "BT06D", "06/2024"),
            tang("H5", "BT06D", "06/2024", citizen_id=ID),
            tang("H6", "BT06D", "06/2024"),
            tang("H7", "BT06D", "06/2024"),
            tang("H7", "BT04", "06/2024", units=2),
        ],
    )
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.pay("2024-06")
    failed = {"dossier_no": "H6", "status": "LOI", "error_code": "KHAC"}
    house.answer("2024-06", failed)
    house.send(
        "GIAM",
        [
            giam("H3", "BT04", "06/2024", "HET_DIEU_KIEN"),
            giam("H4", "BT06D", "06/2024", "HET_DIEU_KIEN"),
        ],
    )
    house.ingest()
    house.pay("2024-07")
    house.answer("2024-07")
    house.send("GIAM", [giam("H7", "BT06D", "06/2024", "HET_DIEU_KIEN")])
    house.send("TANG", [tang("H8", "BT06D", "07/2024")])
    house.ingest()
    house.prepare("2024-08")
    return house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return eventful(tmp_path_factory.mktemp("ledger") / "office")


@pytest.fixture
def books(house: House) -> Iterator[Connection]:
    """The office's warehouse; what a test does to it is undone."""
    with warehouse.opened(house.office()) as connection:
        connection.execute("BEGIN TRANSACTION")
        yield connection
        connection.execute("ROLLBACK")


ONE = "payment_id = (SELECT min(payment_id) FROM payment WHERE {})"
PAID = "month = 24294 AND dossier_no = '{}'"
H1, H2, H3, H5, H6 = (ONE.format(PAID.format(no)) for no in ("H1", "H2", "H3", "H5", "H6"))

# (what was done, in SQL; the invariant that finds it)
FAULTS = {
    "an item is more": (f"UPDATE payment_item SET amount = amount + 1 WHERE {H1}", "item_sums"),
    "an item is gone": (f"DELETE FROM payment_item WHERE {H1}", "item_sums"),
    "one item of two is gone": (
        f"DELETE FROM payment_item WHERE {H3} AND kind = 'recovery'",
        "item_sums",
    ),
    "an item stands twice": (
        f"INSERT INTO payment_item SELECT * FROM payment_item WHERE {H1}",
        "item_once",
    ),
    "two halves of one item": (
        "INSERT INTO payment_item SELECT * REPLACE (1 AS amount) FROM payment_item"
        f" WHERE {H1}; UPDATE payment_item SET amount = amount - 1 WHERE {H1} AND amount > 1",
        "item_once",
    ),
    "an item changed its kind": (
        f"UPDATE payment_item SET kind = 'arrears' WHERE {H6} AND kind = 'retry'",
        "item_sums",
    ),
    "a payment is more": (f"UPDATE payment SET amount = amount + 1 WHERE {H1}", "item_sums"),
    "a part is more": (f"UPDATE payment SET regular = regular + 1 WHERE {H1}", "item_sums"),
    "arrears are called retry": (
        f"UPDATE payment SET arrears = retry, retry = arrears WHERE {H6}",
        "item_sums",
    ),
    "a recovery is given": (
        f"UPDATE payment_item SET amount = -amount WHERE {H3} AND kind = 'recovery'",
        "item_signs",
    ),
    "an item of nothing": (
        "INSERT INTO payment_item SELECT * REPLACE (0 AS amount, 24290 AS entitlement_month,"
        f" 'arrears' AS kind) FROM payment_item WHERE {H1}",
        "item_signs",
    ),
    "a past month is regular": (
        f"UPDATE payment_item SET entitlement_month = 24290 WHERE {H1} AND kind = 'regular'",
        "item_signs",
    ),
    "the month itself is in arrears": (
        "UPDATE payment_item SET entitlement_month = month WHERE kind = 'arrears'",
        "item_signs",
    ),
    "a month to come is paid again": (
        f"UPDATE payment_item SET entitlement_month = month + 1 WHERE {H6} AND kind = 'retry'",
        "item_signs",
    ),
    "an item is of another cycle": (
        f"UPDATE payment_item SET month = month - 1 WHERE {H1}",
        "item_signs",
    ),
    "an item has no payment": (f"DELETE FROM payment WHERE {H1}", "item_signs"),
    "an item is another's": (
        f"UPDATE payment_item SET dossier_no = 'H2' WHERE {H1}",
        "item_owner",
    ),
    "an item is of another budget": (
        f"UPDATE payment_item SET scheme = 'NCC' WHERE {H1}",
        "item_owner",
    ),
    "a payment has no items": (
        "INSERT INTO payment SELECT * REPLACE ('CT00000000000000' AS payment_id, 'NCC' AS scheme)"
        f" FROM payment WHERE {H1}",
        "item_sums",
    ),
    "two payments in one cycle": (
        "INSERT INTO payment SELECT * REPLACE ('CT00000000000000' AS payment_id)"
        f" FROM payment WHERE {H1}",
        "payment_once",
    ),
    "one id for two payments": (
        "UPDATE payment SET payment_id = (SELECT min(payment_id) FROM payment"
        f" WHERE month = 24293) WHERE {H1}",
        "payment_once",
    ),
    "nothing is paid in cash": (f"UPDATE payment SET amount = 0 WHERE {H2}", "channels"),
    "something is paid by no channel": (
        f"UPDATE payment SET channel = 'none' WHERE {H1}",
        "channels",
    ),
    "an account without number": (
        f"UPDATE payment SET account_number = NULL WHERE {H1}",
        "channels",
    ),
    "an account without bank": (f"UPDATE payment SET bin = NULL WHERE {H1}", "channels"),
    "an account without holder": (f"UPDATE payment SET payee_name = NULL WHERE {H1}", "channels"),
    "nobody is to pay": (f"UPDATE payment SET provider = NULL WHERE {H1}", "channels"),
    "cash without reason": (f"UPDATE payment SET cash_reason = NULL WHERE {H2}", "channels"),
    "a file has a line more": ("UPDATE payment_file SET lines = lines + 1", "files"),
    "a file has a dong less": ("UPDATE payment_file SET amount = amount - 1", "files"),
    "a file is gone": ("DELETE FROM payment_file WHERE month = 24294", "files"),
    "a file of a published month is gone": (
        "UPDATE cycle SET state = 'published' WHERE month = 24294;"
        " DELETE FROM payment_file WHERE month = 24294",
        "files",
    ),
    "a file of nobody's": (
        "INSERT INTO payment_file SELECT * REPLACE ('HTXH' AS scheme) FROM payment_file"
        " WHERE month = 24294 AND channel = 'cash'",
        "files",
    ),
    "a payment is in another's file": (
        f"UPDATE payment SET provider = 'LPBANK' WHERE {H1}",
        "files",
    ),
    "a payment went another way": (f"UPDATE payment SET channel = 'cash' WHERE {H1}", "files"),
    "a released payment is more, items and all": (
        f"UPDATE payment SET amount = amount + 1, regular = regular + 1 WHERE {H1};"
        f" UPDATE payment_item SET amount = amount + 1 WHERE {H1}",
        "files",
    ),
    "who is held is paid": (
        "INSERT INTO held SELECT month, dossier_no, scheme, 1, 'ID05', NULL FROM payment"
        f" WHERE {H1}",
        "held_unpaid",
    ),
    "a result before the release": (
        "UPDATE outcome SET payment_id = (SELECT min(payment_id) FROM payment"
        " WHERE month = 24295) WHERE event_no = (SELECT min(event_no) FROM outcome)",
        "outcomes",
    ),
    "a result of nothing": (
        f"UPDATE payment SET channel = 'none', amount = 0 WHERE {H1}",
        "outcomes",
    ),
    "a result of no payment": (
        "UPDATE outcome SET payment_id = 'CT00000000000000'"
        " WHERE event_no = (SELECT min(event_no) FROM outcome)",
        "outcomes",
    ),
    "two outcomes of one payment": (
        "INSERT INTO outcome SELECT * REPLACE ('failed' AS status) FROM outcome",
        "outcome_once",
    ),
    "an outcome that nobody said": ("UPDATE outcome SET event_no = 999999", "outcome_once"),
    "more is taken back than was given": (
        f"UPDATE payment_item SET amount = 10 * amount WHERE {H3} AND kind = 'recovery'",
        "settled_sign",
    ),
    "a row is gone": (
        "DELETE FROM change WHERE event_no = (SELECT max(event_no) FROM change)",
        "rows_accounted",
    ),
    "a row came twice": (
        "INSERT INTO account_row SELECT * FROM account_row",
        "rows_accounted",
    ),
    "a row was taken after all": (
        "UPDATE change SET is_taken = NOT is_taken"
        " WHERE event_no = (SELECT max(event_no) FROM change)",
        "rows_accounted",
    ),
    "a result row is gone": ("DELETE FROM result", "rows_accounted"),
    "a file had more rows": ("UPDATE received_file SET rows_in = rows_in + 1", "rows_accounted"),
    "a file had more rejected": (
        "UPDATE received_file SET rows_rejected = rows_rejected + 1",
        "rows_accounted",
    ),
    "a file never came": (
        "DELETE FROM received_file WHERE kind = 'tai_khoan'",
        "rows_accounted",
    ),
    "one number for two events": (
        "UPDATE change SET event_no = 1",
        "event_once",
    ),
}


# Found only where the cycles before are looked at, too: by `verify`.
CROSSING = ("an item is of another cycle", "one id for two payments")


def found_by(books: Connection, fault: str, invariant: str) -> None:
    """Assert that an invariant finds a fault, and in the cycle in which it was planted."""
    assert invariant in {breach.invariant for breach in ledger.breaches(books)}
    if "24294" in FAULTS[fault][0] and fault not in CROSSING:
        assert invariant in {breach.invariant for breach in ledger.breaches(books, JULY)}
        assert invariant not in {breach.invariant for breach in ledger.breaches(books, AUGUST)}


def plant(books: Connection, statements: str) -> None:
    for statement in statements.split("; "):
        changed = books.execute(statement).fetchall()
        assert changed[0][0], f"{statement}: nothing to spoil"


def test_the_office_is_in_order(books: Connection) -> None:
    assert ledger.breaches(books) == []
    found = warehouse.rows(
        books,
        "SELECT (SELECT count(*) FROM held WHERE rule = 'ID05'), count(*) FILTER (retry > 0),"
        " count(*) FILTER (arrears > 0), count(*) FILTER (recovery < 0),"
        " (SELECT count(*) FROM receivable), (SELECT count(DISTINCT status) FROM outcome)"
        " FROM payment",
    )
    assert all(found[0]), "each of these must be there for a fault to be planted in"
    books.execute("UPDATE cycle SET state = 'published' WHERE month = 24293")
    assert ledger.breaches(books) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_books_is_found(books: Connection, fault: str) -> None:
    statements, invariant = FAULTS[fault]
    plant(books, statements)
    found_by(books, fault, invariant)
    with pytest.raises(InvariantBroken):
        ledger.require(books, JUNE)


def test_what_a_message_names(books: Connection) -> None:
    books.execute("UPDATE payment SET provider = NULL")
    (breach,) = [found for found in ledger.breaches(books) if found.invariant == "channels"]
    count = warehouse.value(books, "SELECT count(*) FROM payment WHERE channel <> 'none'")
    assert breach.rows == count > ledger.SHOWN == len(breach.keys)
    assert breach.keys == tuple(sorted(breach.keys))
    assert breach.keys[0].startswith("2024-06 CT2406")
    with pytest.raises(InvariantBroken, match=rf"channels: {count} dòng \(2024-06 CT2406"):
        ledger.require(books, JUNE)


def test_a_group_without_its_file_is_named_by_its_provider(books: Connection) -> None:
    books.execute("DELETE FROM payment_file WHERE month = 24294")
    (breach,) = ledger.breaches(books)
    assert breach.keys == ("2024-07 AGRIBANK", "2024-07 VIETTEL")


# (SELECT, its text, what it is changed to): each pays or takes what must not be.
SPOILED = {
    "what was paid last month is forgotten": ("instructed", "month < $month", "month < $month - 1"),
    "who is held is paid": ("payments", "hold_rule IS NULL", "TRUE"),
    "arrears are summed as regular": ("payments", "kind = 'regular'", "kind = 'arrears'"),
    "recoveries are left out": (
        "payments",
        "sum(amount)::BIGINT AS amount",
        "sum(if(amount > 0, amount, 0))::BIGINT AS amount",
    ),
    "more is recovered than there is": ("items", "greatest(floor(", "greatest(9 * floor("),
    "arrears are called regular": ("differences", "THEN 'regular'", "THEN 'arrears'"),
    "past months are called regular": ("differences", "month >= $month", "month >= $month - 9"),
    "nothing goes by no channel": ("payments", "if(amount = 0, 'none', channel)", "channel"),
    "no number in the line": ("payments", "account_number, NULL", "NULL, NULL"),
}


@pytest.mark.parametrize("fault", SPOILED)
def test_a_fault_in_a_select_stops_prepare(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    name, right, wrong = SPOILED[fault]
    whole = warehouse.sql
    spoiled = whole(name).replace(right, wrong)
    assert spoiled != whole(name)
    monkeypatch.setattr(warehouse, "sql", lambda asked: spoiled if asked == name else whole(asked))
    with pytest.raises((InvariantBroken, duckdb.ConstraintException)):
        house.prepare("2024-08")
    monkeypatch.undo()
    with warehouse.opened(house.office()) as connection:
        assert ledger.breaches(connection) == [], "nothing of it was kept"


def test_the_count_by_hand_finds_the_same(house: House, books: Connection) -> None:
    """The promises of tests/invariants.py are no weaker than the SELECTs."""
    assert invariants.broken(house.home, books) == []
    missed = []
    for fault, (statements, _) in FAULTS.items():
        books.execute("ROLLBACK; BEGIN TRANSACTION")
        plant(books, statements)
        if not invariants.broken(house.home, books):
            missed.append(fault)
    assert missed == []
