"""What communes and providers report beside our own figures, with a sentence on each difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from schemas.indicators import SCHEME_WORDS, SYNONYMS, UNCLEAR
from schemas.period import month_vi
from schemas.published import METRICS
from tasks.amount_words import dotted
from tasks.office import Office
from tasks.render import Sheet, xlsx_bytes
from tasks.report_history import STANDINGS_VI, history, history_sheet
from tasks.shown import shown
from tasks.values import fold
from tasks.warehouse import Connection

WORD = re.compile(r"[A-Z0-9]+")
WHOLE = re.compile(r"-?\d+|-?\d{1,3}(?:[.,]\d{3})+")
RATE = re.compile(r"\d{1,3}(?:[.,]\d+)?")
UNITS = re.compile(r"\s*(?:%|đồng|vnd|người|lượt|hồ sơ)\s*$", re.IGNORECASE)
RATES = ("cashless_rate_people", "cashless_rate_amount")
NEVER_COMPARED = ("report_received_on", "report_on_time")
SAME = "Khớp."
NOT_COMPARED = "Không so: {}."
UNKNOWN = "chỉ tiêu không có trong danh mục của phòng"
HALF_SAID = "chưa rõ là lượt, người hay đồng"
UNREADABLE = "không đọc được số"
NO_FIGURE = "sổ của phòng không có số của đơn vị này trong kỳ"
HEADERS = {
    "unit": "Mã",
    "unit_name": "Đơn vị",
    "metric": "Chỉ tiêu",
    "known": "Hiểu là",
    "stated": "Đơn vị báo",
    "own": "Sổ của phòng",
    "difference": "Chênh lệch",
    "told": "Nhận xét",
}
SUMMARY = {
    "unit": "Mã",
    "unit_name": "Đơn vị",
    "received": "Ngày nhận",
    "standing": "Hạn",
    "same": "Khớp",
    "different": "Lệch",
    "not_compared": "Không so được",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Indicator:
    """What a line of a report speaks of; scheme `*` is all of them."""

    metric: str
    scheme: str = "*"


def indicator(text: str) -> Indicator | None:
    """Return what a report means: by the metric's name, its label or a declared synonym."""
    words = _key(text)
    if found := _known().get(words):
        return Indicator(found)
    for scheme, names in SCHEME_WORDS.items():
        for name in map(_key, names):
            for rest in (words.removesuffix(f" {name}"), words.removeprefix(f"{name} ")):
                if rest != words and (found := _known().get(rest)):
                    return Indicator(found, scheme)
    return None


@cache
def _known() -> dict[str, str]:
    """Return the metric of every word that stands for one; a word never stands for two."""
    found: dict[str, str] = {}
    for metric, label in METRICS.items():
        if metric not in NEVER_COMPARED:
            for word in (metric, label, *SYNONYMS.get(metric, ())):
                assert found.setdefault(_key(word), metric) == metric, word
    return found


@cache
def _unclear() -> frozenset[str]:
    return frozenset(map(_key, UNCLEAR)) - set(_known())


def _key(text: str) -> str:
    """Return a text without case, accents, brackets and signs."""
    return " ".join(WORD.findall(fold(text)))


def number_of(text: str, metric: str) -> int | Decimal | None:
    """Return a stated figure: whole, or of a rate from 0 to 1; None where it cannot be read."""
    digits = UNITS.sub("", text.strip())
    if metric in RATES:
        if not RATE.fullmatch(digits):
            return None
        rate = Decimal(digits.replace(",", "."))
        return rate / 100 if "%" in text or rate > 1 else rate
    return int(re.sub(r"[.,]", "", digits)) if WHOLE.fullmatch(digits) else None


def compared(connection: Connection, month: int, measured: pl.DataFrame) -> list[Row]:
    """Return every figure of a month's reports beside ours of `measured`, by unit and metric.

    `measured` are the month's rows of the published table `progress`.
    """
    own = {
        (row["commune_code"], row["provider"], row["scheme"], row["metric"]): row["value"]
        for row in measured.filter(
            pl.col("commune_code").eq("*") | pl.col("provider").eq("*")
        ).iter_rows(named=True)
    }
    stated = shown(connection, "report_compared", month=month)
    return [{**row, **_judged(row, own)} for row in stated.iter_rows(named=True)]


def _judged(row: Row, own: dict[tuple[str, str, str, str], Decimal]) -> Row:
    """Return our figure, the difference and a sentence; `is_same` is None where none is made."""
    found = indicator(row["metric"])
    if found is None:
        why = HALF_SAID if _key(row["metric"]) in _unclear() else UNKNOWN
        return {"known": None, **_not_compared(why)}
    return {"known": _label(found), **_beside_ours(row, found, own)}


