"""Rows judged in order and folded: what is taken, what is rejected and by which rules."""

from pathlib import Path

import pytest

from schemas.period import month_number
from tests.house import House, dieu_chinh, giam, new_house, own_account, tang

ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def intervals(house: House) -> list[tuple]:
    """Return (dossier, family, commune, from, stop, start reason, stop reason)."""
    return [
        (
            span["dossier_no"],
            span["family"],
            span["commune_code"],
            span["from_month"] - month_number("2024-01") + 1,
            span["stop_month"] and span["stop_month"] - month_number("2024-01") + 1,
            span["start_reason"],
            span["stop_reason"],
        )
        for span in house.table("benefit_interval")
    ]


def test_a_plain_row_starts_a_benefit(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024", citizen_id="011080000001")])
    house.ingest()
    assert intervals(house) == [("H1", "BT06N", "03217", 5, None, "MOI", None)]
    assert house.rules() == []


def test_the_same_bytes_and_the_same_rows_change_nothing(house: House) -> None:
    path = house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    (path.parent / "lai.csv").write_bytes(path.read_bytes())
    house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H2", "BT06D", "06/2024")])
    outcomes = {outcome.name[6:]: outcome for outcome in house.ingest()}
    assert outcomes["lai.csv"].outcome == "duplicate"
    assert outcomes["00002_TANG.csv"].rows_taken == 2
    assert [span[0] for span in intervals(house)] == ["H1", "H2"]
    assert house.rules() == []


def test_giam_goes_before_tang_and_is_tried_again_after_it(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "TU_NGUYEN")])
    house.ingest()
    assert intervals(house) == [("H1", "BT06N", "03217", 5, 7, "MOI", "TU_NGUYEN")]


def test_a_move_is_a_giam_in_one_commune_and_a_tang_in_the_other(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    house.send("TANG", [tang("H1", "BT06D", "07/2024", reason="CHUYEN_DEN")], "03220")
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "CHUYEN_DI")])
    house.ingest()
    assert intervals(house) == [
        ("H1", "BT06N", "03217", 5, 7, "MOI", "CHUYEN_DI"),
        ("H1", "BT06N", "03220", 7, None, "CHUYEN_DEN", None),
    ]
    assert house.rules() == []


def test_only_the_commune_of_the_last_interval_may_stop_a_benefit(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "TU_NGUYEN")], "03220")
    house.send("GIAM", [giam("H1", "BT06D", "08/2024", "TU_NGUYEN")], "khong-ro")
    house.ingest()
    assert house.rules() == [("FL03", "reject")] * 2


def test_a_death_ends_every_benefit_in_the_month_after_it(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H1", "NC_TNLS_1", "05/2024")])
    house.ingest()
    house.send("GIAM", [giam("H1", "BT06D", "09/2024", "CHET", death_date="10/06/2024")])
    house.ingest()
    assert [span[4:] for span in intervals(house)] == [(7, "MOI", "CHET")] * 2
    assert house.rules() == [("EN12", "fix")]
    assert house.table("person")[0]["is_dead"]
    house.send("GIAM", [giam("H1", "NC_TNLS_1", "07/2024", "CHET", death_date="11/06/2024")])
    assert house.ingest()[-1].rows_taken == 1


def test_a_stop_before_the_beginning_empties_the_interval(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "07/2024")])
    house.ingest()
    house.send("GIAM", [giam("H1", "BT06D", "05/2024", "HET_DIEU_KIEN")])
    house.ingest()
    assert intervals(house) == [("H1", "BT06N", "03217", 7, 7, "MOI", "HET_DIEU_KIEN")]


