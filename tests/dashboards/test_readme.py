"""The queries that `dashboards/README.md` gives to analysts say what they promise."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows import steps
from tests.dashboards.conftest import HOSTILE, Board
from tests.house import giam, new_house, tang

README = Path(__file__).parents[2] / "dashboards" / "README.md"
QUERIES = re.findall(r"```sql\n(.+?)```", README.read_text(encoding="utf-8"), re.DOTALL)
TOLD, INSTRUCTED, CHANGED, NOT_KNOWN = QUERIES[-4:]  # as the office knew it in an earlier cycle


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """June to August 2024; in August it becomes known that H1 died in June."""
    house = new_house(tmp_path_factory.mktemp("readme") / "office")
    house.send("TANG", [tang(no, "BT05C", "06/2024", birth_date="1940") for no in ("H1", "H2")])
    house.ingest()
    for month in ("2024-06", "2024-07"):
        house.pay(month)
    house.send("GIAM", [giam("H1", "BT05C", "07/2024", "CHET", death_date="20/06/2024")])
    house.ingest()
    house.pay("2024-08")
    steps.publish_tables(str(house.home), "2024-08-19", "2024-08", False)
    return duckdb.connect(str(house.home / "published" / "analytics.duckdb"), read_only=True)


def test_what_was_told_until_then(snapshot: duckdb.DuckDBPyConnection) -> None:
    told = snapshot.execute(TOLD).fetchall()
    assert [(row[0], row[2], row[3], row[4]) for row in told] == [
        ("H1", "TANG", "2024-06", "MOI"),
        ("H2", "TANG", "2024-06", "MOI"),
    ]
    later = snapshot.execute(TOLD.replace("2024-07", "2024-08")).fetchall()
    assert ("H1", "GIAM") in {(row[0], row[2]) for row in later}


def test_what_was_instructed_until_then(snapshot: duckdb.DuckDBPyConnection) -> None:
    june = ("BTXH", "2024-06", 360_000, "2024-06")
    july = ("BTXH", "2024-07", 500_000, "2024-07")
    assert snapshot.execute(INSTRUCTED).fetchall() == [
        ("H1", *june),
        ("H1", *july),
        ("H2", *june),
        ("H2", *july),
    ]


def test_what_changed_until_then(snapshot: duckdb.DuckDBPyConnection) -> None:
    changed = snapshot.execute(CHANGED).fetchall()
    assert [(row[1], row[0], row[4], row[5], row[6]) for row in changed] == [
        ("H1", "2024-06", 0, 360_000, "MOI"),
        ("H1", "2024-07", 360_000, 500_000, "DOI_MUC_CHUAN"),
        ("H2", "2024-06", 0, 360_000, "MOI"),
        ("H2", "2024-07", 360_000, 500_000, "DOI_MUC_CHUAN"),
    ]


def test_what_was_not_known_yet(snapshot: duckdb.DuckDBPyConnection) -> None:
    (row,) = snapshot.execute(NOT_KNOWN).fetchall()
    assert row[:5] == ("H1", "2024-08", "GIAM", "CHET", "2024-07")
    assert row[6:] == ("", 2, 0)


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        (  # Huổi Só paid P03 by account, P04 in cash; P03, P05, P09 wait; in the town P02, P06
            "Tiến độ từng xã",
            [(HOSTILE, 4, Decimal("50.0"), 3), ("Thị trấn Tủa Chùa", 5, Decimal("100.0"), 2)],
        ),
        (
            "Vì sao còn chi tiền mặt",
            [("Chưa rõ", 4, 2_750_000)],  # the rows of this office give no reason
        ),
        (
            "Lượt chi chưa đến tay",
            [
                ("AGRIBANK", "hoàn trả", "tài khoản đã đóng", 1),
                ("LPBANK", "lỗi", "sai số tài khoản", 1),
                ("VIETTEL", "lỗi", "không đến nhận", 1),
            ],
        ),
        (
            "Biến động theo lý do",
            [
                ("giảm", "Chết", 1, -500_000),
                ("tăng", "Hưởng mới", 1, 500_000),
                ("điều chỉnh", "Đổi mức chuẩn", 1, 210_000),
                ("điều chỉnh", "Đổi đối tượng", 1, -40_000),
            ],
        ),
        ("Xu hướng", [("2023-12", 1, 300_000), ("2024-06", 1, 540_000), ("2024-07", 3, 4_689_000)]),
        ("Báo cáo đến muộn", [("2024-07", "AGRIBANK", date(2024, 7, 20))]),
    ],
)
def test_queries_over_the_vietnamese_views(board: Board, place: str, rows: list[tuple]) -> None:
    path = board.office.published / "analytics.duckdb"
    with duckdb.connect(str(path), read_only=True) as reader:
        assert reader.execute(query_below(place)).fetchall() == rows


def query_below(heading: str) -> str:
    """Return the query that stands below a heading."""
    text = README.read_text(encoding="utf-8").split(f"**{heading}", 1)[1]
    return re.findall(r"```sql\n(.+?)```", text, re.DOTALL)[0]


def test_there_are_ten_worked_queries() -> None:
    assert len(QUERIES) == 10
