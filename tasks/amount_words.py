"""Amounts as officers write them: `1.800.000`, and `Một triệu tám trăm nghìn đồng`."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 10**9


def amount_in_words(amount: int) -> str:
    """Return an amount of 0 VND or more in words, with a capital and `đồng`."""
    if amount < 0:
        raise ValueError("Số tiền không được âm")
    return f"{number_in_words(amount)} đồng".capitalize()


def number_in_words(number: int) -> str:
    """Return a whole number of 0 or more in words."""
    return " ".join(_words(number, led=False)) or DIGITS[0]


def _words(number: int, led: bool) -> list[str]:
    """Return the words of a number; `led` where bigger units stand before it. None for 0."""
    if number >= BILLION:
        return [*_words(number // BILLION, led), "tỷ", *_words(number % BILLION, led=True)]
    words: list[str] = []
    for unit, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group = number // unit % 1000
        if group:
            words += [*_group(group, led or bool(words)), *([name] if name else [])]
    return words


def _group(group: int, led: bool) -> list[str]:
    """Return the words of 1 to 999; `led` reads the hundreds even where there are none."""
    hundreds, rest = divmod(group, 100)
    words = [DIGITS[hundreds], "trăm"] if hundreds or led else []
    if rest and rest < 10 and words:
        return [*words, "linh", DIGITS[rest]]
    return words + _two_digits(rest)


def _two_digits(number: int) -> list[str]:
    tens, ones = divmod(number, 10)
    if not tens:
        return [DIGITS[ones]] if ones else []
    words = ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    return [*words, _last(ones, tens)] if ones else words


def _last(ones: int, tens: int) -> str:
    """Return the last digit as it sounds after tens: mốt, tư, lăm."""
    if ones == 5:
        return "lăm"
    if tens > 1 and ones in (1, 4):
        return {1: "mốt", 4: "tư"}[ones]
    return DIGITS[ones]


def dotted(number: int) -> str:
    """Return a number as officers write it: 1.080.000."""
    return f"{number:,}".replace(",", ".")
