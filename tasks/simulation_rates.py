"""Other rates for `chitra simulate`: files of the reference tables, laid over the office's own.

A file's row comes before the office's rows of the same key in the months that it covers; other
months and keys stay as they are. So a whole edited copy of a table will do, and one new row too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import polars as pl

from schemas.period import month_number, month_text
from schemas.reference import Category, Dated, FixedAmount, Standard
from schemas.table import Amount, Coefficient, Column, Integer
from tasks import warehouse
from tasks.office import Refused
from tasks.warehouse import Connection

Cells = dict[str, str | None]  # column -> text as in the CSV, None where blank

TABLES: tuple[type[Dated], ...] = (Standard, Category, FixedAmount)
NO_END = month_number("9999-12")
NO_AGE_END = 1 << 30
FIXED = "FIXED"  # standard_code of the categories that fixed_amounts.csv prices
MAX_BYTES = 10_000_000
NUMBERS: dict[type[Column], tuple[str, str]] = {
    Amount: (r"\d{1,15}", "số đồng, chỉ gồm chữ số, ví dụ 500000"),
    Integer: (r"\d{1,9}", "số nguyên, ví dụ 960"),
    Coefficient: (r"\d{1,5}(\.\d{1,4})?", "hệ số có dấu chấm, ví dụ 1.5"),
}


@dataclass(frozen=True)
class RateRow:
    """One row of a given file: the table it belongs to, where it stands, its cells."""

    table: type[Dated]
    file: str
    line: int
    cells: Cells

    @property
    def key(self) -> tuple[str | None, ...]:
        return _key(self.table, self.cells)

    @property
    def name(self) -> str:
        return " ".join(part or "" for part in self.key)

    @property
    def place(self) -> str:
        return f"Tệp {self.file} dòng {self.line}"

    def refuse(self, column: Column, expected: str) -> Refused:
        """Return the refusal of one cell."""
        given = self.cells[column.name] or ""
        return Refused(
            f"{self.place}, cột {column.name}: “{given}” không dùng được, cần {expected}."
        )


def read_rates(paths: Iterable[Path]) -> list[RateRow]:
    """Return the rows of the files in order; Refused with file, line and column where wrong."""
    read = [row for path in paths for row in _read(path)]
    for row in read:
        _check(row)
    _require_one_row(read)
    return read


def lay_over(connection: Connection, given: Sequence[RateRow]) -> list[str]:
    """Lay rows over the reference tables of this session; return what the reader should know."""
    own = {table: _own_rows(connection, table) for table in TABLES}
    laid = {table: _laid(own[table], [row for row in given if row.table is table]) for table in own}
    _require_known(given, laid)
    _require_one_band(laid[Category])
    for table in {row.table: None for row in given}:
        schema = dict.fromkeys(table.names(), pl.String)
        warehouse.load_rows(connection, table, pl.DataFrame(laid[table], schema=schema))
    return [*_unconfirmed(given, own), *_ending(given, own)]


# --- reading ------------------------------------------------------------------------------------


def _read(path: Path) -> list[RateRow]:
    text = _text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = [cell.strip() for cell in next(lines, [])]
    table = _table_of(path, header)
    rows = []
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise Refused(
                f"Tệp {path.name} dòng {lines.line_num}: có {len(cells)} ô, cần {len(header)} ô."
            )
        texts = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
        wanted = {name: texts[name] for name in table.names()}
        rows.append(RateRow(table, path.name, lines.line_num, wanted))
    if not rows:
        raise Refused(f"Tệp {path.name} không có dòng nào dưới dòng tiêu đề.")
    return rows


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(f"Tệp {path.name} quá lớn, không phải bảng mức.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise Refused(f"Không đọc được tệp {path}. Kiểm tra lại tên tệp và thư mục.") from None
    except UnicodeDecodeError:
        raise Refused(
            f"Tệp {path.name} không phải CSV UTF-8. Trong Excel chọn Lưu thành “CSV UTF-8”."
        ) from None


def _delimiter(text: str) -> str:
    """Return `;` where the header is written with it, as Excel does in Vietnam."""
    header = text.split("\n", 1)[0]
    return max(",;", key=header.count)


def _table_of(path: Path, header: list[str]) -> type[Dated]:
    """Return the table whose columns the header names."""
    table = max(TABLES, key=lambda one: len(set(one.names()) & set(header)))
    missing = [name for name in table.names() if name not in header]
    if len(missing) == len(table.names()) or set(table.keys()) & set(missing):
        files = ", ".join(one.file for one in TABLES)
        raise Refused(
            f"Tệp {path.name} dòng 1: không phải tiêu đề của bảng nào trong {files}. "
            "Chép dòng tiêu đề từ thư mục reference/ của đơn vị."
        )
    if missing:
        raise Refused(f"Tệp {path.name} dòng 1: thiếu cột {', '.join(missing)} của {table.file}.")
    return table


# --- checking -----------------------------------------------------------------------------------


def _check(row: RateRow) -> None:
    for column in row.table.columns:
        if expected := _fault(column, row.cells[column.name]):
            raise row.refuse(column, expected)
    first, last = _span(row.cells)
    if last < first:
        raise row.refuse(
            Dated.valid_to, f"tháng từ {row.cells['valid_from']} trở đi, hoặc để trống"
        )
    # What is confirmed has an amount; what is not is held, so it needs none.
    price = _price(row)
    if row.cells["confirmed"] == "yes" and price and row.cells[price.name] is None:
        raise row.refuse(price, NUMBERS[type(price)][1])
    if row.table is Category:
        age_from, age_to = _ages(row.cells)
        if age_to <= age_from:
            raise row.refuse(
                Category.age_to_months, f"số tháng tuổi trên {age_from}, hoặc để trống"
            )


def _fault(column: Column, text: str | None) -> str | None:
    """Return what a cell should be, None where it is that."""
    if text is None:
        return "có giá trị, không để trống" if column.key or column.required else None
    if number := NUMBERS.get(type(column)):
        pattern, expected = number
        return None if re.fullmatch(pattern, text, re.ASCII) else expected
    if column.values and text not in column.values:
        return f"một trong: {', '.join(column.values)}"
    if column.pattern and not re.fullmatch(column.pattern, text, re.ASCII):
        return "tháng dạng NNNN-TT, ví dụ 2025-01"
    return None


def _price(row: RateRow) -> Column | None:
    if row.table is Standard:
        return Standard.amount_vnd
    if row.table is FixedAmount:
        return FixedAmount.amount_vnd
    return None if row.cells["standard_code"] == FIXED else Category.coefficient


def _require_one_row(given: Iterable[RateRow]) -> None:
    """Refuse two rows of one key from one month: neither comes before the other."""
    found: dict[tuple, RateRow] = {}
    for row in given:
        which = (row.table, row.key, row.cells["valid_from"])
        if earlier := found.get(which):
            raise Refused(
                f"{row.place}: {row.name} đã có dòng từ cùng tháng ({earlier.place}). "
                "Chỉ giữ một dòng."
            )
        found[which] = row


def _require_known(given: Iterable[RateRow], laid: dict[type[Dated], list[Cells]]) -> None:
    """Refuse a code that the other tables do not know: mistyped, it would change nothing."""
    standards = {row["standard_code"] for row in laid[Standard]}
    categories = {row["category_code"] for row in laid[Category]}
    used = {row["standard_code"] for row in laid[Category]}
    for row in given:
        if row.table is Standard and row.cells["standard_code"] not in used:
            raise row.refuse(Standard.standard_code, "mã mức chuẩn mà bảng loại đối tượng dùng")
        if row.table is FixedAmount and row.cells["category_code"] not in categories:
            raise row.refuse(FixedAmount.category_code, "mã có trong bảng loại đối tượng")
        if row.table is Category and row.cells["standard_code"] not in standards | {FIXED}:
            raise row.refuse(Category.standard_code, f"mã có trong bảng mức chuẩn, hoặc {FIXED}")


def _require_one_band(categories: Iterable[Cells]) -> None:
    """Refuse two codes of one family for one age in one month: a person would be paid for both."""
    for one, other in combinations(categories, 2):
        if one["family"] != other["family"]:
            continue
        if _meet(_months(one), _months(other)) and _meet(_ages(one), _ages(other)):
            both = max(_span(one)[0], _span(other)[0])
            raise Refused(
                f"Mã {one['category_code']} và {other['category_code']} cùng nhóm {one['family']} "
                f"có độ tuổi chồng nhau từ tháng {month_text(both)}. "
                "Sửa age_from_months, age_to_months hoặc tháng hiệu lực."
            )


def _unconfirmed(given: Iterable[RateRow], own: dict[type[Dated], list[Cells]]) -> list[str]:
    """Return which rows hold payments that the office's own tables do not hold already."""
    held = {
        (table, _key(table, cells), cells["valid_from"])
        for table, rows in own.items()
        for cells in rows
        if cells["confirmed"] == "no"
    }
    return [
        f"{row.place}: {row.name} chưa xác nhận (confirmed = no) nên giữ lại, không chi."
        for row in given
        if row.cells["confirmed"] == "no"
        and (row.table, row.key, row.cells["valid_from"]) not in held
    ]


