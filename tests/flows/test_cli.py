"""The command line: what scripts read, exit codes, refusals."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.cli import DONE, REFUSED, WRONG_USAGE, main
from schemas.layouts import LAYOUTS
from schemas.layouts.entry import example_of
from schemas.table import Amount, Integer
from tests.flows.conftest import answer

MONTH = "2024-06"
PREPARED = [
    *("month", "state", "digest", "payments", "amount", "held"),
    *("increases", "decreases", "adjustments", "alerts"),
]
FILE = ["name", "kind", "outcome", "rows_in", "rows_taken", "rows_rejected"]


class Chitra:
    """`chitra … --json` in this process, in one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.capsys = capsys

    def __call__(self, *words: str, code: int = DONE, today: str = "2024-06-03") -> dict[str, Any]:
        place = ["--home", str(self.home), "--today", today, "--json"]
        self.capsys.readouterr()
        found = main([*words, *place])
        out = self.capsys.readouterr()
        assert found == code, out.err
        return json.loads(out.out)

    def refused(self, *words: str, today: str = "2024-06-03") -> str:
        return self(*words, code=REFUSED, today=today)["error"]


@pytest.fixture
def chitra(home: Path, capsys: pytest.CaptureFixture[str]) -> Chitra:
    return Chitra(home, capsys)


