"""The way back: a workbook for the sender that names every row not taken, and how to mend it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
import xlsxwriter

from schemas.layouts import LAYOUTS
from schemas.quality import RULES
from tasks.inbox import staged
from tasks.office import Office
from tasks.render import TEXT_ONLY
from tasks.sheets import Parsed
from tasks.visible import write_with

CREATED = datetime(2024, 1, 1)  # fixed, so that the same findings give the same bytes
SEVERITIES = {
    "reject": "Trả lại",
    "warn": "Lưu ý",
    "fix": "Đã tự sửa",
    "hold": "Tạm giữ",
    "cash": "Chi tiền mặt",
    "exception": "Ngoại lệ",
    "pending": "Chờ kết quả",
}
WORTH_SENDING = ("reject", "warn")
HEADERS = ("Trang tính", "Dòng", "Quy tắc", "Mức độ", "Cột", "Giá trị", "Lý do và cách sửa")
WIDTHS = (16, 8, 9, 13, 26, 26, 90)
MAX_LINES = 1_000_000  # a sheet has no more rows
NAME_BYTES = 150


def write_returned(
    office: Office, file_name: str, sha256: str, findings: pl.DataFrame, refusal: str | None
) -> Path | None:
    """Write the workbook for one received file; None where there is nothing to say.

    `findings`: sheet, row_no, rule, severity, field, message. Values are shown as the sender wrote
    them, never as we know them.
    """
    if refusal is None and not findings["severity"].is_in(WORTH_SENDING).any():
        return None
    path = returned_path(office, file_name, sha256)
    parsed = staged(office, sha256)
    lines = [] if refusal else _lines(findings, parsed)
    summary = _summary(file_name, findings, parsed, refusal)
    write_with(path, lambda temporary: _write(temporary, summary, lines))
    return path


def returned_path(office: Office, file_name: str, sha256: str) -> Path:
    """Return where the workbook for a received file stands."""
    received = PurePosixPath(file_name)
    stem = received.stem.encode()[:NAME_BYTES].decode(errors="ignore")
    return office.returned / received.parent / f"{stem}.{sha256[:8]}.xlsx"


def _summary(
    file_name: str, findings: pl.DataFrame, parsed: Parsed, refusal: str | None
) -> list[tuple[str, str | int]]:
    """Return what stands on top: the file, and its rows or why it was refused."""
    lines: list[tuple[str, str | int]] = [("Tệp", file_name)]
    if refusal:
        lines += [("Kết quả", "Trả lại cả tệp"), ("Lý do", refusal)]
        lines.append(("Cách sửa", RULES["FL02"].message))
    else:
        rejected = findings.filter(severity="reject").drop_nulls("row_no")
        count = rejected.select("sheet", "row_no").n_unique() if rejected.height else 0
        received = parsed.frame.height
        lines += [("Số dòng nhận được", received), ("Được nhận", received - count)]
        lines += [("Trả lại", count), ("Cách sửa", "Sửa các dòng ở trang sau rồi gửi lại cả tệp.")]
    return [*lines, ("Ghi chú", parsed.remark)] if parsed.remark else lines


def _lines(findings: pl.DataFrame, parsed: Parsed) -> list[tuple[Any, ...]]:
    """Return one line per finding, in the order of the file, rejections before the rest."""
    values = _values(findings, parsed.frame)
    order = pl.col("severity").replace_strict({"reject": 0, "warn": 1}, default=2)
    shown = findings.with_columns(value=values).sort(
        "sheet", "row_no", order, "rule", "field", maintain_order=True
    )
    headers = field_headers(parsed.kind)
    return [
        (
            row["sheet"] or "",
            row["row_no"],
            row["rule"],
            SEVERITIES.get(row["severity"], row["severity"]),
            headers.get(row["field"], row["field"] or ""),
            row["value"] or "",
            row["message"] or "",
        )
        for row in shown.head(MAX_LINES).iter_rows(named=True)
    ]


def _values(findings: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return for each finding the cell that it speaks of, as the sender wrote it."""
    value = pl.Series("value", [None], dtype=pl.String).new_from_index(0, findings.height)
    for name in findings["field"].drop_nulls().unique(maintain_order=True):
        if name in rows.columns:
            cells = rows.select("sheet", "row_no", pl.col(name).cast(pl.String).alias("value"))
            found = findings.select("sheet", pl.col("row_no").cast(pl.Int64)).join(
                cells, on=["sheet", "row_no"], how="left", maintain_order="left"
            )["value"]
            value = found.zip_with((findings["field"] == name).fill_null(value=False), value)
    return value


def field_headers(kind: str | None) -> dict[str, str]:
    """Return field name -> header, as the template of this kind of file has it."""
    if kind not in LAYOUTS:
        return {}
    headers: dict[str, str] = {"unit": "Xã", "period": "Kỳ"}
    for sheet in LAYOUTS[kind].sheets:
        for field in sheet.fields:
            headers.setdefault(field.name, field.header)
    return headers


def _write(path: Path, summary: list[tuple[str, str | int]], lines: list[tuple[Any, ...]]) -> None:
    with xlsxwriter.Workbook(str(path), TEXT_ONLY) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        _write_summary(book.add_worksheet("Tổng hợp"), summary, bold, plain)
        if lines:
            _write_lines(book.add_worksheet("Lỗi cần sửa"), lines, bold, plain)
        for sheet in book.worksheets():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)


def _write_summary(sheet: Any, summary: list[tuple[str, str | int]], bold: Any, plain: Any) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for row, (label, value) in enumerate(summary):
        sheet.write_string(row, 0, label, bold)
        _write_cell(sheet, row, 1, value, plain)


def _write_lines(sheet: Any, lines: list[tuple[Any, ...]], bold: Any, plain: Any) -> None:
    for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(HEADERS) - 1)
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line):
            _write_cell(sheet, row, column, value, plain)


def _write_cell(sheet: Any, row: int, column: int, value: str | int | None, style: Any) -> None:
    """Write a number as such and everything else as text, which no program takes for a formula."""
    if isinstance(value, int):
        sheet.write_number(row, column, value, style)
    elif value:
        sheet.write_string(row, column, value[:32_000], style)
    else:
        sheet.write_blank(row, column, None, style)
