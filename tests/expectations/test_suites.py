"""What the suites find, on literal rows: each row is wrong in one way, or in none."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from expectations.compiled import BITS
from expectations.runner import SUITES, Tallies, judge, run
from schemas.codes import ROW_SUITES
from schemas.quality import RULES, SuiteRun
from schemas.submissions import RAW_OF_KIND, SUBMISSIONS
from tasks import registry

HAND_WRITTEN = {
    "file": "round_file",
    "change_row": "round_change",
    "verification_row": "round_verification",
    "result_row": "round_result",
    "report_row": "round_report",
    "identity_change": "round_change",
    "account_row": "round_account",
    "identity_standing": "standing_now",
    "account_standing": "standing_now",
}

GOOD_CHANGE = {
    "kind": "TANG",
    "citizen_id": "011045678901",
    "id_birth_year": 1945,
    "fact_birth_year": 1945,
    "id_gender": "Nam",
    "fact_gender": "Nam",
    "id_province": "011",
    "birth_first_day": date(1945, 1, 1),
    "has_band": True,
    "name_fold": "VU A CHONG",
    "registry_fold": "VU A CHONG",
}
GOOD_TANG = {
    "kind": "TANG",
    "commune_code": "03217",
    "is_of_office": True,
    "last_commune": "03220",
    "formula_cells": "",
    "unreadable": "",
    "is_contradicted": False,
    "dossier_no": "H1",
    "full_name": "Vừ A Chống",
    "gender": "Nam",
    "category_code": "BT06D",
    "family": "BT06N",
    "is_in_law": True,
    "coefficient_differs": False,
    "monthly_amount": 540_000,
    "expected_amount": 540_000,
    "units": 1,
    "is_per_unit": False,
    "effective_month": 24294,
    "months_ahead": 0,
    "is_roster": False,
    "decision_no": "1/QĐ",
    "decision_date": "2024-07-01",
    "reason": "MOI",
    "is_running_already": False,
    "is_second_family": False,
    "reaches_before_roster": False,
}
GOOD_GIAM = GOOD_TANG | {
    "kind": "GIAM",
    "reason": "CHET",
    "gender": None,
    "death_date": "2024-06",
    "last_commune": "03217",
    "lacks_benefit": False,
}
GOOD_CHUYEN_DEN = GOOD_TANG | {
    "reason": "CHUYEN_DEN",
    "last_reason": "CHUYEN_DI",
    "last_stop": 24294,
}
GOOD_DIEU_CHINH = GOOD_GIAM | {
    "kind": "DIEU_CHINH",
    "reason": "DOI_DOI_TUONG",
    "death_date": None,
    "lacks_old_category": False,
    "keeps_family": False,
}
GOOD_ACCOUNT = {
    "dossier_no": "H1",
    "is_known": True,
    "is_contradicted": False,
    "formula_cells": "",
    "name_fold": "VU A CHONG",
    "own_fold": "VU A CHONG",
    "method": "CHINH_CHU",
    "holder_fold": "VU A CHONG",
    "phone": "0912345678",
    "bank": "Agribank",
    "bin": "970405",
    "account_number": "8900205123456",
    "has_number": True,
}
GUARDIAN = GOOD_ACCOUNT | {
    "method": "GIAM_HO",
    "holder_fold": "GIANG THI MY",
    "holder_citizen_id": "011145678901",
}
GOOD_VERIFICATION = {
    "dossier_no": "H1",
    "is_known": True,
    "is_contradicted": False,
    "formula_cells": "",
    "subject": "DAN_CU",
    "value": "011045678901",
    "outcome": "DUNG",
}
GOOD_RESULT = {
    "status": "THANH_CONG",
    "names_payment": True,
    "formula_cells": "",
    "unreadable": "",
}
GOOD_REPORT = {
    "metric": "due_amount",
    "value": "1",
    "month": 24294,
    "has_sender": True,
    "formula_cells": "",
}
GOOD_FILE = {"kind": "bien_dong", "stated_month": 24294, "cycle": 24294, "is_vni": False}
GOOD_STANDING = {
    "citizen_id": "011045678901",
    "identity_outcome": "DUNG",
    "phone_outcome": "DUNG",
    "account_outcome": "DUNG",
    "id_held_by_other": False,
    "id_of_dead": False,
    "authorisation_invalid": False,
    "account_changed": False,
    "missed_cash": False,
    "holder_dossiers": 5,
}
GOOD = {
    "file": GOOD_FILE,
    "change_row": GOOD_TANG,
    "verification_row": GOOD_VERIFICATION,
    "result_row": GOOD_RESULT,
    "report_row": GOOD_REPORT,
    "identity_change": GOOD_CHANGE,
    "account_row": GOOD_ACCOUNT,
    "identity_standing": GOOD_STANDING,
    "account_standing": GOOD_STANDING,
}

CASES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("identity_change", {}, []),
    ("identity_change", {"citizen_id": "01104567890"}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": "0110456789012"}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": "01104567890X"}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": "011045678901\n"}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": "٠١١٠٤٥٦٧٨٩٠١"}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": ""}, [("ID01", "citizen_id")]),
    ("identity_change", {"citizen_id": None, "id_birth_year": None}, []),
    ("identity_change", {"fact_birth_year": 1946}, [("ID02", "citizen_id")]),
    ("identity_change", {"fact_gender": "Nữ"}, [("ID03", "citizen_id")]),
    ("identity_change", {"fact_gender": None}, []),
    ("identity_change", {"id_province": "097"}, [("ID04", "citizen_id")]),
    ("identity_change", {"birth_first_day": None}, [("ID07", "birth_date")]),
    ("identity_change", {"birth_first_day": None, "kind": "GIAM"}, []),
    ("identity_change", {"birth_first_day": date(1904, 7, 1)}, []),
    ("identity_change", {"birth_first_day": date(1904, 6, 30)}, [("ID07", "birth_date")]),
    ("identity_change", {"birth_first_day": date(2024, 7, 5)}, []),
    ("identity_change", {"birth_first_day": date(2024, 7, 6)}, [("ID07", "birth_date")]),
    ("identity_change", {"has_band": False}, [("ID08", "birth_date")]),
    ("identity_change", {"has_band": None}, []),
    ("identity_change", {"registry_fold": "VU A DO"}, [("ID11", "full_name")]),
    ("change_row", {}, []),
    ("change_row", {"commune_code": None, "is_of_office": None}, [("FL03", "commune_code")]),
    ("change_row", {"is_of_office": False}, [("FL03", "commune_code")]),
    ("change_row", GOOD_GIAM, []),
    ("change_row", GOOD_GIAM | {"last_commune": "03220"}, [("FL03", "commune_code")]),
    ("change_row", GOOD_GIAM | {"last_commune": None}, []),
    ("change_row", GOOD_DIEU_CHINH, []),
    ("change_row", GOOD_DIEU_CHINH | {"last_commune": "03220"}, [("FL03", "commune_code")]),
    (
        "change_row",
        {"formula_cells": ",coefficient,full_name,"},
        [("FL04", "coefficient"), ("FL04", "full_name")],
    ),
    ("change_row", {"is_contradicted": True}, [("FL05", "dossier_no")]),
    ("change_row", {"family": None}, [("EN01", "category_code")]),
    ("change_row", {"is_in_law": False}, [("EN01", "category_code")]),
    ("change_row", {"is_in_law": None}, []),
    ("change_row", GOOD_DIEU_CHINH | {"old_category_code": "X"}, [("EN01", "old_category_code")]),
    ("change_row", {"old_category_code": "X"}, []),
    ("change_row", GOOD_DIEU_CHINH | {"old_category_code": "X", "old_family": "Y"}, []),
    ("change_row", {"coefficient_differs": True}, [("EN02", "coefficient")]),
    ("change_row", {"monthly_amount": 540_001}, [("EN02", "monthly_amount")]),
    ("change_row", {"monthly_amount": 1, "expected_amount": None}, []),
    (
        "change_row",
        {"coefficient_differs": True, "monthly_amount": 1},
        [("EN02", "coefficient")],
    ),
    ("change_row", {"is_running_already": True}, [("EN04", "category_code")]),
    ("change_row", GOOD_GIAM | {"lacks_benefit": True}, [("EN05", "category_code")]),
    ("change_row", {"months_ahead": 12}, []),
    ("change_row", {"months_ahead": 13}, [("EN06", "effective_month")]),
    ("change_row", {"months_ahead": -24}, []),
    ("change_row", {"months_ahead": -25}, [("EN06", "effective_month")]),
    ("change_row", {"months_ahead": -25, "is_roster": True}, []),
    ("change_row", GOOD_GIAM | {"months_ahead": -25}, []),
    ("change_row", GOOD_GIAM | {"months_ahead": 13}, [("EN06", "effective_month")]),
    ("change_row", {"is_second_family": True}, [("EN07", "category_code")]),
    ("change_row", {"decision_no": None}, [("EN08", "decision_no")]),
    ("change_row", {"decision_date": None}, [("EN08", "decision_date")]),
    ("change_row", {"decision_no": None, "decision_date": None}, [("EN08", "decision_no")]),
    ("change_row", {"decision_no": None, "is_roster": True}, []),
    *(
        ("change_row", {field: None}, [("EN09", field)])
        for field in ("dossier_no", "full_name", "gender", "effective_month", "reason")
    ),
    (
        "change_row",
        {"category_code": None, "family": None, "is_in_law": None},
        [("EN09", "category_code")],
    ),
    ("change_row", {"birth_date": None}, []),  # ID07
    ("change_row", {"reason": "CHET"}, [("EN09", "reason")]),
    ("change_row", GOOD_GIAM | {"reason": "MOI"}, [("EN09", "reason")]),
    ("change_row", GOOD_DIEU_CHINH | {"reason": "TU_NGUYEN"}, [("EN09", "reason")]),
    (
        "change_row",
        GOOD_DIEU_CHINH | {"unreadable": ",birth_date,gender,note,"},
        [("EN09", "birth_date"), ("EN09", "gender")],
    ),
    ("change_row", {"unreadable": ",birth_date,"}, []),
    ("change_row", {"unreadable": ",units,"}, [("EN09", "units")]),
    ("change_row", {"units": 2}, [("EN09", "units")]),
    ("change_row", {"units": 2, "is_per_unit": True}, []),
    ("change_row", {"units": 2, "is_per_unit": None}, []),
    (
        "change_row",
        GOOD_DIEU_CHINH | {"lacks_old_category": True},
        [("EN09", "old_category_code")],
    ),
    ("change_row", GOOD_GIAM | {"death_date": None}, [("EN09", "death_date")]),
    ("change_row", GOOD_GIAM | {"death_date": None, "reason": "TU_NGUYEN"}, []),
    ("change_row", GOOD_DIEU_CHINH | {"keeps_family": True}, [("EN11", "category_code")]),
    ("change_row", {"reaches_before_roster": True}, [("EN13", "effective_month")]),
    ("change_row", GOOD_CHUYEN_DEN, []),
    ("change_row", GOOD_CHUYEN_DEN | {"last_stop": 24293}, [("EN14", "effective_month")]),
    ("change_row", GOOD_CHUYEN_DEN | {"last_stop": 24293, "last_reason": "CHET"}, []),
    ("file", {}, []),
    ("file", {"refusal": "Tệp rỗng."}, [("FL02", "refusal")]),
    ("file", {"refusal": "VNI", "is_vni": True}, [("FL02", "refusal"), ("ID10", "refusal")]),
    ("file", {"stated_month": 24293}, [("FL06", "stated_month")]),
    ("file", {"stated_month": 24293, "kind": "tai_khoan"}, []),
    ("file", {"stated_month": None}, []),
    ("file", {"discrepancy": "Tổng 9, cộng được 8."}, [("FL07", "discrepancy")]),
    ("verification_row", {}, []),
    ("verification_row", {"is_known": False}, [("FL03", "dossier_no")]),
    ("verification_row", {"dossier_no": None, "is_known": False}, [("EN09", "dossier_no")]),
    ("verification_row", {"formula_cells": ",value,"}, [("FL04", "value")]),
    ("verification_row", {"is_contradicted": True}, [("FL05", "dossier_no")]),
    ("verification_row", {"outcome": None}, [("EN09", "outcome")]),
    ("result_row", {}, []),
    ("result_row", {"status": None}, [("EN09", "status")]),
    ("result_row", {"names_payment": False}, [("EN09", "payment_id")]),
    ("result_row", {"unreadable": ",amount,"}, [("EN09", "amount")]),
    ("result_row", {"unreadable": ",fee,"}, []),
    ("result_row", {"formula_cells": ",amount,"}, [("FL04", "amount")]),
    ("report_row", {}, []),
    ("report_row", {"metric": None, "value": None}, [("EN09", "metric"), ("EN09", "value")]),
    ("report_row", {"month": None}, [("EN09", "month")]),
    ("report_row", {"has_sender": False}, [("EN09", "commune_code")]),
    ("report_row", {"formula_cells": ",value,"}, [("FL04", "value")]),
    ("account_row", {}, []),
    ("account_row", {"is_known": False}, [("FL03", "dossier_no")]),
    ("account_row", {"commune_code": "03217", "last_commune": "03220"}, [("FL03", "dossier_no")]),
    ("account_row", {"commune_code": None, "last_commune": "03220"}, []),
    ("account_row", {"formula_cells": ",phone,"}, [("FL04", "phone")]),
    ("account_row", {"is_contradicted": True}, [("FL05", "dossier_no")]),
    ("account_row", {"dossier_no": None, "is_known": False}, [("EN09", "dossier_no")]),
    ("account_row", {"method": None}, [("EN09", "method")]),
    ("account_row", {"bank": None, "bin": None}, [("EN09", "bank")]),
    ("account_row", GUARDIAN, []),
    ("account_row", {"account_number": "12345"}, [("AC01", "account_number")]),
    ("account_row", {"account_number": "12345678901234567890"}, [("AC01", "account_number")]),
    ("account_row", {"account_number": "89 00205123456"}, [("AC01", "account_number")]),
    (
        "account_row",
        {"account_number": None, "has_number": False, "bank": None, "bin": None}
        | {"holder_fold": None},
        [],
    ),
    ("account_row", {"account_number": None, "has_number": False}, [("EN09", "account_number")]),
    ("account_row", {"number_digits": 14}, [("AC11", "account_number")]),
    ("account_row", {"number_digits": 15}, [("AC01", "account_number")]),
    (
        "account_row",
        {"number_digits": 20, "account_number": "12345678901234567890"},
        [("AC01", "account_number")],
    ),
    ("account_row", {"bin": None}, [("AC02", "bank")]),
    ("account_row", {"holder_fold": None}, [("AC03", "holder_name")]),
    ("account_row", {"holder_fold": "VU A DO"}, [("AC03", "holder_name")]),
    ("account_row", {"holder_fold": "VU A DO", "has_number": False}, []),
    ("account_row", {"holder_fold": "VU A DO", "has_number": None}, []),
    ("account_row", {"holder_fold": "VU A DO", "method": "TIEN_MAT"}, []),
    ("account_row", GUARDIAN | {"holder_fold": None}, [("AC03", "holder_name")]),
    ("account_row", GUARDIAN | {"holder_citizen_id": None}, [("AC03", "holder_citizen_id")]),
    (
        "account_row",
        GUARDIAN | {"method": "UY_QUYEN", "holder_citizen_id": None, "holder_fold": None},
        [("AC03", "holder_citizen_id"), ("AC03", "holder_name")],
    ),
    ("account_row", {"phone": "0512345678"}, [("AC06", "phone")]),
    ("account_row", {"phone": None}, []),
    (
        "account_row",
        {"own_fold": "VU A DO"},
        [("AC03", "holder_name"), ("ID11", "full_name")],
    ),
    ("identity_standing", {}, []),
    ("identity_standing", {"id_held_by_other": True}, [("ID05", "citizen_id")]),
    ("identity_standing", {"citizen_id": None}, [("ID06", "citizen_id")]),
    ("identity_standing", {"id_of_dead": True}, [("ID09", "citizen_id")]),
    ("identity_standing", {"identity_outcome": "SAI"}, [("ID12", "citizen_id")]),
    ("identity_standing", {"identity_outcome": None}, []),
    ("account_standing", {}, []),
    ("account_standing", {"shared_account": "same_holder"}, [("AC04", "account_number")]),
    ("account_standing", {"authorisation_invalid": True}, [("AC05", "authorisation_no")]),
    ("account_standing", {"phone_outcome": "SAI"}, [("AC07", "phone")]),
    ("account_standing", {"account_outcome": "SAI"}, [("AC08", "account_number")]),
    ("account_standing", {"account_changed": True}, [("AC09", "account_number")]),
    ("account_standing", {"holder_dossiers": 6}, [("AC10", "holder_citizen_id")]),
    ("account_standing", {"holder_dossiers": None}, []),
    ("account_standing", {"missed_cash": True}, [("EN10", "method")]),
]


@pytest.mark.parametrize(("suite", "changed", "expected"), CASES)
def test_a_row_and_what_is_found_in_it(con, fill, parameters, suite, changed, expected):
    fill(con, HAND_WRITTEN[suite], [GOOD[suite] | changed])
    run(con, suite, HAND_WRITTEN[suite], parameters)
    assert con.execute("SELECT rule, field FROM finding ORDER BY ALL").fetchall() == expected


REQUIRED = {
    "identity_standing": [("ID06", "citizen_id")],
    "change_row": [
        ("EN09", "category_code"),
        ("EN09", "dossier_no"),
        ("EN09", "effective_month"),
        ("EN09", "full_name"),
        ("EN09", "reason"),
        ("FL03", "commune_code"),
    ],
    "account_row": [("EN09", "dossier_no"), ("EN09", "method")],
    "verification_row": [
        ("EN09", "dossier_no"),
        ("EN09", "outcome"),
        ("EN09", "subject"),
        ("EN09", "value"),
    ],
    "result_row": [("EN09", "status")],
    "report_row": [("EN09", "metric"), ("EN09", "month"), ("EN09", "value")],
}


@pytest.mark.parametrize("suite", HAND_WRITTEN)
def test_a_row_of_nulls_breaks_only_what_must_be_there(con, fill, parameters, suite):
    fill(con, HAND_WRITTEN[suite], [{}])
    run(con, suite, HAND_WRITTEN[suite], parameters)
    found = con.execute("SELECT rule, field FROM finding ORDER BY ALL").fetchall()
    assert found == REQUIRED.get(suite, [])


def test_findings_name_the_row_and_the_relation(con, fill, parameters):
    fill(con, "round_change", [GOOD_CHANGE, GOOD_CHANGE | {"has_band": False}])
    run(con, "identity_change", "round_change", parameters)
    found = con.execute("FROM finding").fetchall()
    assert found == [("round_change", 2, "ID08", "birth_date")]


@pytest.mark.parametrize("suite", HAND_WRITTEN)
def test_suites_speak_of_known_rules_and_columns(columns_of, suite):
    fields = {name for table in SUBMISSIONS for name in table.fields}
    of_file = {"refusal", "stated_month", "discrepancy", "month", "commune_code"}
    for expectation in SUITES[suite].expectations:
        assert expectation.rule in RULES
        assert expectation.field in fields | of_file
        assert set(expectation.columns()) <= set(columns_of(HAND_WRITTEN[suite]))


def test_every_rule_has_its_expectation():
    rules = {one.rule for name in HAND_WRITTEN for one in SUITES[name].expectations}
    # EN12 is made while cells are cleaned, before any row is judged; EN03 stands in `held`.
    missing = {rule for rule in RULES if not rule.startswith("RS")} - rules
    assert missing == {"EN03", "EN12"}


@pytest.mark.parametrize("suite", HAND_WRITTEN)
def test_each_suite_is_one_scan(suite):
    assert len(SUITES[suite].expectations) <= BITS


def test_a_judge_adds_up_what_it_is_asked_about(con, fill, parameters):
    tallies = Tallies()
    judged = judge(parameters, tallies)
    fill(con, "round_change", [GOOD_CHANGE, GOOD_CHANGE | {"id_province": "099"}])
    judged(con, "identity_change", "round_change")
    fill(con, "round_change", [GOOD_CHANGE | {"id_province": None}])
    judged(con, "identity_change", "round_change")
    (id04,) = (tally for tally in tallies if tally.rule == "ID04")
    assert (id04.rows, id04.judged, id04.failed) == (3, 2, 1)


def test_tallies_become_rows_of_suite_run(con, fill, parameters):
    tallies = Tallies()
    fill(con, "standing_now", [GOOD_STANDING, {}])
    judge(parameters, tallies)(con, "identity_standing", "standing_now")
    rows = tallies.suite_runs(24294, "prepare", 1, date(2024, 7, 5))
    assert [list(row) for row in rows] == [SuiteRun.names()] * 4
    assert [tuple(row.values())[5:8] for row in rows] == [
        ("ID05", 1, 0),
        ("ID06", 2, 1),
        ("ID09", 1, 0),
        ("ID12", 1, 0),
    ]
    assert rows[1]["expectation"] == "expect_column_values_to_not_be_null(citizen_id)"


def test_importing_the_runner_leaves_great_expectations_alone():
    said = "import sys, expectations.runner; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


def test_the_suites_of_rows_are_those_that_intake_runs():
    judged = (
        registry.CHANGES,
        registry.ACCOUNTS,
        registry.VERIFICATIONS,
        registry.RESULTS,
        registry.REPORTS,
    )
    run_at_intake = {suite: one.table for one in judged for suite in one.suites}
    assert run_at_intake == {suite: RAW_OF_KIND[kind] for suite, kind in ROW_SUITES.items()}
    assert set(run_at_intake) <= set(SUITES)
