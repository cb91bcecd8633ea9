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
        ("Vu\u031b\u200b\u0300", "Vừ"),  # composed once nothing stands between
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


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Ðinh Thị Lƣờng", "Đinh Thị Lường"),
        ("Ɖinh ðức", "Đinh đức"),
        ("Gi\u0430ng \u0410 \u0421\u043e", "Giang A Co"),  # Cyrillic
        ("\u0410\u0300 L\u1ed7", "À Lỗ"),
        ("\u0386 L\u03cc", "Á Ló"),  # Greek
        ("Ｖừ Ａ ０１", "Vừ A 01"),
        ("\u0410\u0412\u0421", "\u0410\u0412\u0421"),  # nothing Latin: leave it
        ("Vừ \u0416", "Vừ \u0416"),  # looks like no Latin letter
        ("Vừ A Hùng", "Vừ A Hùng"),
        ("Hoà Hòa", "Hoà Hòa"),
    ],
)
def test_names_lose_look_alike_letters(text: str, mended: str) -> None:
    assert values.clean_name(text) == mended
    assert values.has_look_alikes(text) == (mended != text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("011.050.000.123", "011050000123"),
        ("011 050-000 123", "011050000123"),
        ("'011050000123", "011050000123"),
        ("０１１０５００００１２３", "011050000123"),
        ("11050000123.0", "11050000123"),  # not one digit more
        ("1234567.0", "1234567"),
        ("1.1203E+10", "1.1203E+10"),  # no id and no account any more
        ("1.1203e10", "1.1203e10"),
        ("1,1203E+10", "1,1203E+10"),
        (". -", None),
    ],
)
def test_ids_and_accounts_keep_their_digits(text: str, cleaned: str | None) -> None:
    assert values.clean_number_text(text) == cleaned


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
        ("ngày 05 tháng 7 năm 1950", False, "1950-07-05"),
        ("05 tháng 7, năm 1950", False, "1950-07-05"),
        ("Ngày 5/7/1950", False, "1950-07-05"),
        ("ngay 31 thang 2 nam 2024", False, None),
        ("Tháng 7/2024", False, "2024-07"),
        ("THÁNG 07 NĂM 2024", False, "2024-07"),
        ("T7/2024", False, "2024-07"),
        ("t.7-2024", False, "2024-07"),
        ("7-2024", False, "2024-07"),
        ("07.2024", False, "2024-07"),
        ("7.2024", True, "2024-07"),
        ("Tháng 13/2024", False, None),
        ("Tháng 7/24", False, None),
        ("July 2024", False, None),
        ("năm 1950", False, "1950"),
        ("１９５０", False, "1950"),
        ("45474.5", True, "2024-07-01"),  # with a time of day
        ("45474.5", False, None),
        ("05/07/2024 0:00", False, "2024-07-05"),
        ("00/00/1950", False, None),
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
        ("720.000đ/tháng", False, 720_000),
        ("720.000 / tháng", False, 720_000),
        ("1,080,000.00 VND", False, 1_080_000),
        ("1\u00a0080\u202f000 ₫", False, 1_080_000),
        ("540000.0000000001", False, None),
        ("540000.0000000001", True, 540_000),
        ("539999.9999999999", True, 540_000),
        ("540000.00001", True, None),
        ("540000.000001", True, None),
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
        ("1 ,5", "1.5"),
        ("1, 50", "1.5"),
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
    assert found is None or Decimal(found) == Decimal(text.replace(",", ".").replace(" ", ""))


@pytest.mark.parametrize(
    ("text", "read"),
    [("1.7000000000000002", "1.7"), ("1.4999999999999998", "1.5"), ("1.33333333333333", None)],
)
def test_coefficients_of_formulas_are_what_is_shown(text: str, read: str | None) -> None:
    assert values.read_coefficient(text, is_number=True) == read
    assert values.read_coefficient(text) is None


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
        ("912345678.0", "0912345678", True),
        ("(+84) 912.345.678", "0912345678", True),
        ("0084912345678", "0912345678", True),
        ("００８４９１２３４５６７８", "0912345678", True),
        ("9.12345678E8", "9.12345678E8", False),
        ("01691234567", "0391234567", True),
        ("1691234567", "0391234567", True),
        ("02153812345", "02153812345", False),
        ("0912345678/0987654321", "0912345678/0987654321", False),
        ("không có", "không có", False),
    ],
)
def test_phones(text: str, read: str, is_mended: bool) -> None:
    assert values.read_phone(text, PREFIXES, OLD_PREFIXES) == (read, is_mended)


READERS = (
    values.clean_text,
    values.fold,
    values.clean_name,
    values.clean_number_text,
    values.clean_key,
    values.clean_code,
    values.clean_words,
    values.mend,
    values.read_date,
    values.read_coefficient,
    values.word_key,
    lambda text: values.read_word(text, codes.GENDERS),
    lambda text: values.read_phone(text, PREFIXES, OLD_PREFIXES)[0],
)


ODD = st.text(alphabet="\u0410\u0386ÐƣｏĐđA\u0300\u0301\u031b\u200b\u00ad .-'０1E+0", max_size=12)


@pytest.mark.parametrize("read", READERS)
@given(
    text=st.one_of(st.text(max_size=30), ODD, st.from_regex(r"[0-9./, -]{1,14}", fullmatch=True))
)
def test_reading_what_was_read_changes_nothing(read, text: str) -> None:
    once = read(text)
    assert once is None or read(once) == once


@given(text=st.text(max_size=20), is_number=st.booleans())
def test_reading_never_raises(text: str, is_number: bool) -> None:
    values.read_month(text, is_number=is_number)
    amount = values.read_amount(text, is_number=is_number)
    assert amount is None or amount >= 0
    values.read_count(text)


@given(number=st.integers(0, 10**14))
def test_amounts_are_read_as_they_are_printed(number: int) -> None:
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", "."), f"{number} đ"):
        assert values.read_amount(text) == number
