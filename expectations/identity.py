"""Who a person is: rules on the rows of a bien_dong file, and on people when a month is paid."""

from __future__ import annotations

from expectations.suite import (
    Suite,
    Where,
    between,
    equal,
    in_set,
    matches,
    not_in_set,
    not_null,
    parameter,
)

# `round_change`: rows of schemas.submissions.Change with facts beside them. What the registry or
# the row itself says of birth year, gender and name is null where the rule is not to be judged.
IDENTITY_CHANGE = Suite(
    "identity_change",
    "Thông tin cá nhân trên dòng biến động",
    (
        matches("ID01", "citizen_id", r"^\d{12}$"),
        equal("ID02", "id_birth_year", "fact_birth_year", field="citizen_id"),
        equal("ID03", "id_gender", "fact_gender", field="citizen_id"),
        in_set("ID04", "id_province", parameter("provinces"), field="citizen_id"),
        not_null("ID07", "birth_first_day", Where("kind", "==", "TANG"), field="birth_date"),
        between(
            "ID07",
            "birth_first_day",
            parameter("earliest_birth"),
            parameter("today"),
            field="birth_date",
        ),
        in_set("ID08", "has_band", [True], field="birth_date"),
        equal("ID11", "name_fold", "registry_fold", field="full_name"),
    ),
)

# `standing_now`: rows of schemas.payments.Standing.
IDENTITY_STANDING = Suite(
    "identity_standing",
    "Thông tin cá nhân khi lập danh sách chi trả",
    (
        in_set("ID05", "id_held_by_other", [False], field="citizen_id"),
        not_null("ID06", "citizen_id"),
        in_set("ID09", "id_of_dead", [False], field="citizen_id"),
        not_in_set("ID12", "identity_outcome", ["SAI"], field="citizen_id"),
    ),
)
