"""Messages of banks: what is read of them, what they may cost, and what no message is."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from tasks.bank_messages import bank_message
from tasks.office import Limits
from tasks.sheet_pool import SheetReader
from tasks.sheets import Parsed, parse
from tests.corpus.bank_files import DEBIT, camt, detail, entry, mt940, pain002, payment_id, report
from tests.tasks.test_sheet_pool import peak_megabytes

COLUMNS = ("row_no", "payment_id", "amount", "status")


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Parsed:
    path = folder / "a"
    path.write_bytes(data)
    return parse(path, path.name, limits or Limits())


def rows(parsed: Parsed) -> list[tuple[object, ...]]:
    assert parsed.refusal is None
    return parsed.frame.select(COLUMNS).rows()


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.001.10", "pain.002.002.99"])
@pytest.mark.parametrize("prefix", ["", "n"])
def test_any_version_and_prefix(tmp_path: Path, version: str, prefix: str) -> None:
    parsed = read(tmp_path, pain002("M", report("ACSC"), version=version, prefix=prefix))
    assert (parsed.kind, parsed.stated_unit, parsed.rows) == ("ket_qua", "AGRIBANK", 1)
    assert rows(parsed) == [(1, payment_id(), "540000.00", "ACSC")]


def test_a_message_in_an_envelope_and_in_another_encoding(tmp_path: Path) -> None:
    text = pain002("M", report("ACSC")).decode().replace("<Document", "<Envelope><Document")
    text = text.replace("</Document>", "</Document></Envelope>").replace("UTF-8", "UTF-16")
    assert rows(read(tmp_path, text.encode("utf-16"))) == [(1, payment_id(), "540000.00", "ACSC")]


def test_comments_and_blanks_are_not_text(tmp_path: Path) -> None:
    data = pain002("M", report("ACSC"))
    data = data.replace(b"<TxSts>ACSC", b"<!-- --><TxSts>\n AC<!-- x -->SC ")
    assert rows(read(tmp_path, data)) == [(1, payment_id(), "540000.00", "ACSC")]


def test_one_detail_has_the_money_of_its_entry_and_two_have_not(tmp_path: Path) -> None:
    data = camt("M", entry("540000", "DBIT", detail()), entry("900", "DBIT", detail(2), detail(3)))
    assert rows(read(tmp_path, data)) == [
        (1, payment_id(1), "540000", "DBIT BOOK"),
        (2, payment_id(2), None, "DBIT BOOK"),
        (3, payment_id(3), None, "DBIT BOOK"),
    ]


def test_several_statements_add_up_each_for_itself(tmp_path: Path) -> None:
    good = mt940("A", (DEBIT, payment_id()))
    bad = mt940("B", (DEBIT, payment_id(2)), closing="C240606VND1,")
    parsed = read(tmp_path, good + bad + good)
    assert [row[0] for row in rows(parsed)] == [1, 2, 3]
    assert parsed.discrepancy == (
        "Sao kê 2: số dư đầu cộng phát sinh là 9.460.000, tệp ghi số dư cuối 1."
    )


def test_a_bank_that_is_named_twice_differently_is_nobody(tmp_path: Path) -> None:
    data = mt940("A", (DEBIT, payment_id())).replace(b":25:970405/", b":25:970449/")
    assert read(tmp_path, data).stated_unit is None


def test_what_is_no_message_is_left_to_others(tmp_path: Path) -> None:
    for data in (b"", b"<html><body>x", b"<!DOCTYPE html><html>", b"a,b\n<?xml,1\n", b":20:x\n"):
        path = tmp_path / "a"
        path.write_bytes(data)
        assert bank_message(path) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<?xml version="1.0"?>', "hỏng"),
        (b'<?xml version="1.0"?><Document>&x;</Document>', "hỏng"),
        (b"<Document>" + b"<a>" * 100 + b"</a>" * 100 + b"</Document>", "không phải"),
        (b"<Document><Other/></Document>", "không phải"),
        (pain002("M", report("ACSC")).replace(b"<TxSts>", b"<TxSts>" + b"<a>" * 80), "hỏng"),
        (b'<!DOCTYPE Document SYSTEM "http://localhost/x.dtd"><Document/>', "DOCTYPE"),
    ],
)
def test_broken_messages_go_back(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in (read(tmp_path, data).refusal or "")


def test_limits_hold_for_messages_too(tmp_path: Path) -> None:
    three = [report("ACSC", n) for n in range(3)]
    assert "2 dòng" in (read(tmp_path, pain002("M", *three), Limits(max_rows=2)).refusal or "")
    assert "lớn hơn" in (read(tmp_path, pain002("M", *three), Limits(max_file_mb=0)).refusal or "")
    entries = [(DEBIT, payment_id(n)) for n in range(3)]
    assert "2 dòng" in (read(tmp_path, mt940("M", *entries), Limits(max_rows=2)).refusal or "")


def test_nobodys_line_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The library for MT940 logs what it cannot read."""
    with caplog.at_level(logging.DEBUG):
        parsed = read(tmp_path, mt940("M", ("GIANG THI MY 8811205000123", "GIANG THI MY")))
    assert parsed.rows == 1
    assert "GIANG" not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory in Linux's units")
def test_memory_does_not_grow_with_a_message(tmp_path: Path) -> None:
    """The later files are four times as long; the tree of 8 MB of XML would take a hundred."""
    reader, limits = SheetReader(), Limits()
    try:
        for write in (long_pain002, long_mt940):
            peaks = []
            for count in (4_000, 16_000):
                path = tmp_path / "long"
                path.write_bytes(write(count))
                found = reader.parse_to(path, path.name, limits, tmp_path / "rows.parquet")
                assert (found.rows, found.refusal, found.discrepancy) == (count, None, "")
                peaks.append(reader.run(60, peak_megabytes))
            assert peaks[1] - peaks[0] < 40
    finally:
        reader.close()


def long_pain002(count: int) -> bytes:
    return pain002("M", *(report("ACSC", n) for n in range(count)))


def long_mt940(count: int) -> bytes:
    entries = (
        (DEBIT, f"{payment_id(n)} TRO CAP XA HOI THANG 6 CHO DOI TUONG") for n in range(count)
    )
    return mt940("M", *entries, opening="C240605VND99999999999,", closing=ends_with(count))


def ends_with(count: int) -> str:
    return f"C240606VND{99_999_999_999 - 540_000 * count},"
