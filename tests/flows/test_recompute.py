"""Every released month is computed again from the archive, byte for byte (`verify --recompute`)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from flows import cli, quality
from schemas.period import first_day, month_number
from tasks import (
    history,
    inbox,
    intake,
    lists,
    payroll,
    recompute,
    reference_kept,
    sheet_pool,
    warehouse,
)
from tasks.confirmation import confirm
from tasks.events import Approval, Ingest, Preparation, Resolution
from tasks.office import Refused
from tasks.replay import Replay
from tests import histories
from tests.house import House, dieu_chinh, giam, let_go, new_house, own_account, tang

JUNE, JULY, AUGUST = "2024-06", "2024-07", "2024-08"
MONTHS = tuple(map(month_number, (JUNE, JULY, AUGUST)))
ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
LATE_RATE = "NC_BB_51_60,2000000,2023-07,2024-06,NĐ 55/2023,thử,yes"
FOURTH_RATE = "NC_BB_51_60,2100000,2023-01,2023-06,NĐ 55/2023,thử,yes"


def settle(house: House, month: str, accountant: str = "") -> None:
    """Prepare a month with its lists and release it two days later, maybe with another signer."""
    house.day = first_day(month_number(month)).replace(day=5)
    prepared = house.prepare(month)
    with warehouse.opened(house.office()) as connection:
        lists.write_lists(house.office(), connection, month_number(month))
    house.day = house.day.replace(day=7)
    if accountant:
        house.set("accountant", f'"{accountant}"')
    house.release(month, prepared.digest)


def live_three_months(folder: Path) -> House:
    """Return an office that met much of what an office meets, and changed its tables since."""
    house = new_house(folder)
    _june(house)
    _july(house)
    _august(house)
    house.set("age_change", '"same"')
    house.set("max_offset_share", '"0.1"')
    house.set("head", '"Người khác"')
    house.add_reference("fixed_amounts.csv", FOURTH_RATE)
    return house


def _june(house: House) -> None:
    """Files in two goes, a month prepared twice, and one benefit without a rate."""
    house.send("TANG", [tang(f"H{n}", "BT06D", "01/2020", **ROSTER) for n in range(6)])
    house.send("TANG", [tang("N1", "NC_BB_51_60", "01/2020", **ROSTER)], "03220")
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.prepare(JUNE)
    house.day = date(2024, 6, 4)
    aged = tang("A1", "BT05A1", "01/2020", birth_date="20/06/1944", **ROSTER)
    house.send("TANG", [aged, tang("M1", "BT06D", "03/2024")])
    house.ingest()
    settle(house, JUNE, accountant="Kế toán mới")


def _july(house: House) -> None:
    """Results, a death reported late, a rate loaded late, decisions; after the preparation a report
    and a line that was ignored.
    """
    house.day = date(2024, 7, 2)
    failed = {"dossier_no": "H1", "status": "LOI", "error_code": "TK_DONG"}
    house.answer(JUNE, failed, {"dossier_no": "H2", "status": "HOAN_TRA", "error_code": "KHAC"})
    death = giam("H3", "BT06D", "06/2024", "CHET", death_date="10/04/2024")
    house.send("GIAM", [death, giam("M1", "BT06D", "05/2024", "TU_NGUYEN")])
    house.add_reference("fixed_amounts.csv", LATE_RATE)
    fee = {"payment_id": "PHI06", "amount": 9_000, "status": "THANH_CONG"}
    house.send("ket_qua", [fee], None)
    house.ingest()
    (decided,) = house.table("payment", "dossier_no = 'H5'")
    house.resolve(decided["payment_id"], "failed", is_against_provider=True)
    house.send("tai_khoan", [own_account("H4", "5550001112")])
    house.ingest()  # its event comes after the decision's
    house.day = date(2024, 7, 5)
    prepared = house.prepare(JULY, through=AUGUST)
    with warehouse.opened(house.office()) as connection:
        lists.write_lists(house.office(), connection, month_number(JULY))
    _report(house, JULY)
    (house.home / "inbox" / "ghi chú.txt").write_text("không phải biểu mẫu")
    house.ingest()
    (stray,) = house.table("result_exception", "rule = 'RS01'")
    house.resolve(stray["event_no"], "ignored")
    house.day = date(2024, 7, 8)
    house.release(JULY, prepared.digest)


def _report(house: House, month: str) -> None:
    path = house.home / "inbox" / f"bao_cao_{month}.csv"
    path.write_text(
        "Đơn vị,Kỳ,Ngày báo cáo,Chỉ tiêu,Giá trị\n"
        f"03217,{month[5:]}/{month[:4]},10/{month[5:]}/{month[:4]},beneficiaries,9\n"
    )


def _august(house: House) -> None:
    """Answers to both months, a correction, a new account and another set of settings."""
    house.day = date(2024, 8, 2)
    house.answer(JULY, {"dossier_no": "H2", "status": "LOI", "error_code": "KHONG_DEN_NHAN"})
    house.set("max_offset_share", '"0.5"')
    renamed = {"full_name": "Vừ A Khác", "gender": "Nam"}
    house.send("DIEU_CHINH", [dieu_chinh("H4", "BT06D", "08/2024", "CAI_CHINH", **renamed)])
    house.send("tai_khoan", [own_account("H1", "9999567890")])
    house.ingest()
    house.send("TANG", [tang("Z1", "BT02", "07/2024", birth_date="01/02/2015")], "03241")
    house.ingest()
    settle(house, AUGUST)
    house.answer(AUGUST, {"dossier_no": "H5", "status": "HOAN_TRA", "error_code": "CHET"})
    house.send("GIAM", [giam("H0", "BT06D", "05/2024", "CHET", death_date="10/04/2024")])
    house.ingest()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live_three_months(tmp_path_factory.mktemp("lived") / "office").home


@pytest.fixture(scope="module")
def replayed(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same office played again; what tests do to a copy of it does not reach this one."""
    office = House(lived, date(2024, 9, 1)).office()
    with warehouse.opened(office, is_read_only=True) as connection:
        events = history.history(connection, MONTHS[-1])
    home = tmp_path_factory.mktemp("replayed")
    Replay(office, home, quality.ingest_judge, quality.prepare_judge).play(events, MONTHS)
    return home