def _ending(given: Iterable[RateRow], own: dict[type[Dated], list[Cells]]) -> list[str]:
    """Return where the given rows of a key end and the office's own go on."""
    latest: dict[tuple, RateRow] = {}
    for row in given:
        which = (row.table, row.key)
        latest[which] = max(latest.get(which, row), row, key=lambda one: _span(one.cells)[1])
    notes = []
    for (table, key), row in latest.items():
        end = _span(row.cells)[1]
        if any(_key(table, cells) == key and _span(cells)[1] > end for cells in own[table]):
            after = month_text(end + 1)
            notes.append(f"{row.place}: từ tháng {after} {row.name} lại theo bảng của đơn vị.")
    return notes


# --- laying over --------------------------------------------------------------------------------


def _own_rows(connection: Connection, table: type[Dated]) -> list[Cells]:
    names = ", ".join(f"{name}::VARCHAR AS {name}" for name in table.names())
    return warehouse.frame(connection, f"SELECT {names} FROM {table.table_name}").to_dicts()


def _laid(own: list[Cells], given: Iterable[RateRow]) -> list[Cells]:
    """Return the rows that hold: of two with one key for one month, the later one laid."""
    laid = own
    for row in sorted(given, key=lambda row: _span(row.cells)[0]):
        others = [
            part
            for cells in laid
            for part in (
                _outside(cells, row.cells) if _key(row.table, cells) == row.key else [cells]
            )
        ]
        laid = [*others, row.cells]
    return laid


