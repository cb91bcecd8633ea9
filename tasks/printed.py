"""Printed lists: a kind is declared once, and goes on paper or, where all is too long, into CSV.

A workbook is for one reader: a commune, a provider, a bank, a telecom company, a police station.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from schemas.period import month_vi
from tasks import warehouse
from tasks.amount_words import amount_in_words, dotted
from tasks.office import Office
from tasks.outbox import OutFile
from tasks.reading_order import in_order
from tasks.render import csv_bytes, xlsx_bytes
from tasks.sender_copy import sheet_names
from tasks.signed_list import Column, Section, SignedList
from tasks.treasury import SCHEMES_VI, SIGNERS_VI
from tasks.warehouse import Connection

MAX_PRINTED_ROWS = 300_000  # of all lists of a cycle; beyond, nobody prints them
MAX_SHEETS = 200  # of one workbook
DIGEST_HEAD = 16  # letters
INDEX = "muc_luc.csv"
INDEX_HEADERS = {
    "file": "Tệp",
    "reader": "Gửi cho",
    "list": "Danh sách",
    "rows": "Số dòng",
    "amount": "Tổng tiền (đồng)",
}
TOO_LONG = "Quá nhiều dòng để in ({} dòng, in tối đa {}): mỗi danh sách là một tệp CSV."
NO_PLACE = "chua_ro"  # where no commune is known
ROMAN = (
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)

# Who signs: the role, and whose name of the office's settings stands below it.
PREPARED, ACCOUNTANT, HEAD = OFFICE_SIGNERS = tuple(
    (SIGNERS_VI[key], key) for key in ("prepared_by", "accountant", "head")
)
COMMUNE_SIGNS = ("Xác nhận của UBND cấp xã", "")
COMMUNE_SIGNERS = (PREPARED, COMMUNE_SIGNS, HEAD)
LETTER_SIGNERS = (PREPARED, HEAD)
CASH_SIGNERS = (("Người chi tiền", ""), COMMUNE_SIGNS, ACCOUNTANT, HEAD)

NUMBER = Column("STT", 5, "center")
DOSSIER = Column("Mã hồ sơ", 12, "center")
PERSON = Column("Họ và tên", 21)
BORN = Column("Ngày sinh", 11, "center")
BIRTH_YEAR = Column("Năm sinh", 7, "center")
VILLAGE = Column("Thôn/bản", 14)
CITIZEN_ID = Column("Số định danh", 14, "center")
TODO = Column("Việc phải làm", 42)


def money(label: str, width: float = 13) -> Column:
    """Return a column of VND."""
    return Column(label, width, "right")


@dataclass(frozen=True)
class Kind:
    """One kind of list: its title, its columns by name, what is summed, and who signs.

    A column that the rows have not is left blank, to be filled in by hand. `sections` is a column
    of words; its rows stand together.
    """

    name: str  # of the CSV that takes its place
    title: str
    columns: Mapping[str, Column]
    sums: tuple[str, ...] = ()  # VND or lines
    sections: str = ""
    signers: tuple[tuple[str, str], ...] = OFFICE_SIGNERS
    notes: tuple[str, ...] = ()
    row_height: float = 0  # points at least

    @property
    def has_amount(self) -> bool:
        return "amount" in self.sums


@dataclass(frozen=True)
class Part:
    """One list of a workbook; `about` says whose it is below the title."""

    kind: Kind
    sheet: str
    about: str
    rows: pl.DataFrame

    @property
    def amount(self) -> int:
        return int(self.rows["amount"].sum()) if self.kind.has_amount else 0


@dataclass(frozen=True)
class Book:
    """One workbook and who gets it; `key` is in the names of the CSV files in its place."""

    name: str
    reader: str
    parts: tuple[Part, ...]
    key: str = ""


@dataclass(frozen=True)
class Papers:
    """What every list of a cycle says of its source."""

    office: Office
    month: int
    through: int
    made_on: str
    digest: str

    @classmethod
    def of(cls, office: Office, connection: Connection, month: int) -> Papers:
        """Read it from the cycle."""
        found = warehouse.rows(
            connection,
            "SELECT through, prepared_on, digest FROM cycle WHERE month = $month",
            month=month,
        )
        through, day, digest = found[0] if found else (None, None, None)
        made_on = day.strftime("%d/%m/%Y") if day else "……"
        return cls(office, month, through or month, made_on, (digest or "")[:DIGEST_HEAD])

    @property
    def span(self) -> str:
        """Return the months paid, as `kỳ 01/2025, chi đến tháng 02/2025`."""
        later = f", chi đến tháng {month_vi(self.through)}" if self.through > self.month else ""
        return f"kỳ {month_vi(self.month)}{later}"

    def source(self, *, is_money: bool) -> str:
        """Say where a list comes from, with the digest that binds the money."""
        told = f"Theo sổ chi trả kỳ {month_vi(self.month)}, lập ngày {self.made_on}"
        return f"{told}, mã xác nhận {self.digest}…" if is_money and self.digest else told


def by_commune(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return rows in reading order, commune by commune; only communes that have any."""
    placed = frame.with_columns(
        pl.col("commune_code").fill_null(NO_PLACE), pl.col("commune").fill_null("Chưa rõ xã")
    )
    parts = in_order(placed).partition_by("commune_code", as_dict=True, maintain_order=True)
    return {str(code): rows for (code,), rows in parts.items()}


