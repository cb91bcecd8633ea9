"""The way back: the sender's own file with every row that was not taken, and how to mend it.

What is said is put together here; tasks.sender_copy writes it into the sender's sheets, in the
child process. A file that is too long for that gets a list of its findings instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from schemas.layouts import LAYOUTS
from schemas.quality import RULES
from schemas.submissions import RAW_OF_KIND
from schemas.table import Text
from tasks.headers import sheet_by_name
from tasks.inbox import archive_path, staged, staged_batches, staged_facts
from tasks.office import Office
from tasks.returned_book import MAX_LINES, Summary, write_book
from tasks.sender_copy import NO_NAME, NO_SHEETS, NOT_COPIED, TOO_LONG, Note, SheetNotes, try_copy
from tasks.sheet_pool import ChildFailed, run_in_child
from tasks.sheets import Parsed, Place
from tasks.visible import write_with

SEVERITIES = {
    "reject": "Trả lại",
    "warn": "Lưu ý",
    "fix": "Đã tự sửa",
    "hold": "Tạm giữ",
    "cash": "Chi tiền mặt",
    "exception": "Ngoại lệ",
    "pending": "Chờ kết quả",
}
ORDER = {severity: place for place, severity in enumerate(SEVERITIES)}
BEGINNINGS = {"reject": "", "fix": "Đã tự sửa – "}  # of a reason; all others are to be noted
NOTED = "Lưu ý – "
WORTH_SENDING = ("reject", "warn")
COPY_ROWS = 20_000  # a workbook of more rows is slow to write and to open
NAME_BYTES = 150
EARLIER_HASH = re.compile(r"\.(?=\d*[a-f])[0-9a-f]{8}$")  # eight digits may be a date
TEXT_SHOWN = 60  # letters of a value in a reason

SEND_AGAIN = (
    "Sửa các ô màu đỏ ngay trong các trang sau rồi gửi lại cả tệp này; "
    "các dòng đã nhận sẽ không bị tính lần nữa."
)
LOOK_ONLY = (
    "Không có dòng nào bị trả lại. Xem các ô màu vàng trong các trang sau; "
    "chỗ nào sai thì sửa rồi gửi lại cả tệp này."
)
LOOK_AT_THE_WHOLE = (
    "Không có dòng nào bị trả lại. Xem lưu ý về cả tệp ở dưới; "
    "nếu sai thì sửa rồi gửi lại cả tệp này."
)
MEND_ORIGINAL = (
    "Sửa các dòng nêu ở trang sau trong tệp gốc rồi gửi lại cả tệp gốc; "
    "các dòng đã nhận sẽ không bị tính lần nữa."
)
ASK_THE_BANK = (
    "Không sửa tệp của ngân hàng. Dòng không phải khoản chi của phòng (ví dụ tiền kho bạc chuyển "
    "đến) thì bỏ qua; về các dòng còn lại nêu ở trang sau, đề nghị đơn vị chi trả trả lời bằng "
    "tệp khác. Các dòng đã nhận sẽ không bị tính lần nữa."
)
VALUES_NOW = " Trong tệp này ô đã là giá trị lưu sẵn: kiểm tra rồi sửa nếu sai."

Finding = dict[str, Any]


def write_returned(
    office: Office,
    file_name: str,
    sha256: str,
    findings: pl.DataFrame,
    refusal: str | None,
    repairs: pl.DataFrame | None = None,
    copy_rows: int = COPY_ROWS,
) -> Path | None:
    """Write the workbook for one received file; None where there is nothing to say.

    `findings`: sheet, row_no, rule, severity, field, message; `repairs`: sheet, row_no, rule,
    field, before, after. A file of more than `copy_rows` rows is listed, not copied.
    """
    if refusal is None and not findings["severity"].is_in(WORTH_SENDING).any():
        return None
    path = returned_path(office, file_name, sha256)
    if refusal is not None:
        _list(office, path, Summary(_refused(file_name, refusal)), [])
        return path
    told = Told(file_name, findings, repairs, _rows_to_tell(office, sha256, findings, copy_rows))
    try:
        write_with(path, lambda temporary: _copy(office, sha256, temporary, told, copy_rows))
    except NotCopied as reason:
        what_to_do = ASK_THE_BANK if str(reason) == NO_SHEETS else MEND_ORIGINAL
        _list(office, path, told.summary(what_to_do, str(reason)), told.lines())
    return path


def _rows_to_tell(office: Office, sha256: str, findings: pl.DataFrame, copy_rows: int) -> Parsed:
    """Return what was read of a file; of a long one only the rows of which something is said."""
    facts = staged_facts(office, sha256)
    if facts.rows <= copy_rows:
        return staged(office, sha256)
    wanted = findings.select("sheet", pl.col("row_no").cast(pl.Int64)).drop_nulls().unique()
    told = [
        batch.join(wanted, on=["sheet", "row_no"], how="semi", maintain_order="left")
        for batch in staged_batches(office, sha256)
    ]
    return replace(facts, frame=pl.concat([facts.frame, *told]))


def _list(office: Office, path: Path, summary: Summary, lines: list[tuple[Any, ...]]) -> None:
    """Write the summary and, where there are any, the findings line by line."""
    # What is written on the way holds the same values as the rows that are kept there.
    scratch = office.staging
    scratch.mkdir(parents=True, exist_ok=True)
    write_with(path, lambda temporary: write_book(temporary, summary, lines, scratch))


def returned_path(office: Office, file_name: str, sha256: str) -> Path:
    """Return where the workbook for a received file stands: by its own name and its hash.

    A file that was sent back and comes again bears the hash of its time before: that is left out.
    """
    received = PurePosixPath(file_name)
    stem = _first_stem(received).encode()[:NAME_BYTES].decode(errors="ignore")
    return office.returned / received.parent / f"{stem}.{sha256[:8]}.xlsx"


def _first_stem(path: PurePosixPath) -> str:
    return EARLIER_HASH.sub("", path.stem) or path.stem


def _refused(file_name: str, refusal: str) -> tuple[tuple[str, str | int], ...]:
    """Return what is said of a file of which nothing could be taken."""
    return (
        ("Tệp", file_name),
        ("Kết quả", "Trả lại cả tệp"),
        ("Lý do", refusal),
        ("Cách sửa", RULES["FL02"].message),
    )


class NotCopied(Exception):
    """There is no copy of the file; the text says why, in Vietnamese."""


def _copy(office: Office, sha256: str, target: Path, told: Told, copy_rows: int) -> None:
    """Write the coloured copy of a file in the child process; NotCopied where that cannot be."""
    if told.parsed.rows > copy_rows:
        raise NotCopied(TOO_LONG)
    source = archive_path(office, sha256)
    summary = told.summary(told.what_to_do())
    arguments = (source, target, summary, told.notes(), office.limits, copy_rows)
    try:
        failure = run_in_child(source, try_copy, *arguments)
    except ChildFailed as failed:
        failure = NOT_COPIED.format(failed)
    if failure:
        raise NotCopied(failure)


class Told:
    """What is to be said of one file that was taken, wherever it is then written."""

    def __init__(
        self,
        file_name: str,
        findings: pl.DataFrame,
        repairs: pl.DataFrame | None,
        parsed: Parsed,
    ) -> None:
        self.file_name = file_name
        self.parsed = parsed
        order = pl.col("severity").replace_strict(ORDER, default=len(ORDER))
        self.findings = findings.with_columns(pl.col("sheet").fill_null("")).sort(
            "sheet", "row_no", order, "rule", "field", "message", maintain_order=True
        )
        self._repaired = _repaired(repairs)
        rejected = findings.filter(severity="reject").drop_nulls("row_no")
        self.rejected = rejected.select("sheet", "row_no").n_unique() if rejected.height else 0

    def what_to_do(self) -> str:
        """Return what the sender of a copied file is asked to do."""
        if self.rejected:
            return SEND_AGAIN
        of_rows = self.findings.drop_nulls("row_no").filter(pl.col("severity") != "fix")
        return LOOK_ONLY if of_rows.height else LOOK_AT_THE_WHOLE

    def summary(self, what_to_do: str, remark: str = "") -> Summary:
        """Return what stands on top."""
        received = self.parsed.rows
        facts: list[tuple[str, str | int]] = [
            ("Tệp", self.file_name),
            ("Số dòng nhận được", received),
            ("Được nhận", received - self.rejected),
            ("Trả lại", self.rejected),
            ("Cách sửa", what_to_do),
        ]
        facts += [("Cả tệp", line) for line in self._of_the_whole()]
        facts += [("Ghi chú", text) for text in (remark, self.parsed.remark) if text]
        seen = {colour_of(severity) for severity in self.findings["severity"]}
        colours = tuple(one for one in ("reject", "warn", "fix") if one in seen)
        return Summary(tuple(facts), self._counts(), () if remark else colours)

    def _of_the_whole(self) -> Iterator[str]:
        """Yield each finding that speaks of no row of a sheet that is copied."""
        places = {place.sheet for place in self.parsed.places}
        for finding in self.findings.iter_rows(named=True):
            if finding["row_no"] is None:
                yield f"{finding['rule']}: {finding['message'] or ''}"
            elif finding["sheet"] not in places:
                yield f"{finding['sheet']}, dòng {finding['row_no']}: {self._line(finding, '')}"

    def _counts(self) -> tuple[tuple[str, str, int, str], ...]:
        """Return rule, severity, rows and message of each rule that a row breaks."""
        rows: dict[tuple[int, str, str], set[tuple[str, int]]] = {}
        said: dict[tuple[int, str, str], str] = {}
        for finding in self.findings.drop_nulls("row_no").iter_rows(named=True):
            severity, rule = finding["severity"], finding["rule"]
            key = (ORDER.get(severity, len(ORDER)), rule, severity)
            rows.setdefault(key, set()).add((finding["sheet"], finding["row_no"]))
            said.setdefault(key, self._counted(finding))
        return tuple(
            (key[1], SEVERITIES.get(key[2], key[2]), len(rows[key]), said[key])
            for key in sorted(rows)
        )

    def _counted(self, finding: Finding) -> str:
        if finding["severity"] == "fix" or finding["rule"] not in RULES:
            return self._message(finding)
        return RULES[finding["rule"]].message

    def notes(self) -> tuple[SheetNotes, ...]:
        """Return what is said of each sheet that was read, rows counted from 0."""
        return tuple(self._sheet_notes(place) for place in self.parsed.places)

    def _sheet_notes(self, place: Place) -> SheetNotes:
        rows: dict[int, tuple[Note, ...]] = {}
        found = self.findings.filter(sheet=place.sheet).drop_nulls("row_no")
        for finding in found.iter_rows(named=True):
            row = finding["row_no"] - 1
            rows[row] = (*rows.get(row, ()), self._note(finding, place))
        data = self.parsed.frame.filter(sheet=place.sheet)
        last = max([place.last_row, *rows, *(data["row_no"] - 1)])
        legacy, texts = frozenset(_legacy(data, place)), frozenset(self._text_columns(place))
        return SheetNotes(place, last, rows, legacy, texts, self._name(place))

    def _text_columns(self, place: Place) -> Iterator[int]:
        """Yield the columns for ids, names and words: `012…` must not become a number there."""
        table = RAW_OF_KIND.get(self.parsed.kind or "")
        for column in table.columns if table else ():
            if isinstance(column, Text):
                yield from place.columns.get(column.name, [])

    def _name(self, place: Place) -> str:
        """Return a name for the sheet of a CSV: its file's, unless that tells another sheet."""
        stem = _first_stem(PurePosixPath(self.file_name)) or NO_NAME
        layout = LAYOUTS.get(self.parsed.kind or "")
        named = sheet_by_name(layout, stem) if layout else None
        return place.kind if named and named.kind != place.kind else stem

    def _note(self, finding: Finding, place: Place) -> Note:
        columns = [column for name in _fields(finding) for column in place.columns.get(name, [])]
        if not columns and colour_of(finding["severity"]) == "reject":
            # Something in the row must be red: its key, where no cell of its own is to blame.
            columns = [next(iter(place.columns.values()))[0]] if place.columns else []
        line = self._line(finding, place.kind)
        if finding["rule"] == "FL04":
            line += VALUES_NOW
        return Note(colour_of(finding["severity"]), line, tuple(sorted(set(columns))))

    def _line(self, finding: Finding, sheet_kind: str) -> str:
        """Return the reason and the way to mend, in one line."""
        labels = field_headers(self.parsed.kind, sheet_kind)
        named = ", ".join(labels.get(name, name) for name in _fields(finding))
        where = f" ({named})" if named else ""
        beginning = BEGINNINGS.get(finding["severity"], NOTED)
        message = self._repair(finding) or self._message(finding)
        return f"{beginning}{finding['rule']}{where}: {' '.join(message.split())}"

    def _message(self, finding: Finding) -> str:
        """Return the message without the columns that it names first: they stand before it."""
        message = finding["message"] or ""
        table = RAW_OF_KIND.get(self.parsed.kind or "")
        if table is None:
            return message
        fields = set(_fields(finding))
        labels = sorted({column.label for column in table.columns if column.name in fields})
        return message.removeprefix(f"{', '.join(labels)}: ")

    def _repair(self, finding: Finding) -> str:
        """Return what was made of the cells of a repaired row, empty where that is not known."""
        if finding["severity"] != "fix":
            return ""
        changes = self._repaired.get((finding["sheet"], finding["row_no"], finding["rule"]), [])
        return "; ".join(changes) + "." if changes else ""

    def lines(self) -> list[tuple[Any, ...]]:
        """Return one line per finding, in the order of the file, rejections before the rest."""
        shown = self.findings.with_columns(value=_values(self.findings, self.parsed.frame))
        headers = field_headers(self.parsed.kind)
        return [
            (
                row["sheet"] or "",
                row["row_no"],
                row["rule"],
                SEVERITIES.get(row["severity"], row["severity"]),
                ", ".join(headers.get(name, name) for name in _fields(row)),
                row["value"] or "",
                self._message(row),
            )
            for row in shown.head(MAX_LINES).iter_rows(named=True)
        ]


