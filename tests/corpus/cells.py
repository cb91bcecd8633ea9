"""Cells as people, Excel and old programs write them, and what they are read as."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from openpyxl.styles import Font

from tests.corpus.case import Numbers, case, rejects, returns, takes
from tests.corpus.writing import (
    account_book,
    changing,
    column_of,
    good_rows,
    known,
    leaving,
    people,
    person,
    raw_book,
    row_xml,
    table,
    tang_book,
    tcvn3,
    xlsx,
)

HUNG = {"full_name": "Vừ A Hùng"}


@case(takes(2, cells={2: HUNG}))
def name_in_pieces(no: Numbers) -> bytes:
    """A name from a Mac: letters and accents are separate characters (NFD)."""
    return tang_book(no, {"full_name": unicodedata.normalize("NFD", "Vừ A Hùng")})


@case(takes(2, 3, cells={2: HUNG, 3: {"full_name": "Giàng Thị Mỷ"}}))
def invisible_letters(no: Numbers) -> bytes:
    """Names pasted from a web page: NBSP, zero-width letters, breaks, spaces without number."""
    return tang_book(
        no,
        {"full_name": " Vừ\u00a0A\u200b  Hùng\ufeff\n"},
        {"full_name": "Giàng\u202fThị\u2060\tMỷ\u00ad"},
    )


@case(
    takes(
        2,
        3,
        found=("2 ID10 fix", "3 ID10 fix"),
        cells={2: {"full_name": "Đinh Văn Ước"}, 3: {"full_name": "Lường Văn Đô"}},
        repairs=("2 ID10 full_name: Ðinh Văn Ƣớc -> Đinh Văn Ước",),
    )
)
def look_alikes(no: Numbers) -> bytes:
    """Ð of Iceland for Đ and ƣ of Turkmenistan for ư, as old fonts showed them."""
    return tang_book(no, {"full_name": "Ðinh Văn Ƣớc"}, {"full_name": "Lƣờng Văn Ðô"})


@case(takes(2, 3, cells={2: {"full_name": "Đặng Thị Hoà"}}), before=known(6))
def tone_in_another_place(no: Numbers) -> bytes:
    """The registry has `Hòa`, the commune writes `Hoà`: the same name."""
    rows = [leaving(no, 5, full_name="Đặng Thị Hoà"), leaving(no, 1, full_name="VỪ A HÙNG")]
    return xlsx({"GIAM": table("GIAM", rows)})


def in_font(font: str, *headers: str) -> Callable[[Any], None]:
    """Return an edit that puts the columns with these headers into a font."""

    def edit(sheet: Any) -> None:
        grid = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for header in headers:
            for row in range(1, sheet.max_row + 1):
                sheet.cell(row, column_of(grid, header)).font = Font(name=font)

    return edit


@case(
    takes(
        2,
        3,
        found=("2 ID10 fix", "3 ID10 fix"),
        cells={2: HUNG, 3: {"full_name": "Đặng Thị Hòa", "village": "Bản Huổi Só"}},
        repairs=(f"3 ID10 full_name: {tcvn3('Đặng Thị Hòa')} -> Đặng Thị Hòa",),
    )
)
def tcvn3_by_font(no: Numbers) -> bytes:
    """A commune types names and villages in the font .VnTime."""
    return tang_book(
        no,
        {"full_name": tcvn3("Vừ A Hùng"), "village": tcvn3("Bản Huổi Só")},
        {"full_name": tcvn3("Đặng Thị Hòa"), "village": tcvn3("Bản Huổi Só")},
        edit=in_font(".VnTime", "Họ và tên", "Thôn/bản"),
    )


PEOPLE_IN_TCVN3 = ("Lò Văn Ước", "Đặng Thị Hòa", "Tòng Văn Lả", "Giàng Thị Mỷ", "Quàng Văn Biển")


@case(
    takes(
        2,
        3,
        4,
        5,
        6,
        found=tuple(f"{row} ID10 fix" for row in range(2, 7)),
        cells={n: {"full_name": name} for n, name in enumerate(PEOPLE_IN_TCVN3, 2)},
    )
)
def tcvn3_by_column(no: Numbers) -> bytes:
    """Names were typed in TCVN3 and then put into Times New Roman."""
    changes = [{"full_name": tcvn3(name), "gender": "Nam"} for name in PEOPLE_IN_TCVN3]
    return tang_book(no, *changes)


@case(takes(2, 3, cells={2: HUNG, 3: {"full_name": "Đặng Thị Hòa"}}))
def unicode_in_an_old_font(no: Numbers) -> bytes:
    """The font is .VnTime, the letters are Unicode: nothing is mended."""
    return tang_book(
        no,
        {"full_name": "Vừ A Hùng"},
        {"full_name": "Đặng Thị Hòa"},
        edit=in_font(".VnTime", "Họ và tên"),
    )


@case(takes(2, 3, 4, cells={3: {"full_name": "Lý Á Páo"}, 4: {"full_name": "Hà Văn Sáu"}}))
def unicode_that_could_be_tcvn3(no: Numbers) -> bytes:
    """Letters that TCVN3 uses too (à á ã ý) in names that are right already."""
    names = ("Mã Thị Lý", "Lý Á Páo", "Hà Văn Sáu")
    return tang_book(no, *({"full_name": name} for name in names))


@case(returns("VNI", also=("- ID10 reject",)))
def vni(no: Numbers) -> bytes:
    """Names were typed in VNI: accents stand as letters of their own behind the vowel."""
    names = ("Nguyeãn Vaên Huøng", "Traàn Thò Höôøng", "Leâ Vaên Ñöùc", "Phaïm Thò Hoàng")
    return tang_book(no, *({"full_name": name} for name in names))


DATES = ("15/03/1980", "15-3-1980", "15.3.1980", "1980-03-15", "15 / 03 / 1980", "15/3/1980 00:00")


@case(takes(*range(2, 8), cells={row: {"birth_date": "1980-03-15"} for row in range(2, 8)}))
def dates_as_text(no: Numbers) -> bytes:
    """One day of birth, written in six ways."""
    return tang_book(no, *({"birth_date": day} for day in DATES))


@case(
    takes(
        2,
        3,
        4,
        cells={
            2: {"birth_date": "1980-03-15", "decision_date": "2024-05-20"},
            3: {"birth_date": "1980-03-15", "effective_month": "2024-06"},
            4: {"birth_date": "1980-03-15"},
        },
    )
)
def real_dates(no: Numbers) -> bytes:
    """Dates of Excel, with a time of day, and in the American format."""

    def american(sheet: Any) -> None:
        sheet["D4"].number_format = "mm-dd-yy"

    return tang_book(
        no,
        {"birth_date": date(1980, 3, 15), "decision_date": date(2024, 5, 20)},
        {"birth_date": datetime(1980, 3, 15, 7, 30), "effective_month": date(2024, 6, 1)},
        {"birth_date": date(1980, 3, 15)},
        edit=american,
    )


@case(takes(2, cells={2: {"birth_date": "1980-03-15", "effective_month": "2024-06"}}))
def serial_numbers(no: Numbers) -> bytes:
    """Dates lost their format and show as Excel's count of days."""
    return tang_book(no, {"birth_date": 29295, "effective_month": 45444})


