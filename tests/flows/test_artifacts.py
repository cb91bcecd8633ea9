"""What a run leaves for people to see: counts, files and hashes, nobody's data."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from flows import artifacts
from flows.progress import Bar
from tests.flows.personal import personal_values
from tests.house import House, giam, new_house, own_account, tang

TODAY = "2024-07-03"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """July is prepared: one person came, one left, one row went back, one result fits nothing."""
    house = new_house(tmp_path_factory.mktemp("artifacts") / "office")
    people = [tang(f"HO{n}", "BT05C", "06/2024", birth_date="1940") for n in (1, 2)]
    house.send("TANG", people)
    house.send("tai_khoan", [own_account("HO1", "1234567890")])
    house.ingest()
    house.pay("2024-06")
    house.send("TANG", [tang("HO3", "BT05C", "07/2024", birth_date="1940")], "03220")
    house.send("TANG", [tang("HO4", "KHONG", "07/2024")], "03220")
    house.send("GIAM", [giam("HO2", "BT05C", "07/2024", "CHUYEN_DI")])
    lost = {"payment_id": "X" * 16, "amount": 500_000, "status": "THANH_CONG"}
    house.send("ket_qua", [lost], None)
    house.ingest()
    house.reconcile("2024-06")
    house.prepare("2024-07")
    return house


@pytest.fixture(scope="module")
def found(house: House) -> dict[str, Any]:
    return artifacts.counts(str(house.home), TODAY, None)


def test_changes_are_counted_by_commune(found: dict[str, Any]) -> None:
    assert found["month"] == "2024-07"
    assert [(one["commune_code"], one["kind"], one["lines"]) for one in found["changes"]] == [
        ("03217", "adjustment", 1),  # the standard of July
        ("03217", "decrease", 1),
        ("03220", "increase", 1),
    ]
    page = artifacts.changes(found)
    assert page.key == "ky-2024-07-bien-dong"
    _, left, came = (one["amount"] for one in found["changes"])
    assert came > 0 > left
    assert f"| Giảm | 1 | {artifacts.dotted(left)} |" in page.text


def test_rows_sent_back_are_counted_by_rule(found: dict[str, Any]) -> None:
    page = artifacts.quality(found)
    rejected = [one for one in found["findings"] if one["severity"] == "reject"]
    assert [(one["rule"], one["findings"]) for one in rejected] == [("EN01", 1)]
    assert "| EN01 | trả lại | 1 |" in page.text
    assert "- **EN01**: " in page.text


def test_exceptions_are_counted(found: dict[str, Any]) -> None:
    assert found["exceptions"] == [{"rule": "RS01", "lines": 1}]
    assert "| RS01 | Kết quả cho mã chi trả không có." in artifacts.exceptions(found).text
    none = artifacts.exceptions(found | {"exceptions": []})
    assert "Không có ngoại lệ" in none.text


def test_files_are_listed_with_hashes(tmp_path: Path) -> None:
    from tasks.outbox import OutFile, write_folder

    made = OutFile("a.csv", b"a;1\n", 1, 1_500_000)
    write_folder(tmp_path / "outbox" / "2024-07" / "payments", [made])
    write_folder(tmp_path / "outbox" / "2024-07" / "lists", [OutFile("b.csv", b"b\n", 1)])
    files = artifacts.files_written(str(tmp_path), "2024-07", ["payments"])
    assert files == [
        {
            "Thư mục": "payments",
            "Tệp": "a.csv",
            "Số dòng": 1,
            "Số tiền (đồng)": "1.500.000",
            "SHA-256": made.sha256,
        }
    ]
    pages = artifacts.of_month(str(tmp_path), "2024-07", "Duyệt chi", "Xong.", files)
    assert [page.key for page in pages] == [
        "ky-2024-07-tom-tat",
        "ky-2024-07-tep",
        "ky-2024-07-thu-muc",
    ]
    assert pages[2].link == (tmp_path / "outbox" / "2024-07").as_uri()


def test_received_files_are_counted_and_not_named() -> None:
    file = {"name": "Vừ A Bí Mật.xlsx", "kind": "bien_dong", "outcome": "taken"}
    rows = {"rows_in": 5, "rows_taken": 4, "rows_rejected": 1}
    result = {"files": [file | rows, file | rows], "waiting": ["Vừ A Bí Mật 2.xlsx"]}
    none = {"month": "2024-07", "findings": []}
    pages = artifacts.of_ingest("/office", result, none)
    assert "| bien_dong | đã nhận | 2 | 10 | 8 | 2 |" in pages[0].text
    assert artifacts.ingested(result) == (
        "2 tệp mới: nhận 8 dòng, trả lại 2 dòng. 1 tệp đang được chép, để lần sau."
    )
    assert "Bí Mật" not in json.dumps([asdict(page) for page in pages], ensure_ascii=False)


def test_long_tables_are_cut_and_cells_stay_cells() -> None:
    rows = [("a|b", str(number)) for number in range(artifacts.MOST_ROWS + 7)]
    lines = artifacts.table(("Tên", "Số"), rows, numbers=1)
    assert lines[:3] == ["| Tên | Số |", "| --- | ---: |", "| a\\|b | 0 |"]
    assert lines[-1] == "… và 7 dòng nữa."


def test_no_page_tells_of_a_person(house: House, found: dict[str, Any]) -> None:
    pages = [artifacts.changes(found), artifacts.quality(found), artifacts.exceptions(found)]
    told = json.dumps([asdict(page) for page in pages], ensure_ascii=False)
    values = personal_values(house.home, house.day)
    assert {"HO1", "1234567890", "Vừ A HO1"} <= values
    assert [value for value in values if value in told] == []


def test_a_bar_moves_as_steps_begin() -> None:
    class Drawn(Bar):
        def show(self, percent: float) -> None:
            self.shown = percent
            drawn.append(round(percent))
            self._id = self._id or ids[0]

    from uuid import uuid4

    ids, drawn = [uuid4()], []
    bar = Drawn("Tiến độ")
    bar("Tìm tệp")
    bar.plan(3)
    for label in ("Lưu", "Đọc", "Ghi"):
        bar(label)
    bar.finish()
    assert drawn == [0, 25, 50, 75, 100]
