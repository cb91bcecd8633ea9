"""Who reported when, month by month: on time, late, missing."""

from __future__ import annotations

import polars as pl

from schemas.period import month_vi
from tasks.office import Office
from tasks.render import Sheet
from tasks.shown import shown
from tasks.warehouse import Connection

STANDINGS_VI = {
    "on_time": "Đúng hạn",
    "late": "Muộn",
    "missing": "Không có",
    "waiting": "Chưa đến hạn",
}
MOST_MONTHS = 24  # that a page has room for


def history(office: Office, connection: Connection) -> pl.DataFrame:
    """Return the rows of `report_history`; reads the bases of `tasks.shown`."""
    return shown(
        connection,
        "report_history",
        today=office.today,
        report_deadline_day=office.report_deadline_day,
    )


def history_sheet(told: pl.DataFrame) -> Sheet:
    """Return one line per unit: how often on time, late, missing, and each of the last months."""
    months = sorted(told["month"].unique().to_list())[-MOST_MONTHS:]
    lines = told.group_by("unit_kind", "unit", maintain_order=True).agg(
        pl.col("unit_name").last(),
        *((pl.col("standing") == name).sum().cast(pl.Int64).alias(name) for name in STANDINGS_VI),
    )
    cells = told.with_columns(
        pl.concat_str(
            pl.col("standing").replace_strict(STANDINGS_VI, return_dtype=pl.String),
            pl.col("received_on").dt.strftime(" (%d/%m/%Y)").fill_null(""),
        ).alias("cell")
    )
    headers = {"unit": "Mã", "unit_name": "Đơn vị"} | STANDINGS_VI
    for month in months:
        of_month = cells.filter(pl.col("month") == month).select(
            "unit_kind", "unit", pl.col("cell").alias(f"month_{month}")
        )
        lines = lines.join(of_month, on=["unit_kind", "unit"], how="left", maintain_order="left")
        headers[f"month_{month}"] = month_vi(month)
    lines = lines.sort("unit_kind", "unit")
    title = ("LỊCH SỬ GỬI BÁO CÁO THÁNG", "Chỉ tính tháng mà xã, đơn vị có chi trả.")
    return Sheet("Lịch sử báo cáo", lines, headers, title)