@case(
    takes(
        2,
        3,
        4,
        5,
        cells={
            2: {"birth_date": "1980-03"},
            3: {"birth_date": "1980"},
            4: {"birth_date": "1980"},
            5: {"birth_date": "1980-03"},
        },
    )
)
def month_or_year_only(no: Numbers) -> bytes:
    """Of old people often no more is known than the month or the year."""
    return tang_book(
        no,
        {"birth_date": "3/1980"},
        {"birth_date": "1980"},
        {"birth_date": 1980},
        {"birth_date": "1980-03"},
    )


@case(takes(2, 3, 4, cells={row: {"effective_month": "2024-06"} for row in (2, 3, 4)}))
def months_as_text(no: Numbers) -> bytes:
    """The month as a month, as a day in it, with a dash."""
    months = ("6/2024", "01/06/2024", "06-2024")
    return tang_book(no, *({"effective_month": month} for month in months))


@case(takes(2, 3, cells={row: {"effective_month": "2024-06"} for row in (2, 3)}))
def months_in_words(no: Numbers) -> bytes:
    """The month with the word before it."""
    return tang_book(
        no, {"effective_month": "Tháng 6/2024"}, {"effective_month": "tháng 06 năm 2024"}
    )


@case(
    rejects(
        2,
        3,
        4,
        found=("2 ID07 reject", "3 ID07 reject", "4 EN09 reject"),
        cells={2: {"birth_date": None}},
    )
)
def dates_that_are_none(no: Numbers) -> bytes:
    """31 February, two digits for the year, and a month that is a word."""
    return tang_book(
        no,
        {"birth_date": "31/02/1980"},
        {"birth_date": "15/03/80"},
        {"effective_month": "tháng tới"},
    )


