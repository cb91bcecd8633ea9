"""FL07: what a sender states of a list is held against its rows, without false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tasks import stated_totals
from tasks.stated_words import AMOUNT, COUNT, Said, said_in
from tests.written import book, read, text_file

HEADER = ["STT", "Mã hồ sơ", "Họ và tên", "Mã loại", "Mức trợ cấp", "Hưởng từ tháng", "Lý do"]
Row = Sequence[object]


def row(number: int, amount: object = 540_000, dossier: int | None = None) -> Row:
    named = number if dossier is None else dossier
    return [number, f"HS{named}", "Vừ A Hùng", "BT05A", amount, "07/2024", "MOI"]


def total(label: str, count: object = None, amount: object = None) -> Row:
    return [label, None, count, None, amount]


def said(tmp_path: Path, *rows: Row, above: Sequence[Row] = ()) -> str:
    parsed = read(book(tmp_path / "a.xlsx", {"TANG": [*above, HEADER, *rows]}))
    assert parsed.refusal is None
    return parsed.discrepancy


def test_a_wrong_sum_is_said_with_its_place_and_both_figures(tmp_path: Path) -> None:
    assert said(tmp_path, row(1), row(2), total("Tổng cộng", amount=1_620_000)) == (
        "Trang “TANG” dòng 4: ghi tổng “Mức trợ cấp” 1.620.000, danh sách có 1.080.000."
    )


@pytest.mark.parametrize(
    "last",
    [
        ["Tổng số: 3 người"],
        ["Tổng số: 3 đối tượng"],
        ["Tổng cộng: 3 người (Ba người)"],
        ["Tổng cộng", None, 3],
        ["Tổng cộng", 3],
        [None, "Tổng cộng", "3 người"],
        ["Danh sách gồm 3 người"],
        ["(Danh sách này có 3 đối tượng kèm theo Quyết định số 12)"],
        ["Số lượng: 3"],
        [None, "Số lượng", 3],
        [None, None, "Số người:", "3 người"],
    ],
)
def test_a_wrong_count_is_said_however_it_is_stated(tmp_path: Path, last: Row) -> None:
    assert said(tmp_path, row(1), row(2), last) == (
        "Trang “TANG” dòng 4: ghi 3 dòng, danh sách có 2."
    )
    right = [2 if cell == 3 else str(cell or "").replace("3", "2") or None for cell in last]
    assert said(tmp_path, row(1), row(2), right) == ""


def test_a_count_above_the_table(tmp_path: Path) -> None:
    assert said(tmp_path, row(1), row(2), above=[["Danh sách gồm 2 người"]]) == ""
    assert said(tmp_path, row(1), row(2), above=[["Tổng số: 5 người"], []]) == (
        "Trang “TANG” dòng 1: ghi 5 dòng, danh sách có 2."
    )


def test_a_count_above_may_be_that_of_all_sheets(tmp_path: Path) -> None:
    giam = [[*HEADER[:4], "Thôi hưởng từ tháng", "Lý do"], [1, "HS9", "A", "BT05A", "07/2024"]]
    tang = [["Tổng số: 3 người"], HEADER, row(1), row(2)]
    assert read(book(tmp_path / "a.xlsx", {"TANG": tang, "GIAM": giam})).discrepancy == ""


VILLAGES: list[Row] = [
    ["Bản Huổi Só"],
    row(1),
    row(2),
    total("Cộng bản Huổi Só", 2, 1_080_000),
    ["Bản Đề Dê Hu"],
    row(3, "720.000"),
    total("Cộng", 1, "720.000 đ"),
    total("Tổng cộng", 3, "1.800.000"),
]


def test_totals_per_village_and_over_all(tmp_path: Path) -> None:
    assert said(tmp_path, *VILLAGES) == ""
    wrong = [*VILLAGES[:6], total("Cộng", 2, 540_000), VILLAGES[7]]
    assert said(tmp_path, *wrong).count("dòng 8: ghi") == 2
    wrong = [*VILLAGES[:7], total("Tổng cộng", 4, 1_900_000)]
    assert said(tmp_path, *wrong) == (
        "Trang “TANG” dòng 9: ghi tổng “Mức trợ cấp” 1.900.000, danh sách có 1.800.000; "
        "trang “TANG” dòng 9: ghi 4 dòng, danh sách có 3."
    )


def test_totals_above_their_rows(tmp_path: Path) -> None:
    rows = [total("Tổng cộng", 3, 1_620_000), ["Bản Huổi Só"], row(1), row(2), ["Bản Nà Áng"]]
    assert said(tmp_path, *rows, row(3)) == ""


def test_pages_that_carry_over(tmp_path: Path) -> None:
    assert (
        said(
            tmp_path,
            row(1),
            total("Cộng trang", amount=540_000),
            HEADER,
            total("Cộng trang trước mang sang", amount=540_000),
            row(2),
            total("Cộng trang", amount=540_000),
            total("Tổng cộng", amount=1_080_000),
        )
        == ""
    )


@pytest.mark.parametrize(
    "last",
    [
        ["Tổng số tiền bằng chữ: Một triệu đồng"],
        ["Tổng số đối tượng đang hưởng: 450 người"],
        ["Tổng số hộ: 45 hộ"],
        ["Tổng số hộ", None, 45],
        ["Tổng lũy kế từ đầu năm", None, None, None, 99_000_000],
        ["Tổng số tiền tháng trước", None, None, None, 99_000_000],
        ["Tổng dự toán", None, None, None, 99_000_000],
        ["Tổng dân số: 5.234 người"],
        ["Tổng cộng", None, None, 7],
        ["Tổng cộng", None, None, None, 2],
        ["Tổng cộng", None, None, None, "chín triệu"],
        ["Tổng cộng: 45"],
        ["Bản Huổi Só: 12 người"],
        ["Tổng số tăng: 5 người"],
    ],
)
def test_what_is_about_something_else_is_no_alarm(tmp_path: Path, last: Row) -> None:
    assert said(tmp_path, row(1), row(2), last) == ""


def test_one_person_of_two_rows_is_one_person(tmp_path: Path) -> None:
    rows = [row(1, dossier=1), row(2, dossier=1), row(3, dossier=2)]
    assert said(tmp_path, *rows, ["Tổng số: 2 người"]) == ""
    assert said(tmp_path, *rows, ["Tổng số: 3 người"]) == ""
    assert said(tmp_path, *rows, ["Tổng số: 4 người"]) != ""


def test_an_amount_that_cannot_be_read_stops_the_sum(tmp_path: Path) -> None:
    assert said(tmp_path, row(1), row(2, "xem sau"), total("Tổng cộng", amount=540_000)) == ""
    assert said(tmp_path, row(1), row(2, "1.5"), total("Tổng cộng", amount=99)) == ""


def test_amounts_may_be_counted_per_unit(tmp_path: Path) -> None:
    header = [*HEADER, "Số suất"]
    rows = [[*row(1), 2], [*row(2), None]]
    cells = [header, *rows, [*total("Tổng cộng", amount=1_620_000), None, None, 3]]
    assert read(book(tmp_path / "a.xlsx", {"TANG": cells})).discrepancy == ""
    cells[-1] = [*total("Tổng cộng", amount=1_620_000), None, None, 5]
    assert "“Số suất” 5" in read(book(tmp_path / "a.xlsx", {"TANG": cells})).discrepancy


def test_money_in_words_beside_the_count(tmp_path: Path) -> None:
    text = "Tổng số: 2 người, số tiền: {} đồng"
    assert said(tmp_path, row(1), row(2), [text.format("1.080.000")]) == ""
    assert "1.180.000" in said(tmp_path, row(1), row(2), [text.format("1.180.000")])


def test_a_provider_states_the_sum_of_its_file(tmp_path: Path) -> None:
    text = 'Mã chi trả,Số tiền,Trạng thái\nCT1,500000,LOI\nCT2,"700,000",LOI\nTổng cộng,{},\n'
    assert read(text_file(tmp_path, text.format(1200000))).discrepancy == ""
    assert read(text_file(tmp_path, text.format(1300000))).discrepancy == (
        "Dòng 4: ghi tổng “Số tiền” 1.300.000, danh sách có 1.200.000."
    )


def test_figures_of_a_report_are_no_totals_of_its_rows(tmp_path: Path) -> None:
    text = "Chỉ tiêu,Giá trị\nbeneficiaries,5\nTổng cộng,7\nTổng số: 9 người,\n"
    assert read(text_file(tmp_path, text)).discrepancy == ""


def test_only_the_first_few_of_many_are_told(tmp_path: Path) -> None:
    rows = [one for n in range(8) for one in (row(n), total("Cộng", 100 + n))]
    text = said(tmp_path, *rows)
    assert (text.count(": ghi "), text.endswith("và 3 chỗ khác.")) == (5, True)


def test_totals_hold_over_the_ends_of_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import grids

    monkeypatch.setattr(grids, "BATCH_CELLS", 14)
    assert said(tmp_path, *VILLAGES) == ""
    wrong = [*VILLAGES[:7], total("Tổng cộng", 4, 1_900_000)]
    assert said(tmp_path, *wrong).count("dòng 9") == 2


def test_a_total_of_no_rows_at_all(tmp_path: Path) -> None:
    text = said(tmp_path, above=[["Tổng số: 2 người"], ["Tổng số tiền: 540.000 đồng"]])
    assert text == (
        "Trang “TANG” dòng 1: ghi 2 dòng, danh sách có 0; "
        "trang “TANG” dòng 2: ghi tổng “Mức trợ cấp” 540.000, danh sách có 0."
    )


def test_people_of_a_long_list_are_not_all_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import grids

    monkeypatch.setattr(grids, "BATCH_CELLS", 14)
    monkeypatch.setattr(stated_totals, "MAX_SEEN", 1)
    rows = [row(1), row(2), row(3), row(4)]
    assert said(tmp_path, *rows, ["Tổng số: 4 người"]) == ""
    assert said(tmp_path, *rows, ["Tổng số: 5 người"]) != ""
    rows = [row(1), row(2, dossier=1), row(3, dossier=2), row(4), row(5, dossier=4)]
    assert said(tmp_path, *rows, ["Tổng số: 3 người"]) == ""


def test_with_too_many_totals_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stated_totals, "MAX_PLACES", 3)
    assert said(tmp_path, *[row(1), total("Cộng", 7)] * 4) == ""


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["1. Tổng số: 1.250 người"], [Said(COUNT, 1250)]),
        (["TỔNG SỐ: 45 NGƯỜI./."], [Said(COUNT, 45)]),
        (["Tổng số tiền: 48.600.000 đồng"], [Said(AMOUNT, 48_600_000)]),
        (["Tổng số người: 45 (trong đó nữ: 20)"], [Said(COUNT, 45)]),
        (["Tổng số: 45 người đang hưởng"], []),
        (["Tổng cộng: 264 dòng"], [Said(COUNT, 264)]),
        (["Tổng cộng: 264 đồng"], [Said(AMOUNT, 264)]),
        (["Số lượng tăng: 45"], []),
        (["Danh sách 45 người"], []),
        (["Nguyễn Tổng: 45 người"], []),
    ],
)
def test_what_a_text_states(cells: list[str], found: list[Said]) -> None:
    assert said_in(cells) == found
