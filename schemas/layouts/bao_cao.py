"""The monthly report of a commune or provider: one figure a row."""

from __future__ import annotations

from schemas.layouts.layout import PROVIDER_HEADERS, Layout, Sheet, field
from schemas.submissions import ReportRow

BAO_CAO = Sheet(
    kind="BAO_CAO",
    names=("BAO_CAO", "Báo cáo"),
    fields=(
        field(ReportRow.reported_on, "Ngày báo cáo"),
        field(ReportRow.metric, "Chỉ tiêu"),
        field(ReportRow.value, "Giá trị", "Số liệu"),
    ),
    needed=(ReportRow.metric, ReportRow.value),
    required=(ReportRow.metric, ReportRow.value),
)

LAYOUT = Layout(
    kind="bao_cao",
    table=ReportRow,
    sheets=(BAO_CAO,),
    # A metric alone is as likely a place to sign below the table.
    keys=((ReportRow.metric, ReportRow.value),),
    keys_hold_digit=False,
    unit_headers=PROVIDER_HEADERS,
)
