"""How well each commune sends its files: an overview, and a page to print for each commune.

Counts and names of files only: nothing of a person.
"""

from __future__ import annotations

import polars as pl

import dashboards
from schemas.period import month_text, month_vi
from schemas.quality import RULES
from tasks import warehouse
from tasks.bulk import bulk_aside
from tasks.office import Office
from tasks.outbox import OutFile
from tasks.render import Block, Page, Sheet, csv_bytes, xlsx_bytes
from tasks.returned import SEVERITIES
from tasks.sender_copy import sheet_names
from tasks.warehouse import Connection

NAME = "chat_luong_nop_tep"
MAX_PAGES = 60  # communes; a larger office gets lists instead of pages
CYCLES = 6  # side by side
MAX_LINES = 15  # of one table, so that a page stays one page
TITLE = "CHẤT LƯỢNG NỘP TỆP KỲ {}"
OVERVIEW = "Tổng hợp"
FIXED = "Đã tự sửa khi nhận."
NOT_A_COMMUNE = "Tệp của đơn vị chi trả và tệp không rõ xã gửi."
SENT_NOTHING = "Chưa gửi tệp nào."
OUTCOMES = {"taken": "Đã nhận", "returned": "Trả lại cả tệp"}
HEADERS = {
    "commune_name": "Xã",
    "commune_code": "Mã xã",
    "files": "Số tệp",
    "rows_in": "Số dòng",
    "rows_taken": "Được nhận",
    "rows_rejected": "Trả lại",
    "rows_fixed": "Tự sửa",
    "rows_warned": "Lưu ý",
    "share": "Tỷ lệ trả lại",
    "share_before": "Kỳ trước",
    "change": "Thay đổi (điểm %)",
    "remark": "Ghi chú",
}
COUNTS = ("files", "rows_in", "rows_taken", "rows_rejected", "rows_fixed", "rows_warned")
FINDING_HEADERS = {
    "commune_code": "Mã xã",
    "commune_name": "Xã",
    "rule": "Quy tắc",
    "severity_label": "Mức độ",
    "findings": "Số lần",
    "message": "Nội dung và cách sửa",
}
WIDTHS = (34.0, *[11.0] * CYCLES)
FILE_SPANS = (1, 1, 1, 1, 3)
RULE_SPANS = (1, 1, 5)


def summary_files(
    office: Office, connection: Connection, month: int, max_pages: int = MAX_PAGES
) -> list[OutFile]:
    """Return the workbook of a cycle; beyond `max_pages` communes a CSV takes the pages' place."""
    intake = _of_cycles(connection, "intake_by_commune", month - CYCLES + 1, month)
    findings = _worded(_of_cycles(connection, "quality_by_commune", month, month))
    overview = overview_of(intake, _communes(connection, month), month)
    sheet = _overview_sheet(office, overview, month)
    sheet, aside = bulk_aside(sheet, f"{NAME}_{month_text(month)}.csv")
    pages: list[Page] = []
    if overview.height <= max_pages:
        files = _of_cycles(connection, "files_by_commune", month, month)
        pages = _pages(office, month, overview, intake, findings, files)
    else:
        data = csv_bytes(findings, FINDING_HEADERS)
        aside.append(OutFile(f"{NAME}_loi.csv", data, findings.height))
    return [OutFile(f"{NAME}.xlsx", xlsx_bytes([sheet, *pages]), overview.height), *aside]


def _of_cycles(connection: Connection, name: str, first: int, last: int) -> pl.DataFrame:
    """Return the rows of `dashboards/<name>.sql` of some cycles: an office has years of them."""
    return warehouse.frame(
        connection,
        f"SELECT * FROM ({dashboards.select(name)}) WHERE cycle BETWEEN $first AND $last"
        " ORDER BY ALL",
        first=first,
        last=last,
    )


def _communes(connection: Connection, month: int) -> pl.DataFrame:
    """Return code and name of the office's communes in a month."""
    return warehouse.frame(
        connection,
        "SELECT commune_code, any_value(name_vi) AS commune_name FROM admin_unit"
        " WHERE is_office = 'yes'"
        " AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')"
        " GROUP BY commune_code ORDER BY commune_code",
        month=month,
    )


def _worded(findings: pl.DataFrame) -> pl.DataFrame:
    """Put words beside rule and severity, the most frequent rejections first."""
    messages = {rule: spec.message for rule, spec in RULES.items()}
    mended = [rule for rule, spec in RULES.items() if spec.severity == "fix"]
    is_other = (pl.col("severity") == "fix") & ~pl.col("rule").is_in(mended)
    order = pl.col("severity").replace_strict({"reject": 0, "warn": 1}, default=2)
    return findings.with_columns(
        severity_label=pl.col("severity").replace_strict(SEVERITIES, default=pl.col("severity")),
        message=pl.when(is_other)
        .then(pl.lit(FIXED))
        .otherwise(pl.col("rule").replace_strict(messages, default=pl.col("rule"))),
    ).sort(
        "commune_code",
        order,
        "findings",
        "rule",
        descending=[False, False, True, False],
        maintain_order=True,
    )