@case(
    takes(
        2,
        3,
        4,
        found=("2 ID01 fix",),
        cells={
            2: {"citizen_id": "011080000101"},
            3: {"citizen_id": "011180000102"},
            4: {"citizen_id": "011080000103"},
        },
        repairs=("2 ID01 citizen_id: 11080000101 -> 011080000101",),
    )
)
def ids_that_became_numbers(no: Numbers) -> bytes:
    """Excel took the leading zero of one id; others have an apostrophe, or spaces and dots."""
    return tang_book(
        no,
        {"citizen_id": 11080000101},
        {"citizen_id": "'011180000102"},
        {"citizen_id": "011.080 000-103"},
    )


@case(rejects(2, 3, 4, found=("2 ID01 reject", "3 ID01 reject", "4 ID01 reject")))
def ids_beyond_repair(no: Numbers) -> bytes:
    """An id in scientific notation, one of a woman without its zero, one of 9 digits."""
    return tang_book(
        no,
        {"citizen_id": "1,1080E+10"},
        {"citizen_id": 11080000102},
        {"citizen_id": "040123456"},
    )


PHONES = {
    "+84 987 654 321": "0987654321",
    "84987654321": "0987654321",
    "01687654321": "0387654321",
    "0168.765.4321": "0387654321",
}


@case(
    takes(
        *range(2, 7),
        found=tuple(f"{row} AC06 fix" for row in (2, 3, 4, 5, 6)),
        cells={n: {"phone": phone} for n, phone in enumerate([*PHONES.values(), "0987654321"], 2)},
        repairs=("4 AC06 phone: 01687654321 -> 0387654321",),
    ),
    before=known(5),
)
def phones(no: Numbers) -> bytes:
    """Phones with country code, with the long prefix of before 2018, and without their zero."""
    return account_book(no, *({"phone": phone} for phone in [*PHONES, 987654321]))


@case(takes(2, 3, cells={row: {"phone": "0987654321"} for row in (2, 3)}), before=known(2))
def phones_with_dots(no: Numbers) -> bytes:
    """Phones in groups of digits, which is nothing to mend."""
    return account_book(no, {"phone": "0987.654.321"}, {"phone": "0987 654-321"})


AMOUNTS = ("540.000", "540,000 đ", "540000", "540.000đồng", "540 000 VNĐ", "540.000,00")


