"""One writer at a time, whoever runs it: the second waits, then is refused by a sentence."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from flows import one_writer
from flows.cli import DONE, REFUSED, main
from flows.one_writer import alone, holder, writes
from tasks.office import Refused, init_office

HOLD = """
import sys, time
from pathlib import Path
from flows.one_writer import alone
with alone(Path(sys.argv[1]), "Lập kỳ 2024-06"):
    print("held", flush=True)
    time.sleep(600)
"""
WRITING = {
    "ingest": [],
    "prepare": ["2024-06", "--by", "An"],
    "release": ["2024-06", "--digest", "a", "--approver", "Bình"],
    "treasury": ["2024-06", "--confirmed-on", "2024-06-05", "--reference", "1", "--by", "An"],
    "reconcile": [],
    "resolve": ["1", "--as", "ignored", "--by", "An", "--reason", "phí"],
    "publish": ["2024-06"],
}
READING = {"status": [], "verify": []}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("one_writer") / "office"
    init_office(home)
    return home


@pytest.fixture(scope="module")
def other(office: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is preparing the month."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(office)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("verb", WRITING)
def test_what_writes_waits_and_is_refused(
    office: Path,
    other: subprocess.Popen[str],
    verb: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(one_writer, "PATIENCE_SECONDS", 0.0)
    assert main([verb, *WRITING[verb], "--home", str(office)]) == REFUSED
    said = capsys.readouterr().err
    assert "“Lập kỳ 2024-06” chạy từ" in said
    assert f"(tiến trình {other.pid})" in said
    assert "không có gì bị thay đổi" in said


@pytest.mark.parametrize("verb", READING)
def test_what_reads_does_not_wait(
    office: Path, other: subprocess.Popen[str], verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_writer, "PATIENCE_SECONDS", 0.0)
    assert main([verb, *READING[verb], "--home", str(office), "--json"]) == DONE


def test_a_killed_writer_leaves_the_office_free(office: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    with alone(office, "Nhận tệp", seconds=5):
        assert holder(office).startswith("“Nhận tệp” chạy từ")
    assert holder(office) == one_writer.UNKNOWN


def test_verbs_come_one_after_the_other_and_may_call_each_other(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    told: list[str] = []

    @writes("Trong")
    def inner(home: str) -> None:
        told.append("inner")

    @writes("Ngoài {name}")
    def outer(home: str, name: str) -> None:
        told.append(f"{name} begins: {holder(Path(home)).split('”')[0]}")
        inner(home)
        time.sleep(0.05)
        assert holder(Path(home)).startswith(f"“Ngoài {name}”")
        told.append(f"{name} ends")

    threads = [Thread(target=outer, args=(str(tmp_path), name)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blocks = [told[place : place + 3] for place in range(0, 9, 3)]
    assert sorted(blocks) == [
        [f"{name} begins: “Ngoài {name}", "inner", f"{name} ends"] for name in "abc"
    ]


def test_where_no_office_is_nothing_is_made(tmp_path: Path) -> None:
    with alone(tmp_path / "nowhere", "Nhận tệp"):
        pass
    assert main(["ingest", "--home", str(tmp_path / "nowhere")]) == REFUSED
    assert not (tmp_path / "nowhere").exists()


def test_a_command_that_waited_goes_on(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    with alone(tmp_path, "Nhận tệp"):
        found: list[str] = []

        def late() -> None:
            try:
                with alone(tmp_path, "Công bố", seconds=60):
                    found.append("done")
            except Refused:
                found.append("refused")

        thread = Thread(target=late)
        thread.start()
        time.sleep(0.3)
        assert found == []
    thread.join()
    assert found == ["done"]