def _label(found: Indicator) -> str:
    label = METRICS[found.metric]
    return label if found.scheme == "*" else f"{label}, {found.scheme}"


def _beside_ours(row: Row, found: Indicator, own: dict[tuple[str, str, str, str], Decimal]) -> Row:
    place = ("*", row["unit"]) if row["is_provider"] else (row["unit"], "*")
    ours = own.get((*place, found.scheme, found.metric))
    theirs = number_of(row["stated"] or "", found.metric)
    if ours is None:
        return _not_compared(NO_FIGURE)
    if theirs is None:
        return {**_not_compared(UNREADABLE), "own": _written(ours, found.metric)}
    return _difference(theirs, ours, found.metric)


def _not_compared(why: str) -> Row:
    told = NOT_COMPARED.format(why)
    return {"own": None, "difference": None, "is_same": None, "told": told}


def _difference(theirs: int | Decimal, ours: Decimal, metric: str) -> Row:
    if metric in RATES:  # officers write one decimal
        tenths = round(Decimal(theirs) * 1000) - round(ours * 1000)
        much, shown_as = f"{abs(tenths) // 10},{abs(tenths) % 10} điểm phần trăm", None
    else:
        tenths = int(theirs) - int(ours)
        unit = " đồng" if metric.endswith("_amount") else ""
        much, shown_as = f"{dotted(abs(tenths))}{unit}", tenths
    more = "nhiều" if tenths > 0 else "ít"
    told = f"Đơn vị báo {more} hơn sổ của phòng {much}." if tenths else SAME
    return {
        "own": _written(ours, metric),
        "difference": shown_as,
        "is_same": tenths == 0,
        "told": told,
    }


def _written(value: Decimal, metric: str) -> int | str:
    return percent(value) if metric in RATES else int(value)


def percent(rate: Decimal) -> str:
    """Return a rate from 0 to 1 as officers write it: `66,7%`."""
    return f"{100 * rate:.1f}%".replace(".", ",")


def compared_sheet(rows: list[Row], name: str = "Đối chiếu báo cáo") -> Sheet:
    """Return one line per figure of a report."""
    frame = pl.DataFrame(
        {column: pl.Series([row[column] for row in rows], dtype=pl.Object) for column in HEADERS}
    )
    return Sheet(name, frame, HEADERS, wrapped="told")


def compared_book(office: Office, connection: Connection, month: int, rows: list[Row]) -> bytes:
    """Return the workbook on a month's reports: who, how far they agree, each figure, history."""
    told = history(office, connection)
    differing = [row for row in rows if row["is_same"] is False]
    unknown = [row for row in rows if row["is_same"] is None]
    sheets = [
        _summary(office, month, told.filter(pl.col("month") == month), rows),
        compared_sheet(differing, "Chênh lệch"),
        compared_sheet([row for row in rows if row["is_same"] is not None], "Đã so"),
        compared_sheet(unknown, "Không so được"),
        history_sheet(told),
    ]
    return xlsx_bytes(sheets)


def _summary(office: Office, month: int, told: pl.DataFrame, rows: list[Row]) -> Sheet:
    frame = pl.DataFrame(
        list(_summary_rows(told, rows)),
        {
            name: pl.Int64 if name in ("same", "different", "not_compared") else pl.String
            for name in SUMMARY
        },
    )
    return Sheet(
        "Tổng hợp",
        frame,
        SUMMARY,
        (
            office.name.upper(),
            f"BÁO CÁO THÁNG {month_vi(month)} CỦA XÃ, ĐƠN VỊ CHI TRẢ SO VỚI SỔ CỦA PHÒNG",
            f"Số liệu tính đến ngày {office.today:%d/%m/%Y}.",
        ),
    )


def _summary_rows(told: pl.DataFrame, rows: list[Row]) -> Iterator[Row]:
    words = {True: "same", False: "different", None: "not_compared"}
    for one in told.iter_rows(named=True):
        counts = dict.fromkeys(words.values(), 0)
        for row in rows:
            if row["unit"] == one["unit"]:
                counts[words[row["is_same"]]] += 1
        day = one["received_on"]
        yield {
            "unit": one["unit"],
            "unit_name": one["unit_name"],
            "received": f"{day:%d/%m/%Y}" if day else "",
            "standing": STANDINGS_VI[one["standing"]],
            **counts,
        }
