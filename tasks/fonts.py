"""Which cells of an .xlsx sheet are in a font of before Unicode: `.Vn…` (TCVN3) or `VNI-…`.

The XML is streamed; workbooks whose styles name no such font, and that is nearly all, cost nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO

from tasks.archive_check import unpacked
from tasks.sheet_xml import Refusal, address, walk

STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
OLD_FONT = re.compile(r"\s*(?:\.(Vn)|(VNI)-)", re.IGNORECASE)
OLD_FONT_BYTES = re.compile(rb'"\s*(?:\.Vn|VNI-)', re.IGNORECASE)
TCVN3, VNI = "tcvn3", "vni"

Runs = dict[int, list[tuple[int, int]]]  # column (from 0) -> first and last row, from 1, in order


@dataclass(frozen=True)
class Fonts:
    """The cells of a sheet in old fonts."""

    tcvn3: Runs = field(default_factory=dict)
    vni: Runs = field(default_factory=dict)


@dataclass(frozen=True)
class FontTable:
    """Old fonts by number of cell style, and by number of shared string: `tcvn3` or `vni`."""

    styles: dict[int, str]
    strings: dict[int, str]


def style_fonts(data: bytes) -> dict[int, str]:
    """Return the name of the font of each cell style that is in TCVN3; {} where none can be read.

    The look of a sheet is worth no refusal.
    """
    styles = StyleFonts()
    with suppress(Refusal):
        _read(_part(data, STYLES), styles)
    return {style: name for style, name in styles.named().items() if _old(name) == TCVN3}


def font_table(data: bytes) -> FontTable | None:
    """Return the old fonts that a workbook uses, None where it uses none."""
    styles, strings = StyleFonts(), StringFonts()
    for part, reading in ((STYLES, styles), (STRINGS, strings)):
        if _names_old_font(data, part):
            _read(_part(data, part), reading)
    found = FontTable(styles.old_styles(), strings.found)
    return found if found.styles or found.strings else None


def sheet_fonts(data: bytes, part: str, table: FontTable) -> Fonts:
    """Return the cells of a sheet that are in an old font, by style or by their text's own font."""
    cells = CellFonts(table)
    _read(_part(data, part), cells)
    return Fonts(cells.runs[TCVN3], cells.runs[VNI])


def _part(data: bytes, name: str) -> Iterator[bytes]:
    """Yield the bytes of a part of an archive, none where it has no such part."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        try:
            entry = archive.getinfo(name)
        except KeyError:
            return
    yield from unpacked(data, entry)


def _names_old_font(data: bytes, part: str) -> bool:
    before = b""
    for chunk in _part(data, part):
        if OLD_FONT_BYTES.search(before + chunk):
            return True
        before = chunk[-64:]
    return False


def _old(name: str) -> str:
    """Return `tcvn3` or `vni` for the name of an old font, empty for any other."""
    found = OLD_FONT.match(name)
    return "" if not found else TCVN3 if found[1] else VNI


class Reading:
    """Takes the tags and texts of a part of XML; names come without their prefix."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


def _read(chunks: Iterator[bytes], reading: Reading) -> None:
    walk(
        chunks,
        lambda name, found: reading.start(name.rpartition(":")[2], found),
        lambda name: reading.end(name.rpartition(":")[2]),
        reading.text,
    )


class StyleFonts(Reading):
    """Reads styles.xml: names of fonts, and the font of each cell style."""

    def __init__(self) -> None:
        self._section = ""
        self._fonts: list[str] = []
        self._styles: list[int] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("fonts", "cellXfs"):
            self._section = tag
        elif self._section == "fonts" and tag == "font":
            self._fonts.append("")
        elif self._section == "fonts" and tag == "name" and self._fonts:
            self._fonts[-1] = attributes.get("val", "")
        elif self._section == "cellXfs" and tag == "xf":
            self._styles.append(int(attributes.get("fontId", 0)))

    def end(self, tag: str) -> None:
        if tag == self._section:
            self._section = ""

    def named(self) -> dict[int, str]:
        """Return the name of the font of each cell style."""
        fonts = dict(enumerate(self._fonts))
        return {style: fonts.get(font, "") for style, font in enumerate(self._styles)}

    def old_styles(self) -> dict[int, str]:
        """Return the cell styles in old fonts."""
        return {style: old for style, name in self.named().items() if (old := _old(name))}


class StringFonts(Reading):
    """Reads sharedStrings.xml: the texts with a stretch in an old font of its own."""

    def __init__(self) -> None:
        self._number = -1
        self.found: dict[int, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._number += 1
        elif tag == "rFont" and (name := _old(attributes.get("val", ""))):
            self.found[self._number] = name


class CellFonts(Reading):
    """Reads a sheet: its cells in old fonts, rows that follow each other as one run."""

    def __init__(self, table: FontTable) -> None:
        self._table = table
        self._row = self._column = 0
        self._is_number_of_string = False
        self._text = ""
        self._tag = ""
        self.runs: dict[str, Runs] = {TCVN3: {}, VNI: {}}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tag = tag
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif tag == "rFont":  # of a text that stands in the sheet itself
            self._note(_old(attributes.get("val", "")))

    def _cell(self, attributes: dict[str, str]) -> None:
        place = address(attributes.get("r", "")) or (self._row, self._column + 1)
        self._row, self._column = place
        self._is_number_of_string = attributes.get("t") == "s" and bool(self._table.strings)
        self._text = ""
        self._note(self._table.styles.get(int(attributes.get("s", 0)), ""))

    def text(self, text: str) -> None:
        if self._is_number_of_string and self._tag == "v":
            self._text += text

    def end(self, tag: str) -> None:
        if tag == "c" and self._text.strip().isdigit():
            self._note(self._table.strings.get(int(self._text), ""))
        self._tag = ""

    def _note(self, name: str) -> None:
        if not name:
            return
        runs = self.runs[name].setdefault(self._column - 1, [])
        if runs and self._row - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], self._row)
        else:
            runs.append((self._row, self._row))
