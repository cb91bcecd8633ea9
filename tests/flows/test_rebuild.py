"""The warehouse is a cache: it and every output come again from archive and journal."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from flows.backup import backup, restore
from flows.cli import main
from flows.ingest import ingest
from flows.prepare import prepare
from flows.steps import check_ledger, check_receipts
from tasks import journal
from tasks.office import InvariantBroken, Refused
from tests.house import new_house, tang
from tests.journalled import as_the_journal_says
from tests.lived import JUNE, Lived, lived, outputs, tables

TODAY = "2024-08-03"
pytestmark = pytest.mark.usefixtures("opened_anew")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """An office in its third month; tests that spoil it take a copy."""
    return lived(tmp_path_factory.mktemp("lived") / "office")


# --- made again --------------------------------------------------------------------------------


def test_an_office_comes_back_from_its_backup_byte_for_byte(
    office: Lived, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Late rate, decisions, two approvers, Treasury, a full copy; signatures without the key."""
    backup(str(office.home), TODAY, str(tmp_path / "e"))
    back = Lived(replace(office.house, home=tmp_path / "new"))
    files = outputs(office.home)
    given = ["restore", str(tmp_path / "e"), "--home", str(back.home), "--today", TODAY]

    assert main([*given, "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    chain = journal.entries(office.house.office())
    assert (told["outputs"], told["entries"]) == (len(files), len(chain))
    assert told["head"] == chain[-1].sha256[:16]
    assert outputs(back.home) == files
    assert tables(back) == tables(office)
    assert journal.entries(back.house.office()) == chain
    assert not (back.home / "keys" / "office.key").exists()
    hidden = [path.name for path in back.home.iterdir() if path.name[0] == "."]
    assert sorted(hidden) == [".lock", ".rebuild.lock"]


def test_nothing_is_wrong_with_the_office(office: Lived) -> None:
    assert check_ledger(str(office.home), TODAY) == []


# --- history that was tampered with ------------------------------------------------------------


def receipt(office: Lived) -> list[str]:
    return [str(office.home / "receipts" / f"{JUNE}_release.json")]


def rewritten(office: Lived, number: int) -> None:
    """Change one entry and everything after it, so that the chain holds again: an insider."""
    found = journal.entries(office.house.office())
    shutil.rmtree(office.home / "journal")
    before = journal.NOTHING
    for entry in found:
        body = entry.body | {"before": before}
        if entry.number == number:
            body["facts"]["by"] = "Người khác"
        data = (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        fresh = journal.Entry(entry.number, entry.kind, data)
        journal.write(office.house.office(), fresh)
        before = fresh.sha256


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def test_an_edited_entry_is_noticed(office: Lived, tmp_path: Path) -> None:
    copy = office.copied(tmp_path / "office")
    path = copy.home / "journal" / "000003_prepare.json"
    overwrite(path, path.read_bytes().replace(b"An", b"Em"))
    problems = check_ledger(str(copy.home), TODAY)
    assert any("000004_approve.json: không nối tiếp mục trước" in told for told in problems)


def test_deleted_entries_are_noticed_and_put_back(office: Lived, tmp_path: Path) -> None:
    copy = office.copied(tmp_path / "office")
    for name in ("000003_prepare.json", "000004_approve.json"):
        (copy.home / "journal" / name).unlink()
    (told,) = check_ledger(str(copy.home), TODAY)
    assert told.endswith("đã mất mục 3, 4; đã ghi lại từ sổ")
    assert check_ledger(str(copy.home), TODAY) == []


def test_a_journal_cut_short_is_noticed(office: Lived, tmp_path: Path) -> None:
    copy = office.copied(tmp_path / "office")
    for path in sorted((copy.home / "journal").iterdir())[-3:]:
        path.unlink()
    (told,) = check_ledger(str(copy.home), TODAY)
    assert "đã ghi lại từ sổ" in told


def test_a_rewritten_chain_does_not_fit_the_warehouse(office: Lived, tmp_path: Path) -> None:
    copy = office.copied(tmp_path / "office")
    rewritten(copy, 3)
    with pytest.raises(journal.Forked, match="khác với sổ"):
        check_ledger(str(copy.home), TODAY)


def test_a_rewritten_chain_and_warehouse_do_not_fit_the_receipt(
    office: Lived, tmp_path: Path
) -> None:
    """Whoever rewrites both cannot rewrite what lies beside the backup."""
    copy = office.copied(tmp_path / "office")
    rewritten(copy, 3)
    for path in (copy.home / "receipts").iterdir():
        path.unlink()
    shutil.rmtree(copy.home / "warehouse")
    as_the_journal_says(copy.house.office(), office.home)
    assert check_ledger(str(copy.home), TODAY) == []
    (told,) = check_receipts(str(copy.home), TODAY, receipt(office))
    assert "đã bị viết lại" in told


def test_an_old_copy_put_back_does_not_fit_the_receipt(office: Lived, tmp_path: Path) -> None:
    """Warehouse, journal and outputs of July: everything fits, but the receipt of today."""
    house = office.copied(tmp_path / "office")
    assert check_receipts(str(house.home), TODAY, receipt(office)) == []
    said = json.loads(Path(receipt(office)[0]).read_text())
    later = tmp_path / "later.json"
    later.write_text(json.dumps(said | {"entry": 999}))
    (told,) = check_receipts(str(house.home), TODAY, [str(later)])
    assert "bị cắt, hoặc là bản cũ chép lại" in told


def test_a_forged_receipt_is_noticed(office: Lived, tmp_path: Path) -> None:
    (path,) = map(Path, receipt(office))
    forged = tmp_path / path.name
    forged.write_bytes(path.read_bytes().replace(b'"amount": ', b'"amount": 1'))
    shutil.copy(f"{path}.minisig", f"{forged}.minisig")
    told = check_receipts(str(office.home), TODAY, [str(forged)])
    assert f"{forged.name}: chữ ký của biên nhận không khớp" in told[0]


# --- backups -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(office: Lived, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An encrypted back-up of the office, and the key that opens it."""
    folder = tmp_path_factory.mktemp("saved")
    identity = pyrage.x25519.Identity.generate()
    key = folder / "khoa.txt"
    key.write_text(f"# khóa của két\n{identity}\n")
    told = backup(str(office.home), TODAY, str(folder / "e"), [str(identity.to_public())])
    assert told["copied"] > 20
    assert told["lost"] == []
    again = backup(str(office.home), TODAY, str(folder / "e"), [str(identity.to_public())])
    assert (again["copied"], again["bytes"]) == (0, 0)
    return folder / "e", key


def test_a_drill_tells_whether_the_last_backup_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    young = Lived(new_house(tmp_path / "office"))
    house = young.on("2024-06-03")
    house.send("TANG", [tang("H1", "BT06D", "06/2024"), tang("X1", "KHONG_CO", "06/2024")])
    ingest(*young.now)
    given = ["backup", "--to", str(tmp_path / "e"), "--home", str(young.home)]
    assert main([*given, "--today", "2024-06-03"]) == 0
    capsys.readouterr()

    assert main([*given, "--drill", "--today", "2024-06-04"]) == 0
    assert "Mọi tệp giống hệt của đơn vị." in capsys.readouterr().out
    assert not (young.home / ".drill").exists()

    prepare(*young.now, JUNE, None, "An", False)
    assert main([*given, "--drill", "--today", "2024-06-04", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {path.split("/")[2] for path in told["different"]} == {"lists"}


def test_status_tells_the_day_of_the_last_backup(
    office: Lived, saved: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(office.home), "--today", "2024-08-09", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["last_backup"] == TODAY


def test_nobody_reads_an_encrypted_backup_without_the_key(
    office: Lived, saved: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, _ = saved
    names = b"V\xe1\xbb\xab A H1"
    assert not [p for p in folder.rglob("*") if p.is_file() and names in p.read_bytes()]
    with pytest.raises(Refused, match="--identity"):
        restore(str(folder), str(tmp_path / "new"), TODAY)
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(Refused, match="không mở được"):
        restore(str(folder), str(tmp_path / "new"), TODAY, other)
    assert not (tmp_path / "new").exists()


def test_a_plain_backup_holds_no_signing_key(office: Lived, tmp_path: Path) -> None:
    told = backup(str(office.home), TODAY, str(tmp_path / "e"))
    (listed,) = (Path(told["to"]) / "backups").iterdir()
    paths = [file["path"] for file in json.loads(listed.read_text())["files"]]
    assert "keys/office.pub" in paths
    assert "keys/office.key" not in paths


def test_a_lost_and_a_damaged_object_are_named(
    office: Lived, saved: tuple[Path, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "e"
    shutil.copytree(saved[0], folder)
    objects = sorted(path for path in folder.rglob("objects/*/*"))
    objects[0].write_bytes(objects[0].read_bytes()[:-1])
    with pytest.raises(InvariantBroken, match=objects[0].name):
        restore(str(folder), str(tmp_path / "damaged"), TODAY, saved[1])
    objects[0].unlink()
    with pytest.raises(Refused, match=objects[0].name):
        restore(str(folder), str(tmp_path / "lost"), TODAY, saved[1])
    assert not (tmp_path / "lost").exists()


def test_what_the_office_lost_is_told_and_kept_from_the_last_backup(
    office: Lived, tmp_path: Path
) -> None:
    copy = office.copied(tmp_path / "office")
    for path in sorted((copy.home / "archive").iterdir())[:2]:
        path.unlink()
    told = backup(str(copy.home), TODAY, str(tmp_path / "e"))
    assert [path.partition("/")[0] for path in told["lost"]] == ["archive", "archive"]
    assert main(["backup", "--home", str(copy.home), "--to", str(tmp_path / "e")]) == 1


def test_a_backup_goes_elsewhere_and_into_an_empty_folder(office: Lived, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nằm trong thư mục đơn vị"):
        backup(str(office.home), TODAY, str(office.home / "outbox"))
    with pytest.raises(Refused, match="Chưa nói sao lưu vào đâu"):
        backup(str(office.home), TODAY)
    with pytest.raises(Refused, match="không có bản sao lưu"):
        restore(str(tmp_path), str(tmp_path / "new"), TODAY)
    told = backup(str(office.home), TODAY, str(tmp_path / "e"))
    with pytest.raises(Refused, match="không trống"):
        restore(told["to"], str(office.home), TODAY)
