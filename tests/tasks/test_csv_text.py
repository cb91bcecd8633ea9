"""CSV files of any encoding, cut into pieces anywhere, give the same rows."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks import csv_text
from tasks.csv_text import DAMAGED, UNKNOWN_ENCODING, UNREADABLE, csv_cells, encoding_of
from tasks.office import Limits
from tests.written import read, shown, text_file

LIMITS = Limits()
HEADER = "Mã hồ sơ,Họ và tên,Mã loại,Thôi hưởng từ tháng\n"
ROWS = "".join(f"HS{n},Giàng Thị Mỷ {n},BT05A,07/2024\n" for n in range(30))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"]
)
def test_encodings_are_known_by_the_bytes(tmp_path: Path, encoding: str) -> None:
    # Windows-1258 has most toned letters in two parts.
    text = "".join(_in_1258(letter) if encoding == "cp1258" else letter for letter in HEADER + ROWS)
    parsed = read(text_file(tmp_path, text, encoding))
    rows = shown(parsed, "row_no", "full_name")
    assert [(row, unicodedata.normalize("NFC", str(name))) for row, name in rows] == [
        (n + 2, f"Giàng Thị Mỷ {n}") for n in range(30)
    ]
    assert ("Windows-1258" in parsed.remark) is (encoding == "cp1258")


TONES = "\u0300\u0301\u0303\u0309\u0323"


def _in_1258(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(part for part in parts if part in TONES)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)) + tone


def test_a_csv_in_tcvn3_is_read_and_marked(tmp_path: Path) -> None:
    text = "M· hå s¬;Hä vµ tªn;M· lo¹i;Th«i h\u00adëng tõ th¸ng\nHS1;Giµng ThÞ Mû;BT05A;07/2024\n"
    parsed = read(text_file(tmp_path, text, "latin-1"))
    assert shown(parsed, "full_name", "legacy_cells") == [("Giµng ThÞ Mû", ",full_name,")]
    assert "TCVN3" in parsed.remark


def test_a_wrong_byte_deep_in_utf_8_refuses_the_file(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEADER + ROWS * 5_000)
    data = bytearray(path.read_bytes())
    data[-5_000] = 0xFF
    path.write_bytes(data)
    assert read(path).refusal == DAMAGED
    path.write_bytes(bytes(data[:-5_000]) + "ỷ".encode()[:2])
    assert read(path).refusal == DAMAGED
    path.write_bytes(b"\xef\xbb\xbf" + bytes(data))
    assert read(path).refusal == DAMAGED


def test_utf_16_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEADER + ROWS, "utf-16")
    path.write_bytes(path.read_bytes()[:-1])
    assert read(path).refusal == UNKNOWN_ENCODING


def test_a_byte_0_deep_in_a_file_is_refused(tmp_path: Path) -> None:
    assert read(text_file(tmp_path, HEADER + ROWS * 5_000 + "a\0b\n")).refusal == UNREADABLE


def test_bytes_that_no_encoding_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,\x8f\x90\n" * 3)
    assert encoding_of(path) == "cp1258"
    assert read(path).refusal == UNKNOWN_ENCODING


CELL = st.text(st.sampled_from('ab,;"\n\r ệ7'), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=20),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    chars=st.integers(1, 40),
)
def test_pieces_of_any_size_give_the_same_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows, line_end: str, chars: int
) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    mixed = [
        [cell if any(mark in cell for mark in ',;"\n\r') else cell[1:-1] for cell in row]
        for row in quoted
    ]
    text = "x,y,z,w" + line_end + line_end.join(",".join(row) for row in mixed) + line_end
    path = text_file(tmp_path, text)
    whole = csv_cells(path, LIMITS)
    longest = max(len(line) for line in text.splitlines(keepends=True)) + 2
    monkeypatch.setattr(csv_text, "PIECE_CHARS", max(chars, longest))
    monkeypatch.setattr(csv_text, "SLOW_ROWS", 3)
    cut = csv_cells(path, LIMITS)
    monkeypatch.undo()
    assert cut.rows() == whole.rows()


def test_row_numbers_go_on_over_blank_lines_at_the_end_of_a_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADER + "HS1,A,BT05A,07/2024\n\n\n\n" + ",,,\n" + "HS2,B,BT05A,07/2024\n\n" * 3
    expected = [(2,), (7,), (9,), (11,)]
    path = text_file(tmp_path, text)
    assert shown(read(path), "row_no") == expected
    for chars in range(50, 120):
        monkeypatch.setattr(csv_text, "PIECE_CHARS", chars)
        assert shown(read(path), "row_no") == expected


def test_a_line_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "PIECE_CHARS", 1_000)
    assert read(text_file(tmp_path, HEADER + ROWS + "x," * 2_000)).refusal == UNREADABLE


def test_a_quote_that_never_closes_is_refused_and_nothing_is_left_out(tmp_path: Path) -> None:
    text = HEADER + ROWS + 'HS99,"A,BT05A,07/2024\n' + ROWS * 2_000
    assert read(text_file(tmp_path, text)).refusal == UNREADABLE
