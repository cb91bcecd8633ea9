"""One value as people write it, and what it is read as."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codes
from tasks import values

PREFIXES = frozenset(("032", "039", "070", "091", "098"))
OLD_PREFIXES = {"0162": "032", "0169": "039", "0120": "070"}


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("  Vừ   A\u00a0Hùng\n", "Vừ A Hùng"),
        ("Vừ A Hùng", "Vừ A Hùng"),  # NFD
        ("Sính\u200b Phình\ufeff", "Sính Phình"),
        ("'011203000123", "011203000123"),
        ("' ", None),
        (" \u00a0\u200b ", None),
    ],
)
def test_text(given_text: str, cleaned: str | None) -> None:
    assert values.clean_text(given_text) == cleaned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vừ A Hùng", "VỪ A HÙNG"),
        ("Đặng Thị Hoà", "đặng  thị hòa"),
        ("Ðinh Thị Thuý", "Đinh Thị Thúy"),
        ("Lƣờng Văn Ƣớc", "Lường Văn Ước"),
        ("Khoẻ", "khỏe"),
    ],
)
def test_fold_forgets_case_accents_and_tone_position(one: str, other: str) -> None:
    assert values.fold(one) == values.fold(other)
    assert values.fold(one).isascii()


@pytest.mark.parametrize("name", ["=1+1", "+84", "-A", "@x", "\tVừ", "'=cmd()", " =A1"])
def test_names_that_a_sheet_would_run_cannot_be_read(name: str) -> None:
    assert values.clean_name(name) is None


def test_names_lose_look_alike_letters() -> None:
    assert values.clean_name("Ðinh Thị Lƣờng") == "Đinh Thị Lường"


@pytest.mark.parametrize(
    ("text", "is_number", "read"),
    [
        ("05/07/1950", False, "1950-07-05"),
        ("5-7-1950", False, "1950-07-05"),
        ("5.7.1950", False, "1950-07-05"),
        ("1950-07-05", False, "1950-07-05"),
        ("1950-07-05 00:00:00", False, "1950-07-05"),
        ("1950-07-05T10:30", False, "1950-07-05"),
        ("7/1950", False, "1950-07"),
        ("1950-07", False, "1950-07"),
        ("1950", False, "1950"),
        ("1950", True, "1950"),
        ("45474", True, "2024-07-01"),
        ("45474", False, None),
        ("19999", True, None),
        ("31/02/2024", False, None),
        ("29/02/2024", False, "2024-02-29"),
        ("13/2024", False, None),
        ("0/2024", False, None),
        ("01/07/24", False, None),
        ("01/01/1849", False, None),
        ("2101", False, None),
        ("chưa rõ", False, None),
    ],
)
def test_dates_keep_their_precision(text: str, is_number: bool, read: str | None) -> None:
    assert values.read_date(text, is_number=is_number) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("07/2024", 24294),
        ("7-2024", 24294),
        ("2024-07", 24294),
        ("15/07/2024", 24294),
        ("2024", None),
        ("07/24", None),
    ],
)
def test_months(text: str, read: int | None) -> None:
    assert values.read_month(text) == read


@pytest.mark.parametrize(
    ("text", "is_number", "read"),
    [
        ("1.080.000", False, 1_080_000),
        ("1,080,000", False, 1_080_000),
        ("1 080 000", False, 1_080_000),
        ("1080000", False, 1_080_000),
        ("1080000", True, 1_080_000),
        ("1080000.0", False, 1_080_000),
        ("1.080.000,00", False, 1_080_000),
        ("720.000 đ", False, 720_000),
        ("720.000đồng", False, 720_000),
        ("720.000 VNĐ", False, 720_000),
        ("0", False, 0),
        ("540000.0000000001", False, None),
        ("540000.5", True, None),
        ("1.125", True, None),
        ("1.080,000", False, None),
        ("10.80.000", False, None),
        ("-540000", False, None),
        ("1e6", False, None),
        ("đ", False, None),
        ("năm trăm nghìn", False, None),
        ("9" * 16, False, None),
    ],
)
def test_amounts_are_whole_vnd(text: str, is_number: bool, read: int | None) -> None:
    assert values.read_amount(text, is_number=is_number) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("2", "2.0"),
        ("2,50", "2.5"),
        ("0.0001", "0.0001"),
        ("1.50000", "1.5"),
        ("1.00001", None),
        ("-1.5", None),
        ("123456", None),
        ("một", None),
    ],
)
def test_coefficients_are_exact(text: str, read: str | None) -> None:
    found = values.read_coefficient(text)
    assert found == read
    assert found is None or Decimal(found) == Decimal(text.replace(",", "."))


@pytest.mark.parametrize(
    ("text", "read"), [("1", 1), ("2.0", 2), ("0", None), ("1.5", None), ("-1", None), ("a", None)]
)
def test_units_are_whole_and_at_least_one(text: str, read: int | None) -> None:
    assert values.read_count(text) == read


@pytest.mark.parametrize(
    ("text", "words", "read"),
    [
        ("Chết", codes.CHANGE_REASONS, "CHET"),
        ("hiện  hưởng", codes.CHANGE_REASONS, "HIEN_HUONG"),
        ("Thành công", codes.RESULT_STATUSES, "THANH_CONG"),
        ("UỶ QUYỀN", codes.METHODS, "UY_QUYEN"),
        ("nữ", codes.GENDERS, "Nữ"),
        ("NU", codes.GENDERS, "Nữ"),
        ("nam", codes.GENDERS, "Nam"),
        ("khác", codes.GENDERS, None),
        ("_", codes.GENDERS, None),
    ],
)
def test_words_of_closed_lists(text: str, words: tuple[str, ...], read: str | None) -> None:
    assert values.read_word(text, words) == read


@pytest.mark.parametrize(
    ("text", "read", "is_mended"),
    [
        ("0912345678", "0912345678", False),
        ("0912 345.678", "0912345678", False),
        ("+84 912 345 678", "0912345678", True),
        ("84912345678", "0912345678", True),
        ("+84 (0)912345678", "0912345678", True),
        ("912345678", "0912345678", True),
        ("01691234567", "0391234567", True),
        ("1691234567", "0391234567", True),
        ("02153812345", "02153812345", False),
        ("0912345678/0987654321", "0912345678/0987654321", False),
        ("không có", "không có", False),
    ],
)
def test_phones(text: str, read: str, is_mended: bool) -> None:
    assert values.read_phone(text, PREFIXES, OLD_PREFIXES) == (read, is_mended)


def test_a_citizen_id_tells_year_gender_and_province() -> None:
    assert values.citizen_id_facts("011150000123") == (1950, "Nữ", "011")
    assert values.citizen_id_facts("011215000123") == (2015, "Nam", "011")
    assert values.citizen_id_facts("11150000123") is None


READERS = (
    values.clean_text,
    values.fold,
    values.clean_name,
    values.clean_number_text,
    values.clean_key,
    values.clean_code,
    values.read_date,
    values.read_coefficient,
    values.word_key,
    values.read_gender,
    lambda text: values.read_phone(text, PREFIXES, OLD_PREFIXES)[0],
)


@pytest.mark.parametrize("read", READERS)
@given(text=st.one_of(st.text(max_size=30), st.from_regex(r"[0-9./, -]{1,14}", fullmatch=True)))
def test_reading_what_was_read_changes_nothing(read, text: str) -> None:
    once = read(text)
    assert once is None or read(once) == once


@given(text=st.text(max_size=20), is_number=st.booleans())
def test_reading_never_raises(text: str, is_number: bool) -> None:
    values.read_month(text, is_number=is_number)
    amount = values.read_amount(text, is_number=is_number)
    assert amount is None or amount >= 0
    values.read_count(text)
    values.citizen_id_facts(text)


@given(number=st.integers(0, 10**14))
def test_amounts_are_read_as_they_are_printed(number: int) -> None:
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", "."), f"{number} đ"):
        assert values.read_amount(text) == number
