"""The order in which people look names up."""

from __future__ import annotations

import polars as pl

from tasks.reading_order import in_order, village_key


def test_villages_stand_as_in_a_vietnamese_register() -> None:
    villages = ["Ứ", "Bản 10", "Đề Bâu", "Tă", "Bản 2", "Dê", "Tả", "Bản Đun 1", "Ta", "Bản Dun 2"]
    assert sorted(villages, key=village_key) == [
        *("Bản 2", "Bản 10", "Bản Dun 2", "Bản Đun 1", "Dê", "Đề Bâu", "Ta", "Tả", "Tă", "Ứ"),
    ]


def test_letters_of_two_forms_are_one() -> None:
    assert village_key("Mường Báng")[:2] == village_key("Mường Báng".upper())[:2]
    composed, split = "Ế", "E\u0302\u0301"
    assert village_key(composed)[:2] == village_key(split)[:2]


def test_rows_stand_by_commune_village_dossier_and_scheme() -> None:
    rows = pl.DataFrame(
        [
            ("03220", "Bản 1", "P9", "BTXH"),
            ("03217", None, "P1", "BTXH"),
            ("03217", "Bản 10", "P2", "BTXH"),
            ("03217", "Bản 2", "P3", "NCC"),
            ("03217", "Bản 2", "P3", "BTXH"),
        ],
        schema=["commune_code", "village", "dossier_no", "scheme"],
        orient="row",
    )
    found = in_order(rows).rows()
    assert found == in_order(rows.reverse()).rows()
    assert [row[1:] for row in found] == [
        ("Bản 2", "P3", "BTXH"),
        ("Bản 2", "P3", "NCC"),
        ("Bản 10", "P2", "BTXH"),
        (None, "P1", "BTXH"),
        ("Bản 1", "P9", "BTXH"),
    ]