@pytest.fixture(autouse=True)
def _debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an unexpected error come through."""
    monkeypatch.setenv("CHITRA_DEBUG", "1")


def prepared(chitra: Chitra) -> dict[str, Any]:
    chitra("ingest")
    return chitra("prepare", MONTH, "--by", "Lò Thị Lập")


def test_a_month_by_command(chitra: Chitra) -> None:
    files = chitra("ingest")["files"]
    assert [list(file) for file in files] == [FILE] * len(files)
    assert all(file["name"].startswith("2024-06/") for file in files)

    payroll = chitra("prepare", MONTH, "--by", "Lò Thị Lập")
    assert list(payroll) == PREPARED
    assert (payroll["month"], payroll["state"], payroll["alerts"]) == (MONTH, "prepared", [])

    words = ("--digest", payroll["digest"], "--approver", "Vàng A Duyệt")
    released = chitra("release", MONTH, *words, today="2024-06-05")
    assert released["state"] == "released"
    assert released["amount"] == payroll["amount"]

    words = ("--confirmed-on", "2024-06-06", "--reference", "KB 1", "--by", "Lò Thị Kế")
    confirmed = chitra("treasury", MONTH, *words, today="2024-06-07")
    assert (confirmed["confirmed_on"], confirmed["reference"]) == ("2024-06-06", "KB 1")

    answer(chitra.home, MONTH, "2024-06-10")
    results = chitra("ingest", today="2024-06-12")["files"]
    assert {file["kind"] for file in results if file["outcome"] == "taken"} == {"ket_qua"}
    (reconciled,) = chitra("reconcile", MONTH, today="2024-06-12")["months"]
    assert reconciled["state"] == "reconciled"
    assert reconciled["instructed"] == sum(
        reconciled[name] for name in ("paid", "failed", "returned", "pending")
    )

    published = chitra("publish", MONTH, today="2024-06-19")
    assert published["state"] == "published"
    assert (chitra.home / "published" / "analytics.duckdb").is_file()
    status = chitra("status")
    assert status["open_month"] == "2024-07"
    assert [month["state"] for month in status["months"]] == ["published"]
    assert chitra("verify") == {"ok": True, "problems": []}


def test_publish_before_release_and_only_of_a_prepared_month(chitra: Chitra) -> None:
    assert "chưa lập" in chitra.refused("publish", MONTH)
    prepared(chitra)
    assert chitra("publish", MONTH)["state"] == "prepared"


def test_full_copy_is_logged(chitra: Chitra) -> None:
    prepared(chitra)
    chitra("publish", MONTH, "--full")
    assert (chitra.home / "published" / "analytics_full.duckdb").is_file()
    assert (chitra.home / "published" / "access_log.csv").is_file()


def test_prepare_out_of_order_is_refused(chitra: Chitra) -> None:
    assert MONTH in chitra.refused("prepare", "2024-07")
    assert "2024-06" in chitra.refused("prepare", "2024-05")


def test_prepare_through_later_months(chitra: Chitra) -> None:
    plain = prepared(chitra)
    ahead = chitra("prepare", MONTH, "--by", "Lò Thị Lập", "--through", "2024-07")
    assert ahead["amount"] > plain["amount"]
    assert ahead["digest"] != plain["digest"]
    assert chitra.refused("prepare", MONTH, "--through", "2024-05")


def test_release_is_refused_to_the_wrong_person_or_payroll(chitra: Chitra) -> None:
    digest = prepared(chitra)["digest"]
    assert "không khớp" in chitra.refused("release", MONTH, "--digest", "0", "--approver", "B")
    same = ("release", MONTH, "--digest", digest, "--approver", "lo thi lap")
    assert "phải khác" in chitra.refused(*same)
    assert not (chitra.home / "outbox" / MONTH / "payments").exists()


def test_alerts_must_be_accepted(chitra: Chitra, sample: Path) -> None:
    digest = prepared(chitra)["digest"]
    chitra("release", MONTH, "--digest", digest, "--approver", "Vàng A Duyệt")
    shutil.copytree(sample / "2024-07", chitra.home / "inbox" / "2024-07")
    chitra("ingest", today="2024-07-03")
    second = chitra("prepare", "2024-07", "--by", "Lò Thị Lập", today="2024-07-03")
    assert second["alerts"], "the standard went up by more than a third"
    words = ("release", "2024-07", "--digest", second["digest"], "--approver", "Vàng A Duyệt")

    assert "--accept" in chitra.refused(*words, today="2024-07-05")
    accepted = chitra(*words, "--accept", "Mức chuẩn tăng", today="2024-07-05")
    assert accepted["state"] == "released"


def test_explain_one_dossier(chitra: Chitra) -> None:
    import duckdb

    prepared(chitra)
    with duckdb.connect(str(chitra.home / "warehouse" / "chitra.duckdb")) as connection:
        found = connection.execute("SELECT min(dossier_no) FROM payment").fetchone()
    assert found
    for words in (("explain", found[0]), ("explain", found[0], MONTH)):
        told = chitra(*words)
        assert told["dossier_no"] == found[0]
        assert sum(item["amount"] for item in told["items"]) == told["payments"][0]["amount"]
    assert "KHONG-CO" in chitra.refused("explain", "KHONG-CO")


def test_verify_finds_a_changed_file(chitra: Chitra) -> None:
    digest = prepared(chitra)["digest"]
    chitra("release", MONTH, "--digest", digest, "--approver", "Vàng A Duyệt")
    next((chitra.home / "outbox" / MONTH / "payments").glob("*.csv")).write_text("")
    found = chitra("verify", code=REFUSED)
    assert found["ok"] is False
    assert found["problems"]


def test_init_and_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chitra = Chitra(tmp_path / "new", capsys)
    assert chitra("init", "--start-month", "2024-09")["start_month"] == "2024-09"
    assert chitra("init")["start_month"] == "2024-09"
    assert "2024-09" in chitra.refused("init", "--start-month", "2024-01")
    assert "098" in chitra.refused("init", "--office", "099")
    words = ("--people", "20", "--months", "1", "--seed", "3", "--start-month", "2024-09")
    made = chitra("sample", str(tmp_path / "files"), *words)
    assert made["files"] == len(list((tmp_path / "files").rglob("*.xlsx")))


@pytest.mark.parametrize(
    "words",
    [
        ["nope"],
        ["prepare"],
        ["prepare", "2024-13"],
        ["prepare", "2024-06", "--through", "07/2024"],
        ["release", "2024-06", "--digest", "x"],
        ["release", "2024-06", "--approver", "B"],
        ["treasury", "2024-06", "--reference", "KB 1"],
        ["treasury", "2024-06", "--confirmed-on", "8/6/2024", "--reference", "KB 1"],
        ["status", "--today", "hôm nay"],
        ["status", "more"],
        ["status", "--nope"],
        ["template"],
        ["template", "danh_sach"],
        ["sample", "x", "--people", "0", "--months", "1", "--seed", "1"],
        ["sample", "x", "--people", "many", "--months", "1", "--seed", "1"],
    ],
)
def test_wrong_usage(words: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--home", str(home)]) == WRONG_USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_a_filled_template_is_taken(
    chitra: Chitra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the guide gives as examples is a row that the office takes."""
    monkeypatch.chdir(tmp_path)
    blank = chitra("template", "bien_dong", "--commune", "03250")
    assert blank["path"] == str(tmp_path / "mau_bien_dong_03250.xlsx")
    assert (blank["month"], blank["commune"]) == (MONTH, "03250")
    assert chitra("template", "bien_dong", "--commune", "03250") == blank

    book = openpyxl.load_workbook(blank["path"])
    sheet = LAYOUTS["bien_dong"].sheets[0]
    for column, field in enumerate(sheet.fields, start=1):
        text = example_of(sheet, field)
        is_number = isinstance(field.column, (Amount, Integer))
        book[sheet.kind].cell(6, column).value = int(text) if is_number else text or None
    book.save(chitra.home / "inbox" / "mau.xlsx")
    assert "--out" not in chitra.refused("template", "bien_dong", "--commune", "Hà Nội")

    (taken,) = [file for file in chitra("ingest")["files"] if file["name"] == "mau.xlsx"]
    assert (taken["outcome"], taken["rows_in"], taken["rows_taken"]) == ("taken", 1, 1)
    dossier = example_of(sheet, sheet.fields[0])
    assert chitra("explain", dossier)["issues"] == []


