"""The published tables in Vietnamese: views `bao_cao.v_…`, with words beside codes.

The names of the columns come from the labels of the tables' columns: `Mã chi trả` is `ma_chi_tra`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas import published
from schemas.codes import SILENCE
from schemas.published import (
    CASH_REASONS_VI,
    CHANNELS_VI,
    ERRORS_VI,
    HOLDS_VI,
    ITEMS_VI,
    METRICS,
    REASONS_VI,
    SILENCE_VI,
    STATUSES_VI,
)
from schemas.table import Column, Table, quote

SCHEMA = "bao_cao"
SUFFIX, IN_WORDS = "_chu", "bằng chữ"
COMMUNE_NAME, COMMUNE_LABEL = "ten_xa", "Tên xã trong kỳ"
Words = Mapping[str, str]

DELTA_KINDS_VI = {"increase": "tăng", "decrease": "giảm", "adjustment": "điều chỉnh"}
STATUS_REASONS_VI = {**ERRORS_VI, SILENCE: SILENCE_VI}


@dataclass(frozen=True)
class ReportView:
    """A published table under a Vietnamese name, its codes put into words."""

    name: str
    table: type[Table]
    words: Mapping[str, Words] = field(default_factory=dict)  # by column

    @property
    def target(self) -> str:
        return f"{SCHEMA}.{self.name}"

    def create_sql(self) -> Iterator[str]:
        """Yield the statements that make the view, described as its table is."""
        shown = self.columns()
        body = ", ".join(f"{value} AS {name}" for name, value, _ in shown)
        yield f"CREATE VIEW {self.target} AS SELECT {body} FROM {self._source()}"
        yield f"COMMENT ON VIEW {self.target} IS {quote(self.table.summary())}"
        for name, _, comment in shown:
            yield f"COMMENT ON COLUMN {self.target}.{name} IS {quote(comment)}"

    def columns(self) -> list[tuple[str, str, str]]:
        """Return name, SQL and comment of every column."""
        return [shown for column in self.table.columns for shown in self._shown(column)]

    def _shown(self, column: Column) -> Iterator[tuple[str, str, str]]:
        name, value = vietnamese_name(column.label), f"row_of.{column.name}"
        yield name, value, f"{column.label} - {column.description}"
        if words := self.words.get(column.name):
            yield f"{name}{SUFFIX}", _in_words(value, words), f"{column.label} {IN_WORDS}"
        if column.name == "commune_code" and self._month() is not None:
            yield COMMUNE_NAME, "unit.name_vi", COMMUNE_LABEL

    def _month(self) -> str | None:
        """Return the column that says in which cycle a code of a commune is meant."""
        return next((name for name in ("month", "cycle") if name in self.table.names()), None)

    def _source(self) -> str:
        source = f"main.{self.table.table_name} AS row_of"
        if "commune_code" not in self.table.names() or (month := self._month()) is None:
            return source
        return (
            f"{source} LEFT JOIN main.admin_unit AS unit"
            " ON unit.commune_code = row_of.commune_code"
            f" AND row_of.{month} BETWEEN unit.valid_from AND coalesce(unit.valid_to, '9999-12')"
        )


def vietnamese_name(label: str) -> str:
    """Return a label as the name of a column: `Mã chi trả` is `ma_chi_tra`."""
    letters = unicodedata.normalize("NFD", label.lower().replace("đ", "d"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _in_words(value: str, words: Words) -> str:
    cases = " ".join(f"WHEN {quote(code)} THEN {quote(word)}" for code, word in words.items())
    return f"CASE {value} {cases} ELSE {value} END"


VIEWS = (
    ReportView("v_doi_tuong", published.Beneficiary),
    ReportView(
        "v_che_do", published.Benefit, {"start_reason": REASONS_VI, "stop_reason": REASONS_VI}
    ),
    ReportView(
        "v_chi_tra",
        published.Payroll,
        {
            "channel": CHANNELS_VI,
            "cash_reason": CASH_REASONS_VI,
            "status": STATUSES_VI,
            "status_reason": STATUS_REASONS_VI,
        },
    ),
    ReportView("v_khoan_chi", published.PayrollItem, {"kind": ITEMS_VI}),
    ReportView("v_tam_giu", published.HeldAmount, {"rule": HOLDS_VI}),
    ReportView("v_con_phai_thu", published.ReceivableAmount),
    ReportView("v_bien_dong", published.DeltaRow, {"kind": DELTA_KINDS_VI, "reason": REASONS_VI}),
    ReportView("v_tep_nhan", published.FileRow),
    ReportView("v_loi", published.IssueRow),
    ReportView("v_su_kien", published.EventRow, {"reason": REASONS_VI | ERRORS_VI}),
    ReportView("v_tien_do", published.Progress, {"metric": METRICS}),
    ReportView("v_bao_cao_nhan", published.ReportReceived),
    ReportView("v_phi", published.FeeDue, {"channel": CHANNELS_VI}),
    ReportView("v_tep_chi_tra", published.PaymentFileRow, {"channel": CHANNELS_VI}),
    ReportView("v_muc_huong", published.Rate),
    ReportView("v_xa", published.AdminUnitRow),
)