def _key(table: type[Dated], cells: Cells) -> tuple[str | None, ...]:
    return tuple(cells[column.name] for column in table.columns if column.key)


def _outside(cells: Cells, cover: Cells) -> list[Cells]:
    """Return what stays of a row in the months before and after those of another."""
    if not _meet(_months(cells), _months(cover)):
        return [cells]
    (first, last), (cover_first, cover_last) = _span(cells), _span(cover)
    parts = []
    if first < cover_first:
        parts.append({**cells, "valid_to": month_text(cover_first - 1)})
    if cover_last < last:
        parts.append({**cells, "valid_from": month_text(cover_last + 1)})
    return parts


def _span(cells: Cells) -> tuple[int, int]:
    """Return the first and the last month of a row, both included."""
    valid_to = cells["valid_to"]
    return month_number(cells["valid_from"] or ""), month_number(valid_to) if valid_to else NO_END


def _months(cells: Cells) -> tuple[int, int]:
    first, last = _span(cells)
    return first, last + 1


def _ages(cells: Cells) -> tuple[int, int]:
    """Return from which age, to below which, in months."""
    age_to = cells["age_to_months"]
    return int(cells["age_from_months"] or 0), NO_AGE_END if age_to is None else int(age_to)


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two half-open ranges have something in common."""
    return one[0] < other[1] and other[0] < one[1]
