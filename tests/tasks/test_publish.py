"""The analysts' snapshot: complete, masked, described, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from schemas.period import month_number
from schemas.published import PUBLISHED
from schemas.report_views import VIEWS
from tasks import warehouse
from tasks.office import Office, Refused
from tasks.outbox import verify_folder
from tasks.publish import Published, publish
from tests.small_office import JULY, fill, new_office, payment_id, small_office


@dataclass
class Snapshot:
    """A published office, opened as an analyst opens it."""

    office: Office
    published: Published
    hashes: dict[str, str]

    def rows(self, select: str, name: str = "analytics.duckdb") -> list[tuple]:
        """Return the rows that a plain reader sees."""
        path = self.office.published / name
        with duckdb.connect(str(path), read_only=True) as reader:
            return reader.execute(select).fetchall()


def hashes(folder: Path) -> dict[str, str]:
    """Return SHA-256 by path of every file below a folder but the log."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".csv"
    }


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        masked = publish(office, connection, JULY)
        first = hashes(office.published)
        publish(office, connection, JULY, full=True)
        yield Snapshot(office, masked, first)


def test_every_table_is_there_with_its_rows(snapshot: Snapshot) -> None:
    found = {
        table.table_name: snapshot.rows(f"SELECT count(*) FROM {table.table_name}")[0][0]
        for table in PUBLISHED
    }
    assert found == snapshot.published.rows
    assert found["beneficiary"] == 10
    assert found["payroll"] == 12  # not September's, which is open
    assert found["event"] == 11  # not the rejected row
    assert found["issue"] == 3  # not the check of the open September


