"""The sheets of a template: guide, sheets to fill in as the layout has them, hidden lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from schemas.layouts import Field, Layout, Sheet
from schemas.layouts.entry import (
    ENTRIES,
    FIRST_DATA_ROW,
    HEADER_ROW,
    HINT_ROW,
    PERIOD_ROW,
    SENDER_ROW,
    TITLE_ROW,
    TITLES,
    Words,
    choices_of,
    example_of,
)
from schemas.layouts.ours import (
    GUIDE_SHEET,
    TEMPLATE_MARK,
    TEMPLATE_SHEET,
    TEMPLATE_VERSION,
)
from tasks.template_checks import TEXT, choice, number_format, typed

LIST_SHEET = "_danh_muc"
LAST_ROW = FIRST_DATA_ROW + 20_000 - 1  # checks and marks reach so far; rows below are read too
LAST_COLUMN = 16_383
NARROWEST, WIDEST = 11, 28
TITLE_HEIGHT, HINT_HEIGHT, HEADER_HEIGHT = 22, 46, 34  # points
GUIDE_WIDTHS = (30, 12, 62, 24)
ALLOWED = dict.fromkeys(
    ("insert_rows", "delete_rows", "sort", "format_columns", "format_rows", "autofilter"), True
)
STEPS = (
    "1. Điền vào các trang {sheets}; trang nào không có gì thì để trống.",
    "2. Ô A2 ghi nơi gửi, ô A3 ghi kỳ. Điền từ dòng 6 trở đi, không để tổng cộng ở giữa.",
    "3. Cột có dấu * là bắt buộc: ô còn thiếu có màu vàng. Ô có mũi tên thì chọn trong danh sách.",
    "4. Số định danh, số tài khoản, số điện thoại, ngày, tháng: cứ gõ như ví dụ; "
    "ô đã ở dạng văn bản nên không mất số 0 ở đầu.",
    "5. Dán từ tệp khác: chọn Dán đặc biệt, Giá trị, để giữ danh sách chọn và kiểm tra khi gõ.",
    "6. Đừng đổi tên trang và hàng tiêu đề. Trang được bảo vệ không có mật khẩu; "
    "cột thêm của riêng mình đặt sau cột cuối.",
)
LIST_NAMES = {"known_categories": "{} (mọi thời kỳ)", "metrics": "{}: chọn đúng tên bên trái"}


@dataclass(frozen=True)
class Form:
    """What a template says: its layout, the cells above the headers, and the lists by name."""

    layout: Layout
    sender: str
    period: str
    lists: Mapping[str, Words]


@dataclass
class Styles:
    """The formats of a workbook, each made once."""

    book: Workbook
    made: dict[str, Format] = field(default_factory=dict)

    def data(self, number_format: str) -> Format:
        """Return the format of cells to be filled in."""
        if number_format not in self.made:
            properties = {"num_format": number_format, "locked": False, "valign": "top"}
            self.made[number_format] = self.book.add_format(properties)
        return self.made[number_format]

    @cached_property
    def plain(self) -> Format:
        return self.book.add_format({"valign": "top"})

    @cached_property
    def title(self) -> Format:
        return self.book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})

    @cached_property
    def bold(self) -> Format:
        return self.book.add_format({"bold": True})

    @cached_property
    def sender(self) -> Format:
        return self.book.add_format({"bold": True, "locked": False, "num_format": TEXT})

    @cached_property
    def hint(self) -> Format:
        properties = {"italic": True, "font_size": 8, "font_color": "#595959", "text_wrap": True}
        return self.book.add_format({**properties, "valign": "bottom", "align": "center"})

    @cached_property
    def header(self) -> Format:
        properties = {"bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDEBF7"}
        return self.book.add_format({**properties, "valign": "vcenter", "align": "center"})

    @cached_property
    def wrapped(self) -> Format:
        return self.book.add_format({"border": 1, "text_wrap": True, "valign": "top"})

    @cached_property
    def missing(self) -> Format:
        return self.book.add_format({"bg_color": "#FFF2CC"})

    @cached_property
    def framed(self) -> Format:
        return self.book.add_format({"border": 1, "border_color": "#A6A6A6"})


def write_sheets(book: Workbook, form: Form) -> None:
    """Write the guide, the sheets to fill in, and the hidden lists and mark."""
    styles = Styles(book)
    guide = book.add_worksheet(GUIDE_SHEET)
    blanks = [book.add_worksheet(sheet.kind) for sheet in form.layout.sheets]
    sources = _write_lists(book.add_worksheet(LIST_SHEET), form.lists, styles)
    _write_mark(book.add_worksheet(TEMPLATE_SHEET), form.layout.kind)
    for blank, sheet in zip(blanks, form.layout.sheets, strict=True):
        _write_blank(blank, sheet, form, sources, styles)
    _write_guide(guide, form, styles)


def _write_mark(page: Worksheet, kind: str) -> None:
    for column, word in enumerate((TEMPLATE_MARK, kind, TEMPLATE_VERSION)):
        page.write_string(0, column, word)
    page.very_hidden()


def _write_lists(page: Worksheet, lists: Mapping[str, Words], styles: Styles) -> dict[str, str]:
    """Write each list in two columns, word and meaning; return name -> place of its words."""
    sources = {}
    for place, (name, words) in enumerate(lists.items()):
        column = 2 * place
        page.write_string(0, column, name, styles.bold)
        for row, (word, meaning) in enumerate(words.items(), start=1):
            page.write_string(row, column, word)
            page.write_string(row, column + 1, meaning or "")
        sources[name] = f"='{LIST_SHEET}'!{xl_range_abs(1, column, len(words), column)}"
    page.hide()
    return sources


def _write_blank(
    page: Worksheet, sheet: Sheet, form: Form, sources: Mapping[str, str], styles: Styles
) -> None:
    """Write one sheet to fill in: its top, its columns and what is looked at while typing."""
    _write_top(page, sheet, form, styles)
    for column, known in enumerate(sheet.fields):
        _write_column(page, sheet, known, column, styles)
        _check_column(page, sheet, known, column, sources)
    # Rows are deleted whole, and people keep columns of their own.
    page.set_column(len(sheet.fields), LAST_COLUMN, None, styles.data(TEXT))
    _mark_rows(page, sheet, styles)
    page.ignore_errors({"number_stored_as_text": _all_cells(sheet)})
    page.protect("", ALLOWED)
    page.freeze_panes(FIRST_DATA_ROW, 1)
    page.set_selection(FIRST_DATA_ROW, 0, FIRST_DATA_ROW, 0)
    _set_print(page)
    page.repeat_rows(HEADER_ROW)


def _write_top(page: Worksheet, sheet: Sheet, form: Form, styles: Styles) -> None:
    heights = {TITLE_ROW: TITLE_HEIGHT, HINT_ROW: HINT_HEIGHT, HEADER_ROW: HEADER_HEIGHT}
    for row in range(FIRST_DATA_ROW):
        page.set_row(row, heights.get(row), styles.plain)  # locked, whatever its columns are
    page.write_string(TITLE_ROW, 0, TITLES[sheet.kind], styles.title)
    page.write_string(SENDER_ROW, 0, form.sender, styles.sender)
    page.write_string(
        PERIOD_ROW, 0, f"{form.layout.period_headers[0]}: {form.period}", styles.sender
    )


def _write_column(page: Worksheet, sheet: Sheet, known: Field, column: int, styles: Styles) -> None:
    page.set_column(column, column, _width(sheet, known), styles.data(number_format(known.column)))
    page.write_string(HINT_ROW, column, ENTRIES[known.column].hint, styles.hint)
    page.write_string(HEADER_ROW, column, _header(sheet, known), styles.header)


def _header(sheet: Sheet, known: Field) -> str:
    return f"{known.header} *" if known.column in sheet.required else known.header


def _width(sheet: Sheet, known: Field) -> int:
    words = [*known.header.split(), example_of(sheet, known)]
    return min(max(NARROWEST, *(len(word) + 3 for word in words)), WIDEST)


def _check_column(
    page: Worksheet, sheet: Sheet, known: Field, column: int, sources: Mapping[str, str]
) -> None:
    listed = choices_of(sheet, known)
    if listed:
        check = choice(listed, sources[listed]) if listed in sources else {}
    else:
        first = xl_rowcol_to_cell(FIRST_DATA_ROW, column)
        check = typed(known.column, ENTRIES[known.column], first)
    if check:
        page.data_validation(FIRST_DATA_ROW, column, LAST_ROW, column, check)


def _mark_rows(page: Worksheet, sheet: Sheet, styles: Styles) -> None:
    """Colour what is missing in rows that are begun, and frame these rows."""
    last, row = len(sheet.fields) - 1, FIRST_DATA_ROW + 1
    begun = f"COUNTA($A{row}:${xl_col_to_name(last)}{row})>0"
    for column, known in enumerate(sheet.fields):
        if known.column in sheet.required:
            cell = f"${xl_col_to_name(column)}{row}"
            criteria = f"=AND({begun},LEN(TRIM({cell}))=0)"
            _colour(page, column, column, criteria, styles.missing)
    _colour(page, 0, last, f"={begun}", styles.framed)


def _colour(page: Worksheet, first: int, last: int, criteria: str, style: Format) -> None:
    rule = {"type": "formula", "criteria": criteria, "format": style}
    page.conditional_format(FIRST_DATA_ROW, first, LAST_ROW, last, rule)


def _all_cells(sheet: Sheet) -> str:
    last = xl_rowcol_to_cell(LAST_ROW, len(sheet.fields) - 1)
    return f"{xl_rowcol_to_cell(FIRST_DATA_ROW, 0)}:{last}"


def _set_print(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_guide(page: Worksheet, form: Form, styles: Styles) -> None:
    """Write how to fill in, every column of every sheet, and what the codes mean."""
    for column, width in enumerate(GUIDE_WIDTHS):
        page.set_column(column, column, width)
    page.write_string(0, 0, f"Hướng dẫn điền mẫu {form.layout.kind}", styles.title)
    sheets = ", ".join(sheet.kind for sheet in form.layout.sheets)
    for row, step in enumerate(STEPS, start=1):
        page.write_string(row, 0, step.format(sheets=sheets))
    row = len(STEPS) + 2
    for sheet in form.layout.sheets:
        title = f"Trang {sheet.kind}: {TITLES[sheet.kind].lower()}"
        row = _write_part(page, row, title, FIELD_TITLES, _field_lines(sheet), styles)
    for name, label in _list_labels(form.layout).items():
        if name in form.lists:
            lines = [(word, "", meaning or "") for word, meaning in form.lists[name].items()]
            row = _write_part(page, row, f"Danh sách: {label}", LIST_TITLES, lines, styles)
    page.protect("", ALLOWED)
    _set_print(page)


FIELD_TITLES = ("Tên cột", "Bắt buộc", "Cách điền", "Chẳng hạn (hư cấu)")
LIST_TITLES = ("Chọn", "", "Nghĩa là")


def _field_lines(sheet: Sheet) -> list[tuple[str, ...]]:
    """Return one line per column: what it is called, whether it must be filled in, how."""
    return [
        (
            known.header,
            "có" if known.column in sheet.required else "",
            ENTRIES[known.column].hint,
            example_of(sheet, known),
        )
        for known in sheet.fields
    ]


def _list_labels(layout: Layout) -> dict[str, str]:
    """Return list name -> what people call it: the header under which it is chosen."""
    labels: dict[str, str] = {}
    for sheet in layout.sheets:
        for known in sheet.fields:
            header = (
                f"{known.header} ({sheet.kind})" if sheet.worded is known.column else known.header
            )
            name = choices_of(sheet, known)
            labels.setdefault(name, LIST_NAMES.get(name, "{}").format(header))
    return labels


def _write_part(
    page: Worksheet,
    row: int,
    title: str,
    titles: tuple[str, ...],
    lines: Iterable[tuple[str, ...]],
    styles: Styles,
) -> int:
    """Write a title and a table below it; return the row after the blank one that follows."""
    page.write_string(row, 0, title, styles.bold)
    row += 1
    for column, word in enumerate(titles):
        page.write_string(row, column, word, styles.header)
    for line in lines:
        row += 1
        for column, word in enumerate(line):
            page.write_string(row, column, word, styles.wrapped)
    return row + 2
