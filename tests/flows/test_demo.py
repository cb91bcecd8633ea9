"""The demo on Prefect's temporary server, twice, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import REFUSED, main
from tests.flows.conftest import fingerprints

REPOSITORY = Path(__file__).resolve().parents[2]


def start(folder: Path) -> subprocess.Popen[str]:
    words = ["demo", str(folder), "--people", "60", "--months", "1", "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words],
        cwd=REPOSITORY,
        env={**os.environ, "CHITRA_DEBUG": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(280)
def test_two_demos_write_the_same_bytes(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "other"]
    running = [start(home) for home in homes]
    try:
        said = [process.communicate(timeout=240) for process in running]
    finally:
        for process in running:
            process.kill()

    for process, (out, err) in zip(running, said, strict=True):
        assert process.returncode == 0, err
        assert "Traceback" not in err
        assert "Error" not in err
        months = json.loads(out)["months"]
        assert [month["month"] for month in months] == ["2024-06"]
        assert all(month["payments"] > 50 for month in months)
    first, second = map(fingerprints, homes)
    assert first == second
    assert "published/data_docs/2024-06/index.html" in first
    assert main(["verify", "--home", str(homes[0])]) == 0


def test_a_folder_that_is_not_empty_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("…")
    assert main(["demo", str(tmp_path)]) == REFUSED
    assert "không trống" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
