"""Who may approve: nobody who prepared the month; two people above the office's limit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.period import month_number
from tasks import ledger, warehouse
from tasks.office import Refused
from tasks.release import Released
from tasks.status import status
from tests.house import House, new_house, own_account, tang

JUNE = month_number("2024-06")
MONTHLY = 540_000  # VND that BT06D gives


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two people, and a limit below what they are paid."""
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    rows = [
        tang("H1", "BT06D", "06/2024", citizen_id="011080000001"),
        tang("H2", "BT06D", "06/2024"),
    ]
    house.send("TANG", rows)
    house.send("tai_khoan", [own_account("H1", "0123456789")])
    house.ingest()
    house.set_release(f"second_approver_above = {2 * MONTHLY - 1}")
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def said(house: House) -> list[tuple[str, str, str | None]]:
    """Return (step, name, reason) of all approvals, in order."""
    rows = sorted(house.table("approval"), key=lambda row: row["number"])
    return [(row["step"], row["name"], row["accept_reason"]) for row in rows]


def waits_for(house: House) -> str | None:
    with warehouse.opened(house.office()) as connection:
        return status(connection, house.office())["months"][0]["waits_for"]


def has_files(house: House) -> bool:
    return any((house.office().outbox(JUNE) / name).exists() for name in ("payments", "treasury"))


def outcome(found: Released) -> tuple[str, tuple[str, ...], tuple[str, ...], int]:
    return found.state, found.missing, found.approvers, len(found.files)


def test_two_people_release_a_large_month(house: House) -> None:
    digest = house.prepare("2024-06").digest
    first = house.release("2024-06", digest, "Bình")
    assert outcome(first) == ("prepared", ("second_approver",), ("Bình",), 0)
    assert (first.payments, first.amount) == (2, 2 * MONTHLY)
    assert (waits_for(house), has_files(house)) == ("second_approver", False)

    house.day = date(2024, 6, 4)
    before = house.table("approval")
    assert house.release("2024-06", digest, " bình ") == first
    assert house.table("approval") == before
    with pytest.raises(Refused, match="phải khác người lập"):
        house.release("2024-06", digest, "AN")

    second = house.release("2024-06", digest, "Cúc")
    assert outcome(second) == ("released", (), ("Bình", "Cúc"), 2)
    assert (waits_for(house), has_files(house)) == (None, True)
    assert said(house) == [
        ("prepare", "An", None),
        ("approve", "Bình", None),
        ("approve", "Cúc", None),
    ]
    assert house.release("2024-06", digest, "Bình") == second
    with warehouse.opened(house.office()) as connection:
        assert ledger.verify(connection, house.office()) == []


@pytest.mark.parametrize("limit", [0, 2 * MONTHLY])
def test_one_person_is_enough_up_to_the_limit(house: House, limit: int) -> None:
    house.set_release(f"second_approver_above = {limit}")
    found = house.release("2024-06", house.prepare("2024-06").digest)
    assert outcome(found) == ("released", (), ("Bình",), 2)


def test_whoever_prepared_an_earlier_version_may_not_approve(house: House) -> None:
    old = house.prepare("2024-06", by="Bình").digest
    house.send("TANG", [tang("H3", "BT06D", "06/2024")])
    house.ingest()
    new = house.prepare("2024-06", by="An").digest
    assert new != old
    with pytest.raises(Refused, match="Bình đã lập kỳ này"):
        house.release("2024-06", new, "Bình")
    assert [step for step, _, _ in said(house)] == ["prepare", "prepare"]


def test_approvals_of_another_digest_are_kept_and_count_no_more(house: House) -> None:
    house.release("2024-06", house.prepare("2024-06").digest, "Bình")
    house.send("TANG", [tang("H3", "BT06D", "06/2024")])
    house.ingest()
    digest = house.prepare("2024-06").digest
    assert waits_for(house) is None
    assert outcome(house.release("2024-06", digest, "Cúc"))[:2] == (
        "prepared",
        ("second_approver",),
    )
    assert outcome(house.release("2024-06", digest, "Bình"))[2] == ("Cúc", "Bình")
    assert len(said(house)) == 5


def test_an_approver_who_prepares_again_counts_no_more(house: House) -> None:
    digest = house.prepare("2024-06").digest
    house.release("2024-06", digest, "Bình")
    assert house.prepare("2024-06", by="Bình").digest == digest
    assert outcome(house.release("2024-06", digest, "Cúc")) == (
        *("prepared", ("second_approver",), ("Cúc",)),
        0,
    )
    assert outcome(house.release("2024-06", digest, "Dung"))[2] == ("Cúc", "Dung")


def test_a_lower_limit_is_used_by_saying_yes_again(house: House) -> None:
    digest = house.prepare("2024-06").digest
    house.release("2024-06", digest, "Bình")
    house.set_release()
    assert outcome(house.release("2024-06", digest, "Bình"))[:3] == ("released", (), ("Bình",))


def test_each_approver_accepts_the_alerts(house: House) -> None:
    house.set_release()
    house.pay("2024-06")
    house.set_release("second_approver_above = 1")
    house.send("TANG", [tang("H4", "BT06D", "07/2024"), tang("H5", "BT06D", "07/2024")])
    house.ingest()
    prepared = house.prepare("2024-07")
    assert prepared.alerts
    house.release("2024-07", prepared.digest, "Bình", accept=" hai người mới ")
    with pytest.raises(Refused, match="cảnh báo"):
        house.release("2024-07", prepared.digest, "Cúc", accept=None)
    found = house.release("2024-07", prepared.digest, "Cúc", accept="đã hỏi xã")
    assert outcome(found)[:3] == ("released", (), ("Bình", "Cúc"))
    assert said(house)[-2:] == [
        ("approve", "Bình", "hai người mới"),
        ("approve", "Cúc", "đã hỏi xã"),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE payment SET account_number = '6666666666' WHERE dossier_no = 'H1'",
        "UPDATE payment SET payee_name = 'NGUYEN VAN B' WHERE dossier_no = 'H1'",
        "UPDATE payment_item SET category_code = 'BT06F' WHERE dossier_no = 'H2'",
        "UPDATE payment SET provider = 'LPBANK' WHERE dossier_no = 'H1'",
    ],
)
def test_a_payroll_changed_behind_its_digest_is_refused(house: House, damage: str) -> None:
    digest = house.prepare("2024-06").digest
    house.release("2024-06", digest, "Bình")
    with warehouse.opened(house.office()) as connection:
        connection.execute(damage)
    with pytest.raises(Refused, match="không còn đúng như lúc lập"):
        house.release("2024-06", digest, "Cúc")
    assert not has_files(house)
    (cycle,) = house.table("cycle")
    assert (cycle["state"], cycle["released_on"]) == ("prepared", None)
    assert house.prepare("2024-06").digest == digest