@case(takes(*range(2, 10), cells={row: {"monthly_amount": 540000} for row in range(2, 10)}))
def amounts(no: Numbers) -> bytes:
    """The same amount as text in six ways, as a number and as a number with a format."""

    def formatted(sheet: Any) -> None:
        for row in (8, 9):
            sheet.cell(row, sheet.max_column).number_format = '#,##0 "đ"'

    texts = [{"monthly_amount": text} for text in AMOUNTS]
    return tang_book(
        no, *texts, {"monthly_amount": 540000}, {"monthly_amount": 540000.0}, edit=formatted
    )


@case(takes(*range(2, 6), cells={row: {"coefficient": "1.5000"} for row in range(2, 6)}))
def coefficients(no: Numbers) -> bytes:
    """A factor with a comma, a point, as a number, with zeros."""
    return tang_book(no, *({"coefficient": text} for text in ("1,5", "1.5", 1.5, "1,50")))


@case(takes(2, 3, cells={2: {"dossier_no": "900001", "village": "12"}}))
def apostrophes_and_numbers(no: Numbers) -> bytes:
    """A dossier number with the apostrophe that makes it text, a village that is a number."""
    return tang_book(no, {"dossier_no": "'900001", "village": 12}, {"decision_no": "'12/QĐ-UBND"})


@case(
    rejects(
        2,
        3,
        4,
        taken=(5,),
        found=("2 EN09 reject", "2 FL04 reject", "3 FL04 reject", "3 ID07 reject", "4 FL04 reject"),
    )
)
def error_values(no: Numbers) -> bytes:
    """A look-up failed: `#N/A` for a name, `#REF!` for a birth date, `#VALUE!` for a village."""

    def break_cells(sheet: Any) -> None:
        for address, value in (("C2", "#N/A"), ("D3", "#REF!"), ("K4", "#VALUE!")):
            sheet[address] = value
            sheet[address].data_type = "e"

    return tang_book(no, *[{"village": "Huổi Só"}] * 4, edit=break_cells)


@case(rejects(2, 3, taken=(4,), found=("2 EN09 reject", "2 FL04 reject", "3 FL04 reject")))
def formulas(no: Numbers) -> bytes:
    """Names come from formulas: one never computed, one with its value; `STT` may be a formula."""
    head, *rows = table("TANG", people(no, 3))
    body = [row_xml(n, row) for n, row in enumerate(rows, 2)]
    name = '<c r="C{}" t="str"><f>VLOOKUP(B{},So!A:B,2)</f>{}</c>'
    given = '<c r="C{}" t="inlineStr"><is><t>{}</t></is></c>'
    stored = name.format(3, 3, f"<v>{rows[1][2]}</v>")
    body[0] = body[0].replace(given.format(2, rows[0][2]), name.format(2, 2, ""))
    body[1] = body[1].replace(given.format(3, rows[1][2]), stored)
    body[2] = body[2].replace('<c r="A4"><v>3</v>', '<c r="A4"><f>A3+1</f><v>3</v>')
    return raw_book(row_xml(1, head) + "".join(body))


@case(
    takes(
        2,
        3,
        found=("2 FL04 warn", "3 FL04 warn"),
        cells={2: {"monthly_amount": 540000}, 3: {"coefficient": "1.5000"}},
    ),
)
def formulas_in_amounts(no: Numbers) -> bytes:
    """The amount is coefficient × standard, by formula: its stored value counts."""
    rows = [person(no, n, monthly_amount=540000, coefficient=1) for n in (1, 2)]
    rows[1]["monthly_amount"], rows[1]["coefficient"] = None, 15
    rows[0]["coefficient"] = None
    grid = table("TANG", rows)
    data = "".join(row_xml(n, row) for n, row in enumerate(grid, 1))
    data = data.replace("<v>540000</v>", "<f>1.5*360000</f><v>540000</v>")
    return raw_book(data.replace("<v>15</v>", "<f>3/2</f><v>1.5</v>"))


@case(rejects(2, taken=(3,), found=("2 EN09 reject",)))
def truth_values(no: Numbers) -> bytes:
    """Gender was a check box, whose cell says TRUE."""
    return tang_book(no, {"gender": True}, {})


