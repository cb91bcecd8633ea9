"""Reports of communes and providers beside our figures: words, numbers, differences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from schemas import quality, submissions
from schemas.indicators import SYNONYMS, UNCLEAR
from schemas.published import METRICS
from tasks.publish import publish
from tasks.report_compared import Indicator, compared, indicator, number_of
from tasks.shown import stage_bases
from tests.small_office import HUOI_SO, JULY, TOWN, made, put, small_office


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số đối tượng", Indicator("beneficiaries")),
        ("TONG SO  DOI TUONG", Indicator("beneficiaries")),
        ("Luỹ kế năm", Indicator("ytd_paid_amount")),
        ("Số đối tượng (BTXH)", Indicator("beneficiaries", "BTXH")),
        ("NCC: Số tiền đã chi tiền mặt", Indicator("paid_cash_amount", "NCC")),
        ("Số đối tượng người có công", Indicator("beneficiaries", "NCC")),
        ("Đã chi qua tài khoản (lượt)", Indicator("paid_account_count")),
        ("Đã chi qua tài khoản (đồng)", Indicator("paid_account_amount")),
        ("Đã chi qua tài khoản", None),  # people or money?
        ("Ngày nhận báo cáo", None),
        ("Số hộ nghèo", None),
    ],
)
def test_indicator_is_known_by_its_words(text: str, expected: Indicator | None) -> None:
    assert indicator(text) == expected


def test_every_declared_word_is_known_and_no_unclear_one() -> None:
    assert set(SYNONYMS) <= set(METRICS)
    for metric, words in SYNONYMS.items():
        assert {indicator(word) for word in words} == {Indicator(metric)}
    assert {indicator(word) for word in UNCLEAR} == {None}


@pytest.mark.parametrize(
    ("text", "metric", "expected"),
    [
        ("1.080.000", "due_amount", 1_080_000),
        ("1,080,000 đồng", "due_amount", 1_080_000),
        ("12 người", "beneficiaries", 12),
        ("12,5", "beneficiaries", None),
        ("khoảng 12", "beneficiaries", None),
        ("66,7%", "cashless_rate_people", Decimal("0.667")),
        ("66.7", "cashless_rate_people", Decimal("0.667")),
        ("0,667", "cashless_rate_people", Decimal("0.667")),
        ("1%", "cashless_rate_people", Decimal("0.01")),
        ("nhiều", "cashless_rate_people", None),
    ],
)
def test_stated_figures(text: str, metric: str, expected: int | Decimal | None) -> None:
    assert number_of(text, metric) == expected


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[tuple], list[tuple]]]:
    """What is said of each figure of the reports below, and the summary of the workbook."""
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        put(
            connection,
            submissions.ReportRow,
            made(
                "event_no commune_code provider metric value",
                (201, HUOI_SO, None, "Số đối tượng BTXH", "4"),
                (202, HUOI_SO, None, "Tỷ lệ không dùng tiền mặt (người)", "55%"),
                (203, HUOI_SO, None, "Đã chi tiền mặt", "1"),
                (204, HUOI_SO, None, "Số tiền đã chi tiền mặt", "900.000"),
                (205, HUOI_SO, None, "Số đối tượng", "bốn"),
                (206, None, "VIETTEL", "Số lượt lỗi", "1"),
                (207, "03250", None, "Số đối tượng", "1"),
                sha256="a8",
                sheet="S",
                row_no=2,
                month=JULY,
                cycle=JULY,
                is_taken=True,
                has_effect=True,
            ),
        )
        a8 = made("sha256 name kind", ("a8", "bc4.xlsx", "bao_cao"))[0]
        put(connection, quality.ReceivedFile, [a8 | _received()])
        publish(office, connection, JULY)
        progress = pl.read_parquet(office.published / "parquet" / "progress.parquet")
        stage_bases(office, connection)
        rows = compared(connection, JULY, progress.filter(month="2024-07"))
        path = office.outbox(JULY) / "reports" / "doi_chieu_bao_cao_2024-07.xlsx"
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == [
            *("Tổng hợp", "Chênh lệch", "Đã so", "Không so được", "Lịch sử báo cáo")
        ]
        lines = list(book["Tổng hợp"].iter_rows(min_row=5, values_only=True))
        names = ("unit", "metric", "stated", "own", "difference", "told")
        yield [tuple(row[name] for name in names) for row in rows], lines


def _received() -> dict:
    from datetime import datetime

    return {
        "received_at": datetime(2024, 7, 18, 8),
        "ingest_no": 1,
        "cycle": JULY,
        "rows_in": 7,
        "rows_taken": 7,
        "rows_rejected": 0,
        "outcome": "taken",
    }


def test_each_figure_beside_ours(told: tuple[list[tuple], list[tuple]]) -> None:
    expected = [
        (HUOI_SO, "Số đối tượng BTXH", "4", 4, 0, "Khớp."),
        (
            *(HUOI_SO, "Tỷ lệ không dùng tiền mặt (người)", "55%", "50,0%", None),
            "Đơn vị báo nhiều hơn sổ của phòng 5,0 điểm phần trăm.",
        ),
        (
            *(HUOI_SO, "Đã chi tiền mặt", "1", None, None),
            "Không so: chưa rõ là lượt, người hay đồng.",
        ),
        (
            *(HUOI_SO, "Số tiền đã chi tiền mặt", "900.000", 1_000_000, -100_000),
            "Đơn vị báo ít hơn sổ của phòng 100.000 đồng.",
        ),
        (HUOI_SO, "Số đối tượng", "bốn", 4, None, "Không so: không đọc được số."),
        ("VIETTEL", "Số lượt lỗi", "1", 1, 0, "Khớp."),
        (
            *("03250", "Số đối tượng", "1", None, None),
            "Không so: sổ của phòng không có số của đơn vị này trong kỳ.",
        ),
    ]
    assert [row for row in expected if row not in told[0]] == []
    assert len(told[0]) == len(expected) + 3


def test_summary_counts_every_figure(told: tuple[list[tuple], list[tuple]]) -> None:
    lines = {line[0]: line[2:] for line in told[1]}
    assert lines[TOWN] == ("19/07/2024", "Đúng hạn", 0, 1, 1)
    assert lines[HUOI_SO] == ("18/07/2024", "Đúng hạn", 1, 2, 2)
    assert lines["LPBANK"] == ("", "Không có", 0, 0, 0)
    assert sum(sum(line[2:]) for line in lines.values()) == len(told[0])
