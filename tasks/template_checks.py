"""What a template looks at while people type: formulas and lists, and what it says of mistakes.

A stop says what would go back to the sender anyway; where the office only warns, so does the form.
Dates and months are text cells: a date cell turns a bare year into a day of 1905, and a computer
set to American dates exchanges day and month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.layouts.entry import BANKS, CATEGORIES, KNOWN_CATEGORIES, VILLAGES, Entry
from schemas.table import Amount, Coefficient, Column, Integer, Month, PartialDate

TEXT, WHOLE, GROUPED = "@", "0", "#,##0"
STOP, WARNING = "stop", "warning"
OPEN_LISTS = (VILLAGES, "metrics")  # anything else may stand there too
WARNED_LISTS = (CATEGORIES, BANKS)  # a code of other months, a bank by its name
LIST_TITLES = {CATEGORIES: "Mã ngoài kỳ này", BANKS: "Không phải mã BIN"}
LIST_WORDS = {
    CATEGORIES: "Mã này không có hiệu lực trong kỳ đang mở. Chỉ giữ nếu đúng với tháng hưởng.",
    KNOWN_CATEGORIES: "Không có mã này. Chọn mã trong danh sách.",
    BANKS: "Chọn mã BIN trong danh sách, hoặc giữ lại nếu đây là tên ngân hàng.",
}
LIST_MISTAKE = "Chọn một giá trị trong danh sách, không ghi khác."


@dataclass(frozen=True)
class Check:
    """One thing that a typed value must be; `{x}` in the formula is the cell."""

    formula: str
    title: str
    message: str
    level: str = STOP


def _digits(count: int) -> str:
    """Return a formula that tells whether a cell is so many digits, as text."""
    return f'TEXT(--{{x}},REPT("0",{count}))={{x}}'


YEAR = "ABS(RIGHT({x},4)-2000)<=100"  # 1900 to 2100; text that is no number fails
MONTH_PLACE = "ABS(LEFT({x},2)-6.5)<6"
MONTH_FORMULA = f'AND(LEN({{x}})=7,MID({{x}},3,1)="/",{MONTH_PLACE},{YEAR})'
# A day that the month does not have becomes a day of another month.
DAY_FORMULA = "AND(LEN({x})=10,MONTH(DATE(RIGHT({x},4),MID({x},4,2),LEFT({x},2)))=--MID({x},4,2))"
DATE_FORMULA = (
    f"AND({YEAR},IF(LEN({{x}})=4,TRUE,IF(LEN({{x}})=7,"
    f'AND(MID({{x}},3,1)="/",{MONTH_PLACE}),{DAY_FORMULA})))'
)
FACTOR_FORMULA = 'ISNUMBER(--SUBSTITUTE(SUBSTITUTE({x},",",""),".",""))'

NAMED_CHECKS = {
    "key": Check(
        'SUMPRODUCT(--ISNUMBER(FIND(ROW(INDIRECT("1:10"))-1,{x})))>0',
        "Mã không có chữ số",
        "Mã phải có ít nhất một chữ số, ví dụ TC-0001234.",
    ),
    "id": Check(
        _digits(12),
        "Không đủ 12 chữ số",
        "Số định danh có đúng 12 chữ số, kể cả số 0 ở đầu, không dấu cách. "
        "Chưa có số thì để trống.",
    ),
    "phone": Check(
        f'AND(LEFT({{x}},1)="0",{_digits(10)})',
        "Số điện thoại lạ",
        "Số di động có 10 chữ số, bắt đầu bằng 0. Vẫn giữ số này?",
        WARNING,
    ),
    "account": Check(
        "AND(ISTEXT({x}),LEN({x})>=6,LEN({x})<=19)",
        "Số tài khoản sai độ dài",
        "Số tài khoản có từ 6 đến 19 chữ số hoặc chữ cái, không dấu cách.",
    ),
}
DATE_CHECK = Check(
    DATE_FORMULA,
    "Ngày không đúng",
    "Ghi 05/07/2024 (ngày/tháng/năm đủ số), 07/2024 hoặc 2024; năm từ 1900 đến 2100.",
)
MONTH_CHECK = Check(MONTH_FORMULA, "Tháng không đúng", "Ghi tháng dạng 07/2024.")
FACTOR_CHECK = Check(FACTOR_FORMULA, "Hệ số không đúng", "Ghi hệ số là một số, ví dụ 1,5.")
AMOUNT = ("Số tiền không đúng", "Ghi số nguyên không âm, tính bằng đồng, không dấu chấm.")
COUNT = ("Số suất không đúng", "Ghi số nguyên từ 1 trở lên.")


def number_format(column: Column) -> str:
    """Return how cells of a column are shown; text keeps zeros in front."""
    match column:
        case Amount():
            return GROUPED
        case Integer():
            return WHOLE
    return TEXT


def typed(column: Column, entry: Entry, cell: str) -> dict[str, Any]:
    """Return the check of a column without a list, in xlsxwriter's words; empty for none.

    `cell` is the first cell of the column.
    """
    if entry.check:
        return custom(NAMED_CHECKS[entry.check], cell)
    match column:
        case PartialDate():
            return custom(DATE_CHECK, cell)
        case Month():
            return custom(MONTH_CHECK, cell)
        case Coefficient():
            return custom(FACTOR_CHECK, cell)
        case Amount():
            return whole(0, *AMOUNT)
        case Integer():
            return whole(1, *COUNT)
    return {}


def custom(check: Check, cell: str) -> dict[str, Any]:
    """Return a check by formula."""
    return {
        "validate": "custom",
        "value": f"={check.formula.format(x=cell)}",
        "error_title": check.title,
        "error_message": check.message,
        "error_type": check.level,
    }


def whole(least: int, title: str, message: str) -> dict[str, Any]:
    """Return a check for whole numbers from `least` on."""
    return {
        "validate": "integer",
        "criteria": ">=",
        "value": least,
        "error_title": title,
        "error_message": message,
    }


def choice(name: str, source: str) -> dict[str, Any]:
    """Return a drop-down of the list of this name, whose words stand at `source`."""
    return {
        "validate": "list",
        "source": source,
        "show_error": name not in OPEN_LISTS,
        "error_type": WARNING if name in WARNED_LISTS else STOP,
        "error_title": LIST_TITLES.get(name, "Không có trong danh sách"),
        "error_message": LIST_WORDS.get(name, LIST_MISTAKE),
    }
