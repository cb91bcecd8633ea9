"""1 July 2025: communes merged, codes re-used. People, history and senders stay where they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from schemas.period import month_number
from tasks import publish, warehouse
from tests.house import House, dieu_chinh, giam, new_house, own_account, tang

JUNE, JULY = month_number("2025-06"), month_number("2025-07")
ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
# Before the reform: Tủa Thàng, Mường Báng, Huổi Só and the town of Tủa Chùa.
PLACES = {"H1": "03235", "H2": "03250", "H3": "03220", "H4": "03217"}
SUCCESSORS = {"H1": "03220", "H2": "03217", "H3": "03220", "H4": "03217"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return an office that paid June 2025 and stands on the first of July."""
    house = new_house(tmp_path / "office", "2025-06")
    for dossier, commune in PLACES.items():
        house.send("TANG", [tang(dossier, "BT06D", "01/2020", **ROSTER)], commune)
    house.ingest()
    house.pay("2025-06")
    house.day = date(2025, 7, 1)
    return house


def communes(house: House, month: int) -> dict[str, str]:
    return {
        row["dossier_no"]: row["commune_code"] for row in house.table("payment", f"month = {month}")
    }


def rejected(house: House) -> list[tuple[str, str]]:
    """Return (dossier, rule) of the rows that went back."""
    issues = house.table("issue", "severity = 'reject'")
    return sorted((issue["dossier_no"], issue["rule"]) for issue in issues)


def test_everybody_is_paid_in_the_new_commune_and_nobody_changes(house: House) -> None:
    prepared = house.prepare("2025-07")
    assert communes(house, JUNE) == PLACES
    assert communes(house, JULY) == SUCCESSORS
    assert house.table("delta", f"month = {JULY}") == []
    assert (prepared.payments, prepared.amount, prepared.alerts) == (4, 3_000_000, ())


def test_the_commune_that_took_over_speaks_for_those_of_before(house: House) -> None:
    house.send("GIAM", [giam("H1", "BT06D", "07/2025", "CHET")], "03220")
    house.send("GIAM", [giam("H2", "BT06D", "07/2025", "CHET")], "03220")  # of Tủa Chùa now
    house.send("tai_khoan", [own_account("H3", "1111111111")], "03220")
    house.send("tai_khoan", [own_account("H4", "2222222222")], "03241")
    house.ingest()
    assert rejected(house) == [("H2", "FL03"), ("H4", "FL03")]
    house.prepare("2025-07")
    assert [
        (row["dossier_no"], row["commune_code"], row["kind"], row["reason"])
        for row in house.table("delta", f"month = {JULY}")
    ] == [("H1", "03220", "decrease", "CHET")]


def test_a_file_headed_by_a_commune_that_is_gone_is_its_successors(house: House) -> None:
    house.send("GIAM", [giam("H1", "BT06D", "07/2025", "CHET")], "03235")
    house.send("TANG", [tang("H5", "BT06D", "07/2025")], "Mường Báng")
    house.ingest()
    assert rejected(house) == []
    house.prepare("2025-07")
    assert communes(house, JULY) == {
        no: code for no, code in (SUCCESSORS | {"H5": "03217"}).items() if no != "H1"
    }


def test_a_row_sent_again_by_the_successor_says_nothing_new(house: House) -> None:
    rows = [tang(dossier, "BT06D", "01/2020", **ROSTER) for dossier in ("H1", "H3")]
    house.send("TANG", rows, "03220")
    house.ingest()
    again = house.table("change", f"cycle = {JULY}")
    assert [(row["is_taken"], row["has_effect"]) for row in again] == [(True, False)] * 2


def test_moving_between_merged_communes_is_a_move_in_one_commune(house: House) -> None:
    house.send("GIAM", [giam("H1", "BT06D", "07/2025", "CHUYEN_DI")], "03220")
    house.send("TANG", [tang("H1", "BT06D", "07/2025", reason="CHUYEN_DEN")], "03217")
    house.ingest()
    house.prepare("2025-07")
    found = house.table("delta", f"month = {JULY}")
    assert [(row["commune_code"], row["kind"], row["reason"]) for row in found] == [
        ("03217", "increase", "CHUYEN_DEN"),
        ("03220", "decrease", "CHUYEN_DI"),
    ]


