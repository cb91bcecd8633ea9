"""The progress of a month as an officer reads it: one workbook, from the published metrics."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from schemas.codes import SILENCE
from schemas.period import month_text, month_vi
from schemas.providers import results
from schemas.published import METRICS, SILENCE_VI
from tasks.amount_words import dotted
from tasks.office import Office
from tasks.outbox import OutFile, write_folder
from tasks.render import Sheet, xlsx_bytes
from tasks.shown import shown
from tasks.warehouse import Connection, rows

TOTAL = "Tổng cộng"
RATES = ("cashless_rate_people", "cashless_rate_amount")
SHOWN = (
    "beneficiaries",
    "with_citizen_id",
    "citizen_id_verified",
    "with_phone",
    "phone_verified",
    "with_account",
    "account_own",
    "account_guardian",
    "account_authorised",
    "cash_exception",
    "account_unusable",
    "no_account",
    "due_amount",
    "instructed_count",
    "instructed_amount",
    "paid_account_count",
    "paid_account_amount",
    "paid_cash_count",
    "paid_cash_amount",
    "failed_count",
    "failed_amount",
    "returned_count",
    "returned_amount",
    "pending_count",
    "pending_amount",
    "held_count",
    "held_amount",
    *RATES,
    "increase_count",
    "decrease_count",
    "adjustment_count",
    "arrears_amount",
    "recovery_amount",
    "receivable_amount",
    "ytd_paid_amount",
)
DIMENSIONS = {"commune_code": "Xã", "scheme": "Nguồn", "provider": "Đơn vị chi trả"}


def write_progress_report(
    office: Office, connection: Connection, month: int, progress: pl.DataFrame
) -> Path:
    """Write `tien_do_<YYYY-MM>.xlsx` from the rows of the published table `progress`."""
    measured = progress.filter(pl.col("month") == month_text(month))
    communes = _named(connection, month, _table(measured, "commune_code"))
    notes = _silence(connection, month)
    sheets = [
        _sheet(office, month, communes, "Theo xã", notes),
        _sheet(office, month, _table(measured, "scheme"), "Theo nguồn", notes),
        _sheet(office, month, _table(measured, "provider"), "Theo đơn vị chi trả", notes),
        _details(measured),
        _compared(connection, month, measured),
    ]
    name = f"tien_do_{month_text(month)}.xlsx"
    lines = measured.filter(pl.col("metric") == "beneficiaries").height
    folder = office.outbox(month) / "reports"
    write_folder(folder, [OutFile(name, xlsx_bytes(sheets), lines)])
    return folder / name


def _table(measured: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Return one row per commune, scheme or provider with a column per metric, the total last."""
    others = [name for name in DIMENSIONS if name != dimension]
    wide = (
        measured.filter(*(pl.col(name) == "*" for name in others), pl.col("metric").is_in(SHOWN))
        .pivot(on="metric", on_columns=list(SHOWN), index=dimension, values="value")
        .sort(pl.col(dimension) == "*", dimension)
        .rename({dimension: "unit"})
    )
    return wide.with_columns(
        pl.col("unit").replace("*", TOTAL),
        pl.col(name for name in SHOWN if name not in RATES).cast(pl.Int64),
        pl.col(RATES).map_elements(percent, return_dtype=pl.String),
    )


def percent(rate: Decimal) -> str:
    """Return a rate from 0 to 1 as officers write it: `66,7%`."""
    return f"{100 * rate:.1f}%".replace(".", ",")


def _named(connection: Connection, month: int, table: pl.DataFrame) -> pl.DataFrame:
    """Put the commune's name beside its code."""
    found = rows(
        connection,
        "SELECT commune_code, name_vi FROM admin_unit WHERE month_text($month)"
        " BETWEEN valid_from AND coalesce(valid_to, '9999-12')",
        month=month,
    )
    names = {code: f"{name} ({code})" for code, name in found}
    return table.with_columns(pl.col("unit").replace(names))


