"""Files are seen whole or not at all."""

from pathlib import Path

import pytest

from tasks.visible import write_bytes, write_with


def test_bytes_are_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "tệp.txt"
    write_bytes(target, b"one")
    write_bytes(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["tệp.txt"]


def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_bytes(target, b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space"):
        write_with(target, fail)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_run_left_is_no_obstacle(tmp_path: Path) -> None:
    left = tmp_path / ".a.txt.tmp"
    left.write_bytes(b"half")
    left.chmod(0o444)
    write_bytes(tmp_path / "a.txt", b"whole")
    assert not left.exists()