def test_the_old_age_allowance_becomes_the_social_pension(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office", "2025-06")
    old = {"birth_date": "10/02/1940", **ROSTER}
    house.send("TANG", [tang(no, "BT05C", "01/2022", **old) for no in ("H1", "H2")], "03235")
    house.ingest()
    house.pay("2025-06")
    house.day = date(2025, 7, 1)
    change = dieu_chinh(
        "H1", "HT01", "07/2025", "DOI_DOI_TUONG", old_category_code="BT05C", decision_no="9/QĐ"
    )
    house.send("DIEU_CHINH", [change], "03220")
    house.ingest()
    house.pay("2025-07")
    assert house.items("2025-07") == [("H1", "HT01", "2025-07", "regular", 500_000)]
    deltas = [
        (row["dossier_no"], row["scheme"], row["kind"], row["reason"], row["decision_no"])
        for row in house.table("delta", f"month = {JULY}")
    ]
    assert deltas == [
        ("H1", "BTXH", "decrease", "DOI_DOI_TUONG", "9/QĐ"),
        ("H1", "HTXH", "increase", "DOI_DOI_TUONG", "9/QĐ"),
        ("H2", "BTXH", "decrease", "DOI_MUC_CHUAN", None),
    ]
    # The law ended, and nobody decided yet: July waits for the decision, it is not lost.
    assert [(row["dossier_no"], row["rule"]) for row in house.table("held")] == [("H2", "EN03")]
    house.send("DIEU_CHINH", [change | {"dossier_no": "H2", "full_name": "Vừ A H2"}], "03220")
    house.ingest()
    house.pay("2025-08")
    assert [item for item in house.items("2025-08") if item[0] == "H2"] == [
        ("H2", "HT01", "2025-07", "arrears", 500_000),
        ("H2", "HT01", "2025-08", "regular", 500_000),
    ]


def test_reports_keep_the_communes_of_their_month(house: House) -> None:
    house.pay("2025-07")
    office = house.office()
    with warehouse.opened(office) as connection:
        publish.publish(office, connection, JULY)
    progress = pl.read_parquet(office.published / "parquet" / "progress.parquet").filter(
        metric="beneficiaries", scheme="*", provider="*"
    )
    counted = {
        (month, commune): int(value)
        for month, commune, value in progress.select("month", "commune_code", "value").iter_rows()
    }
    assert counted == {
        ("2025-06", "*"): 4,
        **{("2025-06", code): 1 for code in PLACES.values()},
        ("2025-07", "*"): 4,
        ("2025-07", "03217"): 2,
        ("2025-07", "03220"): 2,
    }
    people = pl.read_parquet(office.published / "parquet" / "beneficiary.parquet")
    assert dict(people.select("dossier_no", "commune_code").iter_rows()) == SUCCESSORS


def test_a_report_for_june_is_of_the_commune_of_june(house: House) -> None:
    """It comes in while July is open; `Tủa Thàng` is another commune then."""
    path = house.home / "inbox" / "bao_cao.csv"
    path.write_text(
        "Đơn vị,Kỳ,Ngày báo cáo,Chỉ tiêu,Giá trị\n"
        "Tủa Thàng,06/2025,18/06/2025,Số đối tượng,1\n"
        "Huổi Só,06/2025,18/06/2025,Số đối tượng,1\n"
        "Tủa Thàng,07/2025,18/07/2025,Số đối tượng,2\n",
        encoding="utf-8",
    )
    house.ingest()
    told = [(row["month"], row["commune_code"]) for row in house.table("report_row")]
    assert sorted(told) == [(JUNE, "03220"), (JUNE, "03235"), (JULY, "03220")]


def test_a_report_for_june_without_rows_is_of_the_commune_of_june_too(house: House) -> None:
    path = house.home / "inbox" / "bao_cao.csv"
    path.write_text(
        "Đơn vị: Tủa Thàng\nKỳ: 06/2025\nĐơn vị,Kỳ,Ngày báo cáo,Chỉ tiêu,Giá trị\n",
        encoding="utf-8",
    )
    house.ingest()
    [file] = [row for row in house.table("received_file") if row["kind"] == "bao_cao"]
    assert (file["rows_in"], file["stated_month"], file["commune_code"]) == (0, JUNE, "03235")
