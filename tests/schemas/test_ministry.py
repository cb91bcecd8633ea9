"""The one file that says what the ministry's system is sent."""

from __future__ import annotations

import pytest

import dashboards
from schemas.ministry import FIELDS, ministry_file, read_layout

FILE = '[file]\nname = "bo.csv"\n[[columns]]\nheader = "Mã"\n'


def test_the_shipped_layout_is_marked_as_not_yet_theirs() -> None:
    layout = ministry_file()
    assert layout.name == "bo_bien_dong_{month}.csv"
    assert [column.header for column in layout.columns[:3]] == [
        "Mã hồ sơ",
        "Họ và tên",
        "Ngày sinh",
    ]


def test_every_field_can_be_had() -> None:
    select = dashboards.select("list_ministry")
    assert [name for name in FIELDS if name not in select] == []


def test_a_column_has_their_header_and_words() -> None:
    (column,) = read_layout(FILE + 'field = "kind"\nwords = { increase = "1" }\n').columns
    assert (column.header, column.field, column.words) == ("Mã", "kind", {"increase": "1"})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('field = "salary"', "unknown field salary"),
        ('field = "kind"\nformat = "yy"', "unknown format yy"),
        ('field = "kind"\nwidth = 3', "unknown key width"),
        ('field = "kind"\n[[columns]]\nheader = "Mã"\nfield = "reason"', "a header stands twice"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_layout(FILE + line)
