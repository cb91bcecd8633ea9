"""Where money goes: rules on the rows of a tai_khoan file, and on accounts when a month is paid."""

from __future__ import annotations

from expectations.derived import no_formulas, required_fields
from expectations.suite import (
    Suite,
    Where,
    between,
    equal,
    in_set,
    matches,
    not_in_set,
    not_null,
    null,
    parameter,
)
from schemas.layouts import LAYOUTS

# A numeric cell keeps 15 digits: from there on the last ones are already lost.
DAMAGED_DIGITS = 15

HAS_DOSSIER = Where("dossier_no", "is not null")
HAS_NUMBER = Where("has_number", "==", True)
OWN = (HAS_NUMBER, Where("method", "==", "CHINH_CHU"))
COLLECTED = (HAS_NUMBER, Where("method", "in", ("GIAM_HO", "UY_QUYEN")))
TO_ACCOUNT = (HAS_NUMBER, Where("method", "in", ("CHINH_CHU", "GIAM_HO", "UY_QUYEN")))

# `round_account`: rows of schemas.submissions.AccountRow with facts beside them. `number_digits`
# counts the digits of an account number that stood in a numeric cell and is null elsewhere.
ACCOUNT_ROW = Suite(
    "account_row",
    "Tài khoản trên dòng kê khai",
    (
        in_set("FL03", "is_known", [True], HAS_DOSSIER, field="dossier_no"),
        equal("FL03", "commune_code", "last_commune", field="dossier_no"),
        *no_formulas(LAYOUTS["tai_khoan"]),
        in_set("FL05", "is_contradicted", [False], field="dossier_no"),
        *required_fields(LAYOUTS["tai_khoan"]),
        # Bank and number only together.
        not_null("EN09", "bank", HAS_NUMBER),
        not_null("EN09", "account_number", Where("bank", "is not null")),
        matches("AC01", "account_number", r"^[0-9A-Za-z]{6,19}$"),
        between("AC01", "number_digits", None, DAMAGED_DIGITS - 1, field="account_number"),
        not_null("AC02", "bin", Where("bank", "is not null"), field="bank"),
        not_null("AC03", "holder_fold", *TO_ACCOUNT, field="holder_name"),
        equal("AC03", "holder_fold", "own_fold", *OWN, field="holder_name"),
        not_null("AC03", "holder_citizen_id", *COLLECTED),
        matches("AC06", "phone", parameter("phone_pattern")),
        between("AC11", "number_digits", DAMAGED_DIGITS, None, field="account_number"),
        equal("ID11", "name_fold", "own_fold", field="full_name"),
    ),
)

# `standing_now`: rows of schemas.payments.Standing.
ACCOUNT_STANDING = Suite(
    "account_standing",
    "Tài khoản khi lập danh sách chi trả",
    (
        null("AC04", "shared_account", field="account_number"),
        in_set("AC05", "authorisation_invalid", [False], field="authorisation_no"),
        not_in_set("AC07", "phone_outcome", ["SAI"], field="phone"),
        not_in_set("AC08", "account_outcome", ["SAI"], field="account_number"),
        in_set("AC09", "account_changed", [False], field="account_number"),
        between("AC10", "holder_dossiers", None, 5, field="holder_citizen_id"),
        in_set("EN10", "missed_cash", [False], field="method"),
    ),
)
