"""Journal and warehouse belong together; after whatever happened between them they do again."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.rebuild import rebuild
from flows.steps import opened
from tasks import intake, journal, rebuilding, warehouse
from tasks.office import InvariantBroken
from tests.house import House, new_house, own_account, tang

MONTH = "2024-06"
pytestmark = pytest.mark.usefixtures("opened_anew")


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An office that took two files, one after the other, and released a month."""
    house = new_house(tmp_path_factory.mktemp("journal") / "office")
    first = tang("H1", "BT06D", "06/2024", citizen_id="011080000001")
    house.send("TANG", [first, tang("H2", "BT06D", "06/2024")])
    house.ingest()
    shutil.copytree(house.home, house.home.parent / "earlier")
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.pay(MONTH)
    return house


@pytest.fixture
def house(paid: House, tmp_path: Path) -> House:
    return paid.copied(tmp_path / "office")


def rows(house: House) -> dict[str, list[dict]]:
    """Return what stands in the warehouse; of how suites were run a `House` keeps nothing."""
    return {
        table.table_name: house.table(table.table_name)
        for table in warehouse.TABLES
        if table.table_name != "suite_run"
    }


def put_back(house: House, paid: House) -> None:
    """Put the warehouse of an earlier day in place of today's."""
    shutil.rmtree(house.home / "warehouse")
    shutil.copytree(paid.home.parent / "earlier" / "warehouse", house.home / "warehouse")


def now(house: House) -> tuple[str, str]:
    return str(house.home), house.day.isoformat()


def test_each_entry_names_the_one_before(house: House) -> None:
    found = journal.entries(house.office())
    assert [entry.name for entry in found] == [
        *("000001_ingest.json", "000002_ingest.json", "000003_prepare.json", "000004_approve.json"),
    ]
    assert found[0].body["before"] == journal.NOTHING
    assert [entry.body["before"] for entry in found[1:]] == [one.sha256 for one in found[:-1]]
    assert journal.problems(house.office(), found) == []
    told = found[3].facts
    assert (told["approver"], told["month"], len(told["files"])) == ("Bình", MONTH, 2)
    (state,) = house.table("cycle")
    assert told["digest"] == state["digest"]


def test_running_again_adds_nothing(house: House) -> None:
    (state,) = house.table("cycle")
    house.ingest()
    house.release(MONTH, state["digest"])
    assert len(journal.entries(house.office())) == 4


def test_no_beneficiary_is_in_the_journal(house: House) -> None:
    text = b"".join(entry.data for entry in journal.entries(house.office()))
    assert b"1234567890" not in text
    assert "Vừ A".encode() not in text


def test_an_entry_whose_file_a_power_cut_took_is_written_by_the_next_command(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    path = house.home / "journal" / "000004_approve.json"
    data = path.read_bytes()
    path.unlink()
    house.table("cycle")
    assert path.read_bytes() == data
    assert not caplog.records


def test_an_earlier_warehouse_is_rebuilt_by_the_next_step(
    house: House, paid: House, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(house)
    put_back(house, paid)
    with pytest.raises(journal.Behind, match="chitra rebuild"), warehouse.opened(house.office()):
        pass
    with opened(*now(house)):
        pass
    assert "mới có 1 trên 4 mục" in capsys.readouterr().err
    assert rows(house) == before


def test_a_lost_log_of_writes_is_noticed(house: House) -> None:
    """DuckDB cannot tell that its log is gone: the journal can."""
    house.send("TANG", [tang("H3", "BT06D", "07/2024")])
    office = house.office()
    safe = house.home.parent / "as_on_disk"
    with warehouse.opened(office) as connection:
        connection.execute("CHECKPOINT")
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        shutil.copytree(house.home / "warehouse", safe)
    house.ingest()
    shutil.rmtree(house.home / "warehouse")
    shutil.copytree(safe, house.home / "warehouse")
    with pytest.raises(journal.Behind, match="4 trên 5 mục"), warehouse.opened(office):
        pass


@pytest.mark.nightly
def test_a_rebuild_that_dies_is_done_by_the_next_command(
    house: House, paid: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(house)
    put_back(house, paid)

    def died(*_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "replace_folder", died)
        with pytest.raises(KeyboardInterrupt):
            rebuild(house.office())
    with opened(*now(house)):
        pass
    assert rows(house) == before


def test_what_comes_out_otherwise_is_not_put_in_place(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that counts otherwise must not replace what was paid."""
    before = house.office().warehouse.read_bytes()
    told = intake._told
    monkeypatch.setattr(intake, "_told", lambda c: told(c) | {"ingest_no": 7})
    with pytest.raises(InvariantBroken, match=r"Mục 1 .*ingest_no"):
        rebuild(house.office())
    assert house.office().warehouse.read_bytes() == before
    assert not (house.home / rebuilding.SCRATCH).exists()


def test_outputs_are_mended_one_by_one(house: House) -> None:
    """What was changed is replaced, what lies beside stays, what is right is not touched."""
    payments = house.home / "outbox" / MONTH / "payments"
    changed, lost = sorted(payments.glob("*.csv"))
    whole = {path: path.read_bytes() for path in (changed, lost)}
    changed.write_bytes(b"1")
    lost.unlink()
    (house.home / "outbox" / "ghi chú.txt").write_text("của phòng")
    told = rebuild(house.office())
    assert {path: path.read_bytes() for path in (changed, lost)} == whole
    assert told["replaced"] == (f"outbox/{MONTH}/payments/{changed.name}",)
    assert f"outbox/{MONTH}/payments/{lost.name}" in told["written"]
    assert told["kept"] == ("outbox/ghi chú.txt",)
    assert (house.home / "outbox" / "ghi chú.txt").exists()


def test_payment_files_that_were_lost_come_back_with_the_next_step(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    payments = house.home / "outbox" / MONTH / "payments"
    before = {path.name: path.read_bytes() for path in payments.iterdir()}
    shutil.rmtree(house.home / "outbox")
    with opened(*now(house)):
        pass
    assert f"Tệp chi trả kỳ {MONTH} bị mất" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in payments.iterdir()} == before
    with opened(*now(house)):
        pass
    assert capsys.readouterr().err == ""


def test_a_damaged_warehouse_is_one_to_be_rebuilt(house: House) -> None:
    house.office().warehouse.write_bytes(b"0" * 8192)
    with pytest.raises(journal.Behind, match="bị hỏng"), warehouse.opened(house.office()):
        pass


def without_journal(house: House) -> None:
    """Make an office as it was before there were journals."""
    with warehouse.opened(house.office()) as connection:
        connection.execute("DROP TABLE journal_entry")
    shutil.rmtree(house.home / "journal")


def test_an_office_older_than_its_journal_begins_one(house: House) -> None:
    without_journal(house)
    house.day = date(2024, 7, 2)
    house.answer(MONTH)
    names = [entry.name for entry in journal.entries(house.office())]
    assert names == ["000001_begin.json", "000002_ingest.json", "000003_reconcile.json"]
    before = rows(house)
    shutil.rmtree(house.home / "warehouse")
    rebuild(house.office())
    assert rows(house) == before


def test_an_entry_in_two_versions_stops_every_command(house: House) -> None:
    path = house.home / "journal" / "000004_approve.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace("Bình".encode(), b"Long"))
    with pytest.raises(journal.Forked, match="Mục 4"), warehouse.opened(house.office()):
        pass
