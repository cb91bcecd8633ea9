"""The pages of a published office: what they say, counted by hand, and what they keep back."""

from __future__ import annotations

import csv
import html
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from schemas.published import Progress
from tasks.dashboard import write_dashboard
from tasks.dashboard_parts import MOST_UNITS
from tasks.dashboard_work import MonthLists, Todo, todos
from tasks.outbox import verify_folder
from tests.dashboards.conftest import HOSTILE, Board
from tests.small_office import HUOI_SO, JULY, TOWN

PAGES = ("2023-12.html", "2024-06.html", "2024-07.html", "2024-08.html", "index.html")
VOID = {"meta", "link", "wbr", "br", "rect", "circle", "path", "line", "polyline"}


class Reader(HTMLParser):
    """Reads a page strictly: every element closed where it was opened, no id twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def words(page: str) -> str:
    """Return what a reader sees of a page, in one line."""
    text = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def row_of(page: str, commune: str) -> str:
    """Return the words of a commune's row."""
    found = re.search(rf'<tr[^>]*id="xa-{commune}">.*?</tr>', page, flags=re.DOTALL)
    assert found is not None
    return words(found[0])


def test_one_page_a_month_and_an_index(board: Board) -> None:
    assert sorted(path.name for path in board.folder.iterdir()) == [*PAGES, "manifest.json"]
    assert [path.name for path in board.paths] == ["index.html", "2024-07.html"]
    assert verify_folder(board.folder) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed_and_small(board: Board, name: str) -> None:
    reader = Reader()
    reader.feed(board.text(name))
    reader.close()
    assert (reader.faults, reader.open) == ([], [])
    assert len(set(reader.ids)) == len(reader.ids)
    assert "<script" not in board.text(name)
    assert len(board.text(name).encode()) < 100_000


def test_key_figures_are_the_metrics(board: Board) -> None:
    shown = re.findall(r'data-metric="(\w+)">([^<]*)<', board.text())
    assert dict(shown) == {
        "cashless_rate_people": "66,7\N{NO-BREAK SPACE}%",
        "cashless_rate_amount": "78,7\N{NO-BREAK SPACE}%",
        "beneficiaries": "9",
        "due_amount": "9.039.000",
        "with_account": "4",
        "citizen_id_verified": "2",
        "cash_exception": "1",
        "account_unusable": "2",
        "no_account": "2",
    }


def test_what_a_leader_reads_first(board: Board) -> None:
    told = words(board.text())
    assert "Số liệu tính đến ngày 25/07/2024 . Trạng thái kỳ: đã đối soát ." in told
    assert "66,7 % nhận qua tài khoản (−33,3 điểm phần trăm so với kỳ trước)" in told
    assert "Đã chi 4.689.000 đồng trong 7.689.000 đồng theo lệnh chi" in told
    # Two failed, one came back, two wait for their result, one is held.
    assert "6 lượt chưa đến tay người hưởng" in told
    # The town was in time, AGRIBANK came on the 20th; Huổi Só and two providers sent nothing.
    assert "1 trong 5 đơn vị báo cáo đúng hạn, 1 đơn vị muộn, 3 đơn vị chưa báo cáo" in told


def test_a_month_that_is_only_prepared_says_so(board: Board) -> None:
    told = words(board.text("2024-08.html"))
    assert "chưa duyệt chi : 1 người đến hạn hưởng, 1.000.000 đồng phải chi" in told
    assert "chưa đến hạn" in told  # August's reports are due on 20 August


def test_communes_with_their_change(board: Board) -> None:
    page = board.text()
    # P01, P02, P06, P07, P10 in July, P01 alone in June; all that was paid went to an account.
    assert row_of(page, TOWN).startswith(
        f"Thị trấn Tủa Chùa {TOWN} 100,0 % 0,0 điểm 5 +5 3 60,0 % dưới 5 "
    )
    assert "✓ 19/07/2024" in row_of(page, TOWN)
    assert "! chưa có" in row_of(page, HUOI_SO)
    assert page.index(f'id="xa-{HUOI_SO}"') < page.index(f'id="xa-{TOWN}"')  # the least first


