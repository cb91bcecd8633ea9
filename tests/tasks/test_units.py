"""Words for communes and providers, before and after 1 July 2025."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.period import month_number
from tasks import warehouse
from tasks.office import init_office, load_office
from tasks.units import CommuneWords, commune_words, stage_unit_words
from tests.house import new_house, tang

BEFORE, AFTER = month_number("2025-06"), month_number("2025-07")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[warehouse.Connection]:
    home = tmp_path_factory.mktemp("office")
    init_office(home)
    with warehouse.opened(load_office(home, date(2025, 6, 3))) as found:
        yield found


@pytest.fixture(scope="module")
def before(connection: warehouse.Connection) -> CommuneWords:
    return commune_words(connection, BEFORE)


@pytest.fixture(scope="module")
def after(connection: warehouse.Connection) -> CommuneWords:
    return commune_words(connection, AFTER)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("03250", "03250"),
        ("3250", "03250"),  # a number cell
        ("Mường Báng", "03250"),
        ("Xã Mường Báng", "03250"),
        ("xã  mường báng ", "03250"),
        ("MUONG BANG", "03250"),
        ("X. Mường Báng", "03250"),
        ("UBND xã Mường Báng", "03250"),
        ("Ủy ban nhân dân xã Mường Báng", "03250"),
        ("Uỷ ban nhân dân xã Mường Báng", "03250"),
        ("Xã Mường Báng, huyện Tủa Chùa, tỉnh Điện Biên", "03250"),
        ("Xã Mường Báng, Tủa Chùa", "03250"),
        ("Xã Mường Báng huyện Tủa Chùa", "03250"),
        ("03250 - Mường Báng", "03250"),
        ("Mường Báng (03250)", "03250"),
        ("03250_Muong_Bang", "03250"),
        ("xa-muong-bang", "03250"),
        ("Xa_Muong_Bang", "03250"),
        ("XaMuongBang", "03250"),
        ("Mu\u031bo\u031b\u0300ng Ba\u0301ng", "03250"),
        ("03217 - Mường Báng", "03217"),  # the code is the key
        ("Tủa Chùa", "03217"),
        ("TT Tủa Chùa", "03217"),
        ("TT. Tủa Chùa", "03217"),
        ("Thị trấn Tủa Chùa", "03217"),
        ("Xá Nhè", "03244"),  # an alias that begins like the word for commune
        ("Xã Xá Nhè", "03244"),
        ("Xa Nhe", "03244"),
        ("Sáng Nhè", "03244"),
        ("Sín Chải", "03223"),
        ("Xín Chải", "03223"),
        ("Na Tông", "03365"),  # the accents tell two communes of other districts apart
        ("Nà Tòng", "03263"),
        ("NA TONG", None),
        ("03365", "03365"),
        ("Huyện Tủa Chùa", None),
        ("UBND huyện Tủa Chùa", None),
        ("Tủa Chùa - Mường Báng", None),
        ("03250 hoặc 03217", None),
        ("09999", None),
        ("09999 Mường Báng", None),
        ("2025", None),
        ("xã", None),
        ("", None),
    ],
)
def test_communes_before_july_2025(before: CommuneWords, word: str, code: str | None) -> None:
    assert before.code_of(word) == code


@pytest.mark.parametrize(
    ("word", "code_before", "code_after"),
    [
        ("03217", "03217", "03217"),  # the town of Tủa Chùa, then the commune of that name
        ("Thị trấn Tủa Chùa", "03217", "03217"),
        ("03220", "03220", "03220"),  # Huổi Só, then Tủa Thàng
        ("Huổi Só", "03220", "03220"),
        ("Tủa Thàng", "03235", "03220"),
        ("03235", "03235", "03220"),
        ("Sín Chải", "03223", "03226"),
        ("03226", "03226", "03226"),  # Tả Sìn Thàng, then Sín Chải
        ("Tả Sìn Thàng", "03226", "03226"),
        ("Mường Báng", "03250", "03217"),
        ("Sính Phình", "03241", "03241"),
    ],
)
def test_codes_and_names_change_hands_and_gone_ones_mean_their_successor(
    before: CommuneWords,
    after: CommuneWords,
    word: str,
    code_before: str | None,
    code_after: str | None,
) -> None:
    assert before.code_of(word) == code_before
    assert after.code_of(word) == code_after


def test_own_communes_come_before_those_of_others() -> None:
    words = CommuneWords(
        {code: code for code in ("00001", "00002", "00003")},
        (
            {"nàtòng": {"00001"}},
            {"natông": {"00002"}, "nàtòng": {"00003"}},
            {"NATONG": {"00001"}},
            {"NATONG": {"00002", "00003"}},
        ),
        ({}, {}, {}, {}),
    )
    assert words.code_of("Nà Tòng") == "00001"
    assert words.code_of("Na Tông") == "00002"
    assert words.code_of("na tong") == "00001"


def test_words_are_staged_with_communes_and_providers(connection: warehouse.Connection) -> None:
    stage_unit_words(connection, ["Xã Trung Thu", "Agribank", "LPBank", "ai đó"], [BEFORE])
    found = warehouse.rows(
        connection, "SELECT word, commune_code, provider FROM unit_word ORDER BY word"
    )
    assert found == [
        ("Agribank", None, "AGRIBANK"),
        ("LPBank", None, "LPBANK"),
        ("Xã Trung Thu", "03238", None),
        ("ai đó", None, None),
    ]


def test_files_of_june_and_july_2025_are_known_by_the_codes_of_their_month(tmp_path: Path) -> None:
    house = new_house(tmp_path, "2025-06")
    for number, folder in enumerate(("03220", "03235", "Tủa Thàng"), 1):
        house.send("TANG", [tang(f"H{number}", "BT06D", "06/2025")], folder)
    house.ingest()
    house.pay("2025-06")
    house.day = date(2025, 7, 1)
    for number, folder in enumerate(("03220", "03235", "xa-tua-thang", "Huổi Só"), 4):
        house.send("TANG", [tang(f"H{number}", "BT06D", "07/2025")], folder)
    house.ingest()
    sent = [(row["dossier_no"], row["commune_code"]) for row in house.table("change")]
    assert sorted(sent) == [
        ("H1", "03220"),  # Huổi Só
        ("H2", "03235"),  # Tủa Thàng
        ("H3", "03235"),
        ("H4", "03220"),  # Tủa Thàng from July on
        ("H5", "03220"),  # no commune any more: of the one that took it over
        ("H6", "03220"),
        ("H7", "03220"),
    ]
    assert house.table("change", "NOT is_taken") == []


@given(word=st.text(max_size=30))
def test_any_word_is_a_commune_or_none(before: CommuneWords, word: str) -> None:
    found = before.code_of(word)
    assert found is None or found in before.codes