def test_a_template_goes_where_it_is_wanted(chitra: Chitra, tmp_path: Path) -> None:
    path = tmp_path / "ket qua.xlsx"
    assert chitra("template", "ket_qua", "--out", str(path))["path"] == str(path)
    path.write_bytes(b"filled in")
    assert "đã điền" in chitra.refused("template", "ket_qua", "--out", str(path))


@pytest.mark.parametrize("words", [[], ["--help"], ["release", "--help"]])
def test_help_is_vietnamese(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == DONE
    said = capsys.readouterr().out
    assert "Cách dùng: chitra" in said
    for word in ("Usage", "Commands", "Parameters", "required", "Display"):
        assert word not in said


def test_people_get_tables(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--home", str(home), "--today", "2024-06-03"]
    for words in (["ingest"], ["prepare", MONTH, "--by", "A"], ["status"], ["verify"]):
        assert main([*words, *place]) == DONE
    said = capsys.readouterr().out
    for word in ("Tệp", "Mã xác nhận", "Kỳ đang mở", "đều khớp"):
        assert word in said


def test_an_unexpected_error_is_short(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("Lò Thị Bí Mật")

    monkeypatch.delenv("CHITRA_DEBUG")
    monkeypatch.setattr("tasks.status.status", broken)
    assert main(["status", "--home", str(home)]) == REFUSED
    said = capsys.readouterr()
    assert "TypeError" in said.err
    assert "Bí Mật" not in said.err + said.out


def test_no_office_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """Seen from outside: exit code, standard error, and no heavy import for help."""
    run = [sys.executable, "-m", "flows.cli", "status", "--home", str(tmp_path / "none")]
    found = subprocess.run(run, capture_output=True, text=True, check=False)
    assert found.returncode == REFUSED
    assert "chitra init" in found.stderr
    code = (
        "import sys, flows.cli; flows.cli.main(['--help']);"
        "sys.exit(bool({'prefect', 'polars', 'duckdb', 'great_expectations'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_explain_says_it_in_words(chitra: Chitra, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.cli import main

    prepared(chitra)
    at_home = ("--home", str(chitra.home), "--today", "2024-06-05")
    (dossier, *_) = chitra("explain", "TC-0000001")["dossier_no"].split()
    capsys.readouterr()
    assert main(["explain", dossier, MONTH, *at_home]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Hồ sơ {dossier}: ")
    assert "Kỳ 06/2024 (đã lập, chưa duyệt)" in told
    for title in ("Mức được hưởng từng tháng", "Đã chi", "Còn lại", "Ai báo gì"):
        assert title in told
    assert main(["explain", dossier, "--as-of-cycle", MONTH, *at_home]) == 0
    assert capsys.readouterr().out.startswith("Như sổ biết khi kỳ 06/2024 đang mở:")


def test_simulate_says_what_a_month_would_cost(chitra: Chitra, tmp_path: Path) -> None:
    """The tables of the ingested month with a standard that is 100,000 more, and a year ahead."""
    payroll = prepared(chitra)
    other = tmp_path / "muc_moi.csv"
    other.write_text(
        "standard_code,scope,amount_vnd,valid_from,valid_to,legal_basis,source,confirmed\n"
        "SA_STD,VN,460000,2024-06,,dự thảo,thử,yes\n",
        encoding="utf-8",
    )
    asked = ("--rates", str(other), "--months", "12", "--out", str(tmp_path))
    found = chitra("simulate", MONTH, *asked)
    assert (found["month"], found["state"]) == (MONTH, "prepared")
    assert found["actual"]["amount"] == payroll["amount"]
    assert found["actual"]["payments"] == payroll["payments"]
    # The standard goes from 360,000 to 460,000 for BTXH alone.
    before, after = (
        {row["scheme"]: row[side]["amount"] for row in found["by_scheme"]}
        for side in ("actual", "simulated")
    )
    assert after["NCC"] == before["NCC"]
    assert after["BTXH"] * 36 == before["BTXH"] * 46
    assert len(found["months"]) == 12

    book = openpyxl.load_workbook(found["path"])
    assert Path(found["path"]) == tmp_path / "mo_phong_2024-06.xlsx"
    assert book.sheetnames == [
        *("Tổng hợp", "Theo xã", "Theo nguồn", "Theo loại", "Theo tháng hưởng"),
        *("Dự toán", "Ngân sách năm", "Dự toán theo loại"),
    ]
    assert [len(book[name]._charts) for name in ("Theo xã", "Dự toán")] == [1, 1]
    rows = {row[0].value: row for row in book["Tổng hợp"].iter_rows(min_row=4)}
    cells = [cell.value for cell in rows["Tổng số tiền chi (đồng)"][1:4]]
    costs, would = sum(before.values()), sum(after.values())
    assert cells == [costs, would, would - costs]


def test_simulate_for_people(chitra: Chitra, tmp_path: Path) -> None:
    prepared(chitra)
    chitra.capsys.readouterr()
    place = ["--home", str(chitra.home), "--today", "2024-06-03", "--out", str(tmp_path)]
    assert main(["simulate", MONTH, "--age-change", "same", "--months", "2", *place]) == DONE
    out = chitra.capsys.readouterr().out
    assert "ngay tháng sinh nhật" in out
    assert "Năm 2024, BTXH: đã chi 0 đồng" in out
    assert "mo_phong_2024-06.xlsx" in out.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--rates"),
        (("--age-change", "now"), "next hoặc same"),
        (("--offset-share", "1.5"), "từ 0 đến 1"),
        (("--months", "13"), "từ 1 đến 12"),
        (("--months", "0"), "từ 1 đến 12"),
    ],
)
def test_simulate_used_wrongly(chitra: Chitra, words: tuple[str, ...], said: str) -> None:
    assert said in chitra("simulate", MONTH, *words, code=WRONG_USAGE)["error"]


def test_simulate_refuses_what_it_cannot_read(chitra: Chitra, tmp_path: Path) -> None:
    words = ("simulate", MONTH, "--rates", str(tmp_path / "none.csv"))
    assert "chưa nhận tệp nào" in chitra.refused(*words)
    chitra("ingest")
    assert "Không đọc được tệp" in chitra.refused(*words)
