"""Results of providers: what each sequence of words about one payment comes to (SPEC 7)."""

from datetime import date
from pathlib import Path

import pytest

from schemas.period import month_number
from tests.house import House, new_house, own_account, tang

JUNE = month_number("2024-06")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id="011080000001")])
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.pay("2024-06")
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def say(house: House, *words: tuple[str, str, int]) -> None:
    """Send results one after the other: (status, error code, amount)."""
    payment_id = house.table("payment")[0]["payment_id"]
    for place, (status, code, amount) in enumerate(words):
        row = {"payment_id": payment_id, "amount": amount, "status": status, "error_code": code}
        house.send("ket_qua", [row | {"transaction_no": f"GD{place}"}], None)
        house.ingest()


def outcome(house: House) -> tuple[str, str | None]:
    house.reconcile("2024-06")
    found = house.table("outcome")
    return (found[0]["status"], found[0]["status_reason"]) if found else ("instructed", None)


OK = ("THANH_CONG", "", 540_000)
BAD = ("LOI", "TK_DONG", 540_000)
BACK = ("HOAN_TRA", "SAI_SO_TK", 540_000)
WAIT = ("DANG_XU_LY", "", 540_000)
OTHER = ("THANH_CONG", "", 540_001)


@pytest.mark.parametrize(
    ("words", "expected", "rules"),
    [
        ([OK], ("paid", None), []),
        ([BAD], ("failed", "TK_DONG"), []),
        ([BACK], ("returned", "SAI_SO_TK"), []),
        ([WAIT], ("processing", None), []),
        ([WAIT, OK], ("paid", None), []),
        ([OK, WAIT], ("paid", None), []),
        ([OK, BACK], ("returned", "SAI_SO_TK"), []),
        ([OK, BAD], ("paid", None), ["RS03"]),
        ([BAD, OK], ("paid", None), ["RS03"]),
        ([BACK, OK], ("paid", None), ["RS03"]),
        ([BAD, BACK], ("failed", "TK_DONG"), ["RS03"]),
        ([OTHER], ("instructed", None), ["RS02"]),
        ([OTHER, OK], ("paid", None), ["RS02"]),
        ([OTHER, ("HOAN_TRA", "KHAC", 540_001)], ("returned", "KHAC"), ["RS02", "RS02"]),
    ],
)
def test_words_about_one_payment(
    house: House, words: list, expected: tuple[str, str | None], rules: list[str]
) -> None:
    say(house, *words)
    assert outcome(house) == expected
    assert [rule for rule, _ in house.rules("stage = 'reconcile'")] == rules


def test_a_contradicted_failure_closes_no_account(house: House) -> None:
    say(house, BAD, OK)
    house.prepare("2024-07")
    july = house.table("payment", f"month = {JUNE + 1}")
    assert [row["channel"] for row in july] == ["account"]


def test_unknown_payments_and_lines_without_an_id(house: House) -> None:
    house.send(
        "ket_qua",
        [
            {"payment_id": "CT2406XXXXXXXXXXXX", "amount": 1, "status": "THANH_CONG"},
            {"account_number": "1234567890", "amount": 540_000, "status": "THANH_CONG"},
            {"account_number": "1234567890", "amount": 540_002, "status": "THANH_CONG"},
        ],
        None,
    )
    assert house.ingest()[-1].rows_taken == 3
    assert outcome(house) == ("paid", None)
    assert house.rules("stage = 'reconcile'") == [("RS01", "exception")] * 2


def test_silence_is_listed_after_the_report_day(house: House) -> None:
    assert house.reconcile("2024-06").pending == 1
    assert house.rules() == []
    house.day = date(2024, 6, 21)
    house.reconcile("2024-06")
    assert house.rules() == [("RS04", "pending")]


