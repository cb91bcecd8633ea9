"""The official report as a Word file, which an officer edits before it is signed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as Drawn
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from tasks.official_figures import Table
from tasks.official_report import OfficialReport
from tasks.signed_list import FONT

FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
A4 = (Mm(210), Mm(297))
ROOM_TO_SIGN = 4  # lines
LETTER, SMALL = 13, 10  # points


def report_word(report: OfficialReport) -> bytes:
    """Return the Word file of a report: the same report is the same bytes."""
    word = Document()
    _set_up(word, report)
    _write_heading(word, report)
    _line(word, "")
    _line(word, report.kind, is_bold=True, align=Align.CENTER, size=14)
    _line(word, report.about, is_bold=True, align=Align.CENTER)
    _line(word, f"Kính gửi: {report.addressee}", align=Align.CENTER)
    _line(word, report.opening, is_text=True)
    for part in report.parts:
        _line(word, part.heading, is_bold=True)
        for paragraph in part.paragraphs:
            _line(word, paragraph, is_text=True)
    _line(word, report.closing, is_text=True)
    _write_signing(word, report)
    _turn(word)
    for table in report.appendices:
        _write_table(word, table)
    if report.note:
        _line(word, report.note, size=SMALL)
    return _same_bytes(word)


def _set_up(word: Word, report: OfficialReport) -> None:
    """Set page, font, page numbers and properties; nothing tells who made it or when."""
    style = word.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(LETTER)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    section = word.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.different_first_page_header_footer = True
    _number_pages(section.header.paragraphs[0])
    day = datetime(*report.day.timetuple()[:3], tzinfo=UTC).replace(tzinfo=None)
    about = word.core_properties
    about.title, about.author, about.last_modified_by = report.about, report.issuer[1], ""
    about.comments, about.created, about.modified, about.revision = "", day, day, 1


def _number_pages(paragraph: Paragraph) -> None:
    paragraph.alignment = Align.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _write_heading(word: Word, report: OfficialReport) -> None:
    """Write office and motto side by side."""
    left, right = _halves(word)
    for cell, lines in (
        (left, ((report.issuer[0], ""), (report.issuer[1], "b"), ("———", ""), (report.number, ""))),
        (
            right,
            (
                *((line, "b") for line in report.motto),
                ("————————", ""),
                (report.place_and_day, "i"),
            ),
        ),
    ):
        for place, (text, look) in enumerate(lines):
            _write_in(cell, place, text, look, Align.CENTER, 12)


def _halves(word: Word) -> tuple[_Cell, _Cell]:
    """Return the cells of a row of two, which no page break tears apart."""
    table = word.add_table(rows=1, cols=2)
    _set_widths(table, (Mm(69), Mm(94)))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = table.rows[0].cells
    return left, right


def _set_widths(table: Drawn, widths: Sequence[int]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _write_signing(word: Word, report: OfficialReport) -> None:
    """Write who gets it and who signs, side by side, on one page."""
    left, right = _halves(word)
    for place, text in enumerate(("Nơi nhận:", *(f"- {line}" for line in report.recipients))):
        look, size = ("bi", 12) if place == 0 else ("", 11)
        _write_in(left, place, text, look, Align.LEFT, size)
    role, name = report.signer
    lines = ((role, "b"), ("(Ký, ghi rõ họ tên, đóng dấu)", "i"), *[("", "")] * ROOM_TO_SIGN)
    for place, (text, look) in enumerate((*lines, (name, "b"))):
        _write_in(right, place, text, look, Align.CENTER, LETTER)


def _write_in(cell: _Cell, place: int, text: str, look: str, align: Align, size: int) -> None:
    """Write a line into a cell; the first one is there already."""
    paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = "b" in look, "i" in look, Pt(size)


def _line(
    word: Word,
    text: str,
    *,
    is_bold: bool = False,
    is_text: bool = False,
    align: Align = Align.LEFT,
    size: int = LETTER,
) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = Align.JUSTIFY if is_text else align
    if is_text:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.keep_with_next = is_bold
    run = paragraph.add_run(text)
    run.bold, run.font.size = is_bold, Pt(size)


def _turn(word: Word) -> None:
    """Let the appendices stand on pages turned on their side."""
    section = word.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_height, section.page_width = A4
    section.left_margin, section.right_margin = Mm(17), Mm(15)


def _write_table(word: Word, table: Table) -> None:
    _line(word, table.title, is_bold=True, align=Align.CENTER)
    rows = table.told()
    drawn = word.add_table(rows=1 + len(rows), cols=len(table.headers), style="Table Grid")
    share = Mm(265) // sum(table.widths)
    _set_widths(drawn, [share * width for width in table.widths])
    for number, (row, texts) in enumerate(zip(drawn.rows, (table.headers, *rows), strict=True)):
        is_total = table.has_total and number == len(rows)
        look = "b" if number == 0 or is_total else ""
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _write_in(cell, 0, text, look, _align(number, place, text), SMALL)
    drawn.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    word.add_paragraph()


def _align(row: int, place: int, text: str) -> Align:
    """Return where the text of a cell stands: figures right, headers in the middle."""
    if row == 0 or place == 0:
        return Align.CENTER
    is_figure = place > 1 and (text[-1:].isdigit() or text.endswith(("%", "-")))
    return Align.RIGHT if is_figure else Align.LEFT


def _same_bytes(word: Word) -> bytes:
    """Return the file with the same day in every entry."""
    written, target = io.BytesIO(), io.BytesIO()
    word.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(target, "w") as packed:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            packed.writestr(entry, made.read(name))
    return target.getvalue()