def printed_files(papers: Papers, books: Sequence[Book]) -> list[OutFile]:
    """Return the workbooks, or, of too many rows, a CSV a kind; and which file is for whom.

    Of nobody there is nothing.
    """
    if not books:
        return []
    rows = sum(part.rows.height for book in books for part in book.parts)
    is_long = rows > MAX_PRINTED_ROWS
    if is_long:
        found = _csv_files(books)
    else:
        found = [one for book in books for one in _workbook(papers, book)]
    lines = [line for _, told in found for line in told]
    if is_long:
        lines.insert(0, {"list": TOO_LONG.format(dotted(rows), dotted(MAX_PRINTED_ROWS))})
    kinds = {"rows": pl.Int64, "amount": pl.Int64}
    schema = {name: kinds.get(name, pl.String) for name in INDEX_HEADERS}
    index = csv_bytes(pl.DataFrame(lines, schema=schema), INDEX_HEADERS)
    return [*(file for file, _ in found), OutFile(INDEX, index, len(lines))]


Told = tuple[OutFile, list[dict]]


def _workbook(papers: Papers, book: Book) -> list[Told]:
    """Return a workbook; one of too many sheets goes into CSV files."""
    if len(book.parts) > MAX_SHEETS:
        return _csv_files([book])
    names = sheet_names(part.sheet for part in book.parts)
    sheets = [signed_list(papers, part, name) for part, name in zip(book.parts, names, strict=True)]
    rows = sum(part.rows.height for part in book.parts)
    amount = sum(part.amount for part in book.parts)
    file = OutFile(book.name, xlsx_bytes(sheets), rows, amount)
    told = [_told(book.name, book.reader, part.sheet, [part]) for part in book.parts]
    return [(file, told)]


def _csv_files(books: Sequence[Book]) -> list[Told]:
    """Return a CSV for each kind and reader; all communes are one reader here."""
    together: dict[tuple[str, str], tuple[str, list[Part]]] = {}
    for book in books:
        reader = book.reader if book.key else "Các xã"
        for part in book.parts:
            together.setdefault((part.kind.name, book.key), (reader, []))[1].append(part)
    found = []
    for (kind, key), (reader, parts) in together.items():
        name = f"{kind}_{key}.csv" if key else f"{kind}.csv"
        rows = pl.concat([part.rows for part in parts], how="diagonal")
        headers = {"commune": "Xã", "section": "Mục"} | {
            name: column.label for name, column in parts[0].kind.columns.items()
        }
        headers = {name: label for name, label in headers.items() if name in rows.columns}
        amount = sum(part.amount for part in parts)
        file = OutFile(name, csv_bytes(rows, headers), rows.height, amount)
        found.append((file, [_told(name, reader, parts[0].kind.title, parts)]))
    return found


