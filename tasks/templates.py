"""`chitra template`: blank workbooks of the inbound layouts, with lists and checks while typing.

Everything stands in the declarations: headers, order and required columns in schemas.layouts, words
and hints in schemas.layouts.entry, categories and banks in the office's tables, villages in its
registry. The same office and month give the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from schemas.layouts import LAYOUTS, Layout
from schemas.layouts.entry import (
    BANKS,
    CATEGORIES,
    CLOSED_LISTS,
    KNOWN_CATEGORIES,
    VILLAGES,
    Words,
    choices_of,
    words_of,
)
from schemas.period import month_text, month_vi
from tasks import cycles, warehouse
from tasks.office import Office, Refused
from tasks.render import CREATED, TEXT_ONLY
from tasks.template_sheets import Form, write_sheets
from tasks.units import stage_unit_words
from tasks.values import fold
from tasks.visible import write_bytes
from tasks.warehouse import Connection

UNKNOWN_COMMUNE = (
    "Không có xã “{}” trong đơn vị này ở kỳ {}. Ghi mã xã, ví dụ --commune {}; các mã khác: {}."
)
NOT_BLANK = (
    "Tệp {} đã có và khác mẫu trống (có thể đã điền). Đổi tên tệp đó, hoặc ghi nơi khác: --out."
)
MISSING_FOLDER = "Không có thư mục {}. Tạo thư mục đó rồi chạy lại."
CURRENT_CATEGORIES = """
    SELECT category_code, any_value(name_vi) FROM category
    WHERE $month BETWEEN valid_from AND coalesce(valid_to, '9999-12')
    GROUP BY category_code ORDER BY category_code
"""
ALL_CATEGORIES = """
    SELECT category_code, arg_max(name_vi, valid_from) FROM category
    GROUP BY category_code ORDER BY category_code
"""
# Banks through which the office pays come first: nearly every account is with one of them.
ALL_BANKS = """
    SELECT bin, short_name FROM bank
    ORDER BY bin NOT IN (SELECT bin FROM provider WHERE bin IS NOT NULL)
        AND upper(short_name) NOT IN (SELECT provider FROM provider), bin
"""


@dataclass(frozen=True)
class Template:
    """A blank workbook: its bytes, for whom and which month it is, and the sheets to fill in."""

    data: bytes
    kind: str
    commune_code: str | None
    month: int
    sheets: tuple[str, ...]

    @property
    def name(self) -> str:
        parts = ("mau", self.kind, *([self.commune_code] if self.commune_code else []))
        return f"{'_'.join(parts)}.xlsx"


def make_template(
    connection: Connection, office: Office, kind: str, commune: str | None = None
) -> Template:
    """Return the blank workbook of a kind for the open month; `commune` is a code or name.

    Refused where the commune is none of this office's.
    """
    layout, month = LAYOUTS[kind], cycles.open_month(connection, office)
    code, name = (None, "") if commune is None else _commune(connection, commune, month)
    lists = _lists(connection, layout, month, code)
    form = Form(layout, _sender(layout, name), month_vi(month), lists)
    return Template(_bytes(form), kind, code, month, tuple(one.kind for one in layout.sheets))


def save_template(template: Template, out: Path | None) -> Path:
    """Write a template to `out`, else under its own name into the current folder.

    Refused where another file stands there: it may be one that somebody has filled in.
    """
    path = (out or Path(template.name)).absolute()
    if path.is_dir():
        path = path / template.name
    if not path.parent.is_dir():
        raise Refused(MISSING_FOLDER.format(path.parent))
    if path.exists() and path.read_bytes() != template.data:
        raise Refused(NOT_BLANK.format(path))
    write_bytes(path, template.data)
    return path


def _commune(connection: Connection, given: str, month: int) -> tuple[str, str]:
    """Return code and heading word of a commune of this office."""
    own = dict(
        warehouse.rows(
            connection,
            "SELECT commune_code, name_vi FROM admin_unit WHERE is_office = 'yes'"
            " AND $month BETWEEN valid_from AND coalesce(valid_to, '9999-12')"
            " ORDER BY commune_code",
            month=month_text(month),
        )
    )
    code = _code_of(connection, given, month)
    if code is None or code not in own:
        first, *others = own or ["…"]
        raise Refused(UNKNOWN_COMMUNE.format(given, month_text(month), first, ", ".join(others)))
    # A name that another commune bears too would not lead back to this one.
    name = own[code] if _code_of(connection, own[code], month) == code else code
    return code, name


def _code_of(connection: Connection, word: str, month: int) -> str | None:
    """Return the commune that a word in a file's heading would mean."""
    stage_unit_words(connection, [word], [month])
    return warehouse.value(connection, "SELECT commune_code FROM unit_word")


def _sender(layout: Layout, name: str) -> str:
    """Return the heading cell `Xã: Mường Báng`, without a name one to be filled in."""
    label = layout.unit_headers[0]
    return f"{label}: {name.removeprefix(f'{label} ')}"


def _lists(
    connection: Connection, layout: Layout, month: int, commune: str | None
) -> dict[str, Words]:
    """Return the lists that the sheets of a layout choose from, none of them empty."""
    known: dict[str, Words] = dict(CLOSED_LISTS)
    for sheet in layout.sheets:
        known |= words_of(sheet)
    in_force = warehouse.rows(connection, CURRENT_CATEGORIES, month=month_text(month))
    known[CATEGORIES] = dict(in_force)
    known[KNOWN_CATEGORIES] = dict(warehouse.rows(connection, ALL_CATEGORIES))
    known[BANKS] = dict(warehouse.rows(connection, ALL_BANKS))
    known[VILLAGES] = _villages(connection, commune, month)
    wanted = {choices_of(sheet, field): None for sheet in layout.sheets for field in sheet.fields}
    return {name: known[name] for name in wanted if name and known[name]}


def _villages(connection: Connection, commune: str | None, month: int) -> dict[str, str]:
    """Return the villages of a commune by name; of several spellings the commonest."""
    if commune is None:
        return {}
    found = warehouse.rows(
        connection, warehouse.sql("commune_villages"), commune=commune, month=month
    )
    spelled: dict[str, str] = {}
    for village, _ in found:
        spelled.setdefault(fold(village), village)
    return {spelled[key]: "" for key in sorted(spelled)}


def _bytes(form: Form) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, TEXT_ONLY) as book:
        book.set_properties({"created": CREATED})
        write_sheets(book, form)
    return buffer.getvalue()