@pytest.fixture
def house(lived: Path, tmp_path: Path) -> House:
    """A copy of the office, to be spoiled."""
    shutil.copytree(lived, tmp_path / "office")
    return House(tmp_path / "office", date(2024, 9, 1))


def again(house: House, *months: str) -> dict[str, tuple[str, ...]]:
    """Return month -> what differs, of the months given or of all."""
    numbers = [month_number(month) for month in months] or None
    found = recompute.recompute(
        house.office(), numbers, quality.ingest_judge, quality.prepare_judge
    )
    return {one.month: one.problems for one in found}


def compared(house: House, replayed: Path) -> dict[str, tuple[str, ...]]:
    """Return month -> what differs between the office and its replay, without playing it again."""
    return {one.month: one.problems for one in recompute.compare(house.office(), replayed, MONTHS)}


def everything(home: Path) -> dict[str, str]:
    """Return the hash of every file of an office, hidden ones too."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name != recompute.LOCK
    }


def spoil(house: House, statement: str) -> None:
    with warehouse.opened(house.office()) as connection:
        connection.execute(statement)


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


# --- equal ------------------------------------------------------------------------------------


def test_every_month_comes_out_as_it_was_released(house: House) -> None:
    before = everything(house.home)
    assert again(house) == {JUNE: (), JULY: (), AUGUST: ()}
    assert everything(house.home) == before


@pytest.mark.nightly
def test_the_months_needed_more_than_todays_tables(house: House) -> None:
    """The same replay under the tables of today comes out differently: keeping them matters."""
    spoil(house, "UPDATE received_file SET reference_sha256 = NULL")
    spoil(house, "UPDATE cycle SET prepare_reference = NULL, release_reference = NULL")
    found = again(house)
    assert "bảng payment_item: 2 dòng khác" in found[JUNE]  # another band, and a rate known later
    assert f"outbox/{JUNE}/treasury/manifest.json: khác với tệp tính lại" in found[JUNE]
    assert all(found.values())


def test_a_month_asked_alone_needs_only_what_came_before_it(house: House) -> None:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        (late,) = warehouse.rows(
            connection,
            "SELECT sha256 FROM received_file WHERE cycle = $month LIMIT 1",
            month=month_number(AUGUST),
        )[0]
    overwrite(house.home / "archive" / late, b"lost")
    assert again(house, JULY) == {JULY: ()}


def test_the_order_of_what_was_done_is_kept(house: House) -> None:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        events = history.history(connection, month_number(AUGUST))
    assert [(type(event), getattr(event, "ingest_no", None)) for event in events] == [
        *((Ingest, 1), (Ingest, 2), (Preparation, None), (Approval, None)),
        *((Ingest, 3), (Ingest, 4), (Resolution, None), (Ingest, 5), (Preparation, None)),
        *((Ingest, 6), (Resolution, None), (Approval, None)),
        *((Ingest, 7), (Ingest, 8), (Ingest, 9), (Preparation, None), (Approval, None)),
    ]
    assert [event.day.isoformat() for event in events[:4]] == [
        *("2024-06-01", "2024-06-04", "2024-06-05", "2024-06-07"),
    ]


@pytest.mark.nightly
def test_a_random_office_comes_out_as_it_was_released(tmp_path: Path) -> None:
    from tests.test_histories import Run, live

    plan = histories.plan(11, "2025", dossiers=40, months=2)
    run = live(Run(tmp_path / "office", plan, is_compared=False))
    found = again(run.house)
    assert len(found) == 2
    assert not any(found.values()), found


def test_what_a_reading_came_to_on_that_day_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that took its reader down is returned for ever, also where it can be read now."""
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    house.send("TANG", [tang("H2", "BT06D", "06/2024")])
    with monkeypatch.context() as patched:
        died = sheet_pool.refused(sheet_pool.DIED)
        patched.setattr(inbox, "parse_in_child_to", lambda *_: died)
        assert house.ingest()[1].outcome == "returned"
    house.pay(JUNE)
    assert len(house.table("payment")) == 1
    assert again(house) == {JUNE: ()}


