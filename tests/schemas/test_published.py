"""The declarations of the analyst's database against SPEC section 9."""

from __future__ import annotations

import re

import duckdb
import pytest

from schemas import codes
from schemas.published import ERRORS_VI, METRICS, NO_ACCOUNT_VI, PUBLISHED, REASONS_VI, STATUSES_VI
from schemas.table import Table

# SPEC section 9, word for word.
SPEC = """
beneficiary(dossier_no, full_name, gender, birth_year, commune_code, village, citizen_id_masked,
    identity_status)
benefit(dossier_no, category_family, scheme, commune_code, from_month, stop_month, start_reason,
    stop_reason)
payroll(month, payment_id, dossier_no, scheme, commune_code, amount, regular, arrears, retry,
    recovery, channel, cash_reason, provider, status, status_reason)
payroll_item(month, payment_id, category_family, category_code, entitlement_month, kind, amount)
held(month, dossier_no, scheme, amount, rule)
receivable(month, dossier_no, scheme, amount)
delta(month, commune_code, dossier_no, scheme, kind, amount_before, amount_after, reason,
    decision_no, arrears, recovery)
file(sha256, name, kind, commune_code, provider, received_at, rows_in, rows_taken, rows_rejected,
    outcome)
issue(cycle, sha256, sheet, row_no, rule, severity, field, message, dossier_no)
event(cycle, sha256, sheet, row_no, kind, dossier_no, category_code, effective_month, reason)
progress(month, commune_code, scheme, provider, metric, value)
report_received(month, unit, received_on, on_time)
fee(month, provider, channel, lines, amount, reported_amount)
payment_file(month, provider, channel, scheme, name, sha256, lines, amount)
rate(category_code, family, scheme, name_vi, age_from_months, age_to_months, coefficient,
    standard_code, scope, standard_amount, amount, valid_from, valid_to, legal_basis, confirmed)
admin_unit(commune_code, valid_from, valid_to, name_vi, alias, district_code, successor_code,
    is_office)
"""


def test_tables_and_columns_are_those_of_the_spec() -> None:
    wanted = {
        name: [column.strip() for column in columns.split(",")]
        for name, columns in re.findall(r"(\w+)\(([^)]*)\)", SPEC)
    }
    assert {table.table_name: table.names() for table in PUBLISHED} == wanted
    assert [table.table_name for table in PUBLISHED] == list(wanted)


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.table_name)
def test_each_table_says_what_a_row_is(table: type[Table]) -> None:
    assert table.summary().startswith("One row per ")
    assert table.summary().endswith(".")
    assert table.keys()
    for column in table.columns:
        assert column.label, f"{table.table_name}.{column.name}"
        assert column.description, f"{table.table_name}.{column.name}"


def test_ddl_is_accepted() -> None:
    connection = duckdb.connect()
    for table in PUBLISHED:
        connection.execute(table.create_sql())


def test_every_code_has_a_word() -> None:
    assert set(ERRORS_VI) == set(codes.ERROR_CODES)
    assert set(NO_ACCOUNT_VI) == set(codes.NO_ACCOUNT_REASONS)
    assert set(STATUSES_VI) == set(codes.PAYMENT_STATUSES)
    assert set(REASONS_VI) >= set(codes.CHANGE_REASONS)


# SPEC section 7, with counts and amounts written out.
SPEC_METRICS = """
beneficiaries with_citizen_id citizen_id_verified with_phone phone_verified with_account
account_own account_guardian account_authorised cash_exception account_unusable no_account
due_amount instructed_count instructed_amount paid_account_count paid_account_amount
paid_cash_count paid_cash_amount failed_count failed_amount returned_count returned_amount
pending_count pending_amount held_count held_amount cashless_rate_people cashless_rate_amount
increase_count increase_amount decrease_count decrease_amount adjustment_count adjustment_amount
arrears_amount recovery_amount receivable_amount ytd_paid_amount report_received_on report_on_time
"""


def test_metrics_are_those_of_the_spec() -> None:
    reasons = {f"no_account_{code}" for code in codes.NO_ACCOUNT_REASONS}
    reasons |= {
        f"{status}_{code}" for status in ("failed", "returned") for code in codes.ERROR_CODES
    }
    assert set(METRICS) == set(SPEC_METRICS.split()) | reasons
    assert all(METRICS.values())
