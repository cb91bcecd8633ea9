"""A provider who returns only what failed: silence means paid, after the days its profile says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from flows import quality, steps
from schemas.period import month_number
from schemas.providers import results
from tasks import ledger, lists, recompute, warehouse
from tasks.as_known import stage_as_known
from tests.house import House, new_house, own_account, tang

JUNE, JULY = "2024-06", "2024-07"


@pytest.fixture(autouse=True)
def silent_after(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Agribank returns only failures: days by provider, to be changed by a test."""
    days = {"AGRIBANK": 10}
    monkeypatch.setattr(results, "silence_days", days.get)
    return days


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    """June is released on the first for H1 to H4 at Agribank and H5 in cash."""
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    ids = {f"H{n}": {"citizen_id": f"01108000000{n}"} for n in range(1, 6)}
    house.send("TANG", [tang(no, "BT06D", "06/2024", **known) for no, known in ids.items()])
    house.send("tai_khoan", [own_account(f"H{n}", f"12345678{n}0") for n in range(1, 5)])
    house.ingest()
    house.pay(JUNE)
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def say(house: House, dossier: str, word: str, amount: int = 540_000, code: str = "") -> None:
    of = house.table("payment", f"dossier_no = '{dossier}'")[0]["payment_id"]
    line = {"payment_id": of, "amount": amount, "status": word, "error_code": code}
    house.send("ket_qua", [line], None)
    house.ingest()


def statuses(house: House) -> list[tuple]:
    names = ("dossier_no", "status", "status_reason", "basis", "event_no")
    return sorted(tuple(row[name] for name in names) for row in house.table("outcome"))


def test_silence_means_paid_where_nothing_was_said_and_nowhere_else(house: House) -> None:
    say(house, "H2", "LOI", code="TK_DONG")
    say(house, "H3", "THANH_CONG", amount=1)
    house.day = date(2024, 6, 10)
    assert house.reconcile(JUNE).paid == 0
    house.day = date(2024, 6, 11)
    found = house.reconcile(JUNE)
    assert (found.paid, found.silent, found.silent_amount) == (2, 2, 1_080_000)
    assert (found.failed, found.pending, found.exceptions) == (1, 2, 1)
    assert [row[:4] for row in statuses(house)] == [
        ("H1", "paid", "IM_LANG", "silence"),
        ("H2", "failed", "TK_DONG", "result"),
        ("H4", "paid", "IM_LANG", "silence"),
    ]
    assert house.reconcile(JUNE) == found
    house.day = date(2024, 6, 10)  # the day decides, not who asked first
    assert house.reconcile(JUNE).paid == 0


def test_who_is_silent_by_agreement_is_not_late(house: House) -> None:
    say(house, "H3", "THANH_CONG", amount=1)
    house.day = date(2024, 6, 21)
    house.reconcile(JUNE)
    late = house.table("issue", "rule = 'RS04'")
    assert [row["dossier_no"] for row in late] == ["H3", "H5"]


def test_a_late_word_overrides_silence_and_contradicts_nothing(house: House) -> None:
    house.day = date(2024, 6, 15)
    house.reconcile(JUNE)
    say(house, "H1", "LOI", code="KHAC")
    say(house, "H2", "HOAN_TRA", code="KHAC")
    say(house, "H3", "THANH_CONG", amount=2)
    house.reconcile(JUNE)
    assert [row[:2] for row in statuses(house)] == [
        ("H1", "failed"),
        ("H2", "returned"),
        ("H4", "paid"),
    ]
    assert [rule for rule, _ in house.rules("stage = 'reconcile' AND rule <> 'RS04'")] == ["RS02"]
    house.prepare(JULY)
    retried = [item[0] for item in house.items(JULY) if item[3] == "retry"]
    assert retried == ["H1", "H2"]
    with warehouse.opened(house.office()) as connection:
        assert ledger.breaches(connection) == []


def test_after_months_too(house: House) -> None:
    for month, day in ((JULY, date(2024, 7, 1)), ("2024-08", date(2024, 8, 1))):
        house.day = day
        house.pay(month)
    say(house, "H1", "LOI", code="KHAC")
    say(house, "H3", "THANH_CONG", amount=2)
    house.prepare("2024-09")
    june = [row[:2] for row in statuses(house) if row[0] in ("H1", "H3", "H4")]
    assert june.count(("H1", "failed")) == 1
    assert june.count(("H3", "paid")) == 1  # July's; June waits for the right amount
    assert june.count(("H4", "paid")) == 2


def test_each_provider_has_its_own_days(house: House, silent_after: dict[str, int]) -> None:
    silent_after["VIETTEL"] = 45
    house.day = date(2024, 7, 1)
    house.pay(JULY)
    house.day = date(2024, 7, 14)
    assert (house.reconcile(JUNE).silent, house.reconcile(JUNE).pending) == (4, 1)
    house.day = date(2024, 7, 16)
    assert (house.reconcile(JUNE).silent, house.reconcile(JUNE).pending) == (5, 0)


def test_a_changed_account_waits_for_the_bank_where_the_old_one_was_paid_in_silence(
    house: House,
) -> None:
    """What was known of June when July was prepared is replayed, and explained, as it was."""
    house.send("tai_khoan", [own_account("H1", "9999999999")])
    house.day = date(2024, 7, 1)
    house.ingest()
    house.pay(JULY)
    july = house.table("payment", "cash_reason = 'account_unusable'")
    assert [row["dossier_no"] for row in july] == ["H1"]
    found = recompute.recompute(house.office(), None, quality.ingest_judge, quality.prepare_judge)
    assert [one.problems for one in found] == [(), ()]
    with warehouse.opened(house.office()) as connection:
        stage_as_known(connection, house.office(), month_number(JULY), "H1")
        assert warehouse.rows(connection, "SELECT basis FROM outcome") == [("silence",)]


def test_the_report_says_how_much_is_known_by_silence_only(house: House) -> None:
    house.day = date(2024, 6, 19)
    house.reconcile(JUNE)
    steps.publish_tables(str(house.home), "2024-06-19", JUNE, False)
    path = house.home / "outbox" / JUNE / "reports" / f"tien_do_{JUNE}.xlsx"
    cells = [row[0].value for row in openpyxl.load_workbook(path)["Theo xã"].iter_rows()]
    told = (
        "Trong số đã chi, 4 khoản 2.160.000 đồng qua AGRIBANK coi như đã chi, đơn vị không báo "
        "lỗi sau 10 ngày."
    )
    assert told in cells
    with warehouse.opened(house.office()) as connection:
        lists.write_followup(house.office(), connection, month_number(JUNE))
    written = house.home / "outbox" / JUNE / "followup" / "doi_soat.csv"
    total = written.read_text(encoding="utf-8-sig").splitlines()[-1]
    assert total.startswith("Cộng,Cộng,,5,2700000,4,2160000,0,0,0,0,1,540000,0,4,2160000")


def test_an_office_of_an_earlier_version_hears_silence_too(house: House) -> None:
    with warehouse.opened(house.office()) as connection:
        connection.execute("DROP TABLE decision; ALTER TABLE outcome DROP COLUMN basis")
        connection.execute("ALTER TABLE outcome ALTER event_no SET NOT NULL")
    house.day = date(2024, 6, 11)
    assert house.reconcile(JUNE).silent == 4