def test_every_table_and_column_has_a_comment(snapshot: Snapshot) -> None:
    assert snapshot.rows("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL") == []
    assert (
        snapshot.rows(
            "SELECT column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        )
        == []
    )
    assert snapshot.rows("SELECT view_name FROM duckdb_views() WHERE comment IS NULL") == [
        (name,) for (name,) in snapshot.rows("SELECT view_name FROM duckdb_views() WHERE internal")
    ]
    assert snapshot.rows(
        "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main'"
    ) == [(sum(len(table.columns) for table in PUBLISHED),)]


def test_every_table_has_a_view_with_the_same_rows(snapshot: Snapshot) -> None:
    assert [view.table for view in VIEWS] == list(PUBLISHED)
    for view in VIEWS:
        names = [name for name, _, _ in view.columns()]
        assert len(set(names)) == len(names)
        counted = snapshot.rows(f"SELECT count(*) FROM {view.target}")
        assert counted == [(snapshot.published.rows[view.table.table_name],)]


def test_views_put_codes_into_words(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT ma_ho_so, ten_xa, so_tien, trang_thai, trang_thai_chu, ma_loi_chu"
        " FROM bao_cao.v_chi_tra WHERE ky = '2024-07' AND trang_thai IN ('failed', 'processing')"
        " ORDER BY ma_ho_so"
    ) == [
        *[("P02", "Thị trấn Tủa Chùa", 750_000, "failed", "lỗi", "sai số tài khoản")],
        *[("P06", "Thị trấn Tủa Chùa", 750_000, "processing", "đang xử lý", None)],
        *[("P09", "Xã Huổi Só", 500_000, "failed", "lỗi", "không đến nhận")],
    ]
    assert snapshot.rows(
        "SELECT chi_tieu_chu, gia_tri::BIGINT FROM bao_cao.v_tien_do WHERE ky = '2024-07'"
        " AND ma_xa = '*' AND nguon = '*' AND don_vi_chi_tra = '*' AND chi_tieu = 'beneficiaries'"
    ) == [("Số đối tượng", 9)]


def test_views_are_found_where_the_file_is_attached_under_another_name(snapshot: Snapshot) -> None:
    with duckdb.connect() as reader:
        path = snapshot.office.published / "analytics.duckdb"
        reader.execute(f"ATTACH '{path}' AS kho (READ_ONLY)")
        assert reader.execute("SELECT count(*) FROM kho.bao_cao.v_bien_dong").fetchone() == (4,)


def test_latest_says_which_publish_it_is(snapshot: Snapshot) -> None:
    latest = json.loads((snapshot.office.published / "latest.json").read_text(encoding="utf-8"))
    parquet = snapshot.office.published / "parquet"
    assert (latest["month"], latest["published_on"]) == ("2024-07", "2024-07-25")
    assert (latest["database"], latest["storage"]) == ("analytics.duckdb", "v1.2.0")
    assert {name: told["rows"] for name, told in latest["tables"].items()} == dict(
        snapshot.published.rows
    )
    for name, told in latest["tables"].items():
        data = (parquet / f"{name}.parquet").read_bytes()
        assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(latest["version"]) == 16
    names = [path.name for path in snapshot.published.paths]
    before = names[: names.index("latest.json")]
    assert {"analytics.duckdb", "payroll.parquet"} <= set(before)
    assert not [name for name in before if name.endswith((".xlsx", ".pdf", ".docx"))]


def test_columns_stand_in_the_declared_order_and_type(snapshot: Snapshot) -> None:
    for table in PUBLISHED:
        found = snapshot.rows(
            "SELECT column_name FROM duckdb_columns()"
            f" WHERE table_name = '{table.table_name}' ORDER BY column_index"
        )
        assert [name for (name,) in found] == table.names()
        path = snapshot.office.published / "parquet" / f"{table.table_name}.parquet"
        assert pl.read_parquet_schema(path) == table.polars_schema()


def test_parquet_holds_the_same_rows_sorted(snapshot: Snapshot) -> None:
    for table in PUBLISHED:
        frame = pl.read_parquet(
            snapshot.office.published / "parquet" / f"{table.table_name}.parquet"
        )
        assert frame.rows() == snapshot.rows(f"SELECT * FROM {table.table_name}")
    assert frame.equals(frame.sort(pl.all(), nulls_last=True))


def test_personal_data_are_masked(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT dossier_no, full_name, birth_year, commune_code, citizen_id_masked, identity_status"
        " FROM beneficiary WHERE dossier_no IN ('P01', 'P02', 'P06', 'P09')"
    ) == [
        ("P01", "Vừ A Hùng", 1944, "03217", "011******111", "verified"),
        ("P02", "Giàng Thị Mỷ", 1950, "03217", "011******222", "unverified"),
        ("P06", "Cứ Thị Dở", 1980, "03217", None, "missing"),
        ("P09", "Quàng Văn Chống", 1942, "03220", "011******999", "refused"),
    ]


def test_sensitive_families_are_stars(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT payment_id, category_family, category_code FROM payroll_item ORDER BY ALL"
    ) == [
        *[(payment_id(1), "BT05A", "BT05A1")] * 2,
        (payment_id(1), "BT05A", None),
        (payment_id(2), "*", "*"),
        (payment_id(7), "*", "*"),
    ]
    assert snapshot.rows(
        "SELECT category_family FROM benefit WHERE dossier_no IN ('P02', 'P06')"
    ) == [("*",), ("*",)]
    assert snapshot.rows("SELECT category_code FROM event WHERE dossier_no = 'P02'") == [("*",)]
    assert snapshot.rows("SELECT message FROM issue WHERE dossier_no = 'P02'") == [
        ("* sinh 1950, số ******222",)
    ]


def test_nothing_personal_is_left_in_the_bytes(snapshot: Snapshot) -> None:
    hidden = ("011150000222", "8906000000011", "045000000022", "0981000001", "1950-01-02")
    for table in PUBLISHED:
        text = str(snapshot.rows(f"SELECT * FROM {table.table_name}"))
        assert not [value for value in hidden if value in text], table.table_name
        if table.table_name != "rate":
            assert "BT06" not in text, table.table_name
            assert "BT08" not in text, table.table_name


def test_status_of_payments(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT payment_id, month, channel, status, status_reason FROM payroll"
        " WHERE month >= '2024-07' ORDER BY payment_id"
    ) == [
        (payment_id(1), "2024-07", "account", "paid", None),
        (payment_id(2), "2024-07", "account", "failed", "SAI_SO_TK"),
        (payment_id(3), "2024-07", "account", "paid", None),
        (payment_id(4), "2024-07", "account", "returned", "TK_DONG"),
        (payment_id(5), "2024-07", "cash", "paid", None),
        (payment_id(6), "2024-07", "cash", "instructed", None),
        (payment_id(7), "2024-07", "cash", "processing", None),
        (payment_id(8), "2024-07", "cash", "failed", "KHONG_DEN_NHAN"),
        (payment_id(9), "2024-07", "none", "paid", None),
        (payment_id(12), "2024-08", "account", "prepared", None),
    ]


def test_events_of_every_kind(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT kind, row_no, dossier_no, effective_month, reason FROM event"
        " WHERE kind <> 'BAO_CAO' ORDER BY ALL"
    ) == [
        ("GIAM", 8, "P08", "2024-07", "CHET"),
        ("KET_QUA", 2, "P03", None, "TK_DONG"),
        ("KET_QUA", 3, "P06", None, None),  # without an id: known by what it decided
        ("KET_QUA", 4, None, None, None),
        ("TAI_KHOAN", 3, "P06", None, None),
        ("TAI_KHOAN", 4, "P07", None, None),
        ("TANG", 7, "P02", "2024-07", "MOI"),
        ("XAC_THUC", 2, "P01", None, None),
    ]


def test_fees_of_paid_lines(snapshot: Snapshot) -> None:
    # 1100 + 0.5 per mille, line by line: 540,000; 900,000 and 2,789,000 (1394.5 is 1395).
    assert snapshot.rows("SELECT * FROM fee") == [
        ("2023-12", "AGRIBANK", "account", 1, None, None),  # before the contract: not known
        ("2024-06", "AGRIBANK", "account", 1, 1_370, None),
        ("2024-07", "AGRIBANK", "account", 2, 1_550 + 2_495, 4_000),
        ("2024-07", "VIETTEL", "cash", 1, None, None),
    ]


def test_first_report_of_a_unit(snapshot: Snapshot) -> None:
    assert snapshot.rows("SELECT * FROM report_received") == [
        ("2024-07", "03217", date(2024, 7, 19), True),
        ("2024-07", "AGRIBANK", date(2024, 7, 20), False),
    ]


def test_received_at_is_vietnam_time(snapshot: Snapshot) -> None:
    assert snapshot.rows("SELECT received_at FROM file WHERE sha256 = 'a5'") == [
        (datetime(2024, 7, 19, 23, 59),)
    ]


def test_rates_multiply_out(snapshot: Snapshot) -> None:
    assert snapshot.rows(
        "SELECT standard_amount, amount, valid_from, valid_to, confirmed FROM rate"
        " WHERE category_code = 'BT05C' AND scope = 'VN' ORDER BY valid_from"
    ) == [
        (360_000, 360_000, "2021-07", "2024-06", "yes"),
        (500_000, 500_000, "2024-07", "2025-06", "yes"),
    ]
    assert snapshot.rows(
        "SELECT standard_code, standard_amount, amount, valid_from, valid_to FROM rate"
        " WHERE category_code = 'NC_BMVNAH' ORDER BY valid_from"
    ) == [
        ("FIXED", None, 4_872_000, "2021-09", "2023-06"),
        ("FIXED", None, 8_367_000, "2024-07", None),
    ]
    assert snapshot.rows("SELECT confirmed, count(*) > 0 FROM rate GROUP BY ALL ORDER BY ALL") == [
        ("no", True),
        ("yes", True),
    ]


def test_full_copy_is_unmasked_private_and_logged(snapshot: Snapshot) -> None:
    full = snapshot.office.published / "analytics_full.duckdb"
    assert snapshot.rows(
        "SELECT citizen_id_masked FROM beneficiary WHERE dossier_no = 'P02'", full.name
    ) == [("011150000222",)]
    assert snapshot.rows("SELECT category_code FROM event WHERE dossier_no = 'P02'", full.name) == [
        ("BT06F",)
    ]
    assert stat.S_IMODE(full.stat().st_mode) == 0o600
    log = (snapshot.office.published / "access_log.csv").read_text().splitlines()
    assert log[0] == "day,user"
    assert len(log) == 2
    assert log[1].startswith("2024-07-25,")
    assert "analytics_full.duckdb" not in snapshot.hashes


def test_publishing_again_gives_the_same_bytes(snapshot: Snapshot) -> None:
    again = hashes(snapshot.office.published)
    assert {name: again[name] for name in snapshot.hashes} == snapshot.hashes
    assert set(again) - set(snapshot.hashes) == {"analytics_full.duckdb"}
    assert len(snapshot.hashes) == 2 + len(PUBLISHED)  # the database and latest.json
    assert not (snapshot.office.published / ".new").exists()


def test_rows_that_came_in_another_order_give_the_same_bytes(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    office = new_office(tmp_path)
    with warehouse.opened(office) as connection:
        fill(connection)
        for name in ("payment", "payment_item", "issue", "change", "outcome", "standing"):
            connection.execute(f"CREATE TEMP TABLE turned AS FROM main.{name} ORDER BY rowid DESC")
            connection.execute(f"DELETE FROM main.{name}")
            connection.execute(f"INSERT INTO main.{name} FROM turned; DROP TABLE turned")
        connection.execute("SET threads = 3")
        publish(office, connection, JULY)
    assert hashes(office.published) == snapshot.hashes


def test_half_a_run_before_leaves_no_trace(snapshot: Snapshot, tmp_path: Path) -> None:
    with small_office(tmp_path) as (office, connection):
        left = office.published / ".new" / "parquet"
        left.mkdir(parents=True)
        (left / "payroll.parquet").write_bytes(b"half")
        publish(office, connection, JULY)
        assert hashes(office.published) == snapshot.hashes


@pytest.mark.parametrize("month", ["2024-09", "2024-10"])
def test_refused_before_prepared(tmp_path: Path, month: str) -> None:
    with small_office(tmp_path) as (office, connection):
        with pytest.raises(Refused, match="chưa lập"):
            publish(office, connection, month_number(month))
        assert not list(office.published.iterdir())


def test_progress_report_as_an_officer_reads_it(snapshot: Snapshot) -> None:
    folder = snapshot.office.outbox(JULY) / "reports"
    assert verify_folder(folder) == []
    assert folder / "tien_do_2024-07.xlsx" in snapshot.published.paths
    book = openpyxl.load_workbook(folder / "tien_do_2024-07.xlsx")
    assert book.sheetnames == [
        *("Theo xã", "Theo nguồn", "Theo đơn vị chi trả", "Chi tiết", "Đối chiếu báo cáo")
    ]
    lines = list(book["Theo xã"].iter_rows(min_row=5, values_only=True))
    assert lines[:2] == [
        ("Chỉ tiêu", "Thị trấn Tủa Chùa (03217)", "Xã Huổi Só (03220)", "Tổng cộng"),
        ("Số đối tượng", 5, 4, 9),
    ]
    total = {line[0]: line[-1] for line in lines}
    assert total["Tỷ lệ không dùng tiền mặt theo người"] == "66,7%"
    assert total["Lũy kế đã chi trong năm"] == 5_229_000
    compared = list(book["Đối chiếu báo cáo"].iter_rows(min_row=2, values_only=True))
    assert compared == [
        (
            *("03217", "Thị trấn Tủa Chùa", "Số đối tượng", "Số đối tượng", "6", 5, 1),
            "Đơn vị báo nhiều hơn sổ của phòng 1.",
        ),
        (
            *("03217", "Thị trấn Tủa Chùa", "so khac", None, "1", None, None),
            "Không so: chỉ tiêu không có trong danh mục của phòng.",
        ),
        (
            *("AGRIBANK", "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam"),
            *("paid_account_count", "Đã chi qua tài khoản (lượt)", "2", 2, 0, "Khớp."),
        ),
    ]
