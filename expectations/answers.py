"""What comes back of a month: rules on the rows of ket_qua and bao_cao files."""

from __future__ import annotations

from expectations.derived import no_formulas, readable_fields, required_fields
from expectations.suite import Suite, in_set, not_null
from schemas.layouts import LAYOUTS
from schemas.submissions import Result

RESULTS, REPORTS = LAYOUTS["ket_qua"], LAYOUTS["bao_cao"]

# `round_result`: rows of schemas.submissions.Result. What they say of payments (RS01–RS04) is
# judged by reconcile.
RESULT_ROW = Suite(
    "result_row",
    "Dòng kết quả chi trả",
    (
        *no_formulas(RESULTS),
        *required_fields(RESULTS),
        in_set("EN09", "names_payment", [True], field="payment_id"),
        *readable_fields(RESULTS, Result.amount),
    ),
)

# `round_report`: rows of schemas.submissions.ReportRow.
REPORT_ROW = Suite(
    "report_row",
    "Dòng báo cáo",
    (
        *no_formulas(REPORTS),
        *required_fields(REPORTS),
        in_set("EN09", "has_sender", [True], field="commune_code"),
        not_null("EN09", "month"),
    ),
)
