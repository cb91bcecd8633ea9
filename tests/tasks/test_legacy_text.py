"""Texts of before Unicode: what is one, what is none, and what they say."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.legacy_text import decode_tcvn3, is_syllable, is_tcvn3, is_vni
from tasks.office import SHIPPED_REFERENCE
from tasks.sample_names import POOLS, VILLAGE_FIRST, VILLAGE_LAST

CODES = json.loads((SHIPPED_REFERENCE / "tcvn3.json").read_text(encoding="utf-8"))
TCVN3_OF = {letter: code for code, letter in CODES.items()}
TONES = "\u0300\u0301\u0303\u0309\u0323"
VNI_OF = {
    **dict(zip("\u0301\u0300\u0309\u0303\u0323", "ùøûõï", strict=True)),
    "\u0302": "â",
    "\u0306": "ê",
}
VNI_PAIRS = {"âù": "á", "âø": "à", "âû": "å", "âõ": "ã", "âï": "ä"} | {
    "êù": "é",
    "êø": "è",
    "êû": "ú",
    "êõ": "ü",
    "êï": "ë",
}
VNI_SINGLE = {"đ": "ñ", "Đ": "Ñ", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "í": "í", "ì": "ì"}
ALPHABET = [
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", *TONES)
] + ["đ", "Đ", "b", "Z"]
NAME_PARTS = sorted(
    {
        part
        for pool in POOLS
        for parts in (
            *(pool.surnames, pool.male_middle, pool.female_middle),
            *(pool.male_given, pool.female_given),
        )
        for part in parts
    }
    | set(VILLAGE_FIRST + VILLAGE_LAST)
)
NAMES = st.lists(st.sampled_from(NAME_PARTS), min_size=2, max_size=4).map(" ".join)
COLUMNS = st.lists(NAMES, max_size=30)


def tcvn3(text: str) -> str:
    """Return text as TCVN3 keyboards wrote it; capitals without a code bear a mark behind."""
    return "".join(_tcvn3_letter(letter) for letter in text)


def _tcvn3_letter(letter: str) -> str:
    if letter in TCVN3_OF or letter.isascii():
        return TCVN3_OF.get(letter, letter)
    split = unicodedata.normalize("NFD", letter)
    tone = next(mark for mark in split if mark in TONES)
    bare = unicodedata.normalize("NFC", split.replace(tone, ""))
    return TCVN3_OF.get(bare, bare) + TCVN3_OF[tone]


def vni(text: str) -> str:
    """Return text as VNI keyboards wrote it."""
    return "".join(_vni_letter(letter) for letter in text)


def _vni_letter(letter: str) -> str:
    if letter in VNI_SINGLE:
        return VNI_SINGLE[letter]
    base, *marks = unicodedata.normalize("NFD", letter)
    if "\u031b" in marks:
        marks.remove("\u031b")
        base = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}[base]
    shown = "".join(VNI_OF[mark] for mark in sorted(marks, key=lambda mark: mark in TONES))
    return base + VNI_PAIRS.get(shown, shown)


TCVN3_COLUMNS = [
    (["NguyÔn V¨n Nam"], ["Nguyễn Văn Nam"]),
    (["Lß ThÞ H\u00ad¬ng", "Giµng A P¸o"], ["Lò Thị Hương", "Giàng A Páo"]),
    (["N÷", "Nam", "N÷", "N÷"], ["Nữ", "Nam", "Nữ", "Nữ"]),
    (["NGUYÔN V¡N §øC"], ["NGUYễN VĂN ĐứC"]),  # a font of capitals
    (["X· M\u00adêng B¸ng", "Tña Chïa"], ["Xã Mường Báng", "Tủa Chùa"]),
    (["Hä vµ tªn"], ["Họ và tên"]),
    (["M«ng", "Th¸i", "Kinh", None or ""], ["Mông", "Thái", "Kinh", ""]),
]
VNI_COLUMNS = [
    ["Nguyeãn Vaên Nam"],
    ["NGUYEÃN VAÊN NAM"],
    ["Hoï vaø teân"],
    ["Laàu A Chính", "Giaøng Thò Myû"],
    ["Xaõ Möôøng Baùng"],
    ["Nöõ", "Nam", "Nöõ", "Nöõ"],
]
NEITHER = [
    [],
    [""],
    ["Nguyễn Văn Nam", "Lò Thị Hà"],
    ["Lò Văn Ái", "Hoà", "khoái", "Lê Hà"],
    ["Lê Hà", "Vì Và", "Tô Hoài", "Mã Hồ"],
    ["LÊ THÀ", "Á Lù", "Pó Sáo", "CÀ ÍN"],
    ["Nguye\u0302\u0303n Va\u0306n Nam", "Lo\u0300 Thi\u0323 Ha\u0300"],
    ["François Noël", "Zoë Müller", "José García", "Café crème", "naïve façade"],
    ["John Smith", "HS-001", "BT05A", "720.000"],
    ["5°C", "10 m²", "± 3", "§ 5", "© 2024", "x¹"],
    ["«Bản»", "Huổi·Lóng"],
    ["N÷"],  # once is no evidence
    ["Nöõ"],
    ["Nam", "Kinh", "Lan"],
]


@pytest.mark.parametrize(("texts", "read"), TCVN3_COLUMNS)
def test_tcvn3_columns_are_known_and_decoded(texts: list[str], read: list[str]) -> None:
    assert is_tcvn3(texts)
    assert not is_vni(texts)
    assert [decode_tcvn3(text) for text in texts] == read
    assert not is_tcvn3(read)


@pytest.mark.parametrize("texts", VNI_COLUMNS)
def test_vni_columns_are_known(texts: list[str]) -> None:
    assert is_vni(texts)
    assert not is_tcvn3(texts)


@pytest.mark.parametrize("texts", NEITHER)
def test_other_text_is_neither(texts: list[str]) -> None:
    assert not is_tcvn3(texts)
    assert not is_vni(texts)


def test_a_column_of_both_kinds_is_not_decoded() -> None:
    assert not is_tcvn3(["NguyÔn V¨n Nam", "Lß ThÞ H¹nh", "Nguyễn Văn Ba"])
    assert not is_tcvn3(["NguyÔn V¨n Nam", "Lß ThÞ H¹nh", "Tính"])


def test_text_with_unicode_letters_is_not_decoded_again() -> None:
    assert decode_tcvn3("Đà Bắc") == "Đà Bắc"
    assert decode_tcvn3("Lo\u0300 Thi\u0323") == "Lò Thị"


@pytest.mark.parametrize("letter", ALPHABET)
def test_every_letter_comes_back(letter: str) -> None:
    assert decode_tcvn3(tcvn3(letter)) == letter


SYLLABLES = (
    "Hoà Hòa hoạt khoẻ khỏe Thuý Thúy quý Quàng Giàng gì giếng già khuỷu Nguyễn người rượu Huổi "
    "Sình Thào Tẩn Lềnh Pâng Moòng Khuyên Xuân ngoằn Chớ Mỷ Sếnh Ính ỷ yêu Pờ Khoàng Đun "
    "NGUYễN quốc Sửu nghiêng uống ươm Dế"
)
NO_SYLLABLES = "lỔ tớnh hcà Josộ Maù Loùc càt hợà ce tuậ xyz b ng Nguyeãn Vaên teân Müller ééa hàà"


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", NO_SYLLABLES.split())
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("part", NAME_PARTS)
def test_names_of_the_district_are_syllables(part: str) -> None:
    assert is_syllable(part)
    assert decode_tcvn3(tcvn3(part)) == part


@given(column=COLUMNS)
def test_right_columns_are_never_legacy(column: list[str]) -> None:
    for texts in (column, [unicodedata.normalize("NFD", text).upper() for text in column]):
        assert not is_tcvn3(texts)
        assert not is_vni(texts)


LATIN_1 = [part for part in NAME_PARTS if max(part) < "\u0100" and not part.isascii()]


@given(column=st.lists(st.sampled_from([*LATIN_1, *(part.upper() for part in LATIN_1)])))
def test_right_names_of_western_letters_are_never_legacy(column: list[str]) -> None:
    assert not is_tcvn3(column)
    assert not is_vni(column)


@given(column=st.lists(NAMES, min_size=15, max_size=30))
def test_legacy_columns_of_names_are_always_known(column: list[str]) -> None:
    encoded = [tcvn3(text) for text in column]
    marked = {word for text in encoded for word in text.split() if not word.isascii()}
    if len(marked) >= 8:
        assert is_tcvn3(encoded)
        assert is_vni([vni(text) for text in column])
    assert not is_vni(encoded)
    assert not is_tcvn3([vni(text) for text in column])
    assert [decode_tcvn3(text) for text in encoded] == column


@given(texts=st.lists(st.text(max_size=12)))
def test_any_text_is_looked_at_without_harm(texts: list[str]) -> None:
    assert is_tcvn3(texts) in (True, False)
    assert is_vni(texts) in (True, False)
    for text in texts:
        assert unicodedata.is_normalized("NFC", decode_tcvn3(text))