def test_amounts_of_a_few_people_are_not_told(board: Board) -> None:
    # Four people in Huổi Só; the town's five would give them away as what is left of the total.
    for commune, amount in ((HUOI_SO, "5.289.000"), (TOWN, "3.750.000")):
        assert "dưới 5" in row_of(board.text(), commune)
        assert amount not in board.text()
    # Two were paid by account and one in cash, two failed, one came back, two wait.
    for amount in ("3.689.000", "1.000.000 đồng", "1.250.000", "500.000 đồng"):
        assert amount not in board.text()
    # One person draws from NCC, nine from BTXH.
    assert "2.789.000" not in board.text()
    assert "6.250.000" not in board.text()


def test_why_people_have_no_account_is_not_told_of_a_few(board: Board) -> None:
    assert "ở xa ẩn" in words(board.text())
    assert "lý do khác ẩn" in words(board.text())


def test_names_are_text_not_markup(board: Board) -> None:
    assert HOSTILE not in board.text()
    assert html.escape(HOSTILE, quote=False) in board.text().replace("&#34;", '"')


def test_nobody_is_named(board: Board) -> None:
    people = board.connection.execute("SELECT full_name, dossier_no FROM person").fetchall()
    assert people
    for name in PAGES:
        assert not [who for who, _ in people if who in board.text(name)]


def test_work_counts_the_rows_of_its_lists(board: Board) -> None:
    lists = MonthLists(board.office.outbox(JULY))
    found = todos(lists, "2024-07")
    assert found
    for todo in found:
        if not todo.link.startswith("#"):
            path = (board.folder / todo.link).resolve()
            with path.open(encoding="utf-8-sig", newline="") as text:
                rows = list(csv.DictReader(text))
            if path.name == "ngoai_le.csv":
                rows = [row for row in rows if row["Số ngày chờ"]]
            assert todo.count == len(rows)
    assert (
        Todo(
            "Phòng",
            "Xử lý lượt chi lỗi, hoàn trả",
            "lượt",
            3,
            None,  # of three people: their amounts are not told
            "../../outbox/2024-07/followup/that_bai.csv",
            "that_bai.csv",
        )
        in found
    )


def test_the_same_figures_give_the_same_bytes(board: Board, tmp_path: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in board.folder.iterdir()}
    write_dashboard(board.office, board.connection, JULY)
    assert before == {
        path: (path.read_bytes(), path.stat().st_ino) for path in board.folder.iterdir()
    }


def test_the_last_backup_is_shown_where_it_is_known(board: Board, tmp_path: Path) -> None:
    assert "Sao lưu" not in board.text()
    office = _elsewhere(board, tmp_path)
    write_dashboard(office, board.connection, JULY, last_backup=date(2024, 7, 5))
    told = words((office.published / "dashboard" / "index.html").read_text(encoding="utf-8"))
    assert "Sao lưu gần nhất: 05/07/2024 (cách đây 20 ngày)." in told


def test_ten_thousand_communes_stay_readable(board: Board, tmp_path: Path) -> None:
    office = _elsewhere(board, tmp_path)
    metrics = {"beneficiaries": 10, "due_amount": 5_400_000}
    codes = [f"{number:05d}" for number in range(10_000)]
    parts = [
        pl.DataFrame({"commune_code": ["*", *codes]}).with_columns(
            pl.lit("2024-07").alias("month"),
            pl.lit("*").alias("scheme"),
            pl.lit("*").alias("provider"),
            pl.lit(metric).alias("metric"),
            pl.lit(value).alias("value"),
        )
        for metric, value in metrics.items()
    ]
    rows = pl.concat(parts).select(Progress.names()).cast(dict(Progress.polars_schema()))
    rows.write_parquet(office.published / "parquet" / "progress.parquet")

    _, path = write_dashboard(office, board.connection, JULY)

    page = path.read_text(encoding="utf-8")
    assert page.count('id="xa-') == MOST_UNITS
    assert f"Chỉ nêu {MOST_UNITS} xã có tỷ lệ thấp nhất trong 10.000 xã" in page
    assert "10.000 xã, quá nhiều để vẽ từng ô" in page
    assert len(page.encode()) < 200_000


def _elsewhere(board: Board, folder: Path) -> object:
    """Return the office in another folder that has nothing but its published tables."""
    office = replace(board.office, home=folder)
    (office.published / "parquet").mkdir(parents=True)
    source = board.office.published / "parquet" / "progress.parquet"
    (office.published / "parquet" / "progress.parquet").write_bytes(source.read_bytes())
    return office