def test_reconciling_again_changes_nothing(house: House) -> None:
    say(house, BAD, OK)
    first = house.reconcile("2024-06")
    before = [house.table(name) for name in ("outcome", "result_exception", "issue", "cycle")]
    assert house.reconcile("2024-06") == first
    assert [
        house.table(name) for name in ("outcome", "result_exception", "issue", "cycle")
    ] == before


def test_a_late_success_after_a_retry_is_taken_back(house: House) -> None:
    say(house, BAD)
    house.pay("2024-07")
    say(house, BAD, OK)
    house.prepare("2024-08")
    assert ("H1", "BT06N", "2024-06", "recovery", -540_000) in house.items("2024-08")


def test_a_return_after_months_is_paid_again(house: House) -> None:
    say(house, OK)
    for month in ("2024-07", "2024-08", "2024-09"):
        house.pay(month)
    say(house, ("HOAN_TRA", "KHONG_DEN_NHAN", 540_000))
    house.prepare("2024-10")
    assert ("H1", "BT06N", "2024-06", "retry", 540_000) in house.items("2024-10")
    assert house.reconcile("2024-06").returned == 1


def test_a_line_in_two_files_of_one_ingest_counts_once(house: House) -> None:
    """A provider sends the day's file and then the whole month's: its fee is not due twice."""
    [of] = [row["payment_id"] for row in house.table("payment", "dossier_no = 'H1'")]
    line = {"payment_id": of, "amount": 540_000, "status": "THANH_CONG", "fee": 1_100}
    for more in ({}, {"note": "cả tháng"}):
        house.send("ket_qua", [line | more], None)
    house.ingest()
    house.reconcile("2024-06")
    told = [(row["is_taken"], row["has_effect"]) for row in house.table("result")]
    assert sorted(told) == [(True, False), (True, True)]
    [outcome] = house.table("outcome")
    assert (outcome["status"], outcome["fee"]) == ("paid", 1_100)


def test_a_line_sent_twice_counts_once(house: House) -> None:
    line = {"payment_id": house.table("payment")[0]["payment_id"], "fee": 1_100}
    line |= {"amount": 540_000, "status": "THANH_CONG", "transaction_no": "GD1"}
    house.send("ket_qua", [line], None)
    house.ingest()
    other = {"payment_id": "PHI06", "amount": 1_100, "status": "THANH_CONG"}
    house.send("ket_qua", [line, other], None)  # other bytes; a fee line spoils nothing
    house.ingest()
    found = house.reconcile("2024-06")
    assert (found.paid, found.pending, found.exceptions) == (1, 0, 1)
    assert [row["fee"] for row in house.table("outcome")] == [1_100]


def test_a_line_that_names_no_amount_speaks_of_its_payment(house: House) -> None:
    line = {
        "payment_id": house.table("payment")[0]["payment_id"],
        "status": "THANH_CONG",
        "amount": "",
    }
    house.send("ket_qua", [line], None)
    house.ingest()
    assert outcome(house) == ("paid", None)


def test_another_providers_word_is_not_taken(house: House) -> None:
    line = {"payment_id": house.table("payment")[0]["payment_id"], "status": "THANH_CONG"}
    path = house.send("ket_qua", [line | {"amount": 540_000}], None)
    path.write_text(
        path.read_text().replace("Mã chi trả", "Đơn vị,Mã chi trả").replace("\nCT", "\nVIETTEL,CT")
    )
    house.ingest()
    found = house.reconcile("2024-06")
    assert (found.paid, found.pending, found.exceptions) == (0, 1, 1)


def test_instructed_is_what_became_of_it_by_provider_and_channel(house: House) -> None:
    say(house, BAD)
    found = house.reconcile("2024-06")
    names = ("provider", "channel", "instructed", "paid", "failed", "returned", "pending")
    assert [tuple(group[name] for name in names) for group in found.groups] == [
        ("AGRIBANK", "account", 1, 0, 1, 0, 0)
    ]
    assert found.instructed_amount == found.failed_amount == 540_000
