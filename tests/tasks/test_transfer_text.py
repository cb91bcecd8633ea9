"""Our payment id in what banks make of a transfer's text."""

import pytest

from tasks.transfer_text import is_about_something_else, payment_id_in

ID = "CT2406ABCDEFGHIJ01"
OTHER = "CT2406ABCDEFGHIJ02"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, ID),
        (f"{ID} tro cap thang 6", ID),
        (ID.lower(), ID),
        (f"MBVCB.123456.{ID}.CT tu 0123 toi 456", ID),
        (f"FT24156{ID}TRO CAP", ID),
        (f"EREF+{ID}", ID),
        (f"{ID[:9]} {ID[9:]} tro cap", ID),
        (f"{ID[:9]}\n{ID[9:]}", ID),
        (f"{ID} lan 2 {ID}", ID),
        (f"{ID} {OTHER}", None),
        (f"{ID} X{OTHER}", ID),
        (ID[:12], None),
        (f"{ID[:10]} TRO CAP THANG SAU", None),
        ("CT2413ABCDEFGHIJ01", None),
        ("PHI DICH VU SMS", None),
        ("", None),
    ],
)
def test_the_id_is_found_or_it_is_not(text: str, expected: str | None) -> None:
    assert payment_id_in(text) == expected


def test_what_holds_no_id_is_about_something_else() -> None:
    assert is_about_something_else("Phí dịch vụ")
    assert is_about_something_else("BTXH")
    assert is_about_something_else(ID[:12])
    assert not is_about_something_else("FT2415612")
