"""What communes write for a bank, and which it is."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import warehouse
from tasks.bank_names import BankNames
from tasks.normalise import ReferenceWords
from tasks.office import SHIPPED_REFERENCE, init_office, load_office

NAMES = ReferenceWords.load(SHIPPED_REFERENCE).banks


def rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED_REFERENCE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


BANKS, ALIASES = rows("bank_bins.csv"), rows("bank_aliases.csv")


@pytest.mark.parametrize(
    ("text", "bin"),
    [
        ("970405", "970405"),
        ("Agribank", "970405"),
        ("VBA", "970405"),
        ("NGÂN HÀNG AGRIBANK", "970405"),
        ("Ngân hàng Nông nghiệp và Phát triển nông thôn", "970405"),
        ("Ngân hàng Nông nghiệp", "970405"),
        ("NN&PTNT", "970405"),
        ("NHNo & PTNT Việt Nam", "970405"),
        ("Ngân hàng NN và PTNT huyện Tủa Chùa", "970405"),
        ("Agribank Tủa Chùa", "970405"),
        ("Agribank Tủa Chùa, tỉnh Điện Biên", "970405"),
        ("Agribank - CN huyện Tủa Chùa", "970405"),
        ("Agribank chi nhánh Bản Phủ", "970405"),
        ("Agribank PGD Mường Báng", "970405"),
        ("970405 - Agribank", "970405"),
        ("Ngân hàng Nông nghiệp và PTNT (Agribank)", "970405"),
        ("LPBank", "970449"),
        ("LPB", "970449"),
        ("Lộc Phát", "970449"),
        ("Ngân hàng Bưu điện Liên Việt", "970449"),
        ("LienVietPostBank Điện Biên", "970449"),
        ("BIDV Điện Biên", "970418"),
        ("Ngân hàng TMCP Đầu tư và Phát triển VN", "970418"),
        ("Công thương", "970415"),
        ("Vietin bank", "970415"),
        ("Ngoại thương Việt Nam", "970436"),
        ("VCB", "970436"),
        ("Vietcombank", "970436"),
        ("NHCSXH huyện Tủa Chùa", "999888"),
        ("Viettel Money", "971005"),
        ("ViettelPay", "971005"),
        ("MB", "970422"),
        ("Ngân hàng Quân đội", "970422"),
        ("SHB", "970443"),
        ("SHBVN", "970424"),
        ("Sài Gòn - Hà Nội", "970443"),
        ("Việt - Nga", None),
        ("Ngân hàng Liên doanh Việt - Nga", "970421"),
        ("KEB Hana - CN Hà Nội", "970467"),
        ("KEB Hana - CN Hải Phòng", None),
        ("BVB", None),  # Bảo Việt in one list, Bản Việt in another
        ("Agribank/BIDV", None),
        ("970405 - BIDV", None),
        ("Agribank hoặc BIDV", None),
        ("Ngân hàng xã", None),
        ("Ngân hàng Nhà nước", None),
        ("Ngân hàng", None),
        ("Tủa Chùa", None),
        ("CN huyện Tủa Chùa", None),
        ("Bưu điện", None),
        ("Mã 12 - MB", None),
        ("970499", None),
        pytest.param("MB " + "Huế " * 2000, "970422", id="many places"),
        ("", None),
    ],
)
def test_banks_are_known_as_senders_write_them(text: str, bin: str | None) -> None:
    assert NAMES.bin_of(text) == bin


@pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank["bin"])
def test_every_bank_is_known_by_its_bin_and_full_name(bank: dict[str, str]) -> None:
    assert NAMES.bin_of(bank["bin"]) == bank["bin"]
    assert NAMES.bin_of(bank["legal_name"]) == bank["bin"]
    assert NAMES.bin_of(f"{bank['bin']} - {bank['short_name']}") == bank["bin"]


@pytest.mark.parametrize("row", ALIASES, ids=lambda row: row["alias"])
def test_every_alias_means_its_bank_and_no_other(row: dict[str, str]) -> None:
    assert row["bin"] in {bank["bin"] for bank in BANKS}
    assert NAMES.bin_of(row["alias"]) == (None if row["alias"] == "BVB" else row["bin"])


def test_an_alias_of_a_bank_that_is_not_listed_means_none() -> None:
    names = BankNames.of(BANKS, [{"alias": "Kho bạc", "bin": "970999"}], [])
    assert names.bin_of("Kho bạc") is None


def test_a_home_without_aliases_still_knows_its_banks(tmp_path: Path) -> None:
    init_office(tmp_path)
    office = load_office(tmp_path, date(2024, 6, 3))
    (office.reference / "bank_aliases.csv").unlink()
    names = ReferenceWords.load(office.reference).banks
    assert names.bin_of("Agribank Tủa Chùa") == "970405"
    assert names.bin_of("NN&PTNT") is None
    with warehouse.opened(office) as connection:
        assert warehouse.value(connection, "SELECT count(*) FROM bank_alias") == 0
        assert warehouse.value(connection, "SELECT count(*) FROM bank") == len(BANKS)


@given(text=st.text(max_size=30))
def test_any_text_is_a_bank_or_none(text: str) -> None:
    found = NAMES.bin_of(text)
    assert found is None or NAMES.bin_of(found) == found