# --- not equal --------------------------------------------------------------------------------


def test_a_changed_row_of_a_released_month_is_noticed(house: House, replayed: Path) -> None:
    changed = "UPDATE payment SET account_number = '6666666666' WHERE dossier_no = 'H5'"
    spoil(house, f"{changed} AND month = {month_number(JULY)}")
    assert compared(house, replayed) == {JUNE: (), JULY: ("bảng payment: 1 dòng khác",), AUGUST: ()}


def test_an_invented_item_is_noticed(house: House, replayed: Path) -> None:
    """A fraud that keeps every sum and every digest of the warehouse right cannot keep this."""
    month = month_number(JUNE)
    spoil(
        house,
        f"""
        UPDATE payment SET amount = amount + 1, regular = regular + 1
            WHERE month = {month} AND dossier_no = 'H5';
        UPDATE payment_item SET amount = amount + 1
            WHERE month = {month} AND dossier_no = 'H5';
        """,
    )
    assert compared(house, replayed) == {
        JUNE: ("bảng payment: 1 dòng khác", "bảng payment_item: 1 dòng khác"),
        JULY: (),
        AUGUST: (),
    }


def test_an_event_that_no_file_said_is_noticed(house: House, replayed: Path) -> None:
    spoil(house, "UPDATE change SET decision_no = '99/QĐ' WHERE dossier_no = 'M1'")
    found = compared(house, replayed)
    assert "bảng change: 1 dòng khác" in found[JUNE]
    assert "bảng change: 1 dòng khác" in found[JULY]


@pytest.mark.parametrize("folder", ["payments", "treasury", "lists"])
def test_a_changed_file_is_noticed_even_with_its_manifest(
    house: House, replayed: Path, folder: str
) -> None:
    place = house.home / "outbox" / JUNE / folder
    path = next(path for path in sorted(place.iterdir()) if path.suffix in (".csv", ".xlsx"))
    was = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes() + b" ")
    now = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = place / "manifest.json"
    manifest.write_text(manifest.read_text().replace(was, now))
    assert compared(house, replayed) == {
        JUNE: (
            f"outbox/{JUNE}/{folder}/{path.name}: khác với tệp tính lại",
            f"outbox/{JUNE}/{folder}/manifest.json: khác với tệp tính lại",
        ),
        JULY: (),
        AUGUST: (),
    }