def test_a_change_of_category_ends_one_benefit_and_starts_the_other(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    house.send(
        "DIEU_CHINH",
        [dieu_chinh("H1", "BT06A", "06/2024", "DOI_MUC_DO_KT", old_category_code="BT06D")],
    )
    house.ingest()
    assert intervals(house) == [
        ("H1", "BT06DBN", "03217", 6, None, "DOI_MUC_DO_KT", None),
        ("H1", "BT06N", "03217", 5, 6, "MOI", "DOI_MUC_DO_KT"),
    ]


def test_corrections_replace_what_they_give(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024", citizen_id="011080000001")])
    house.ingest()
    house.send(
        "DIEU_CHINH",
        [
            dieu_chinh(
                "H1",
                "BT06D",
                "06/2024",
                "CAI_CHINH",
                full_name="Vừ Thị Mỷ",
                gender="Nữ",
                citizen_id="011180000001",
            )
        ],
    )
    house.ingest()
    person = house.table("person")[0]
    assert (person["full_name"], person["gender"], person["citizen_id"], person["birth_date"]) == (
        "Vừ Thị Mỷ",
        "Nữ",
        "011180000001",
        "1980-03-15",
    )


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"citizen_id": "01108000001"}, [("ID01", "reject")]),
        ({"citizen_id": "11080000001"}, [("ID01", "fix")]),
        ({"citizen_id": "011081000001"}, [("ID02", "reject")]),
        ({"citizen_id": "011180000001"}, [("ID03", "reject")]),
        ({"citizen_id": "003080000001"}, [("ID04", "warn")]),
        ({"birth_date": ""}, [("ID07", "reject")]),
        ({"birth_date": "31/12/2030"}, [("ID07", "reject")]),
        ({"category_code": "BT05A1"}, [("ID08", "reject")]),
        ({"category_code": "XX"}, [("EN01", "reject")]),
        ({"category_code": "HT01"}, [("EN01", "reject"), ("ID08", "reject")]),
        ({"coefficient": "2,0"}, [("EN02", "reject")]),
        ({"coefficient": "1,5", "monthly_amount": "540.000"}, []),
        ({"monthly_amount": "540.001"}, [("EN02", "reject")]),
        ({"effective_month": "05/2022"}, [("EN06", "reject")]),
        ({"effective_month": "07/2025"}, [("EN06", "reject")]),
        ({"decision_no": ""}, [("EN08", "reject")]),
        ({"full_name": ""}, [("EN09", "reject")]),
        ({"reason": "CHET"}, [("EN09", "reject")]),
        ({"units": "2"}, [("EN09", "reject")]),
        ({"category_code": "BT04", "units": "3", "monthly_amount": "1.080.000"}, []),
        (
            {"citizen_id": "011181000001", "decision_no": ""},
            [("EN08", "reject"), ("ID02", "reject"), ("ID03", "reject")],
        ),
    ],
)
def test_rules_of_a_tang_row(house: House, changed: dict, rules: list) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024", **changed)])
    outcome = house.ingest()[0]
    assert house.rules() == sorted(rules)
    assert outcome.rows_rejected == any(severity == "reject" for _, severity in rules)


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"citizen_id": "011181000001"}, [("ID02", "cash"), ("ID03", "cash")]),
        ({"category_code": "BT05A1"}, [("ID08", "warn")]),
        ({"coefficient": "2,0"}, [("EN02", "warn")]),
        ({"effective_month": "01/2010"}, []),
    ],
)
def test_the_roster_is_taken_as_it_is_paid(house: House, changed: dict, rules: list) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024", **ROSTER) | changed])
    assert house.ingest()[0].rows_taken == 1
    assert house.rules() == rules


def test_a_running_benefit_is_not_started_again(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    house.send("TANG", [tang("H1", "BT06D", "06/2024"), tang("H1", "BT06A", "06/2024")])
    house.ingest()
    assert house.rules() == [("EN04", "reject"), ("EN07", "reject")]


def test_allowed_pairs_and_merit_stand_beside_each_other(house: House) -> None:
    rows = [tang("H1", code, "06/2024") for code in ("BT06D", "BT04", "NC_TNLS_1")]
    house.send("TANG", rows)
    house.ingest()
    assert house.rules() == []


def test_two_rows_that_contradict_each_other_are_both_returned(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H1", "BT06D", "06/2024")])
    outcome = house.ingest()[0]
    assert (outcome.rows_in, outcome.rows_rejected) == (2, 2)
    assert house.rules() == [("FL05", "reject")] * 2


def test_giam_and_dieu_chinh_need_a_running_benefit_and_the_same_name(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    house.send(
        "GIAM",
        [
            giam("H2", "BT06D", "07/2024", "TU_NGUYEN"),
            giam("H1", "BT06D", "07/2024", "TU_NGUYEN", full_name="Lò Văn Páo"),
        ],
    )
    house.send("DIEU_CHINH", [dieu_chinh("H1", "BT06A", "07/2024", "DOI_MUC_DO_KT")])
    house.ingest()
    assert house.rules() == [("EN05", "reject"), ("EN09", "reject"), ("ID11", "reject")]


def test_a_correction_that_cannot_be_read_goes_back(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.ingest()
    row = dieu_chinh("H1", "BT06D", "06/2024", "CAI_CHINH", birth_date="31/02/1980", gender="?")
    house.send("DIEU_CHINH", [row])
    house.ingest()
    [issue] = house.table("issue")
    assert (issue["rule"], issue["field"]) == ("EN09", "birth_date, gender")


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({}, []),
        ({"dossier_no": "H9"}, [("FL03", "reject")]),
        ({"account_number": "12345"}, [("AC01", "reject")]),
        ({"bank": "Ngân hàng Mặt Trăng"}, [("AC02", "reject")]),
        ({"bank": "Agribank"}, []),
        ({"bank": ""}, [("EN09", "reject")]),
        ({"holder_name": "LO VAN PAO"}, [("AC03", "cash")]),
        ({"method": "GIAM_HO"}, [("AC03", "cash")]),
        ({"phone": "0215123456"}, [("AC06", "warn")]),
        ({"phone": "01687654321"}, [("AC06", "fix")]),
        ({"full_name": "Lò Văn Páo"}, [("ID11", "reject")]),
        ({"method": ""}, [("EN09", "reject")]),
    ],
)
def test_rules_of_an_account_row(house: House, changed: dict, rules: list) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024", citizen_id="011080000001")])
    house.send("tai_khoan", [own_account("H1", "1234567890") | changed])
    house.ingest()
    assert house.rules() == rules


def test_a_later_account_replaces_the_earlier_one(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024")])
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.send("tai_khoan", [own_account("H1", "9999999999")])
    house.ingest()
    assert [account["account_number"] for account in house.table("account")] == ["9999999999"]