@case(
    takes(
        2,
        3,
        4,
        cells={
            2: {"category_code": "BT06D", "reason": "MOI", "gender": "Nam"},
            3: {"reason": "HUONG_LAI", "gender": "Nữ"},
            4: {"reason": "HIEN_HUONG"},
        },
    )
)
def codes_in_any_dress(no: Numbers) -> bytes:
    """Codes in small letters, reasons in words with accents, gender in capitals."""
    return tang_book(
        no,
        {"category_code": " bt06d", "reason": "Mới", "gender": "NAM"},
        {"category_code": "BT 06D", "reason": "hưởng lại", "gender": "nu"},
        {"reason": "Hiện  hưởng"},
    )


@case(
    takes(
        2,
        cells={2: {"units": 2, "category_code": "BT04"}},
        rejected=(3, 4),
        found=("3 EN09 reject", "4 EN09 reject"),
    )
)
def units(no: Numbers) -> bytes:
    """A single parent of two; two shares where there is no child to count; one share and a half."""
    return tang_book(
        no,
        {"category_code": "BT04", "units": 2},
        {"units": 2},
        {"category_code": "BT04", "units": "1,5"},
    )


BANKS = (
    "970405",
    970405,
    "Agribank",
    "VBA",
    "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam",
)


@case(takes(*range(2, 7), cells={row: {"bin": "970405"} for row in range(2, 7)}), before=known(5))
def banks(no: Numbers) -> bytes:
    """One bank by BIN, by number, by short name, by code and by its whole name."""
    return account_book(no, *({"bank": bank} for bank in BANKS))


@case(
    takes(2, 3, 4, cells={2: {"bin": "970405"}, 3: {"bin": "970436"}, 4: {"bin": "970449"}}),
    before=known(3),
)
def bank_aliases(no: Numbers) -> bytes:
    """Banks as people call them: `NN&PTNT`, `Ngoại thương`, the name of before a renaming."""
    words = ("NH NN&PTNT", "Ngân hàng Ngoại thương", "LienVietPostBank")
    return account_book(no, *({"bank": word} for word in words))


@case(takes(2, 3), before=known(2))
def people_who_leave(no: Numbers) -> bytes:
    """Two people leave, one by a reason written in words."""
    rows = [leaving(no, 1), leaving(no, 2, reason="Tự nguyện")]
    return xlsx({"GIAM": table("GIAM", rows)})


@case(
    takes(2, cells={2: {"category_code": "BT06A", "old_category_code": "BT06D"}}), before=known(1)
)
def a_change_of_degree(no: Numbers) -> bytes:
    """A severely disabled person becomes very severely disabled."""
    return xlsx({"DIEU_CHINH": table("DIEU_CHINH", [changing(no)])})


@case(rejects(2, found=("2 EN09 reject",)))
def whitespace_is_nothing(no: Numbers) -> bytes:
    """A cell holds NBSP and zero-width spaces only."""
    return tang_book(no, {"full_name": "\u00a0 \u200b"})


@case(takes(2, 3, cells={3: {"note": "dòng 1 dòng 2"}}))
def breaks_inside_cells(no: Numbers) -> bytes:
    """A note of two lines, and a note of a thousand words."""
    return tang_book(no, {"note": "rất dài " * 1000}, {"note": "dòng 1\ndòng 2"})


@case(takes(2, cells={2: {"dossier_no": "900002"}}))
def a_heap_of_accents(no: Numbers) -> bytes:
    """A name carries two thousand accents: nothing waits for them to be sorted."""
    name = "Vừ A" + "\u0301\u0323" * 1000
    return tang_book(no, {"dossier_no": "900002", "full_name": name})


@case(takes(2))
def good_raw_workbook(no: Numbers) -> bytes:
    """What hostile cases are made from is in order itself."""
    return raw_book(good_rows(no))