def colour_of(severity: str) -> str:
    """Return the colour's name for a severity: what is neither bad nor mended is to be noted."""
    return severity if severity in ("reject", "fix") else "warn"


def _fields(finding: Finding) -> list[str]:
    """Return the fields that a finding names."""
    return [name.strip() for name in (finding["field"] or "").split(",") if name.strip()]


def _repaired(repairs: pl.DataFrame | None) -> Mapping[tuple[str, int, str], list[str]]:
    """Return (sheet, row_no, rule) -> what was made of which text."""
    found: dict[tuple[str, int, str], list[str]] = {}
    if repairs is None:
        return found
    for row in repairs.sort("sheet", "row_no", "rule", "field").iter_rows(named=True):
        before, after = (_short(row[name]) for name in ("before", "after"))
        text = f"“{before}” thành “{after}”" if before else f"ghi “{after}”"
        found.setdefault((row["sheet"] or "", row["row_no"], row["rule"]), []).append(text)
    return found


def _short(text: str | None) -> str:
    plain = " ".join((text or "").split())
    return plain if len(plain) <= TEXT_SHOWN else plain[: TEXT_SHOWN - 1] + "…"


def _legacy(rows: pl.DataFrame, place: Place) -> Iterator[tuple[int, int]]:
    """Yield the cells (from 0) of a sheet whose text is written in TCVN3."""
    if "legacy_cells" not in rows.columns:
        return
    written = rows.filter(pl.col("legacy_cells") != "").select("row_no", "legacy_cells")
    for row_no, names in written.iter_rows():
        for name in filter(None, names.split(",")):
            yield from ((row_no - 1, column) for column in place.columns.get(name, []))


