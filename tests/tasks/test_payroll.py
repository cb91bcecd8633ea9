"""What is due, settled, paid, owed and changed: literal rows in, literal rows out (SPEC 5)."""

from pathlib import Path

import pytest

from schemas.period import month_number
from tasks.office import Refused
from tests.house import House, dieu_chinh, giam, new_house, own_account, tang

ROSTER = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
ID = "011080000001"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return new_house(tmp_path / "office")


def deltas(house: House, month: str) -> list[tuple]:
    """Return (commune, dossier, scheme, kind, before, after, reason, arrears, recovery)."""
    return [
        (
            row["commune_code"],
            row["dossier_no"],
            row["scheme"],
            row["kind"],
            row["amount_before"],
            row["amount_after"],
            row["reason"],
            row["arrears"],
            row["recovery"],
        )
        for row in house.table("delta", f"month = {month_number(month)}")
    ]


def channels(house: House, month: str) -> dict[str, tuple]:
    """Return dossier -> (channel, cash reason, provider) of a month's payments."""
    return {
        row["dossier_no"]: (row["channel"], row["cash_reason"], row["provider"])
        for row in house.table("payment", f"month = {month_number(month)}")
    }


def test_a_late_decision_brings_arrears(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "04/2024")])
    house.ingest()
    prepared = house.prepare("2024-06")
    assert (prepared.payments, prepared.amount, prepared.increases) == (1, 1_620_000, 1)
    assert house.items("2024-06") == [
        ("H1", "BT06N", "2024-04", "arrears", 540_000),
        ("H1", "BT06N", "2024-05", "arrears", 540_000),
        ("H1", "BT06N", "2024-06", "regular", 540_000),
    ]
    assert deltas(house, "2024-06") == [
        ("03217", "H1", "BTXH", "increase", 0, 540_000, "MOI", 1_080_000, 0)
    ]


