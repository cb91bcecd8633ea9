"""The progress of a month as an officer reads it: one workbook, from the published metrics."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.codes import SILENCE
from schemas.period import month_text, month_vi
from schemas.providers import results
from schemas.published import METRICS, SILENCE_VI
from tasks.amount_words import dotted
from tasks.office import Office
from tasks.official_files import OF_COMMUNE, official_files
from tasks.outbox import OutFile, write_folder
from tasks.render import Sheet, xlsx_bytes
from tasks.report_compared import RATES, compared, compared_book, compared_sheet, percent
from tasks.warehouse import Connection, rows

TOTAL = "Tổng cộng"
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
) -> tuple[Path, ...]:
    """Write the month's reports from the rows of the published table `progress`.

    Return `tien_do_<YYYY-MM>.xlsx` and what else is of the whole office, not of one commune.
    """
    measured = progress.filter(pl.col("month") == month_text(month))
    communes = _named(connection, month, _table(measured, "commune_code"))
    notes = _silence(connection, month)
    reported = compared(connection, month, measured)
    sheets = [
        _sheet(office, month, communes, "Theo xã", notes),
        _sheet(office, month, _table(measured, "scheme"), "Theo nguồn", notes),
        _sheet(office, month, _table(measured, "provider"), "Theo đơn vị chi trả", notes),
        _details(measured),
        compared_sheet(reported),
    ]
    name = f"tien_do_{month_text(month)}.xlsx"
    lines = measured.filter(pl.col("metric") == "beneficiaries").height
    book = compared_book(office, connection, month, reported)
    folder = office.outbox(month) / "reports"
    files = [
        OutFile(name, xlsx_bytes(sheets), lines),
        OutFile(f"doi_chieu_bao_cao_{month_text(month)}.xlsx", book, len(reported)),
        *official_files(office, connection, month, progress),
    ]
    write_folder(folder, files)
    return tuple(folder / file.name for file in files if OF_COMMUNE not in file.name)


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
