"""One month end to end without Prefect, and every verb of it a second time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.prepare import prepare
from flows.publish import publish
from flows.reconcile import reconcile
from flows.release import release
from flows.steps import check_ledger
from tasks.office import Refused
from tests.flows.conftest import answer, fingerprints

MONTH = "2024-06"


def run_month(home: str) -> dict:
    """Run each verb as an office would; return what was prepared."""
    ingest(home, "2024-06-03")
    prepared = prepare(home, "2024-06-03", MONTH, None, "Lò Thị Lập", docs=True)
    release(home, "2024-06-05", MONTH, prepared["digest"], "Vàng A Duyệt")
    answer(Path(home), MONTH, "2024-06-10")
    ingest(home, "2024-06-12")
    reconcile(home, "2024-06-12", MONTH)
    publish(home, "2024-06-19", MONTH)
    return prepared


def run_again(home: str, prepared: dict) -> None:
    """Run again whatever may be run again after a month is over."""
    ingest(home, "2024-06-03")
    release(home, "2024-06-05", MONTH, prepared["digest"], "Vàng A Duyệt")
    reconcile(home, "2024-06-12", MONTH)
    reconcile(home, "2024-06-12")
    publish(home, "2024-06-19", MONTH)


def test_a_month_runs_and_running_it_again_changes_nothing(home: Path) -> None:
    prepared = run_month(str(home))

    first = fingerprints(home)
    assert prepared["payments"] > 50
    assert {path.split("/")[0] for path in first} == {"outbox", "returned", "published"}
    assert {path.split("/")[2] for path in first if path.startswith("outbox")} == {
        "payments",
        "treasury",
        "lists",
        "followup",
        "reports",
    }
    assert "published/data_docs/2024-06/index.html" in first
    assert {"published/dashboard/index.html", "published/dashboard/2024-06.html"} <= set(first)
    assert check_ledger(str(home), "2024-06-19") == []

    run_again(str(home), prepared)
    assert fingerprints(home) == first
    assert check_ledger(str(home), "2024-06-19") == []


def test_preparing_again_changes_nothing(home: Path) -> None:
    ingest(str(home), "2024-06-03")
    once = prepare(str(home), "2024-06-03", MONTH, None, "Lò Thị Lập", docs=True)
    files = fingerprints(home)

    again = prepare(str(home), "2024-06-03", MONTH, None, "Lò Thị Lập", docs=True)

    assert again == once
    assert fingerprints(home) == files


def test_every_file_is_accounted_for(home: Path) -> None:
    found = ingest(str(home), "2024-06-03")["files"]

    assert {file["outcome"] for file in found} == {"taken"}
    assert {file["kind"] for file in found} >= {"bien_dong", "tai_khoan", "xac_thuc", "bao_cao"}
    assert all(file["rows_in"] == file["rows_taken"] + file["rows_rejected"] for file in found)
    again = ingest(str(home), "2024-06-04")["files"]
    assert {(file["outcome"], file["rows_in"]) for file in again} == {("duplicate", 0)}


def test_a_lost_way_back_is_written_by_the_next_ingest(home: Path) -> None:
    ingest(str(home), "2024-06-03")
    first = fingerprints(home)
    returned = sorted((home / "returned").rglob("*.xlsx"))
    assert returned
    returned[0].unlink()

    ingest(str(home), "2024-06-04")

    assert fingerprints(home) == first


def test_data_docs_hold_no_name(home: Path) -> None:
    """The pages of the quality suites count; they quote nobody."""
    import duckdb

    run_month(str(home))
    with duckdb.connect(str(home / "warehouse" / "chitra.duckdb"), read_only=True) as connection:
        people = connection.execute("SELECT full_name, dossier_no FROM person").fetchall()
    words = [word for row in people for word in row]
    pages = [path.read_text() for path in (home / "published" / "data_docs").rglob("*.html")]
    assert len(pages) > 4
    assert not [word for word in words for page in pages if word in page]


def test_a_changed_payment_file_is_noticed(home: Path) -> None:
    run_month(str(home))
    path = next((home / "outbox" / MONTH / "payments").glob("*.csv"))
    path.write_bytes(path.read_bytes() + b" ")

    assert any(path.name in problem for problem in check_ledger(str(home), "2024-06-19"))


def test_another_month_must_wait(home: Path) -> None:
    ingest(str(home), "2024-06-03")
    with pytest.raises(Refused, match="2024-06"):
        prepare(str(home), "2024-06-03", "2024-07", None, "Lò Thị Lập", docs=False)


def test_plain_verbs_do_not_need_prefect() -> None:
    """The steps import neither Prefect nor Great Expectations; another process can tell."""
    import subprocess

    code = (
        "import sys, flows.steps;"
        "sys.exit(bool({'prefect', 'great_expectations'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