def _silence(connection: Connection, month: int) -> tuple[str, ...]:
    """Say how much of what was paid is only known by a provider's silence."""
    found = rows(
        connection,
        "SELECT provider, count(*), sum(amount)::BIGINT FROM payment_status"
        " WHERE month = $month AND status_reason = $silence GROUP BY ALL ORDER BY ALL",
        month=month,
        silence=SILENCE,
    )
    return tuple(
        f"Trong số đã chi, {dotted(lines)} khoản {dotted(amount)} đồng qua {provider} {SILENCE_VI}"
        + (f" sau {days} ngày." if (days := results.silence_days(provider)) else ".")
        for provider, lines, amount in found
    )


def _sheet(
    office: Office, month: int, table: pl.DataFrame, name: str, notes: tuple[str, ...]
) -> Sheet:
    """Return one line per metric and one column per commune, scheme or provider."""
    units = table.get_column("unit").to_list()
    columns = {
        f"unit_{place}": pl.Series([row[metric] for metric in SHOWN], dtype=pl.Object)
        for place, row in enumerate(table.iter_rows(named=True))
    }
    labels = {"label": pl.Series([METRICS[metric] for metric in SHOWN])}
    return Sheet(
        name=name,
        frame=pl.DataFrame(labels | columns),
        headers={"label": "Chỉ tiêu"} | dict(zip(columns, units, strict=True)),
        title=(
            office.parent.upper(),
            office.name.upper(),
            f"TIẾN ĐỘ CHI TRẢ KHÔNG DÙNG TIỀN MẶT KỲ {month_vi(month)}",
            f"Số liệu tính đến ngày {office.today:%d/%m/%Y}. Tiền tính bằng đồng.",
            *notes,
        ),
    )


def _details(measured: pl.DataFrame) -> Sheet:
    """Return every metric of the whole office, reasons of failures included."""
    everywhere = measured.filter(pl.col(name) == "*" for name in DIMENSIONS)
    frame = everywhere.filter(~pl.col("metric").is_in(RATES)).with_columns(
        pl.col("metric").replace_strict(METRICS).alias("label"), pl.col("value").cast(pl.Int64)
    )
    order = {metric: place for place, metric in enumerate(METRICS)}
    frame = frame.sort(pl.col("metric").replace_strict(order, return_dtype=pl.Int64))
    return Sheet("Chi tiết", frame, {"label": "Chỉ tiêu", "value": "Toàn đơn vị"})


def _compared(connection: Connection, month: int, measured: pl.DataFrame) -> Sheet:
    """Return what communes and providers reported beside our own figures."""
    stated = shown(connection, "report_compared", month=month)
    digits = pl.col("stated").str.replace_all(r"[.,\s]", "")
    frame = (
        stated.with_columns(
            pl.col("metric").map_elements(metric_named, return_dtype=pl.String).alias("known"),
            digits.cast(pl.Int64, strict=False).alias("number"),
        )
        .join(_own_figures(measured), on=["unit", "known"], how="left")
        .with_columns((pl.col("number") - pl.col("own")).alias("difference"))
        .sort("unit", "metric")
    )
    headers = {
        "unit": "Đơn vị",
        "metric": "Chỉ tiêu",
        "stated": "Đơn vị báo",
        "own": "Sổ của phòng",
        "difference": "Chênh lệch",
    }
    return Sheet("Đối chiếu báo cáo", frame, headers)


def metric_named(text: str) -> str | None:
    """Return the metric that a report means: by its own name or by its Vietnamese label."""
    wanted = " ".join(text.split()).casefold()
    words = {word.casefold(): name for name, label in METRICS.items() for word in (name, label)}
    return words.get(wanted)


def _own_figures(measured: pl.DataFrame) -> pl.DataFrame:
    """Return our figure per commune or provider and metric."""
    is_total = {name: pl.col(name) == "*" for name in DIMENSIONS}
    return measured.filter(
        is_total["scheme"],
        is_total["commune_code"] != is_total["provider"],
        ~pl.col("metric").is_in(RATES),
    ).select(
        pl.when(is_total["commune_code"]).then("provider").otherwise("commune_code").alias("unit"),
        pl.col("metric").alias("known"),
        pl.col("value").cast(pl.Int64).alias("own"),
    )
