"""Raw rows in, typed rows and repairs out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.layouts import LAYOUTS
from schemas.submissions import (
    CELL_LISTS,
    AccountRow,
    Change,
    ReportRow,
    Result,
    Submitted,
    Verification,
)
from tasks.normalise import Cleaned, ReferenceWords, clean, month_of_text
from tasks.sheets import raw_schema
from tests.house import new_house, tang

WORDS = ReferenceWords.load(Path(__file__).parents[2] / "data" / "reference")
LAYOUT_OF = {layout.table: layout for layout in LAYOUTS.values()}
DERIVED = {
    Change: {"name_fold", "id_birth_year", "id_gender", "id_province", "given_month"},
    AccountRow: {"name_fold", "holder_fold", "bin"},
}


def raw(table: type[Submitted], *rows: dict[str, object]) -> pl.DataFrame:
    """Return raw rows; what is not given is empty, places count up from row 2."""
    place = {"sheet": "S", "sheet_no": 1, "kind": "TANG"} | dict.fromkeys(CELL_LISTS, "")
    numbered = [{**place, "row_no": number, **row} for number, row in enumerate(rows, 2)]
    frame = pl.DataFrame(numbered, schema=raw_schema(LAYOUT_OF[table]))
    return frame.with_columns(sha256=pl.lit("f" * 64))


def cleaned(table: type[Submitted], *rows: dict[str, object]) -> Cleaned:
    return clean(table, raw(table, *rows), WORDS)


def repairs(found: Cleaned) -> list[tuple[object, ...]]:
    return found.repairs.select("row_no", "rule", "field", "before", "after").rows()


def test_a_change_is_typed() -> None:
    found = cleaned(
        Change,
        {
            "dossier_no": " HS 001 ",
            "full_name": "Vừ  A Hùng",
            "birth_date": "5/7/1950",
            "gender": "nam",
            "citizen_id": "011 050 000123",
            "category_code": "bt05a",
            "coefficient": "1,5",
            "monthly_amount": "540.000",
            "units": "1",
            "decision_date": "01/06/2024",
            "effective_month": "06/2024",
            "reason": "Hiện hưởng",
        },
    )
    row = found.rows.row(0, named=True)
    expected = {
        "dossier_no": "HS001",
        "full_name": "Vừ A Hùng",
        "birth_date": "1950-07-05",
        "gender": "Nam",
        "citizen_id": "011050000123",
        "category_code": "BT05A",
        "coefficient": Decimal("1.5"),
        "monthly_amount": 540_000,
        "units": 1,
        "decision_date": "2024-06-01",
        "effective_month": 24293,
        "given_month": 24293,
        "reason": "HIEN_HUONG",
        "name_fold": "VU A HUNG",
        "id_birth_year": 1950,
        "id_gender": "Nam",
        "id_province": "011",
        "unreadable": "",
        "note": None,
    }
    assert {name: row[name] for name in expected} == expected
    assert repairs(found) == []


@pytest.mark.parametrize("table", LAYOUT_OF, ids=lambda table: table.table_name)
@pytest.mark.parametrize("count", [0, 2])
def test_columns_have_the_types_of_the_checked_table(table, count: int) -> None:
    found = cleaned(table, *[dict.fromkeys(table.fields, "1")] * count).rows
    schema = table.polars_schema()
    assert found.height == count
    assert set(table.fields) | DERIVED.get(table, set()) <= set(found.columns)
    common = [name for name in found.columns if name in schema]
    assert {name: found.schema[name] for name in common} == {name: schema[name] for name in common}


def test_what_cannot_be_read_is_null_and_named() -> None:
    found = cleaned(
        Change,
        {"full_name": "=1+1", "birth_date": "31/02/2024", "units": "0", "reason": "vì già"},
        {"full_name": "A", "gender": "?", "category_code": "lạ", "note": " \u200b "},
        {"coefficient": "a", "monthly_amount": "540000.0000000001", "effective_month": "sớm"},
    ).rows
    assert found["unreadable"].to_list() == [
        ",full_name,birth_date,units,reason,",
        ",gender,",
        ",coefficient,monthly_amount,effective_month,",
    ]
    assert found["category_code"].to_list() == [None, "LẠ", None]


def test_number_cells_are_read_as_numbers() -> None:
    numbers = ",birth_date,effective_month,monthly_amount,"
    found = cleaned(
        Change,
        {"birth_date": "18449", "effective_month": "45474", "monthly_amount": "1.125"}
        | {"number_cells": numbers},
        {"birth_date": "18449", "effective_month": "45474", "monthly_amount": "1.125"},
    ).rows
    read = found.select("birth_date", "effective_month", "monthly_amount", "unreadable").rows()
    assert read == [
        (None, 24294, None, ",birth_date,monthly_amount,"),
        (None, None, 1125, ",birth_date,effective_month,"),
    ]


ID_CASES = [
    # birth, gender, id as given, id as taken
    ("05/07/1950", "Nam", "11050000123", "011050000123"),
    ("1950", "Nam", "11050000123", "011050000123"),
    ("05/07/1951", "Nam", "11050000123", "11050000123"),
    ("05/07/1950", "Nữ", "11050000123", "11050000123"),
    (None, "Nam", "11050000123", "11050000123"),
    ("1950", None, "11050000123", "11050000123"),
    ("1950", "Nam", "00050000123", "00050000123"),  # 000 is no province
    ("1950", "Nam", "1105000012", "1105000012"),
]


@pytest.mark.parametrize(("birth", "gender", "given_id", "taken"), ID_CASES)
def test_a_lost_zero_comes_back_where_the_row_agrees(birth, gender, given_id, taken) -> None:
    found = cleaned(Change, {"birth_date": birth, "gender": gender, "citizen_id": given_id})
    assert found.rows["citizen_id"].to_list() == [taken]
    mended = [(2, "ID01", "citizen_id", given_id, taken)] if taken != given_id else []
    assert repairs(found) == mended


DEATHS = [
    # kind, death, month given, month taken, text of the month taken where it is a repair
    ("GIAM", "03/07/2024", "07/2024", 24295, "08/2024"),
    ("GIAM", "07/2024", None, 24295, "08/2024"),
    ("GIAM", "03/07/2024", "sớm", 24295, "08/2024"),
    ("GIAM", "03/07/2024", "08/2024", 24295, None),
    ("GIAM", "31/12/2024", "08/2024", 24300, "01/2025"),
    ("GIAM", "2024", "08/2024", 24295, None),
    ("GIAM", None, "08/2024", 24295, None),
    ("TANG", "03/07/2024", "07/2024", 24294, None),
]


@pytest.mark.parametrize(("kind", "death", "month", "taken", "repair"), DEATHS)
def test_the_month_of_death_is_the_last_one(kind, death, month, taken, repair) -> None:
    row = {"kind": kind, "death_date": death, "effective_month": month}
    found = cleaned(Change, row)
    assert found.rows["effective_month"].to_list() == [taken]
    assert found.rows["given_month"].to_list() == [month_of_text(month)]
    assert found.rows["unreadable"].to_list() == [""]
    assert repairs(found) == ([(2, "EN12", "effective_month", month, repair)] if repair else [])


def test_look_alikes_are_repairs_of_their_cells() -> None:
    found = cleaned(
        AccountRow,
        {"full_name": "Ðinh Thị Lƣờng", "holder_name": "Ðinh Văn A", "relation": "C\u043en trai"},
        {"full_name": "Đinh Thị Lường", "account_number": "０123456789"},
        {"full_name": "=Ð", "relation": "\u0416"},
    )
    assert found.rows["full_name"].to_list() == ["Đinh Thị Lường", "Đinh Thị Lường", None]
    assert repairs(found) == [
        (2, "ID10", "full_name", "Ðinh Thị Lƣờng", "Đinh Thị Lường"),
        (2, "ID10", "holder_name", "Ðinh Văn A", "Đinh Văn A"),
        (2, "ID10", "relation", "C\u043en trai", "Con trai"),
        (3, "ID10", "account_number", "０123456789", "0123456789"),
    ]


def test_villages_peoples_and_decisions_lose_look_alikes() -> None:
    row = {"village": "Ðề Bâu", "ethnicity": "M\u043eng", "decision_no": "12/QÐ-UBND", "note": "Ð"}
    found = cleaned(Change, row)
    assert [(field, after) for _, _, field, _, after in repairs(found)] == [
        ("ethnicity", "Mong"),
        ("village", "Đề Bâu"),
        ("decision_no", "12/QĐ-UBND"),
    ]
    assert found.rows["note"].to_list() == ["Ð"]


def test_how_a_value_is_written_is_no_repair() -> None:
    row = {
        "full_name": "'Vu\u031b\u0300\u00a0 A\u200b Hùng",
        "birth_date": "18449",
        "citizen_id": "011050000123.0",
        "monthly_amount": "720.000 đ",
        "effective_month": "Tháng 7/2024",
        "number_cells": ",birth_date,",
    }
    found = cleaned(Change, row)
    assert repairs(found) == []
    assert found.rows["unreadable"].to_list() == [",birth_date,"]  # 18449 is before 1954
    assert found.rows.select("full_name", "citizen_id", "effective_month").rows() == [
        ("Vừ A Hùng", "011050000123", 24294)
    ]


def test_cells_in_tcvn3_are_decoded_and_said() -> None:
    sent = {
        "full_name": "Lß ThÞ H\u00ad¬ng",
        "village": "B¶n Hµng",
        "gender": "N÷",
        "monthly_amount": "720.000 ®",
        "effective_month": "Th¸ng 7/2024",
        "note": "Nam",
    }
    legacy = f",{','.join(sent)},"
    found = cleaned(Change, sent | {"legacy_cells": legacy}, sent)
    assert found.rows.select("full_name", "village", "gender", "note").rows() == [
        ("Lò Thị Hương", "Bản Hàng", "Nữ", "Nam"),
        ("Lß ThÞ H¬ng", "B¶n Hµng", None, "Nam"),
    ]
    assert found.rows["monthly_amount"].to_list() == [720_000, None]
    assert found.rows["effective_month"].to_list() == [24294, None]
    assert found.rows["legacy_cells"].to_list() == [legacy, ""]
    assert repairs(found) == [
        (2, "ID10", "full_name", sent["full_name"], "Lò Thị Hương"),
        (2, "ID10", "gender", "N÷", "Nữ"),
        (2, "ID10", "village", "B¶n Hµng", "Bản Hàng"),
        (2, "ID10", "monthly_amount", "720.000 ®", "720.000 đ"),
        (2, "ID10", "effective_month", "Th¸ng 7/2024", "Tháng 7/2024"),
    ]


def test_a_decoded_row_says_the_same_as_one_in_unicode() -> None:
    legacy = {"full_name": "Lß V¨n Nam", "units": "mét", "legacy_cells": ",full_name,units,"}
    marks = cleaned(Change, legacy, {"full_name": "Lò Văn Nam", "units": "một"}).rows
    assert marks["fingerprint"].n_unique() == 1


def test_phones_are_mended_and_said() -> None:
    phones = ["0912 345 678", "+84912345678", "01691234567", "912345678", "0123", None]
    found = cleaned(AccountRow, *[{"phone": phone} for phone in phones])
    assert found.rows["phone"].to_list() == [
        "0912345678",
        "0912345678",
        "0391234567",
        "0912345678",
        "0123",
        None,
    ]
    assert [(row[0], row[1], row[4]) for row in repairs(found)] == [
        (3, "AC06", "0912345678"),
        (4, "AC06", "0391234567"),
        (5, "AC06", "0912345678"),
    ]


def test_accounts_keep_their_digits() -> None:
    found = cleaned(
        AccountRow,
        {
            "method": "Chính chủ",
            "bank": "Ngân hàng lạ",
            "account_number": "0123.456-789 0",
            "holder_name": "GIÀNG A CHÙA",
            "holder_citizen_id": "011.050.000.123",
            "no_account_reason": "Ở xa",
        },
    ).rows.row(0, named=True)
    assert (found["method"], found["bank"], found["bin"]) == ("CHINH_CHU", "Ngân hàng lạ", None)
    assert (found["account_number"], found["holder_citizen_id"]) == ("01234567890", "011050000123")
    assert (found["holder_fold"], found["no_account_reason"]) == ("GIANG A CHUA", "O_XA")


def test_results_verifications_and_reports() -> None:
    result = cleaned(Result, {"payment_id": " ct01 ", "amount": "500.000đ", "status": "Hoàn trả"})
    assert result.rows.select("payment_id", "amount", "status").rows() == [
        ("CT01", 500_000, "HOAN_TRA")
    ]
    checks = [
        {"subject": "Thuê bao", "value": "+84 912 345 678", "outcome": "Đúng"},
        {"subject": "DAN_CU", "value": "011 050 000123", "outcome": "sai"},
        {"subject": "DAN_CU", "value": "11050000123", "outcome": "sai"},
        {"subject": "DAN_CU", "value": "00050000123", "outcome": "sai"},  # 000 is no province
        {"subject": "TAI_KHOAN", "value": "11050000123", "outcome": "sai"},
    ]
    found = cleaned(Verification, *checks)
    assert found.rows.select("subject", "value", "outcome").rows() == [
        ("THUE_BAO", "0912345678", "DUNG"),
        ("DAN_CU", "011050000123", "SAI"),
        ("DAN_CU", "011050000123", "SAI"),
        ("DAN_CU", "00050000123", "SAI"),
        ("TAI_KHOAN", "11050000123", "SAI"),
    ]
    assert repairs(found) == [(4, "ID01", "value", "11050000123", "011050000123")]
    report = {"metric": "paid_amount", "value": "1.000", "reported_on": "19/07/2024"}
    assert cleaned(ReportRow, report).rows.select("reported_on", "value").rows() == [
        ("2024-07-19", "1.000")
    ]


def test_fingerprints_tell_rows_apart_by_what_they_say() -> None:
    base = {"dossier_no": "HS1", "full_name": "Vừ A Hùng", "coefficient": "1,5"}
    rows = [
        base,
        base | {"coefficient": "1.50", "full_name": " Vừ  A Hùng"},  # the same, written otherwise
        base | {"note": "x"},
        base | {"units": "một"},
        base | {"units": "hai"},
        base | {"kind": "GIAM"},
        {"full_name": "HS1", "village": "Vừ A Hùng", "coefficient": "1,5"},
    ]
    marks = cleaned(Change, *rows).rows["fingerprint"].to_list()
    assert marks[0] == marks[1]
    assert len(set(marks)) == len(rows) - 1
    assert all(len(mark) == 32 for mark in marks)


def test_every_repair_of_a_file_is_kept_and_said_once_a_row_and_rule(tmp_path: Path) -> None:
    house = new_house(tmp_path)
    odd = {"full_name": "Ðinh Thị Lƣờng", "village": "Ðề Bâu", "citizen_id": "11180000123"}
    house.send("TANG", [tang("H1", "BT06D", "06/2024", gender="Nữ", **odd)])
    check = {"dossier_no": "H1", "subject": "DAN_CU", "value": "11180000123", "outcome": "SAI"}
    house.send("xac_thuc", [check])
    house.ingest()
    kept = [(row["rule"], row["field"], row["after"]) for row in house.table("repair")]
    assert sorted(kept) == [
        ("ID01", "citizen_id", "011180000123"),
        ("ID01", "value", "011180000123"),
        ("ID10", "full_name", "Đinh Thị Lường"),
        ("ID10", "village", "Đề Bâu"),
    ]
    said = [(row["rule"], row["field"], row["dossier_no"]) for row in house.table("issue")]
    assert sorted(said) == [
        ("ID01", "citizen_id", "H1"),
        ("ID01", "value", "H1"),
        ("ID10", "full_name, village", "H1"),
    ]


VALUE = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["07/2024", "1,5", "Chết", "11050000123", "0169123456", "1.080.000", "45474"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), table=st.sampled_from(list(LAYOUT_OF)))
def test_cleaning_never_raises_and_is_idempotent(data: st.DataObject, table) -> None:
    row = st.fixed_dictionaries(dict.fromkeys(table.fields, VALUE))
    kind = st.sampled_from(["TANG", "GIAM"])
    rows = data.draw(st.lists(st.tuples(row, kind), max_size=4))
    numbers = data.draw(st.sampled_from(["", f",{','.join(table.fields)},"]))
    given_rows = [one | {"kind": kind, "number_cells": numbers} for one, kind in rows]
    once = cleaned(table, *given_rows).rows
    again = clean(table, as_given(table, once), WORDS).rows
    for name in table.fields:
        assert again[name].to_list() == once[name].to_list()
    assert set("".join(again["unreadable"])) <= {""}


def as_given(table: type[Submitted], rows: pl.DataFrame) -> pl.DataFrame:
    """Return cleaned rows as a sender would write them."""
    texts = {name: rows[name].cast(pl.String) for name in table.fields}
    if "effective_month" in texts:
        texts["effective_month"] = rows["effective_month"].map_elements(
            lambda number: f"{number % 12 + 1}/{number // 12}", return_dtype=pl.String
        )
    columns = {"row_no": rows["row_no"], **texts}
    if "kind" in rows.columns:
        columns["kind"] = rows["kind"]
    return raw(table, *pl.DataFrame(columns).to_dicts())
