"""A file that takes its reader down takes nothing else down."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tasks import sheet_pool
from tasks.office import Limits
from tasks.sheet_pool import DIED, TOO_SLOW, ChildFailed, SheetReader, close_reader, parse_in_child

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()
GOOD = "Mã hồ sơ,Họ tên,Mã loại,Hưởng từ tháng\nHS1,Vừ A Hùng,BT05A,07/2024\n"


@pytest.fixture
def reader() -> Iterator[SheetReader]:
    found = SheetReader()
    yield found
    found.close()


def good(tmp_path: Path, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text(GOOD, encoding="utf-8")
    return path


def die(path: Path, name: str, limits: Limits) -> None:
    """Stand for a reader that aborts its process."""
    os._exit(1)


def test_a_file_on_which_every_child_dies_is_refused(
    reader: SheetReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_pool, "parse", die)
    path = good(tmp_path)
    assert reader.parse(path, path.name, LIMITS).refusal == DIED


def test_a_child_that_dies_or_stalls_is_replaced(reader: SheetReader, tmp_path: Path) -> None:
    path = good(tmp_path)
    assert reader.parse(path, path.name, LIMITS).frame.height == 1
    first = child_of(reader)
    os.kill(first, 9)
    assert reader.parse(path, path.name, LIMITS).frame.height == 1
    assert child_of(reader) != first
    assert reader.parse(slow(tmp_path), "x", LIMITS, seconds=0.2).refusal == TOO_SLOW
    assert reader.parse(path, path.name, LIMITS).frame.height == 1


def test_any_function_runs_in_the_child_and_what_it_raises_comes_through(
    reader: SheetReader,
) -> None:
    assert reader.run(60, int, "7") == 7
    with pytest.raises(ValueError, match="seven"):
        reader.run(60, int, "seven")
    with pytest.raises(ChildFailed, match="làm hỏng"):
        reader.run(60, os._exit, 1)
    with pytest.raises(ChildFailed, match="quá lâu"):
        reader.run(0.2, time.sleep, 60)


def child_of(reader: SheetReader) -> int:
    assert reader._pool is not None
    return next(iter(reader._pool._processes))


def slow(tmp_path: Path) -> Path:
    """Return a file that takes more than a moment to read."""
    path = tmp_path / "slow.csv"
    rows = '"HS1","Vừ A Hùng",BT05A,07/2024\n' * 400_000
    path.write_text(GOOD + rows, encoding="utf-8")
    return path


def test_the_child_writes_the_rows_and_gives_back_the_rest(
    reader: SheetReader, tmp_path: Path
) -> None:
    path, target = good(tmp_path), tmp_path / "rows.parquet"
    whole = reader.parse(path, path.name, LIMITS)
    facts = reader.parse_to(path, path.name, LIMITS, target)
    assert (facts.rows, facts.frame.height, facts.frame.schema) == (1, 0, whole.frame.schema)
    assert replace(facts, frame=whole.frame) == whole
    assert pl.read_parquet(target).equals(whole.frame)
    path.write_text(GOOD.splitlines()[0], encoding="utf-8")
    assert reader.parse_to(path, path.name, LIMITS, target).rows == 0
    assert pl.read_parquet(target).schema == whole.frame.schema
    assert reader.parse_to(slow(tmp_path), "x", LIMITS, target, seconds=0.2).refusal == TOO_SLOW


def peak_megabytes() -> int:
    """Return the most memory that this process has used."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory in Linux's units")
def test_memory_does_not_grow_with_the_file(reader: SheetReader, tmp_path: Path) -> None:
    """The second file is 60 MB longer; its rows would take hundreds."""
    limits = Limits(max_file_mb=500, max_rows=1_000_000)
    peaks = []
    for count in (250_000, 900_000):
        path = tmp_path / "long.csv"
        line = "HS{0},Giàng Thị Mỷ {0},BT05A,07/2024,một ghi chú dài của xã về người này {0}\n"
        with path.open("w", encoding="utf-8") as file:
            file.write("Mã hồ sơ,Họ tên,Mã loại,Hưởng từ tháng,Ghi chú\n")
            file.writelines(line.format(n) for n in range(count))
            file.write(f"Tổng cộng,{count}\n")
        found = reader.parse_to(path, path.name, limits, tmp_path / "rows.parquet")
        assert (found.rows, found.refusal, found.discrepancy) == (count, None, "")
        peaks.append(reader.run(60, peak_megabytes))
    assert peaks[1] - peaks[0] < 100


def test_files_come_in_order_from_one_child(tmp_path: Path) -> None:
    paths = [good(tmp_path, f"{n}.csv") for n in range(5)]
    (tmp_path / "2.csv").write_bytes(b"\0")
    try:
        found = [parse_in_child(path, path.name, LIMITS) for path in paths]
    finally:
        close_reader()
    assert [parsed.refusal is None for parsed in found] == [True, True, False, True, True]


KILLED_PARENT = """
import sys
from pathlib import Path
from tasks.office import Limits
from tasks.sheet_pool import SheetReader

if __name__ == "__main__":
    reader = SheetReader()
    reader.parse(Path(sys.argv[1]), "a.csv", Limits())
    print(*reader._started()._processes, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(KILLED_PARENT, encoding="utf-8")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "a.csv")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
        # The pipe closes only when the child, which inherited it, has ended too.
        assert parent.stdout.read() == ""
