"""What `chitra doctor` finds: each check well, and wrong by the least that is wrong."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flows.cli import main
from flows.doctor import examine, locked_versions
from tasks import doctor
from tasks.doctor import BAD, GOOD, NOTE, Check
from tests.house import COMMUNE, House, let_go, new_house, tang

NOW = datetime(2024, 7, 3, 8, 0)
TODAY = NOW.date()
GB = 1 << 30
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("check", "state", "told"),
    [
        (doctor.python((3, 11)), GOOD, "3.11"),
        (doctor.python((3, 14)), BAD, "3.14"),
        (doctor.libraries({"a": "1"}, {"a": "1"}), GOOD, "1 thư viện"),
        (doctor.libraries({"a": "1", "b": "2"}, {"a": "1", "b": None}), BAD, "b thiếu (cần 2)"),
        (doctor.folders([]), GOOD, "ghi được"),
        (doctor.folders(["inbox"]), BAD, "inbox"),
        (doctor.settings(None, "Phòng"), GOOD, "Phòng"),
        (doctor.settings("có chỗ sai"), BAD, "có chỗ sai"),
        (doctor.disk(50 * GB, GB), GOOD, "50,0 GB"),
        (doctor.disk(3 * GB, 1), NOTE, "3,0 GB"),
        (doctor.disk(3 * GB, 2 * GB), BAD, "3,0 GB"),
        (doctor.clock(NOW, NOW, TODAY, TODAY), GOOD, "03/07/2024"),
        (doctor.clock(NOW, NOW + HOUR, TODAY, None), BAD, "09:00"),
        (doctor.clock(NOW, None, TODAY, date(2024, 7, 4)), BAD, "04/07/2024"),
        (doctor.warehouse(None, True), GOOD, "mở được"),
        (doctor.warehouse("Một lệnh khác đang ghi sổ", True), BAD, "ghi sổ"),
        (doctor.backups(TODAY, date(2024, 7, 1), True), GOOD, "01/07/2024"),
        (doctor.backups(TODAY, date(2024, 6, 30), True), NOTE, "30/06/2024"),
        (doctor.backups(TODAY, date(2024, 6, 25), True), BAD, "25/06/2024"),
        (doctor.backups(TODAY, None, True), BAD, "chưa có"),
        (doctor.backups(TODAY, None, False), NOTE, "chưa có"),
        (doctor.service(True, True), GOOD, "đang chạy"),
        (doctor.service(False, False), NOTE, "không mở"),
        (doctor.service(True, False), BAD, "worker đã dừng"),
        (doctor.notices(0), GOOD, "không có"),
        (doctor.notices(2), NOTE, "2 việc"),
        (doctor.keys(True, False, True), GOOD, "có"),
        (doctor.keys(False, False, False), NOTE, "chưa có"),
        (doctor.keys(False, False, True), BAD, "chưa có"),
        (doctor.keys(True, True, False), BAD, "đọc được khóa"),
        (doctor.communes("2024-07", [], 12), GOOD, "12 xã"),
        (doctor.communes("2024-07", ["Tủa Thàng"], 12), NOTE, "1 trên 12 xã chưa gửi: Tủa Thàng"),
        (doctor.tables("2024-07", [("s", "A", "2024-06"), ("s", "A", None)]), GOOD, "2024-07"),
        (doctor.tables("2024-07", [("s", "A", "2024-06"), ("s", "B", None)]), NOTE, "s A"),
        (doctor.holidays(["2024"], TODAY), GOOD, "2024"),
        (doctor.holidays(["2023"], TODAY), NOTE, "chưa có năm 2024"),
    ],
)
def test_check(check: Check, state: str, told: str) -> None:
    assert (check.state, told in check.found) == (state, True), check
    assert bool(check.mend) == (state != GOOD)


def test_many_are_not_all_named() -> None:
    assert doctor.named(list("abcdefgh")) == "a, b, c, d, e, f và 2 nữa"


def test_only_what_this_machine_needs_is_asked_for() -> None:
    lock = (
        "a==1.2 \\\n    --hash=sha256:00\n    # via b\n"
        "b==2 ; sys_platform == 'none' \\\nc==3 ; python_full_version >= '3.11'\n"
    )
    assert locked_versions(lock) == {"a": "1.2", "c": "3"}


def states(house: House) -> dict[str, str]:
    found = examine(str(house.home), house.day.isoformat())
    return {one["name"]: one["state"] for one in found["checks"]}


def test_an_office_is_examined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new one is well; with a ledger it needs a backup, and says which communes sent nothing."""
    house = new_house(tmp_path / "office")
    (house.home / "warehouse" / "chitra.duckdb").unlink()
    before = sorted(house.home.rglob("*"))
    assert BAD not in states(house).values()
    assert sorted(house.home.rglob("*")) == before

    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    where = ["--home", str(house.home), "--today", "2024-06-01"]
    assert main(["doctor", *where, "--json"]) == 1
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    assert [name for name, one in told.items() if one["state"] == BAD] == ["Sao lưu"]
    assert "11 trên 12 xã chưa gửi" in told["Xã gửi tệp"]["found"]
    assert COMMUNE not in told["Xã gửi tệp"]["found"]

    (house.home / "receipts").mkdir(exist_ok=True)
    (house.home / "receipts" / "backup.json").write_text('{"day": "2024-05-31"}')
    assert main(["doctor", *where]) == 0
    assert "Không có gì phải sửa." in capsys.readouterr().out


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    os.utime(next((house.home / "archive").rglob("*")), (4e9, 4e9))
    keys = house.home / "keys"
    keys.mkdir()
    (keys / "office.key").write_text("x")
    (keys / "office.key").chmod(0o644)
    notices = house.home / "service" / "van_de.txt"
    notices.parent.mkdir()
    notices.write_text("đầu\n\n----\nmột\n\n----\nhai\n", encoding="utf-8")
    path = house.office().warehouse
    let_go()
    path.write_bytes(b"not a database")
    found = states(house)
    assert [found[name] for name in ("Đồng hồ", "Khóa ký", "Sổ")] == [BAD, BAD, BAD]
    assert found["Việc có vấn đề"] == NOTE

    (house.home / "reference" / "office.toml").write_text("[office", encoding="utf-8")
    assert states(house)["Cấu hình"] == BAD
