"""Who still owes what before the report day: a workbook for the office, a letter for each of them.

Letters go by Zalo or mail: they say counts and names of files, and nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.period import month_of, month_text, month_vi, report_deadline
from tasks import cycles, silence
from tasks.amount_words import dotted
from tasks.office import Office, Refused
from tasks.outbox import OutFile
from tasks.render import Sheet, xlsx_bytes
from tasks.report_history import history, history_sheet
from tasks.shown import shown
from tasks.warehouse import Connection
from tasks.working_days import untold

Row = dict[str, Any]

NAME = "nhac_viec"
KINDS_VI = {"commune": "Xã", "provider": "Đơn vị chi trả"}
WORK_VI = {
    "no_account": ("hồ sơ chưa có tài khoản: vận động mở, gửi lại biểu TAI_KHOAN", "lists"),
    "account_unusable": ("hồ sơ có tài khoản, giấy tờ chưa dùng được: bổ sung, sửa", "lists"),
    "held": ("hồ sơ tạm giữ: xác minh, trả lời", "lists"),
    "failed": ("hồ sơ không chi được hoặc bị hoàn trả: xem lý do, sửa thông tin", "followup"),
}
NOT_PREPARED = "Kỳ {} chưa lập: chưa biết xã, đơn vị nào có chi trả để nhắc báo cáo."
HEADERS = {"unit": "Mã", "unit_name": "Đơn vị"}
REPORTS = {"kind": "Loại", **HEADERS, "told": "Báo cáo", "due": "Hạn"}
RESULTS = {
    "month_label": "Kỳ",
    **HEADERS,
    "instructed": "Số lệnh chi",
    "pending": "Chưa có kết quả (lượt)",
    "amount": "Chưa có kết quả (đồng)",
    "files": "Tệp đã giao",
}
CHANGES = {**HEADERS, "last_month": "Kỳ gần nhất có gửi"}
WORK = {**HEADERS, "dossiers": "Số hồ sơ", "told": "Việc", "file": "Danh sách"}
TODO = {"number": "STT", "unit_name": "Nhắc ai", "told": "Việc", "letter": "Thư nhắc"}


@dataclass(frozen=True)
class Reminders:
    """What is owed for a month: rows of the SELECTs of the same names, and what is not known.

    `changes` are of `open_month`; an older month asks for none, and leaves no work of its lists.
    """

    office: Office
    month: int
    open_month: int
    reports: pl.DataFrame
    results: pl.DataFrame
    changes: pl.DataFrame
    work: pl.DataFrame
    history: pl.DataFrame
    warnings: tuple[str, ...]

    def letters(self) -> dict[str, tuple[str, list[str]]]:
        """Return name and sentences of everybody who owes something, by code."""
        told: dict[str, tuple[str, list[str]]] = {}
        for rows, sentence in (
            (self.reports, self._report),
            (self.results, self._result),
            (self.changes, self._change),
            (self.work, _work),
        ):
            for row in rows.iter_rows(named=True):
                told.setdefault(row["unit"], (row["unit_name"], []))[1].append(sentence(row))
        return dict(sorted(told.items()))

    def _report(self, _row: Row) -> str:
        due = report_deadline(self.month, self.office.report_deadline_day)
        late = " Đã quá hạn, xin gửi ngay." if self.office.today >= due else ""
        return (
            f"Báo cáo tháng {month_vi(self.month)} (mẫu bao_cao): phòng chưa nhận được. "
            f"Hạn: trước ngày {due:%d/%m/%Y}.{late}"
        )

    def _result(self, row: Row) -> str:
        return (
            f"Kết quả chi trả kỳ {month_vi(row['month'])}: còn {dotted(row['pending'])} trên "
            f"{dotted(row['instructed'])} lệnh, {dotted(row['amount'])} đồng, chưa có kết quả "
            f"(tệp đã giao: {row['files'] or 'chưa có'}). Xin gửi mẫu ket_qua."
        )

    def _change(self, _row: Row) -> str:
        return (
            f"Biến động kỳ {month_vi(self.open_month)} (mẫu bien_dong: tăng, giảm, điều chỉnh): "
            "phòng chưa nhận được tệp nào. Không có biến động thì xin trả lời một câu."
        )


def reminders(office: Office, connection: Connection, month: int) -> Reminders:
    """Return what is owed for a month; reads the bases of `tasks.shown` and `tasks.followup`."""
    silence.stage_providers(connection)
    told = history(office, connection)
    reports = told.filter(
        pl.col("month") == month, pl.col("standing").is_in(["waiting", "missing"])
    )
    open_month = cycles.open_month(connection, office)
    changes = shown(connection, "reminder_changes", month=open_month)
    work = _with_files(shown(connection, "reminder_work", month=month), month)
    if month not in (open_month - 1, open_month):
        changes, work = changes.clear(), work.clear()
    state = cycles.find(connection, month)
    warnings = untold(office, range(office.today.year, office.today.year + 1))
    if state is None or state.state == "open":
        warnings.insert(0, NOT_PREPARED.format(month_vi(month)))
    return Reminders(
        office=office,
        month=month,
        open_month=open_month,
        reports=reports,
        results=shown(connection, "reminder_results", month=month),
        changes=changes,
        work=work,
        history=told,
        warnings=tuple(warnings),
    )


def month_to_remind(office: Office, connection: Connection, asked: int | None = None) -> int:
    """Return the month asked for, else that of the day, or the open one before it.

    Refused where the office has not come to that month, or began after it.
    """
    open_month = cycles.open_month(connection, office)
    if asked is None:
        return min(month_of(office.today), open_month)
    if not office.start_month <= asked <= open_month:
        raise Refused(
            f"Kỳ {month_text(asked)} không có gì để nhắc: sổ có từ kỳ "
            f"{month_text(office.start_month)} đến kỳ đang mở {month_text(open_month)}."
        )
    return asked


def reminder_files(found: Reminders) -> list[OutFile]:
    """Return the workbook, and a letter for everybody who owes something."""
    letters = found.letters()
    files = [
        OutFile(f"{NAME}_{unit}.txt", _letter(found, name, told).encode(), len(told))
        for unit, (name, told) in letters.items()
    ]
    lines = sum(len(told) for _, told in letters.values())
    return [OutFile(f"{NAME}.xlsx", xlsx_bytes(_sheets(found, letters)), lines), *files]


def _letter(found: Reminders, name: str, told: list[str]) -> str:
    """Return a letter, as it is pasted into a message."""
    lines = [f"{number}. {sentence}" for number, sentence in enumerate(told, start=1)]
    return "\r\n".join(
        [
            f"Kính gửi: {name}",
            f"{found.office.name} nhắc việc kỳ {month_vi(found.month)}:",
            *lines,
            "Việc nào đã làm rồi thì xin bỏ qua. Trân trọng cảm ơn.",
            "",
        ]
    )


def _work(row: Row) -> str:
    words, _ = WORK_VI[row["work"]]
    return f"{dotted(row['dossiers'])} {words}. Danh sách: {row['file']}."


def _with_files(work: pl.DataFrame, month: int) -> pl.DataFrame:
    """Name the list that tells the commune which dossiers are meant."""
    folders = {kind: f"{month_text(month)}/{folder}" for kind, (_, folder) in WORK_VI.items()}
    words = {kind: told for kind, (told, _) in WORK_VI.items()}
    return work.with_columns(
        pl.concat_str(
            pl.col("work").replace_strict(folders, return_dtype=pl.String),
            pl.lit("/xa_") + pl.col("unit") + pl.lit(".xlsx"),
        ).alias("file"),
        pl.col("work").replace_strict(words, return_dtype=pl.String).alias("told"),
    )


def _sheets(found: Reminders, letters: dict[str, tuple[str, list[str]]]) -> list[Sheet]:
    due = report_deadline(found.month, found.office.report_deadline_day)
    reports = found.reports.with_columns(
        pl.col("unit_kind").replace_strict(KINDS_VI, return_dtype=pl.String).alias("kind"),
        pl.when(pl.col("standing") == "missing")
        .then(pl.lit("Quá hạn, chưa có"))
        .otherwise(pl.lit("Chưa có"))
        .alias("told"),
        pl.lit(f"Trước {due:%d/%m/%Y}").alias("due"),
    )
    changes = found.changes.with_columns(pl.col("last_month").fill_null("chưa kỳ nào"))
    month, following = month_vi(found.month), month_vi(found.open_month)
    return [
        _todo(found, letters),
        Sheet("Báo cáo", reports, REPORTS, (f"CHƯA BÁO CÁO THÁNG {month}",)),
        Sheet(
            "Kết quả",
            found.results,
            RESULTS,
            (f"CHƯA GỬI ĐỦ KẾT QUẢ CHI TRẢ ĐẾN KỲ {month}",),
            total={name: int(found.results[name].sum()) for name in ("pending", "amount")},
        ),
        Sheet("Biến động", changes, CHANGES, (f"CHƯA GỬI BIẾN ĐỘNG KỲ {following}",)),
        Sheet(
            "Việc của xã",
            found.work,
            WORK,
            (f"VIỆC CỦA XÃ THEO DANH SÁCH KỲ {month}",),
            wrapped="told",
        ),
        history_sheet(found.history),
    ]


def _todo(found: Reminders, letters: dict[str, tuple[str, list[str]]]) -> Sheet:
    """Return the first page: whom to remind of what, and which letter says it."""
    rows = [
        (name, sentence, f"{NAME}_{unit}.txt")
        for unit, (name, told) in letters.items()
        for sentence in told
    ]
    frame = pl.DataFrame(rows, ["unit_name", "told", "letter"], orient="row")
    frame = frame.cast(pl.String).with_row_index("number", offset=1)
    office = found.office
    return Sheet(
        name="Cần nhắc",
        frame=frame,
        headers=TODO,
        title=(
            office.name.upper(),
            f"VIỆC CẦN NHẮC KỲ {month_vi(found.month)}",
            f"Số liệu tính đến ngày {office.today:%d/%m/%Y}. Mỗi thư nhắc là một tệp .txt, dán vào "
            "Zalo hoặc thư điện tử.",
            *found.warnings,
        ),
        wrapped="told",
    )


def tally(found: Reminders, files: Iterable[OutFile]) -> Row:
    """Return the counts that a person wants to see at once, and the names of the files."""
    return {
        "month": month_text(found.month),
        "reports_missing": found.reports.height,
        "results_missing": found.results["unit"].n_unique(),
        "changes_missing": found.changes.height,
        "changes_month": month_text(found.open_month),
        "letters": len(found.letters()),
        "warnings": list(found.warnings),
        "files": sorted(file.name for file in files),
    }
