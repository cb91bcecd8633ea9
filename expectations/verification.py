"""What police, telecom and banks say of one value: rules on the rows of a xac_thuc file."""

from __future__ import annotations

from expectations.derived import no_formulas, required_fields
from expectations.suite import Suite, Where, in_set
from schemas.layouts import LAYOUTS

LAYOUT = LAYOUTS["xac_thuc"]

# `round_verification`: rows of schemas.submissions.Verification with facts beside them.
VERIFICATION_ROW = Suite(
    "verification_row",
    "Dòng kết quả xác thực",
    (
        in_set("FL03", "is_known", [True], Where("dossier_no", "is not null"), field="dossier_no"),
        *no_formulas(LAYOUT),
        in_set("FL05", "is_contradicted", [False], field="dossier_no"),
        *required_fields(LAYOUT),
    ),
)