def test_a_lost_and_a_strange_file_are_noticed(house: House, replayed: Path) -> None:
    payments = house.home / "outbox" / JULY / "payments"
    lost = min(path for path in payments.iterdir() if "VIETTEL" in path.name)
    lost.rename(payments / "x.csv")
    assert compared(house, replayed) == {
        JUNE: (),
        JULY: (
            f"outbox/{JULY}/payments/{lost.name}: thiếu tệp",
            f"outbox/{JULY}/payments/x.csv: tệp lạ, tính lại không có",
        ),
        AUGUST: (),
    }


def test_a_changed_archived_byte_stops_the_months_that_need_it(house: House) -> None:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        sha256 = warehouse.value(
            connection, "SELECT max(sha256) FROM received_file WHERE ingest_no = 4"
        )
    path = house.home / "archive" / sha256
    overwrite(path, path.read_bytes() + b"\n")
    told = f"không tính lại được: {path}: tệp lưu đã bị thay đổi"
    assert again(house) == {JUNE: (), JULY: (told,), AUGUST: (told,)}


def test_a_lost_archived_file_stops_the_months_that_need_it(house: House) -> None:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        sha256 = warehouse.value(
            connection, "SELECT min(sha256) FROM received_file WHERE ingest_no = 1"
        )
    (house.home / "archive" / sha256).unlink()
    told = f"không tính lại được: {house.home / 'archive' / sha256}: thiếu tệp lưu"
    assert again(house, JUNE, JULY) == {JUNE: (told,), JULY: (told,)}


def test_changed_tables_in_the_archive_are_noticed(house: House) -> None:
    (cycle,) = house.table("cycle", f"month = {month_number(JUNE)}")
    path = house.home / "archive" / cycle["release_reference"]
    overwrite(path, path.read_bytes().replace(b"500000", b"900000"))
    (told,) = again(house, JUNE)[JUNE]
    assert told.startswith(f"không tính lại được: {path}")
    code, found = verify(house)
    assert code == 1
    assert f"{path}: tệp lưu đã bị thay đổi" in found["problems"]


# --- tables as they were ----------------------------------------------------------------------


