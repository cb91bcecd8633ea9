"""What the office decides of results that do not fit, or do not come, and what comes of it."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows import cli, steps
from flows.resolve import resolve as resolve_flow
from schemas.period import month_number
from tasks import ledger, warehouse
from tasks.office import Refused
from tests.house import House, new_house, own_account, tang

JUNE, JULY = "2024-06", "2024-07"
WRONG = {"amount": 1, "status": "THANH_CONG"}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """June is released for H1 and H2 at Agribank, H3 in cash; nobody answered yet."""
    house = new_house(tmp_path_factory.mktemp("resolution") / "office")
    ids = {f"H{n}": {"citizen_id": f"01108000000{n}"} for n in (1, 2, 3)}
    house.send("TANG", [tang(no, "BT06D", "06/2024", **known) for no, known in ids.items()])
    house.send("tai_khoan", [own_account(f"H{n}", f"12345678{n}0") for n in (1, 2)])
    house.ingest()
    house.pay(JUNE)
    return house.home


@pytest.fixture
def house(released: Path, tmp_path: Path) -> House:
    shutil.copytree(released, tmp_path / "office")
    return House(tmp_path / "office", date(2024, 6, 10), files=100)


def payment_id(house: House, dossier: str, month: str = JUNE) -> str:
    where = f"dossier_no = '{dossier}' AND month = {month_number(month)}"
    return house.table("payment", where)[0]["payment_id"]


def say(house: House, dossier: str, **line: object) -> None:
    """Send one result line of a payment of June."""
    row = {"payment_id": payment_id(house, dossier), "amount": 540_000, "status": "THANH_CONG"}
    house.send("ket_qua", [{**row, "transaction_no": f"GD{house.files}", **line}], None)
    house.ingest()
    house.reconcile(JUNE)


def status(house: House, dossier: str, month: str = JUNE) -> tuple | None:
    where = f"dossier_no = '{dossier}' AND month = {month_number(month)}"
    found = house.table("outcome", where)
    return (found[0]["status"], found[0]["basis"]) if found else None


def exception(house: House, rule: str) -> int:
    return house.table("result_exception", f"rule = '{rule}'")[-1]["event_no"]


def holds(house: House) -> bool:
    with warehouse.opened(house.office()) as connection:
        return ledger.breaches(connection) == []


# --- what a decision does to the money --------------------------------------------------------


def test_a_payment_decided_failed_is_paid_again_and_one_decided_paid_is_not(house: House) -> None:
    assert house.resolve(payment_id(house, "H3"), "failed").status == "failed"
    assert house.resolve(payment_id(house, "H1"), "paid").status == "paid"
    house.prepare(JULY)
    assert [item for item in house.items(JULY) if item[2] == JUNE] == [
        ("H3", "BT06N", JUNE, "retry", 540_000)
    ]
    assert status(house, "H3") == ("failed", "decision")
    assert holds(house)


def test_one_dong_paid_for_540000_waits_until_somebody_decides(house: House) -> None:
    say(house, "H1", **WRONG)
    assert house.reconcile(JUNE).pending == 3
    house.prepare(JULY)
    assert {item[2] for item in house.items(JULY)} == {JULY}
    number = exception(house, "RS02")
    with pytest.raises(Refused, match="--against-provider"):
        house.resolve(number, "failed")
    house.resolve(number, "failed", is_against_provider=True)
    assert house.table("cycle", f"month = {month_number(JULY)}")[0]["state"] == "open"
    house.prepare(JULY)
    assert ("H1", "BT06N", JUNE, "retry", 540_000) in house.items(JULY)
    assert house.reconcile(JUNE).exceptions == 0
    assert holds(house)


def test_what_came_before_a_decision_counts_no_more_and_what_comes_after_does(
    house: House,
) -> None:
    say(house, "H1", status="LOI", error_code="TK_DONG")
    house.resolve(payment_id(house, "H1"), "paid")
    assert status(house, "H1") == ("paid", "decision")
    say(house, "H1", status="LOI", error_code="TK_DONG")  # the money stays with the person
    assert status(house, "H1") == ("paid", "decision")
    assert house.reconcile(JUNE).exceptions == 1
    say(house, "H1", status="HOAN_TRA", error_code="KHAC")
    assert status(house, "H1") == ("returned", "result")


def test_a_success_after_a_decision_that_it_failed_pays_and_is_told(house: House) -> None:
    house.resolve(payment_id(house, "H1"), "failed")
    house.pay(JULY)
    say(house, "H1")
    assert status(house, "H1") == ("paid", "result")
    assert [rule for rule, _ in house.rules("rule = 'RS03'")] == ["RS03"]
    house.prepare("2024-08")
    assert ("H1", "BT06N", JUNE, "recovery", -540_000) in house.items("2024-08")
    assert holds(house)


def test_a_late_decision_on_a_month_long_paid(house: House) -> None:
    house.pay(JULY)
    house.pay("2024-08")
    say(house, "H2")
    house.resolve(payment_id(house, "H2"), "returned", is_against_provider=True)
    house.prepare("2024-09")
    assert ("H2", "BT06N", JUNE, "retry", 540_000) in house.items("2024-09")
    assert house.table("decision")[0]["is_against_provider"]
    assert holds(house)


# --- lines that fit nowhere -------------------------------------------------------------------


def test_a_line_is_given_to_its_payment_or_ignored(house: House) -> None:
    line = {"amount": 540_000, "status": "LOI", "error_code": "KHAC", "fee": 1_100}
    fee = {"payment_id": "PHITHANG06", "amount": 55_000, "status": "THANH_CONG"}
    house.send("ket_qua", [{"payment_id": "CT24060000SAIMASO1", **line}, fee], None)
    house.ingest()
    assert house.reconcile(JUNE).exceptions == 2
    first, second = (row["event_no"] for row in house.table("result_exception"))
    found = house.resolve(first, "belongs", payment_id=payment_id(house, "H3"))
    assert (found.status_before, found.status, found.changed) == ("instructed", "failed", True)
    assert status(house, "H3") == ("failed", "result")
    assert house.table("outcome")[0]["fee"] == 1_100
    house.resolve(second, "ignored")
    assert house.reconcile(JUNE).exceptions == 0
    assert len(house.table("result_exception")) == 2
    with pytest.raises(Refused, match="đã được quyết định"):
        house.resolve(first, "belongs", payment_id=payment_id(house, "H1"))


def test_two_equal_sums_to_one_account_without_ids_are_never_guessed(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    people = [tang(no, "BT06D", "06/2024") for no in ("H1", "H2")]
    guardian = {"method": "GIAM_HO", "holder_name": "Vừ A Chu", "holder_citizen_id": "011080000009"}
    house.send("TANG", people)
    house.send("tai_khoan", [own_account(no, "1234567890", **guardian) for no in ("H1", "H2")])
    house.ingest()
    house.pay(JUNE)
    paid = house.table("payment")
    assert [(p["channel"], p["account_number"]) for p in paid] == [("account", "1234567890")] * 2
    lines = [
        {"account_number": "1234567890", "amount": 540_000, "status": "THANH_CONG"}
        | {"transaction_no": number}
        for number in ("GD1", "GD2")
    ]
    house.send("ket_qua", lines, None)
    house.ingest()
    found = house.reconcile(JUNE)
    assert (found.paid, found.pending, found.exceptions) == (0, 2, 2)
    for row, payment in zip(house.table("result_exception"), paid, strict=True):
        house.resolve(row["event_no"], "belongs", payment_id=payment["payment_id"])
    assert (house.reconcile(JUNE).paid, house.reconcile(JUNE).exceptions) == (2, 0)


# --- what is refused, and what is said twice --------------------------------------------------


def test_the_same_decision_twice_changes_nothing(house: House) -> None:
    say(house, "H1", **WRONG)
    number = exception(house, "RS02")
    first = house.resolve(number, "paid")
    before = [house.table(name) for name in ("decision", "outcome", "result_exception", "cycle")]
    again = house.resolve(number, "paid")
    assert (first.changed, again.changed) == (True, False)
    assert before == [
        house.table(name) for name in ("decision", "outcome", "result_exception", "cycle")
    ]


def test_what_the_provider_said_needs_no_decision(house: House) -> None:
    say(house, "H1")
    assert not house.resolve(payment_id(house, "H1"), "paid").changed
    assert house.table("decision") == []


@pytest.mark.parametrize(
    ("reference", "word", "other", "told"),
    [
        ("999999", "paid", {}, "Không có ngoại lệ số 999999"),
        ("CT2406AAAAAAAAAAAA", "paid", {}, "Không có khoản chi"),
        ("H1", "ignored", {}, "ghi số ngoại lệ"),
        ("H1", "belongs", {}, "--payment"),
        ("H1", "paid", {"payment_id": "CT24"}, "belongs"),
        ("H1", "lost", {}, "một trong"),
        ("H1", "paid", {"by": " "}, "--by"),
        ("RS01", "paid", {}, "belongs"),
        ("RS01", "belongs", {"payment_id": "H2"}, "540.000"),
        ("RS02", "belongs", {"payment_id": "H2"}, "RS01"),
    ],
)
def test_nonsense_is_refused_in_words(
    house: House, reference: str, word: str, other: dict, told: str
) -> None:
    say(house, "H1", **WRONG)
    say(house, "H1", payment_id="CT2406XXXXXXXXXXXX", amount=2)
    found = {"RS01": exception(house, "RS01"), "RS02": exception(house, "RS02")}
    found |= {no: payment_id(house, no) for no in ("H1", "H2")}
    other = {name: found.get(value, value) for name, value in other.items()}
    with pytest.raises(Refused, match=told):
        house.resolve(found.get(reference, reference), word, **other)
    assert house.table("decision") == []


def test_a_month_that_is_not_released_has_nothing_to_decide(house: House) -> None:
    house.prepare(JULY)
    with pytest.raises(Refused, match="chưa duyệt chi"):
        house.resolve(payment_id(house, "H1", JULY), "failed")


def test_who_lets_a_payment_be_paid_again_does_not_approve_it(house: House) -> None:
    house.resolve(payment_id(house, "H3"), "failed", by="Bình")
    house.resolve(payment_id(house, "H1"), "paid", by="Dung")
    digest = house.prepare(JULY).digest
    with pytest.raises(Refused, match="người khác duyệt"):
        house.release(JULY, digest, approver="BINH")
    assert house.release(JULY, digest, approver="Dung").state == "released"


# --- what people see --------------------------------------------------------------------------


def test_explain_tells_who_decided_and_why(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.resolve(payment_id(house, "H1"), "returned")
    home = ["--home", str(house.home), "--today", "2024-06-12"]
    assert cli.main(["explain", "H1", *home]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Chi, 10/06/2024" in told
    assert "quyết định: đã hoàn trả; đã gọi điện" in told
    assert cli.main(["status", *home]) == 0


def test_the_list_keeps_what_was_decided_below_what_is_open(house: House) -> None:
    say(house, "H1", **WRONG)
    say(house, "H2", payment_id="CT2406XXXXXXXXXXXX")
    asked = {"reference": str(exception(house, "RS02")), "word": "paid"}
    asked |= {"by": "Chi", "reason": "đã gặp người nhận"}
    asked |= {"payment_id": None, "is_against_provider": False}
    home, today = str(house.home), "2024-06-12"
    result = resolve_flow(home, today, asked)
    assert (result["status"], result["changed"]) == ("paid", True)
    path = house.home / "outbox" / JUNE / "followup" / "ngoai_le.csv"
    with path.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    names = ("Số ngoại lệ", "Quy tắc", "Số ngày chờ", "Quyết định", "Người quyết định")
    assert next(iter(rows[0])) == "Số ngoại lệ"
    assert [tuple(row[name] for name in names) for row in rows] == [
        (str(exception(house, "RS01")), "RS01", "2", "", ""),
        (asked["reference"], "RS02", "", "tiền đã đến người hưởng", "Chi"),
    ]
    assert rows[1]["Lý do quyết định"] == "đã gặp người nhận"
    written = path.read_bytes()
    resolve_flow(home, today, asked)
    assert path.read_bytes() == written
    assert steps.match_results(home, today, JUNE)[0]["exceptions"] == 1