def _values(findings: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Return for each finding the cell that it speaks of, as the sender wrote it."""
    value = pl.Series("value", [None], dtype=pl.String).new_from_index(0, findings.height)
    for name in findings["field"].drop_nulls().unique(maintain_order=True):
        if name in rows.columns:
            cells = rows.select("sheet", "row_no", pl.col(name).cast(pl.String).alias("value"))
            cells = cells.unique(["sheet", "row_no"], keep="first")
            found = findings.select("sheet", pl.col("row_no").cast(pl.Int64)).join(
                cells, on=["sheet", "row_no"], how="left", maintain_order="left"
            )["value"]
            value = found.zip_with((findings["field"] == name).fill_null(value=False), value)
    return value


def field_headers(kind: str | None, sheet_kind: str = "") -> dict[str, str]:
    """Return field name -> header, as the template of this kind of file, or sheet, has it."""
    if kind not in LAYOUTS:
        return {}
    headers: dict[str, str] = {"unit": "Xã", "commune_code": "Xã", "period": "Kỳ"}
    sheets = LAYOUTS[kind].sheets
    # The sheet's own words first: each calls its month by another name.
    for sheet in sorted(sheets, key=lambda sheet: sheet.kind != sheet_kind):
        for field in sheet.fields:
            headers.setdefault(field.name, field.header)
    return headers