def test_tables_are_kept_once_for_each_state_of_them(house: House) -> None:
    """Four states: as shipped, another accountant, a late rate, another offset share."""
    cycles = house.table("cycle")
    used = [(one["prepare_reference"], one["release_reference"]) for one in cycles]
    assert [prepared == released for prepared, released in used] == [False, True, True]
    kept = {sha256 for both in used for sha256 in both}
    kept |= {file["reference_sha256"] for file in house.table("received_file")}
    assert len(kept) == 4
    for sha256 in kept:
        path = house.home / "archive" / sha256
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_what_was_kept_comes_back_byte_for_byte(house: House, tmp_path: Path) -> None:
    reference = house.home / "reference"
    sha256 = reference_kept.keep(house.office(), reference_kept.sha256_of(reference))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "stray.csv").touch()
    reference_kept.unpack(reference_kept.kept(house.office(), sha256), tmp_path / "kept")
    found = {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    assert found == {name: (reference / name).read_bytes() for name in reference_kept.FILES}


def test_the_same_tables_are_the_same_bytes_on_every_day(house: House) -> None:
    reference = house.home / "reference"
    before = reference_kept.snapshot(reference)
    for path in reference.iterdir():
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert reference_kept.snapshot(reference) == before


@pytest.mark.parametrize("name", ["standards.csv", "office.toml"])
def test_tables_edited_while_a_command_runs_are_refused(tmp_path: Path, name: str) -> None:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    office = house.office()
    arrivals = inbox.arrivals(office)
    for arrival in arrivals:
        inbox.archive(office, arrival)
        inbox.stage(office, arrival)
    with warehouse.opened(office) as connection:
        with (office.reference / name).open("a") as table:
            table.write("\n" if name.endswith(".csv") else "# chú thích\n")
        judge = quality.ingest_judge(connection, office, month_number(JUNE))
        with pytest.raises(Refused, match="đang chạy"):
            intake.take(connection, office, arrivals, judge)
        assert warehouse.value(connection, "SELECT count(*) FROM received_file") == 0
    if name.endswith(".csv"):
        (office.reference / name).write_text((office.reference / name).read_text().rstrip() + "\n")
    assert [file.outcome for file in house.ingest()] == ["taken"]


def test_settings_read_before_the_tables_are_those_that_are_kept(tmp_path: Path) -> None:
    """While a command waits for another, somebody edits the settings that it has read."""
    house = new_house(tmp_path / "office")
    office = house.office()
    house.set("age_change", '"same"')
    with warehouse.opened(office) as connection, pytest.raises(Refused, match="đang chạy"):
        reference_kept.keep(office, warehouse.reference_in_use(connection))


# --- the place where it is done ---------------------------------------------------------------


@pytest.fixture
def watched_scratch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the rights of the scratch folder whenever a file is read in it."""
    modes: list[int] = []
    stage = inbox.stage

    def noted(office, *others):
        modes.append(stat.S_IMODE(office.home.stat().st_mode))
        return stage(office, *others)

    monkeypatch.setattr(inbox, "stage", noted)
    return modes


def test_nobody_else_can_look_into_the_scratch_folder(
    house: House, watched_scratch: list[int]
) -> None:
    again(house, JUNE)
    assert set(watched_scratch) == {0o700}
    assert not (house.home / "warehouse" / recompute.SCRATCH).exists()


def test_nothing_stays_after_ctrl_c(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(payroll, "prepare", stopped)
    before = everything(house.home)
    with pytest.raises(KeyboardInterrupt):
        again(house, JUNE)
    assert everything(house.home) == before


def test_what_a_killed_run_left_is_removed_by_the_next(house: House) -> None:
    folder = house.home / "warehouse" / recompute.SCRATCH
    command = [sys.executable, "-m", "flows.cli", "verify", "--recompute", "all"]
    let_go()
    with subprocess.Popen([*command, "--home", str(house.home)], stdout=subprocess.PIPE) as run:
        give_up_at = time.monotonic() + 120
        while not (folder / "archive").is_dir() and time.monotonic() < give_up_at:
            time.sleep(0.05)
        with pytest.raises(Refused, match="đang chạy"):
            again(house, JUNE)
        run.send_signal(signal.SIGKILL)
    assert folder.is_dir()
    assert again(house, JUNE) == {JUNE: ()}
    assert not folder.exists()


# --- warehouses of earlier versions -----------------------------------------------------------

ADDED = {
    "received_file": ("reference_sha256",),
    "cycle": ("prepared_after", "prepare_reference", "release_reference"),
}


def forget_columns(house: House) -> None:
    """Make the warehouse one of the version before these columns existed."""
    dropped = [
        f"ALTER TABLE {table} DROP COLUMN {name}"
        for table, names in ADDED.items()
        for name in names
    ]
    spoil(house, "; ".join(dropped))


@pytest.mark.parametrize("is_read_only", [False, True])
def test_an_earlier_warehouse_gets_the_columns_that_it_lacks(
    house: House, is_read_only: bool
) -> None:
    forget_columns(house)
    with warehouse.opened(house.office(), is_read_only) as connection:
        for table, names in ADDED.items():
            for name in names:
                found = f"SELECT count(*), count({name}) FROM {table}"
                rows, filled = warehouse.rows(connection, found)[0]
                assert (rows > 0, filled) == (True, 0)


def test_a_column_that_cannot_be_empty_is_not_made_up(house: House) -> None:
    spoil(house, "ALTER TABLE delta DROP COLUMN amount_after")
    with (
        pytest.raises(Refused, match=r"bảng delta thiếu cột amount_after"),
        warehouse.opened(house.office()),
    ):
        pass


def test_an_earlier_office_is_computed_under_todays_tables(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    house.pay(JUNE)
    forget_columns(house)
    assert again(house) == {JUNE: ()}


# --- several approvers, and the Treasury ------------------------------------------------------


@pytest.mark.nightly
def test_approvals_and_the_treasury_are_played_again(tmp_path: Path) -> None:
    """Two approvers, then a limit lowered between two words of one, files that waited meanwhile."""
    house = new_house(tmp_path / "office")
    house.set_release("second_approver_above = 1", "require_treasury = true")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    digest = house.prepare(JUNE, by="Dung").digest
    house.release(JUNE, digest, "Bình")
    house.prepare(JUNE, by="Bình")
    for day, approver in ((4, "Cúc"), (5, "Em")):
        house.day = date(2024, 6, day)
        house.release(JUNE, digest, approver)
    house.day = date(2024, 7, 3)
    digest = house.prepare(JULY).digest
    house.release(JULY, digest, "Bình")
    house.day = date(2024, 7, 4)
    house.set_release("require_treasury = true")
    assert house.release(JULY, digest, "Bình").missing == ("treasury",)
    house.day = date(2024, 7, 9)
    with warehouse.opened(house.office()) as connection:
        month = month_number(JUNE)
        confirm(connection, house.office(), month, date(2024, 6, 8), "KB 1", "Kế")
    assert again(house) == {JUNE: (), JULY: ()}


# --- the command line -------------------------------------------------------------------------


def verify(house: House, *options: str) -> tuple[int, dict]:
    """Run `chitra verify --json` by itself; return its exit code and what it printed."""
    let_go()
    command = ["verify", "--home", str(house.home), "--today", "2024-09-01", "--json", *options]
    printed = subprocess.run(
        [sys.executable, "-m", "flows.cli", *command], check=False, capture_output=True, text=True
    )
    return printed.returncode, json.loads(printed.stdout)


def test_the_command_names_month_and_digest(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (cycle,) = house.table("cycle", f"month = {month_number(JUNE)}")
    assert cli.main(["verify", "--recompute", JUNE, "--home", str(house.home)]) == 0
    shown = capsys.readouterr().out
    assert f"Kỳ {JUNE}: tính lại từ tệp lưu ra đúng như đã duyệt" in shown
    assert cycle["digest"] in shown


def test_the_command_says_what_differs_and_nobodys_value(house: House) -> None:
    spoil(
        house,
        "UPDATE payment SET payee_name = 'Kẻ Gian' WHERE dossier_no = 'H5'"
        f" AND month = {month_number(JULY)}",
    )
    digests = [cycle["digest"] for cycle in house.table("cycle", "state <> 'open'")]
    code, found = verify(house, "--recompute", JUNE, "--recompute", JULY)
    assert code == 1
    differs = "bảng payment: 1 dòng khác"
    assert found["recomputed"] == [
        {"month": JUNE, "digest": digests[0], "problems": [], "equal": True},
        {"month": JULY, "digest": digests[1], "problems": [differs], "equal": False},
    ]
    assert f"Kỳ {JULY}: {differs}" in found["problems"]
    assert "Kẻ Gian" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("month", ["2024-09", "2024-05"])
def test_a_month_that_is_not_released_is_refused(house: House, month: str) -> None:
    code, found = verify(house, "--recompute", month)
    assert code == 1
    assert "chưa duyệt chi" in found["error"]


def test_a_fresh_office_has_nothing_to_compute(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    assert verify(house, "--recompute", "all") == (
        0,
        {"ok": True, "problems": [], "recomputed": []},
    )


def test_verify_leaves_the_warehouse_as_it_is(house: House) -> None:
    before = everything(house.home)
    assert verify(house) == (0, {"ok": True, "problems": []})
    assert everything(house.home) == before


# --- released once ----------------------------------------------------------------------------


def test_releasing_again_leaves_the_signed_tables(house: House) -> None:
    """Tables for the Treasury keep who signed then, whatever the settings say today."""
    (cycle,) = house.table("cycle", f"month = {month_number(AUGUST)}")
    before = everything(house.home / "outbox")
    house.release(AUGUST, cycle["digest"])
    assert everything(house.home / "outbox") == before
