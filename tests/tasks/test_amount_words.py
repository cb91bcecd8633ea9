"""Amounts in words: as people write them, and read back to the same number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.amount_words import amount_in_words, number_in_words

ONES = {
    **{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5},
    **{"sáu": 6, "bảy": 7, "tám": 8, "chín": 9},
}


def read_back(text: str) -> int:
    """Return the number that words say, read as a person does, from left to right."""
    billions = below = group = digit = 0
    for word in text.split():
        if word in ONES:
            digit = ONES[word]
        elif word in ("trăm", "mươi", "mười"):
            group += {"trăm": 100 * digit, "mươi": 10 * digit, "mười": 10}[word]
            digit = 0
        elif word in ("nghìn", "triệu"):
            below += (group + digit) * {"nghìn": 10**3, "triệu": 10**6}[word]
            group = digit = 0
        elif word == "tỷ":
            billions = (billions + below + group + digit) * 10**9
            below = group = digit = 0
        else:
            assert word == "linh", word
    return billions + below + group + digit


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (54, "Năm mươi tư đồng"),
        (104, "Một trăm linh bốn đồng"),
        (360_000, "Ba trăm sáu mươi nghìn đồng"),
        (1_080_000, "Một triệu không trăm tám mươi nghìn đồng"),
        (2_055_000, "Hai triệu không trăm năm mươi lăm nghìn đồng"),
        (1_000_000_005, "Một tỷ không trăm linh năm đồng"),
        (1_234_000_000_000, "Một nghìn hai trăm ba mươi tư tỷ đồng"),
    ],
)
def test_as_an_officer_writes_it(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_every_amount_reads_back(amount: int) -> None:
    assert read_back(number_in_words(amount)) == amount


def test_a_debt_has_no_words() -> None:
    with pytest.raises(ValueError, match="âm"):
        amount_in_words(-1)
