"""What a row of a bien_dong file says: its commune, its category and month, its decision."""

from __future__ import annotations

from expectations.derived import known_words, no_formulas, readable_fields, required_fields
from expectations.suite import Suite, Where, between, equal, in_set, not_null, parameter
from schemas.layouts import LAYOUTS
from schemas.submissions import Change

LAYOUT = LAYOUTS["bien_dong"]

STOPS = Where("kind", "==", "GIAM")
ADJUSTS = Where("kind", "==", "DIEU_CHINH")
STARTS_OR_ADJUSTS = Where("kind", "in", ("TANG", "DIEU_CHINH"))
STOPS_OR_ADJUSTS = Where("kind", "in", ("GIAM", "DIEU_CHINH"))
# What is decided now; HIEN_HUONG is only what the office pays already.
DECIDED = Where("is_roster", "==", False)
MOVES_IN = (Where("reason", "==", "CHUYEN_DEN"), Where("last_reason", "==", "CHUYEN_DI"))

# `round_change`: rows of schemas.submissions.Change with facts beside them. A fact is null where
# its rule is not to be judged.
CHANGE_ROW = Suite(
    "change_row",
    "Dòng biến động: xã gửi, chế độ, tháng, quyết định",
    (
        not_null("FL03", "commune_code"),
        in_set("FL03", "is_of_office", [True], field="commune_code"),
        equal("FL03", "commune_code", "last_commune", STOPS_OR_ADJUSTS),
        *no_formulas(LAYOUT),
        in_set("FL05", "is_contradicted", [False], field="dossier_no"),
        not_null("EN01", "family", Where("category_code", "is not null"), field="category_code"),
        in_set("EN01", "is_in_law", [True], field="category_code"),
        not_null(
            "EN01",
            "old_family",
            ADJUSTS,
            Where("old_category_code", "is not null"),
            field="old_category_code",
        ),
        in_set("EN02", "coefficient_differs", [False], field="coefficient"),
        # A wrong coefficient is named alone: the amount follows from it.
        equal(
            "EN02",
            "monthly_amount",
            "expected_amount",
            Where("coefficient_differs", "==", False),
        ),
        in_set("EN04", "is_running_already", [False], field="category_code"),
        in_set("EN05", "lacks_benefit", [False], field="category_code"),
        between("EN06", "months_ahead", None, 12, field="effective_month"),
        between(
            "EN06",
            "months_ahead",
            parameter("oldest_arrears"),
            None,
            STARTS_OR_ADJUSTS,
            DECIDED,
            field="effective_month",
        ),
        in_set("EN07", "is_second_family", [False], field="category_code"),
        not_null("EN08", "decision_no", DECIDED),
        # One of the two is named, the number first.
        not_null("EN08", "decision_date", DECIDED, Where("decision_no", "is not null")),
        *required_fields(LAYOUT, Change.birth_date),  # ID07
        *known_words(LAYOUT),
        *readable_fields(LAYOUT, Change.gender, Change.birth_date, Change.units),
        between("EN09", "units", None, 1, Where("is_per_unit", "==", False)),
        in_set("EN09", "lacks_old_category", [False], field="old_category_code"),
        not_null("EN09", "death_date", STOPS, Where("reason", "==", "CHET")),
        in_set("EN11", "keeps_family", [False], field="category_code"),
        in_set("EN13", "reaches_before_roster", [False], field="effective_month"),
        equal("EN14", "effective_month", "last_stop", *MOVES_IN),
    ),
)
