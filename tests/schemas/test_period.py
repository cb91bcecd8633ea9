"""Months as text and as numbers."""

from datetime import date

import pytest

from schemas import period


def test_months_count() -> None:
    assert period.month_number("2024-07") - period.month_number("2023-12") == 7
    assert period.month_text(period.month_number("2024-12")) == "2024-12"
    assert period.month_vi(period.month_number("2024-07")) == "07/2024"
    assert period.month_of(date(2024, 7, 31)) == period.month_number("2024-07")
    assert period.first_day(period.month_number("2024-01")) == date(2024, 1, 1)


@pytest.mark.parametrize("text", ["2024-13", "2024-7", "07/2024", ""])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Kỳ"):
        period.month_number(text)
