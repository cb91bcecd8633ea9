"""Layouts are data: these tests hold them free of contradictions."""

from itertools import combinations

import pytest
from rapidfuzz import fuzz

from schemas import codes
from schemas.layouts import LAYOUTS
from tasks.headers import NEAR, NEAR_LENGTH, header_key, spellings

SHEETS = [
    pytest.param(layout, sheet, id=sheet.kind)
    for layout in LAYOUTS.values()
    for sheet in layout.sheets
]


def test_every_kind_of_file_has_a_layout() -> None:
    assert tuple(LAYOUTS) == codes.FILE_KINDS
    assert [sheet.kind for sheet in LAYOUTS["bien_dong"].sheets] == list(codes.CHANGE_SHEETS)


@pytest.mark.parametrize(("layout", "sheet"), SHEETS)
def test_fields_are_those_of_the_table(layout, sheet) -> None:
    assert [field.column for field in sheet.fields] == [
        column for column in layout.table.field_columns() if column.name in sheet_names(sheet)
    ]
    assert {column.name for column in sheet.needed} <= sheet_names(sheet)


def sheet_names(sheet) -> set[str]:
    return {field.name for field in sheet.fields}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_field_of_the_table_is_in_some_sheet(layout) -> None:
    assert set().union(*map(sheet_names, layout.sheets)) == set(layout.table.fields)


@pytest.mark.parametrize(("layout", "sheet"), SHEETS)
def test_a_word_heads_one_field_only(layout, sheet) -> None:
    words = [(header_key(header), field.name) for field in sheet.fields for header in field.headers]
    fields_of: dict[str, set[str]] = {}
    for key, name in words:
        fields_of.setdefault(key, set()).add(name)
    assert {key: names for key, names in fields_of.items() if len(names) > 1} == {}


@pytest.mark.parametrize(("layout", "sheet"), SHEETS)
def test_no_word_is_a_misspelling_of_another_fields_word(layout, sheet) -> None:
    known = {key: spelling.field.name for key, spelling in spellings(sheet).items()}
    near = [
        (one, other)
        for one, other in combinations(known, 2)
        if known[one] != known[other]
        and min(len(one), len(other)) >= NEAR_LENGTH
        and fuzz.ratio(one, other) >= NEAR
    ]
    assert near == []


def test_fields_that_a_sheet_leaves_blank_are_not_its_fields() -> None:
    tang, giam, dieu_chinh = LAYOUTS["bien_dong"].sheets
    assert "death_date" not in sheet_names(tang)
    assert sheet_names(giam).isdisjoint({"citizen_id", "coefficient", "units", "birth_date"})
    assert {"birth_date", "gender", "old_category_code"} <= sheet_names(dieu_chinh)


def test_the_holders_id_is_never_the_persons_id() -> None:
    keys = spellings(LAYOUTS["tai_khoan"].sheets[0])
    assert keys["so dinh danh chu tai khoan"].field.name == "holder_citizen_id"
    assert keys.keys().isdisjoint({"so cccd", "cccd", "so dinh danh"})
