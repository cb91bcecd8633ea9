"""The account last paid into is kept, and what providers say late of old payments changes it."""

from __future__ import annotations

import pytest

from expectations import runner
from flows import quality
from schemas.period import month_text
from tasks import payroll, reconciliation, registry, warehouse
from tests.house import House, new_house, own_account, tang

# The accounts that each has in turn; all are people with an id, who are due every month.
FIRST, SECOND, THIRD = "1000000{}", "2000000{}", "3000000{}"
NUMBER = {"KEPT": 1, "RETURNED": 2, "LATE": 3, "BACK": 4, "SAME": 5}
AUGUST, SEPTEMBER = 24295, 24296


def account(dossier: str, number: str) -> dict[str, str]:
    return own_account(dossier, number.format(NUMBER[dossier]))


def failed(dossier: str) -> dict[str, str]:
    return {"dossier_no": dossier, "status": "LOI", "error_code": "KHAC"}


def say(house: House, dossier: str, month: str, status: str) -> None:
    """Send one more result on a dossier's payment of a month."""
    (payment,) = [
        row
        for row in house.table("payment", f"dossier_no = '{dossier}'")
        if month_text(row["month"]) == month
    ]
    said = {"payment_id": payment["payment_id"], "amount": payment["amount"], "status": status}
    house.send("ket_qua", [said], None)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An office in September 2024; what was said late came in August and in September."""
    house = new_house(tmp_path_factory.mktemp("office"))
    ids = {dossier: f"01108000000{number}" for dossier, number in NUMBER.items()}
    house.send("TANG", [tang(no, "BT06D", "06/2024", citizen_id=ids[no]) for no in NUMBER])
    house.send("tai_khoan", [account(no, FIRST) for no in NUMBER])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06", failed("LATE"))
    house.send("tai_khoan", [account("BACK", SECOND)])
    confirmed = {"subject": "TAI_KHOAN", "value": SECOND.format(NUMBER["BACK"]), "outcome": "DUNG"}
    by_bank = {"checked_on": "01/07/2024", "checked_by": "Agribank"}
    house.send("xac_thuc", [{"dossier_no": "BACK", **confirmed, **by_bank}], None)
    house.ingest()
    house.pay("2024-07")
    house.answer("2024-07", failed("KEPT"), failed("RETURNED"), failed("LATE"))
    house.send("tai_khoan", [account(no, THIRD) for no in NUMBER if no != "SAME"])
    say(house, "LATE", "2024-06", "THANH_CONG")
    house.ingest()
    house.pay("2024-08")
    house.answer("2024-08")
    house.send("tai_khoan", [account("BACK", FIRST)])
    say(house, "RETURNED", "2024-06", "HOAN_TRA")
    say(house, "BACK", "2024-07", "HOAN_TRA")
    house.ingest()
    house.prepare("2024-09")
    return house


def changed(house: House, month: int) -> dict[str, bool]:
    """Return by dossier whether its account is another than the one last paid into (AC09)."""
    return {
        row["dossier_no"]: row["account_changed"]
        for row in house.table("standing", f"month = {month}")
    }


def kept(house: House, month: int) -> dict[str, str | None]:
    return {
        row["dossier_no"]: row["account_number"]
        for row in house.table("paid_account", f"month = {month}")
    }


def test_an_account_paid_two_cycles_ago_is_still_the_last(house: House) -> None:
    assert kept(house, AUGUST) == {"KEPT": "10000001", "RETURNED": "10000002", "LATE": "10000003"}
    assert changed(house, AUGUST) == {
        "KEPT": True,
        "RETURNED": True,
        "LATE": True,
        "BACK": True,
        "SAME": False,
    }


def test_what_is_said_of_old_payments_changes_what_was_kept(house: House) -> None:
    assert kept(house, SEPTEMBER) == {"RETURNED": None, "BACK": "10000004"}
    assert changed(house, SEPTEMBER) == {
        "KEPT": True,  # kept in August
        "RETURNED": False,  # was never paid into an account
        "LATE": True,
        "BACK": False,  # has again the one before that which the money came back from
        "SAME": False,
    }


def test_preparing_again_keeps_the_same(house: House) -> None:
    before = house.table("paid_account")
    house.prepare("2024-09")
    assert house.table("paid_account") == before


def test_all_history_says_the_same(house: House) -> None:
    office = house.office()
    with warehouse.opened(office) as connection:
        registry.stage_rules(connection)
        reconciliation.stage_outcomes(connection, office, SEPTEMBER)
        judge = runner.judge(quality.parameters(connection, office), runner.Tallies())
        payroll.compute(connection, office, SEPTEMBER, SEPTEMBER, judge, whole=True)
        rows = warehouse.rows(connection, "SELECT dossier_no, account_changed FROM standing_now")
        found = warehouse.rows(
            connection, "SELECT dossier_no, account_number FROM paid_account_now ORDER BY ALL"
        )
    assert dict(rows) == changed(house, SEPTEMBER)
    assert found == [
        ("BACK", "10000004"),
        ("KEPT", "10000001"),
        ("LATE", "10000003"),
        ("RETURNED", None),
    ]


def test_an_older_warehouse_that_kept_nothing_is_read_whole(house: House) -> None:
    office = house.office()
    with warehouse.opened(office) as connection:
        connection.execute("BEGIN TRANSACTION; DELETE FROM paid_account")
        registry.stage_rules(connection)
        reconciliation.match(connection, office, SEPTEMBER)
        judge = runner.judge(quality.parameters(connection, office), runner.Tallies())
        payroll.compute(connection, office, SEPTEMBER, SEPTEMBER, judge)
        rows = warehouse.rows(connection, "SELECT dossier_no, account_changed FROM standing_now")
        connection.execute("ROLLBACK")
    assert dict(rows) == changed(house, SEPTEMBER)