def _told(file: str, reader: str, listed: str, parts: Sequence[Part]) -> dict:
    """Return a line of the index."""
    return {
        "file": file,
        "reader": reader,
        "list": listed,
        "rows": sum(part.rows.height for part in parts),
        "amount": sum(part.amount for part in parts) if parts[0].kind.has_amount else None,
    }


def signed_list(papers: Papers, part: Part, name: str) -> SignedList:
    """Return a list as a sheet to be printed and signed."""
    kind = part.kind
    source = papers.source(is_money=bool(kind.sums))
    rows = part.rows.with_columns(pl.int_range(1, part.rows.height + 1).alias("number"))
    signers = [(role, papers.office.signers.get(key, "")) for role, key in kind.signers]
    return SignedList(
        name=name,
        issuer=(papers.office.parent, papers.office.name),
        title=(kind.title, part.about, f"({source})"),
        columns=tuple(kind.columns.values()),
        sections=_sections(kind, rows),
        sums=_sums(kind, rows),
        closing=_closing(part),
        signers=tuple(signers),
        page_note=source,
        row_height=kind.row_height,
    )


def _sections(kind: Kind, rows: pl.DataFrame) -> tuple[Section, ...]:
    if not kind.sections:
        return (Section("", _chosen(kind, rows), {}),)
    parts = rows.partition_by(kind.sections, maintain_order=True)
    return tuple(
        Section(
            f"{roman(number)}. {part[kind.sections][0]} ({dotted(part.height)} dòng)",
            _chosen(kind, part),
            _sums(kind, part),
        )
        for number, part in enumerate(parts, start=1)
    )


def _chosen(kind: Kind, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a kind in their order, blank ones too."""
    return rows.select(
        pl.col(name) if name in rows.columns else pl.lit(None, pl.String).alias(name)
        for name in kind.columns
    )


def _sums(kind: Kind, rows: pl.DataFrame) -> dict[int, int]:
    places = {name: place for place, name in enumerate(kind.columns)}
    return {places[name]: int(rows[name].sum()) for name in kind.sums}


def _closing(part: Part) -> tuple[str, ...]:
    """Return the lines below the table: how many, how much, and what is to be known."""
    lines = [f"Tổng số: {dotted(part.rows.height)} dòng."]
    if part.kind.has_amount:
        words = amount_in_words(part.amount)
        lines = [f"{lines[0]} Tổng số tiền: {dotted(part.amount)} đồng. Bằng chữ: {words}."]
    return (*lines, *part.kind.notes)


def roman(number: int) -> str:
    """Return a small whole number as headings have it."""
    found = ""
    for value, letters in ROMAN:
        while number >= value:
            found, number = found + letters, number - value
    return found


def scheme_words() -> pl.Expr:
    """Return schemes in words, in the order of the budgets."""
    words = {scheme: text[0].upper() + text[1:] for scheme, text in SCHEMES_VI.items()}
    return pl.col("scheme").replace_strict(words, default=pl.col("scheme"), return_dtype=pl.String)


def day_vi(name: str) -> pl.Expr:
    """Write `1944-06-20` as `20/06/1944`, and `1944-06` as `06/1944`."""
    return pl.col(name).str.split("-").list.reverse().list.join("/")


def worded(column: str, words: Mapping[str, str], name: str) -> pl.Expr:
    """Return words for codes; a code without one stays."""
    codes = pl.col(column).cast(pl.String)
    return codes.replace_strict(words, default=codes, return_dtype=pl.String).alias(name)


def by_scheme(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows scheme by scheme, otherwise in their order, with the scheme as `section`."""
    places = {scheme: place for place, scheme in enumerate(SCHEMES_VI)}
    place = pl.col("scheme").replace_strict(places, default=len(places), return_dtype=pl.Int64)
    return rows.sort(place, maintain_order=True).with_columns(scheme_words().alias("section"))