def test_the_new_standard_is_an_adjustment(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    assert house.items("2024-06") == [("H1", "BT06N", "2024-06", "regular", 540_000)]
    assert deltas(house, "2024-06") == []
    prepared = house.prepare("2024-07")
    assert house.items("2024-07") == [("H1", "BT06N", "2024-07", "regular", 750_000)]
    assert deltas(house, "2024-07") == [
        ("03217", "H1", "BTXH", "adjustment", 540_000, 750_000, "DOI_MUC_CHUAN", 0, 0)
    ]
    assert prepared.alerts == ("Số tiền phải chi (đồng) từ 540.000 thành 750.000, quá ±5 %.",)


def test_a_rate_loaded_late_brings_arrears(house: House) -> None:
    house.send("TANG", [tang("H1", "NC_BB_51_60", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    held = [(row["scheme"], row["amount"], row["rule"]) for row in house.table("held")]
    assert held == [("NCC", None, "EN03")]
    house.add_reference(
        "fixed_amounts.csv", "NC_BB_51_60,2000000,2023-07,2024-06,NĐ 55/2023,thử,yes"
    )
    house.prepare("2024-07")
    assert house.items("2024-07") == [
        ("H1", "NC_BB_51_60", "2024-06", "arrears", 2_000_000),
        ("H1", "NC_BB_51_60", "2024-07", "regular", 3_627_000),
    ]


def test_the_band_changes_in_the_month_after_the_birthday(house: House) -> None:
    house.send("TANG", [tang("H1", "BT05A1", "01/2020", birth_date="20/06/1944", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    assert house.items("2024-06")[0][4] == 540_000
    house.prepare("2024-07")
    assert house.items("2024-07")[0][4] == 1_000_000
    assert deltas(house, "2024-07")[0][6] == "DOI_HE_SO_TUOI"


def test_the_band_changes_in_the_birthday_month_where_so_set(house: House) -> None:
    house.set("age_change", '"same"')
    house.send("TANG", [tang("H1", "BT05A1", "01/2020", birth_date="20/06/1944", **ROSTER)])
    house.ingest()
    house.prepare("2024-06")
    assert house.items("2024-06")[0][4] == 720_000


def test_leaving_the_last_band_ends_the_benefit(house: House) -> None:
    house.send("TANG", [tang("H1", "BT01B", "01/2020", birth_date="20/06/2008", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    assert house.prepare("2024-07").payments == 0
    assert deltas(house, "2024-07") == [
        ("03217", "H1", "BTXH", "decrease", 540_000, 0, "HET_TUOI", 0, 0)
    ]


@pytest.mark.parametrize(
    ("birth", "amount"),
    [("1944", 720_000), ("2020", 900_000), ("06/1944", 540_000), ("05/1944", 720_000)],
)
def test_births_known_by_year_count_in_the_persons_favour(
    house: House, birth: str, amount: int
) -> None:
    category = "BT01A" if birth == "2020" else "BT05A1"
    house.send("TANG", [tang("H1", category, "01/2020", birth_date=birth, **ROSTER)])
    house.ingest()
    house.prepare("2024-06")
    assert house.items("2024-06")[0][4] == amount


def test_a_failure_is_paid_again_and_silence_is_not(house: House) -> None:
    house.send("TANG", [tang(h, "BT06D", "01/2020", **ROSTER) for h in ("H1", "H2", "H3")])
    house.ingest()
    house.pay("2024-06")
    house.answer(
        "2024-06",
        {"dossier_no": "H1", "status": "LOI", "error_code": "KHONG_DEN_NHAN"},
        {"dossier_no": "H2", "status": "DANG_XU_LY"},
    )
    house.prepare("2024-07")
    assert house.items("2024-07") == [
        ("H1", "BT06N", "2024-06", "retry", 540_000),
        ("H1", "BT06N", "2024-07", "regular", 750_000),
        ("H2", "BT06N", "2024-07", "regular", 750_000),
        ("H3", "BT06N", "2024-07", "regular", 750_000),
    ]


def test_a_late_death_is_recovered_oldest_month_first(house: House) -> None:
    house.send(
        "TANG",
        [tang("H1", "BT06D", "01/2020", **ROSTER), tang("H1", "BT04", "01/2020", **ROSTER)],
    )
    house.ingest()
    for month in ("2024-06", "2024-07"):
        house.pay(month)
        house.answer(month)
    house.send("GIAM", [giam("H1", "BT06D", "06/2024", "TU_NGUYEN")])
    house.ingest()
    house.prepare("2024-08")
    # 500,000 is due for BT04 in August; 540,000 + 750,000 were too much for BT06N.
    assert house.items("2024-08") == [
        ("H1", "BT04", "2024-08", "regular", 500_000),
        ("H1", "BT06N", "2024-06", "recovery", -500_000),
    ]
    payment = house.table("payment", f"month = {month_number('2024-08')}")[0]
    assert (payment["amount"], payment["channel"], payment["provider"]) == (0, "none", None)
    assert [row["amount"] for row in house.table("receivable")] == [790_000]
    house.release("2024-08", house.prepare("2024-08").digest)
    house.prepare("2024-09")
    assert house.items("2024-09") == [
        ("H1", "BT04", "2024-09", "regular", 500_000),
        ("H1", "BT06N", "2024-06", "recovery", -40_000),
        ("H1", "BT06N", "2024-07", "recovery", -460_000),
    ]


def test_only_a_share_is_taken_back_where_so_set(house: House) -> None:
    house.set("max_offset_share", "0.3")
    house.send(
        "TANG",
        [tang("H1", "BT06D", "01/2020", **ROSTER), tang("H1", "BT04", "01/2020", **ROSTER)],
    )
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT06D", "06/2024", "TU_NGUYEN")])
    house.ingest()
    house.prepare("2024-07")
    assert house.items("2024-07") == [
        ("H1", "BT04", "2024-07", "regular", 500_000),
        ("H1", "BT06N", "2024-06", "recovery", -150_000),
    ]
    assert [row["amount"] for row in house.table("receivable")] == [390_000]


def test_without_anything_to_receive_there_is_only_a_receivable(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT06D", "06/2024", "CHET", death_date="05/2024")])
    house.ingest()
    assert house.prepare("2024-07").payments == 0
    assert [row["amount"] for row in house.table("receivable")] == [540_000]
    assert deltas(house, "2024-07")[0][3:7] == ("decrease", 540_000, 0, "CHET")


def test_paying_ahead_settles_the_months_to_come(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06", through="2024-07")
    assert house.items("2024-06") == [
        ("H1", "BT06N", "2024-06", "regular", 540_000),
        ("H1", "BT06N", "2024-07", "regular", 750_000),
    ]
    assert house.prepare("2024-07").payments == 0


def test_a_move_pays_in_the_new_commune(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT06D", "07/2024", "CHUYEN_DI")])
    house.send("TANG", [tang("H1", "BT06D", "07/2024", reason="CHUYEN_DEN")], "03220")
    house.ingest()
    house.prepare("2024-07")
    assert deltas(house, "2024-07") == [
        ("03217", "H1", "BTXH", "decrease", 540_000, 0, "CHUYEN_DI", 0, 0),
        ("03220", "H1", "BTXH", "increase", 0, 750_000, "CHUYEN_DEN", 0, 0),
    ]
    assert house.table("payment", f"month = {month_number('2024-07')}")[0]["commune_code"] == (
        "03220"
    )


def test_a_change_starts_a_benefit_earlier_than_it_was_running(house: House) -> None:
    house.send("TANG", [tang("H1", code, m) for code, m in (("BT06D", "08/2024"),)])
    house.send("TANG", [tang("H1", "NC_TNLS_1", "06/2024")])
    house.ingest()
    change = dieu_chinh("H1", "BT06D", "07/2024", "DOI_DOI_TUONG", old_category_code="NC_TNLS_1")
    house.send("DIEU_CHINH", [change])
    house.ingest()
    house.pay("2024-06")
    house.prepare("2024-07", through="2024-09")
    assert house.items("2024-07") == [
        ("H1", "BT06N", f"2024-{month}", "regular", 750_000) for month in ("07", "08", "09")
    ]


def test_a_roster_row_after_an_earlier_benefit_takes_nothing_back(house: House) -> None:
    house.send("TANG", [tang("H1", "BT08", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    house.send("GIAM", [giam("H1", "BT08", "07/2024", "HET_DIEU_KIEN")])
    house.ingest()
    house.pay("2024-07")
    house.send("TANG", [tang("H1", "BT08", "03/2024", **ROSTER)])
    house.ingest()
    house.prepare("2024-08")
    assert house.items("2024-08") == [("H1", "BT08", "2024-08", "regular", 750_000)]


def test_schemes_are_paid_apart(house: House) -> None:
    house.send("TANG", [tang("H1", code, "06/2024") for code in ("BT06D", "NC_TNLS_1")])
    house.ingest()
    house.pay("2024-06")
    assert sorted((row["scheme"], row["amount"]) for row in house.table("payment")) == [
        ("BTXH", 540_000),
        ("NCC", 2_055_000),
    ]
    assert sorted(row["name"] for row in house.table("payment_file")) == [
        "2024-06_VIETTEL_cash_BTXH.csv",
        "2024-06_VIETTEL_cash_NCC.csv",
    ]


def test_the_later_holder_of_a_citizen_id_is_held(house: House) -> None:
    house.send("TANG", [tang(h, "BT06D", "06/2024", citizen_id=ID) for h in ("H1", "H2")])
    house.ingest()
    house.pay("2024-06")
    assert set(channels(house, "2024-06")) == {"H1"}
    assert [(row["dossier_no"], row["amount"], row["rule"]) for row in house.table("held")] == [
        ("H2", 540_000, "ID05")
    ]
    police = {"dossier_no": "H2", "subject": "DAN_CU", "value": ID, "outcome": "DUNG"}
    house.send("xac_thuc", [police], None)
    house.ingest()
    house.prepare("2024-07")
    assert house.items("2024-07") == [
        ("H2", "BT06N", "2024-06", "arrears", 540_000),
        ("H2", "BT06N", "2024-07", "regular", 750_000),
    ]


def test_who_had_a_citizen_id_first_is_told_by_the_files(house: House) -> None:
    """The first dossier's row is its second of the ingest: still the order of files counts."""
    rejected = tang("H1", "XX", "06/2024")
    house.send("TANG", [rejected, tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.send("TANG", [tang("H2", "BT06D", "06/2024", citizen_id=ID)])
    house.ingest()
    house.prepare("2024-06")
    assert set(channels(house, "2024-06")) == {"H1"}


def test_channels(house: House) -> None:
    people = {f"H{n}": f"01108000000{n}" for n in range(1, 8)}
    house.send(
        "TANG",
        [tang(h, "BT06D", "06/2024", citizen_id=number) for h, number in people.items()]
        + [tang("H8", "BT06D", "06/2024")],
    )
    house.send(
        "tai_khoan",
        [
            own_account("H1", "1111111111"),
            own_account("H2", "2222222222", bank="970449"),
            own_account("H3", "0333333333", bank="971005"),
            own_account("H4", "", bank="", method="TIEN_MAT", holder_name=""),
            own_account("H5", "5555555555", holder_name="AI DO"),
            own_account("H7", "7777777777"),
            own_account("H8", "8888888888"),
        ],
    )
    house.send(
        "xac_thuc",
        [
            {"dossier_no": "H7", "subject": "DAN_CU", "value": people["H7"], "outcome": "SAI"},
        ],
        None,
    )
    house.ingest()
    house.prepare("2024-06")
    assert channels(house, "2024-06") == {
        "H1": ("account", None, "AGRIBANK"),
        "H2": ("account", None, "LPBANK"),
        "H3": ("account", None, "VIETTEL"),
        "H4": ("cash", "exception", "VIETTEL"),
        "H5": ("cash", "account_unusable", "VIETTEL"),
        "H6": ("cash", "no_account", "VIETTEL"),
        "H7": ("cash", "identity", "VIETTEL"),
        "H8": ("cash", "identity", "VIETTEL"),
    }


def test_a_guardian_collects_for_a_child_without_citizen_id(house: House) -> None:
    house.send("TANG", [tang("H1", "BT01A", "06/2024", birth_date="05/05/2022")])
    house.send(
        "tai_khoan",
        [own_account("H1", "1111111111", method="GIAM_HO", holder_citizen_id="011190000001")],
    )
    house.ingest()
    house.prepare("2024-06")
    assert channels(house, "2024-06") == {"H1": ("account", None, "AGRIBANK")}
    assert house.rules("stage = 'prepare'") == [("ID06", "warn")]


def test_a_closed_account_waits_for_a_new_row(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.send("tai_khoan", [own_account("H1", "1111111111")])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06", {"dossier_no": "H1", "status": "LOI", "error_code": "TK_DONG"})
    house.prepare("2024-07")
    assert channels(house, "2024-07") == {"H1": ("cash", "account_unusable", "VIETTEL")}
    house.send("tai_khoan", [own_account("H1", "2222222222")])
    house.ingest()
    house.prepare("2024-07")
    assert channels(house, "2024-07") == {"H1": ("account", None, "AGRIBANK")}


def test_a_changed_account_waits_for_the_banks_word(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.send("tai_khoan", [own_account("H1", "1111111111")])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06")
    house.send("tai_khoan", [own_account("H1", "2222222222")])
    house.ingest()
    house.prepare("2024-07")
    assert channels(house, "2024-07") == {"H1": ("cash", "account_unusable", "VIETTEL")}
    assert house.rules("stage = 'prepare' AND cycle = (SELECT max(cycle) FROM issue)") == [
        ("AC09", "cash")
    ]
    bank = {"dossier_no": "H1", "subject": "TAI_KHOAN", "value": "2222222222", "outcome": "DUNG"}
    house.send("xac_thuc", [bank], None)
    house.ingest()
    house.prepare("2024-07")
    assert channels(house, "2024-07") == {"H1": ("account", None, "AGRIBANK")}


def test_three_cycles_not_collected_ask_for_a_visit(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.ingest()
    for month in ("2024-06", "2024-07", "2024-08"):
        house.pay(month)
        house.answer(month, {"dossier_no": "H1", "status": "LOI", "error_code": "KHONG_DEN_NHAN"})
        assert house.rules("rule = 'EN10'") == []
    house.prepare("2024-09")
    [issue] = house.table("issue", "rule = 'EN10'")
    assert (issue["severity"], issue["row_no"], issue["sheet"]) == ("warn", 2, "")


def test_a_death_told_by_the_provider_holds_until_the_commune_answers(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06", {"dossier_no": "H1", "status": "LOI", "error_code": "CHET"})
    assert house.prepare("2024-07").payments == 0
    assert [(row["amount"], row["rule"]) for row in house.table("held")] == [(1_290_000, "CHET")]
    house.send("GIAM", [giam("H1", "BT06D", "09/2024", "CHET", death_date="10/06/2024")])
    house.ingest()
    house.prepare("2024-07")
    assert house.items("2024-07") == [("H1", "BT06N", "2024-06", "retry", 540_000)]


def test_a_category_change_over_a_rate_change(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "01/2020", **ROSTER)])
    house.ingest()
    for month in ("2024-06", "2024-07"):
        house.pay(month)
        house.answer(month)
    change = dieu_chinh("H1", "BT06A", "06/2024", "DOI_MUC_DO_KT", old_category_code="BT06D")
    house.send("DIEU_CHINH", [change])
    house.ingest()
    house.prepare("2024-08")
    assert house.items("2024-08") == [
        ("H1", "BT06DBN", "2024-06", "arrears", 720_000),
        ("H1", "BT06DBN", "2024-07", "arrears", 1_000_000),
        ("H1", "BT06DBN", "2024-08", "regular", 1_000_000),
        ("H1", "BT06N", "2024-06", "recovery", -540_000),
        ("H1", "BT06N", "2024-07", "recovery", -750_000),
    ]
    assert deltas(house, "2024-08") == [
        (
            "03217", "H1", "BTXH", "adjustment", 750_000, 1_000_000, "DOI_MUC_DO_KT",
            1_720_000, -1_290_000,
        )
    ]  # fmt: skip


def test_months_go_in_order(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.ingest()
    with pytest.raises(Refused, match="2024-06"):
        house.prepare("2024-07")
    with pytest.raises(Refused, match="trước kỳ đầu tiên"):
        house.prepare("2024-05")
    house.pay("2024-06")
    with pytest.raises(Refused, match="đã duyệt"):
        house.prepare("2024-06")


def test_preparing_again_changes_nothing(house: House) -> None:
    house.send("TANG", [tang("H1", "BT06D", "05/2024"), tang("H2", "NC_AHLLVT", "06/2024")])
    house.ingest()
    first = house.prepare("2024-06")
    names = ("payment", "payment_item", "held", "delta", "standing", "entitlement", "issue")
    before = {name: house.table(name) for name in names}
    assert house.prepare("2024-06") == first
    assert {name: house.table(name) for name in names} == before


def test_reaching_the_first_band_is_a_change_of_age(house: House) -> None:
    """Taken from the roster too young (ID08): the benefit begins by itself with the age."""
    house.send("TANG", [tang("H1", "BT05A1", "01/2020", birth_date="20/06/1964", **ROSTER)])
    house.ingest()
    house.pay("2024-06")
    house.prepare("2024-07")
    assert deltas(house, "2024-07") == [
        ("03217", "H1", "BTXH", "increase", 0, 750_000, "DOI_HE_SO_TUOI", 0, 0)
    ]


def test_a_recovery_that_stands_twice_is_given_back(house: House) -> None:
    """July's recovery failed with its payment and was taken again; then July was paid after all."""
    house.send("TANG", [tang("H1", "BT06D", "06/2024"), tang("H1", "BT04", "06/2024")])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06")
    house.send("GIAM", [giam("H1", "BT04", "06/2024", "HET_DIEU_KIEN")])
    house.ingest()
    house.pay("2024-07")
    house.answer("2024-07", {"dossier_no": "H1", "status": "LOI", "error_code": "KHAC"})
    house.pay("2024-08")
    taken_back = ("H1", "BT04", "2024-06", "recovery", -360_000)
    assert taken_back in house.items("2024-07")
    assert taken_back in house.items("2024-08")
    house.answer("2024-07")
    house.prepare("2024-09")
    assert house.items("2024-09") == [
        ("H1", "BT04", "2024-06", "arrears", 360_000),
        ("H1", "BT06N", "2024-07", "recovery", -750_000),
        ("H1", "BT06N", "2024-09", "regular", 750_000),
    ]


def test_a_month_without_a_rate_waits_as_long_as_it_can_be_paid(house: House) -> None:
    """No amount of this category is known before July 2024."""
    house.set("max_arrears_months", "1")
    house.send("TANG", [tang("H1", "NC_BB_51_60", "06/2024", reason="MOI")])
    house.ingest()
    for month in ("2024-06", "2024-07", "2024-08"):
        house.pay(month)
    held = [(row["month"], row["amount"], row["family"]) for row in house.table("held")]
    june = month_number("2024-06")
    assert held == [(june, None, "NC_BB_51_60"), (june + 1, None, "NC_BB_51_60")]


def test_who_is_held_owes_all_of_it(house: House) -> None:
    """What waits is told as if the debt were taken from it, but nothing is taken yet."""
    house.send("TANG", [tang("H1", "BT06D", "06/2024", citizen_id=ID)])
    house.send("TANG", [tang("H1", "BT04", "06/2024", citizen_id=ID)])
    house.send("TANG", [tang("H2", "BT06D", "06/2024", citizen_id=ID)])
    house.ingest()
    house.pay("2024-06")
    house.send(
        "xac_thuc",
        [{"dossier_no": "H2", "subject": "DAN_CU", "value": ID, "outcome": "DUNG"}],
        None,
    )
    house.send("GIAM", [giam("H1", "BT04", "06/2024", "HET_DIEU_KIEN")])
    house.ingest()
    house.prepare("2024-07")
    july = f"month = {month_number('2024-07')}"
    assert [(h["dossier_no"], h["amount"], h["rule"]) for h in house.table("held", july)] == [
        ("H1", 390_000, "ID05")
    ]
    assert [(r["dossier_no"], r["amount"]) for r in house.table("receivable", july)] == [
        ("H1", 360_000)
    ]
