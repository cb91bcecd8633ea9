"""Reminders before the report day: who owes what, letters that name nobody, the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from flows.cli import main
from schemas.period import month_number
from schemas.providers import results
from tasks import followup
from tasks.lists import write_followup
from tasks.office import Office, Refused
from tasks.outbox import verify_folder
from tasks.reminders import month_to_remind, reminder_files, reminders
from tasks.shown import stage_bases
from tasks.warehouse import Connection
from tests.house import new_house, tang
from tests.small_office import JULY, small_office

OfficeRows = tuple[Office, Connection]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeRows]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        write_followup(office, connection, JULY)
        yield office, connection


def folder(office: Office) -> Path:
    return office.outbox(JULY) / "followup"


def sheet(office: Office, name: str) -> list[tuple]:
    """Return the cells of a sheet, title lines included."""
    book = openpyxl.load_workbook(folder(office) / "nhac_viec.xlsx")
    return list(book[name].iter_rows(values_only=True))


def on(opened: OfficeRows, today: date, month: int = JULY) -> dict[str, str]:
    """Return the letters of a day by the code of whom they are for."""
    office = replace(opened[0], today=today)
    stage_bases(office, opened[1])
    followup.stage_bases(opened[1], month)
    files = reminder_files(reminders(office, opened[1], month))
    return {file.name[10:-4]: file.data.decode() for file in files if file.name.endswith(".txt")}


def test_letter_of_a_provider_says_counts_and_no_name(opened: OfficeRows) -> None:
    office = opened[0]
    assert (folder(office) / "nhac_viec_VIETTEL.txt").read_bytes().decode() == (
        "Kính gửi: Viettel (Viettel Money và chi tiền mặt)\r\n"
        "Phòng Lao động - Thương binh và Xã hội huyện Tủa Chùa nhắc việc kỳ 07/2024:\r\n"
        "1. Báo cáo tháng 07/2024 (mẫu bao_cao): phòng chưa nhận được. Hạn: trước ngày 20/07/2024."
        " Đã quá hạn, xin gửi ngay.\r\n"
        "2. Kết quả chi trả kỳ 07/2024: còn 2 trên 4 lệnh, 1.250.000 đồng, chưa có kết quả "
        "(tệp đã giao: chưa có). Xin gửi mẫu ket_qua.\r\n"
        "Việc nào đã làm rồi thì xin bỏ qua. Trân trọng cảm ơn.\r\n"
    )
    names = ("Vừ A Hùng", "Cứ Thị Dở", "P06", "P07", "0110", "8906")
    for path in folder(office).glob("nhac_viec*"):
        assert not [name for name in names if name.encode() in path.read_bytes()]
    assert verify_folder(folder(office)) == []


def test_workbook_lists_whom_to_remind_of_what(opened: OfficeRows) -> None:
    office = opened[0]
    assert sheet(office, "Báo cáo")[2:] == [
        ("Xã", "03220", "Xã Huổi Só", "Quá hạn, chưa có", "Trước 20/07/2024"),
        (
            *("Đơn vị chi trả", "LPBANK", "Ngân hàng TMCP Lộc Phát Việt Nam"),
            *("Quá hạn, chưa có", "Trước 20/07/2024"),
        ),
        (
            *("Đơn vị chi trả", "VIETTEL", "Viettel (Viettel Money và chi tiền mặt)"),
            *("Quá hạn, chưa có", "Trước 20/07/2024"),
        ),
    ]
    assert [line[1:6] for line in sheet(office, "Kết quả")[2:3]] == [
        ("VIETTEL", "Viettel (Viettel Money và chi tiền mặt)", 4, 2, 1_250_000)
    ]
    changes = {line[0]: line[2] for line in sheet(office, "Biến động")[2:]}
    assert len(changes) == 12  # nobody sent August yet
    assert (changes["03217"], changes["03220"]) == ("2024-07", "chưa kỳ nào")
    work = [(line[0], line[2], line[4]) for line in sheet(office, "Việc của xã")[2:]]
    assert ("03220", 2, "2024-07/followup/xa_03220.xlsx") in work


def test_history_counts_and_shows_every_month(opened: OfficeRows) -> None:
    lines = sheet(opened[0], "Lịch sử báo cáo")[2:]
    assert lines[0][2:] == (
        *("Đúng hạn", "Muộn", "Không có", "Chưa đến hạn"),
        *("12/2023", "06/2024", "07/2024", "08/2024"),
    )
    by_unit = {line[0]: line[2:] for line in lines[1:]}
    assert by_unit["03217"] == (
        *(1, 0, 2, 1, "Không có", "Không có", "Đúng hạn (19/07/2024)"),
        "Chưa đến hạn",
    )
    assert by_unit["AGRIBANK"][-2] == "Muộn (20/07/2024)"
    assert by_unit["VIETTEL"] == (0, 0, 1, 0, None, None, "Không có", None)


@pytest.mark.parametrize(
    ("today", "is_late"), [(date(2024, 7, 15), False), (date(2024, 7, 20), True)]
)
def test_late_is_said_from_the_report_day_on(
    opened: OfficeRows, today: date, is_late: bool
) -> None:
    assert ("Đã quá hạn" in on(opened, today)["LPBANK"]) is is_late


def test_an_older_month_does_not_ask_for_changes(opened: OfficeRows) -> None:
    letters = on(opened, date(2024, 7, 25), JULY - 1)
    assert set(letters) == {"03217", "AGRIBANK"}
    assert "Biến động" not in "".join(letters.values())


def test_month_not_prepared_guesses_nobody(opened: OfficeRows) -> None:
    stage_bases(*opened)
    followup.stage_bases(opened[1], month_number("2024-10"))
    found = reminders(*opened, month_number("2024-10"))
    assert found.reports.is_empty()
    assert found.warnings[0].startswith("Kỳ 10/2024 chưa lập")


@pytest.mark.parametrize(
    ("today", "month"),
    [("2024-07-15", "2024-07"), ("2024-08-15", "2024-08"), ("2026-01-15", "2024-08")],
)
def test_month_of_the_day_unless_it_is_not_begun(
    opened: OfficeRows, today: str, month: str
) -> None:
    office = replace(opened[0], today=date.fromisoformat(today))
    assert month_to_remind(office, opened[1]) == month_number(month)


@pytest.mark.parametrize("month", ["2024-05", "2024-09"])
def test_month_out_of_the_book_is_refused(opened: OfficeRows, month: str) -> None:
    with pytest.raises(Refused, match="từ kỳ 2024-06 đến kỳ đang mở 2024-08"):
        month_to_remind(*opened, month_number(month))


def test_again_gives_the_same_bytes(
    opened: OfficeRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office, connection = opened

    def fingerprint(where: Path) -> dict[str, str]:
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in where.iterdir()
        }

    first = fingerprint(folder(office))
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("LC_ALL", "C")
    elsewhere = replace(office, home=tmp_path, tables=office.reference)
    write_followup(elsewhere, connection, JULY)
    assert fingerprint(folder(elsewhere)) == first


def test_command_says_what_is_missing_and_is_run_again_without_harm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    asked = ["remind", "--home", str(house.home), "--today", "2024-06-15"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in told if name not in ("files", "warnings")} == {
        "month": "2024-06",
        "reports_missing": 2,
        "results_missing": 1,
        "changes_missing": 12,
        "changes_month": "2024-07",
        "letters": 13,
    }
    where = house.home / "outbox" / "2024-06" / "followup"
    first = {path.name: path.read_bytes() for path in where.iterdir()}
    assert set(told["files"]) <= set(first)
    assert main(asked) == 0
    assert "2 nơi chưa báo cáo, 1 đơn vị chi trả chưa gửi đủ kết quả" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in where.iterdir()} == first


def test_who_returns_only_failures_owes_what_it_called_under_way(
    opened: OfficeRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "silence_days", {"VIETTEL": 5}.get)
    letter = on(opened, date(2024, 7, 15))["VIETTEL"]
    assert "còn 1 trên 4 lệnh, 750.000 đồng" in letter  # the other one may be paid in silence
