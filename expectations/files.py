"""A received file as a whole. Bytes received before (FL01) are ignored, and only said so."""

from __future__ import annotations

from expectations.suite import Suite, Where, equal, in_set, null

# `round_file`: one row per received file; `refusal` and `discrepancy` are null where there is none.
FILE = Suite(
    "file",
    "Tệp nhận được",
    (
        null("FL02", "refusal"),
        equal("FL06", "stated_month", "cycle", Where("kind", "==", "bien_dong")),
        null("FL07", "discrepancy"),
        in_set("ID10", "is_vni", [False], field="refusal"),
    ),
)