def overview_of(intake: pl.DataFrame, communes: pl.DataFrame, month: int) -> pl.DataFrame:
    """Return one row per commune that belongs to the office or sent something in the month."""
    sent = intake.filter(cycle=month).drop("cycle", "commune_name")
    before = intake.filter(cycle=month - 1).select(
        "commune_code", in_before="rows_in", rejected_before="rows_rejected"
    )
    names = intake.filter(cycle=month).select("commune_code", "commune_name")
    every = pl.concat([communes, names.join(communes, on="commune_code", how="anti")])
    joined = (
        every.join(sent, on="commune_code", how="left", maintain_order="left")
        .join(before, on="commune_code", how="left", maintain_order="left")
        .with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64))
        .sort(pl.col("commune_code") == "", "commune_code")
    )
    now = _per_mille(joined, "rows_rejected", "rows_in")
    then = _per_mille(joined, "rejected_before", "in_before")
    changes = [None if a is None or b is None else a - b for a, b in zip(now, then, strict=True)]
    return joined.with_columns(
        share=_texts([_percent(value) for value in now]),
        share_before=_texts([_percent(value) for value in then]),
        change=_texts([_signed(value) for value in changes]),
        remark=pl.when(pl.col("commune_code") == "")
        .then(pl.lit(NOT_A_COMMUNE))
        .when(pl.col("files") == 0)
        .then(pl.lit(SENT_NOTHING)),
    )


def _texts(values: list[str | None]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _per_mille(frame: pl.DataFrame, part: str, whole: str) -> list[int | None]:
    return [per_mille(*row) for row in frame.select(part, whole).iter_rows()]


def per_mille(part: int | None, whole: int | None) -> int | None:
    """Return a share in thousandths, rounded half up; None of nothing."""
    return (2000 * (part or 0) + whole) // (2 * whole) if whole else None


def _percent(thousandths: int | None) -> str | None:
    """Return `12,5%` of 125."""
    if thousandths is None:
        return None
    return f"{thousandths // 10},{thousandths % 10}%"


def _signed(thousandths: int | None) -> str | None:
    """Return `+1,5` of 15 and `−1,5` of -15."""
    if thousandths is None:
        return None
    sign = "+" if thousandths > 0 else "−" if thousandths < 0 else ""
    return f"{sign}{abs(thousandths) // 10},{abs(thousandths) % 10}"


def _overview_sheet(office: Office, overview: pl.DataFrame, month: int) -> Sheet:
    silent = overview.filter(files=0)["commune_name"].to_list()
    told = f"{len(silent)} xã chưa gửi tệp nào trong kỳ." if silent else "Xã nào cũng đã gửi tệp."
    return Sheet(
        name=OVERVIEW,
        frame=overview,
        headers=HEADERS,
        title=(office.name.upper(), TITLE.format(month_vi(month))),
        footer=(told, "Tỷ lệ trả lại = số dòng trả lại ÷ số dòng nhận được trong kỳ."),
        total={name: int(overview[name].sum()) for name in COUNTS},
        right=frozenset(("share", "share_before", "change")),
    )


def _pages(
    office: Office,
    month: int,
    overview: pl.DataFrame,
    intake: pl.DataFrame,
    findings: pl.DataFrame,
    files: pl.DataFrame,
) -> list[Page]:
    """Return a page for each commune."""
    names = sheet_names([OVERVIEW, *overview["commune_name"]])
    next(names)
    return [
        Page(
            name=name,
            title=(
                office.name.upper(),
                TITLE.format(month_vi(month)),
                _heading(commune["commune_name"], code),
            ),
            blocks=(
                _files_block(files.filter(commune_code=code)),
                _rules_block(findings.filter(commune_code=code)),
                _cycles_block(intake.filter(commune_code=code), month),
            ),
            widths=WIDTHS,
        )
        for name, commune in zip(names, overview.iter_rows(named=True), strict=True)
        for code in (commune["commune_code"],)
    ]


def _heading(commune_name: str, commune_code: str) -> str:
    return f"{commune_name} (mã {commune_code})" if commune_code else commune_name


def _files_block(files: pl.DataFrame) -> Block:
    rows = [
        (
            file["name"],
            file["rows_in"],
            file["rows_taken"],
            file["rows_rejected"],
            OUTCOMES.get(file["outcome"], file["outcome"]),
        )
        for file in files.head(MAX_LINES).iter_rows(named=True)
    ]
    return Block(
        "1. Tệp nhận trong kỳ",
        ("Tệp", "Số dòng", "Được nhận", "Trả lại", "Kết quả"),
        tuple(rows) or ((SENT_NOTHING, None, None, None, None),),
        FILE_SPANS,
        _left_out(files.height, "tệp"),
    )


def _rules_block(findings: pl.DataFrame) -> Block:
    rows = [
        (f"{found['rule']} – {found['severity_label']}", found["findings"], found["message"])
        for found in findings.head(MAX_LINES).iter_rows(named=True)
    ]
    return Block(
        "2. Lỗi và lưu ý theo quy tắc",
        ("Quy tắc", "Số lần", "Nội dung và cách sửa"),
        tuple(rows) or (("Không có.", None, None),),
        RULE_SPANS,
        _left_out(findings.height, "quy tắc"),
    )


def _left_out(count: int, what: str) -> str:
    return f"… và {count - MAX_LINES} {what} khác." if count > MAX_LINES else ""


def _cycles_block(intake: pl.DataFrame, month: int) -> Block:
    """Return the last cycles side by side, the newest last."""
    months = range(month - CYCLES + 1, month + 1)
    found = {row["cycle"]: row for row in intake.iter_rows(named=True)}
    rows = [found.get(one, {}) for one in months]
    shares = [_percent(per_mille(row.get("rows_rejected"), row.get("rows_in"))) for row in rows]
    return Block(
        "3. Sáu kỳ gần nhất",
        ("", *map(month_vi, months)),
        (
            ("Số tệp", *(row.get("files") for row in rows)),
            ("Số dòng", *(row.get("rows_in") for row in rows)),
            ("Trả lại", *(row.get("rows_rejected") for row in rows)),
            ("Tỷ lệ trả lại", *shares),
        ),
        (1,) * (CYCLES + 1),
    )
