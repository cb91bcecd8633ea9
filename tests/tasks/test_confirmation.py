"""The Treasury's confirmation: recorded once, and payment files wait for it where asked."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from schemas.period import month_number
from tasks import ledger, outbox, payment_files, warehouse
from tasks.confirmation import Confirmed, confirm
from tasks.office import InvariantBroken, Refused
from tasks.status import status
from tests.house import House, new_house, own_account, tang

JUNE = month_number("2024-06")
DAY, SAID = date(2024, 6, 8), "KB 12/2024"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One person with an account, one in cash; files wait for the Treasury."""
    house = new_house(tmp_path_factory.mktemp("ready") / "office")
    with_id = tang("H1", "BT06D", "06/2024", citizen_id="011080000001")
    house.send("TANG", [with_id, tang("H2", "BT06D", "06/2024")])
    house.send("tai_khoan", [own_account("H1", "0123456789")])
    house.ingest()
    house.set_release("require_treasury = true")
    house.day = date(2024, 6, 5)
    return house


@pytest.fixture
def house(ready: House, tmp_path: Path) -> House:
    return ready.copied(tmp_path / "office")


def told(house: House, day: date = DAY, said: str = SAID, on: date = DAY) -> Confirmed:
    """Do what `chitra treasury` does."""
    house.day = on
    with warehouse.opened(house.office()) as connection:
        return confirm(connection, house.office(), JUNE, day, said, "Kế")


def problems(house: House) -> list[str]:
    with warehouse.opened(house.office()) as connection:
        return ledger.verify(connection, house.office())


def waits_for(house: House) -> str | None:
    with warehouse.opened(house.office()) as connection:
        return status(connection, house.office())["months"][0]["waits_for"]


def files_in(folder: Path) -> dict[str, bytes]:
    found = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path.read_bytes() for path in found}


def test_payment_files_wait_for_the_treasury(house: House) -> None:
    folder = house.office().outbox(JUNE)
    released = house.pay("2024-06")
    assert (released.state, released.missing, released.files) == ("released", ("treasury",), ())
    assert (released.payments, released.amount) == (2, 2 * 540_000)
    assert not (folder / "payments").exists()
    assert outbox.verify_folder(folder / "treasury") == []
    assert (waits_for(house), problems(house)) == ("treasury", [])
    assert house.release("2024-06", released.digest) == released

    found = told(house)
    assert {file["name"]: file["sha256"] for file in found.files} == {
        row["name"]: row["sha256"] for row in house.table("payment_file")
    }
    assert (waits_for(house), problems(house)) == (None, [])
    (cycle,) = house.table("cycle")
    names = ("treasury_confirmed_on", "treasury_reference", "treasury_by", "treasury_recorded_on")
    assert [cycle[name] for name in names] == [DAY, SAID, "Kế", DAY]
    again = house.release("2024-06", released.digest)
    assert (again.missing, again.files) == ((), found.files)


def test_the_same_again_changes_nothing_and_another_is_refused(house: House) -> None:
    house.pay("2024-06")
    first = told(house)
    before = files_in(house.office().outbox(JUNE) / "payments"), house.table("cycle")
    assert told(house, said=" KB  12/2024 ", on=date(2024, 6, 20)) == first
    for day, said in ((date(2024, 6, 7), SAID), (DAY, "KB 13/2024")):
        with pytest.raises(Refused, match="không ghi đè"):
            told(house, day, said)
    assert before == (files_in(house.office().outbox(JUNE) / "payments"), house.table("cycle"))


@pytest.mark.parametrize(
    ("day", "said", "word"),
    [(date(2024, 6, 9), SAID, "sau hôm nay"), (DAY, "  ", "Thiếu số chứng từ")],
)
def test_what_cannot_be_is_refused(house: House, day: date, said: str, word: str) -> None:
    house.pay("2024-06")
    with pytest.raises(Refused, match=word):
        told(house, day, said)
    assert waits_for(house) == "treasury"


def test_before_the_release_there_is_nothing_to_confirm(house: House) -> None:
    house.prepare("2024-06")
    with pytest.raises(Refused, match="chưa duyệt chi"):
        told(house)


def test_a_day_before_the_release_is_taken_with_a_remark(house: House) -> None:
    house.pay("2024-06")
    assert "04/06/2024" in (told(house, date(2024, 6, 4)).note or "")


def test_tables_edited_meanwhile_do_not_change_what_was_approved(house: House) -> None:
    released = house.pay("2024-06")
    banks = house.home / "reference" / "bank_bins.csv"
    banks.write_text(banks.read_text().replace(",Agribank,", ",Tên mới,"))
    house.set_release()  # nor do settings: the files still wait
    assert house.release("2024-06", released.digest).missing == ("treasury",)
    told(house)
    assert problems(house) == []
    texts = files_in(house.office().outbox(JUNE) / "payments").values()
    assert not any("Tên mới".encode() in text for text in texts)


def test_killed_after_the_confirmation_the_same_command_finishes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = house.pay("2024-06")
    folder = house.office().outbox(JUNE) / "payments"
    with monkeypatch.context() as patched:
        patched.setattr(payment_files, "write", _die)
        with pytest.raises(KeyboardInterrupt):
            told(house)
    assert not folder.exists()
    assert any("thiếu tệp chi trả" in problem for problem in problems(house))
    found = told(house, on=date(2024, 6, 12))
    assert house.release("2024-06", released.digest).files == found.files
    assert problems(house) == []


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_where_nothing_waits_it_is_only_recorded(house: House) -> None:
    house.set_release()
    house.pay("2024-06")
    before = files_in(house.office().outbox(JUNE) / "payments")
    assert told(house).files == ()
    assert files_in(house.office().outbox(JUNE) / "payments") == before
    assert house.table("cycle")[0]["treasury_confirmed_on"] == DAY


def test_files_that_lie_there_too_early_are_noticed(house: House) -> None:
    house.pay("2024-06")
    folder = house.office().outbox(JUNE) / "payments"
    outbox.write_folder(folder, [outbox.OutFile("x.csv", b"1", 1, 1)])
    assert any("khi Kho bạc chưa xác nhận" in problem for problem in problems(house))
    told(house)
    assert problems(house) == []


def test_another_file_than_the_approved_one_is_never_written(house: House) -> None:
    house.pay("2024-06")
    shutil.rmtree(house.office().outbox(JUNE) / ".payments.new")  # as it was when approved
    with warehouse.opened(house.office()) as connection:
        connection.execute("UPDATE payment SET account_number = '6666666666' WHERE bin IS NOT NULL")
    with pytest.raises(InvariantBroken, match="không tái lập được"):
        told(house)
    assert not (house.office().outbox(JUNE) / "payments").exists()
