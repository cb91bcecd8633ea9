"""Files are received once, kept under their hash, and read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tasks import inbox, raw_rows
from tasks.inbox import archive, arrivals, stage, staged, staged_batches, staged_facts
from tasks.office import Office, Refused, init_office, load_office
from tasks.sheet_pool import close_reader

GOOD = "Mã hồ sơ,Họ tên,Mã loại,Hưởng từ tháng\nHS1,Vừ A Hùng,BT05A,07/2024\n".encode()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    init_office(tmp_path)
    return load_office(tmp_path, date(2024, 7, 3))


@pytest.fixture(scope="module", autouse=True)
def _child() -> Iterator[None]:
    yield
    close_reader()


def put(office: Office, name: str, data: bytes = GOOD) -> Path:
    path = office.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_arrivals_come_by_name_without_what_nobody_sent(office: Office) -> None:
    for name in ("b.csv", "03241/a.xlsx", "03241/sâu/ờ.csv", "a.csv"):
        put(office, name, name.encode())
    for name in (".hidden", ".git/x", "~$a.xlsx", "c.tmp", "d.crdownload", "Thumbs.db", "e.csv~"):
        put(office, name)
    found = arrivals(office)
    assert [(one.name, one.folder_unit, one.size) for one in found] == [
        ("03241/a.xlsx", "03241", 12),
        ("03241/sâu/ờ.csv", "sâu", len("03241/sâu/ờ.csv".encode())),
        ("a.csv", None, 5),
        ("b.csv", None, 5),
    ]
    assert found[2].sha256 == hashlib.sha256(b"a.csv").hexdigest()


def test_links_are_not_followed(office: Office) -> None:
    (office.inbox / "link.csv").symlink_to(put(office, "a.csv"))
    assert [one.name for one in arrivals(office)] == ["a.csv"]


def test_a_name_that_is_no_utf_8_is_shown_with_a_question_mark(office: Office) -> None:
    try:
        put(office, os.fsdecode(b"b\xff.csv"))
    except OSError:
        pytest.skip("this file system knows no such names")
    found = arrivals(office)
    assert [one.name for one in found] == ["b?.csv"]
    assert archive(office, found[0]).read_bytes() == GOOD


def test_the_archive_keeps_the_bytes_read_only(office: Office) -> None:
    source = put(office, "a.csv")
    (arrival,) = arrivals(office)
    kept = archive(office, arrival)
    assert (kept.name, kept.read_bytes()) == (hashlib.sha256(GOOD).hexdigest(), GOOD)
    assert kept.stat().st_mode & 0o222 == 0
    source.unlink()
    assert archive(office, arrival) == kept
    assert list(office.archive.iterdir()) == [kept]


def test_a_file_that_changes_meanwhile_is_not_archived(office: Office) -> None:
    source = put(office, "a.csv")
    (arrival,) = arrivals(office)
    source.write_bytes(b"more")
    with pytest.raises(Refused, match="đang thay đổi"):
        archive(office, arrival)
    assert list(office.archive.iterdir()) == []


def test_staging_reads_once_and_gives_the_same_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(office, "a.csv", "Xã: Sính Phình,,Kỳ: 07/2024,\n".encode() + GOOD)
    put(office, "b.pdf", b"%PDF-1.7 \xff\x81")
    found = arrivals(office)
    for arrival in found:
        archive(office, arrival)
        stage(office, arrival)
    good, bad = (staged(office, arrival.sha256) for arrival in found)
    assert (good.kind, good.stated_unit, good.stated_period) == (
        "bien_dong",
        "Sính Phình",
        "07/2024",
    )
    assert good.frame.select("row_no", "dossier_no").rows() == [(3, "HS1")]
    assert (bad.kind, bad.frame.height, bool(bad.refusal)) == (None, 0, True)

    def again(*arguments: object) -> None:
        raise AssertionError("read twice")

    monkeypatch.setattr(inbox, "parse_in_child_to", again)
    for arrival in found:
        stage(office, arrival)
    [facts] = office.staging.glob(f"{found[0].sha256}*.json")
    facts.unlink()
    with pytest.raises(AssertionError, match="read twice"):
        stage(office, found[0])


def test_staged_rows_come_batch_by_batch_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_rows, "BATCH_ROWS", 2)
    put(office, "a.csv", GOOD + b"HS2,A,BT05A,07/2024\n" * 4)
    put(office, "b.pdf", b"%PDF-1.7 \xff\x81")
    good, bad = arrivals(office)
    for arrival in (good, bad):
        archive(office, arrival)
        stage(office, arrival)
    whole = staged(office, good.sha256)
    batches = list(staged_batches(office, good.sha256))
    assert [batch.height for batch in batches] == [2, 2, 1]
    assert pl.concat(batches).equals(whole.frame)
    facts = staged_facts(office, good.sha256)
    assert (facts.rows, facts.frame.height, facts.frame.schema) == (5, 0, whole.frame.schema)
    assert (facts.kind, facts.places) == (whole.kind, whole.places)
    assert list(staged_batches(office, bad.sha256)) == []
    assert staged_facts(office, bad.sha256).refusal == staged(office, bad.sha256).refusal
