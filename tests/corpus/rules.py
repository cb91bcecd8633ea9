"""Every rule on files and rows, each broken by a row beside others that are in order."""

from __future__ import annotations

from tests.corpus.case import Before, Files, Numbers, case, rejects, takes
from tests.corpus.writing import (
    account,
    account_book,
    changing,
    csv_text,
    known,
    leaving,
    people,
    person,
    table,
    tang_book,
    xlsx,
)

# Judged when a month is prepared, or of provider results: not to be seen in an ingest.
NOT_OF_ROWS = {"EN03", "EN10", "ID05", "ID06", "ID09", "ID12"}
NOT_OF_ROWS |= {"AC04", "AC05", "AC07", "AC08", "AC09", "AC10"}
NOT_OF_ROWS |= {"RS01", "RS02", "RS03", "RS04"}


def tang(*rows: dict[str, object]) -> bytes:
    return xlsx({"TANG": table("TANG", list(rows))})


def giam(*rows: dict[str, object]) -> bytes:
    return xlsx({"GIAM": table("GIAM", list(rows))})


def adjusting(*rows: dict[str, object]) -> bytes:
    return xlsx({"DIEU_CHINH": table("DIEU_CHINH", list(rows))})


def roster(count: int, **other: object) -> Before:
    """Return what the office already pays: HIEN_HUONG rows from long ago."""
    return known(count, reason="HIEN_HUONG", effective_month="01/2022", **other)


@case({"a.csv": takes(2), "b.csv": takes(outcome="duplicate", found=())})
def fl01_same_bytes_twice(no: Numbers) -> Files:
    """The same list is sent twice under two names."""
    data = csv_text(table("TANG", people(no, 1))).encode()
    return {"a.csv": data, "b.csv": data}


@case(rejects(3, 4, found=("3 FL03 reject", "4 FL03 reject")))
def fl03_unknown_commune(no: Numbers) -> bytes:
    """The heading names a commune of nowhere."""
    return xlsx({"TANG": [["Xã: Atlantis"], *table("TANG", people(no, 2))]})


@case(rejects(3, found=("3 FL03 reject",)))
def fl03_foreign_commune(no: Numbers) -> bytes:
    """The heading names a commune of another district."""
    return xlsx({"TANG": [["Xã: 03127"], *table("TANG", people(no, 1))]})


@case(rejects(3, found=("3 FL03 reject",)), before=known(1))
def fl03_people_of_another_commune(no: Numbers) -> bytes:
    """A commune stops a benefit that another commune pays."""
    return xlsx({"GIAM": [["Xã: 03241"], *table("GIAM", [leaving(no)])]})


@case(rejects(3, taken=(2,), found=("3 FL03 reject",)), before=known(1))
def fl03_account_of_an_unknown_dossier(no: Numbers) -> bytes:
    """An account comes for a dossier that nobody knows."""
    return account_book(no, {}, {})


@case(rejects(2, 4, taken=(3,), found=("2 FL05 reject", "4 FL05 reject")))
def fl05_one_person_two_rows(no: Numbers) -> bytes:
    """One dossier stands twice on a sheet and says two things."""
    return tang(person(no, 1), person(no, 2), person(no, 1, village="Bản khác"))


@case(takes(2, 3))
def fl05_one_person_the_same_row_twice(no: Numbers) -> bytes:
    """One dossier stands twice on a sheet and says the same: no contradiction."""
    return tang(person(no, 1), person(no, 1))


@case(takes(3, found=("- FL06 warn",)))
def fl06_another_month(no: Numbers) -> bytes:
    """The heading says the month before."""
    return xlsx({"TANG": [["Kỳ: 05/2024"], *table("TANG", people(no, 1))]})


@case(takes(2, 3, found=("- FL07 warn",)))
def fl07_wrong_count(no: Numbers) -> bytes:
    """The last line says three people, and there are two."""
    return xlsx({"TANG": [*table("TANG", people(no, 2)), ["Tổng cộng: 3 người"]]})


@case(takes(2, 3, found=("- FL07 warn",)))
def fl07_wrong_sum(no: Numbers) -> bytes:
    """The amounts add up to 1,080,000 and the total says 1,620,000."""
    grid = table("TANG", people(no, 2, monthly_amount=540000))
    total = ["Tổng cộng", *[None] * (len(grid[0]) - 2), 1620000]
    return xlsx({"TANG": [*grid, total]})


@case(takes(2, 3))
def fl07_right_sum(no: Numbers) -> bytes:
    """The amounts add up to what the total says."""
    grid = table("TANG", people(no, 2, monthly_amount="540.000"))
    total = ["Tổng cộng", *[None] * (len(grid[0]) - 2), "1.080.000"]
    return xlsx({"TANG": [*grid, total]})


@case(
    rejects(3, 4, taken=(2,), found=("3 ID01 reject", "4 ID02 reject")),
)
def id01_id02_wrong_numbers(no: Numbers) -> bytes:
    """Eleven digits that agree with nothing, and the year of another person."""
    return tang_book(
        no,
        {"citizen_id": "011080000201"},
        {"citizen_id": "99080000202"},
        {"citizen_id": "011081000203"},
    )


@case(rejects(2, taken=(3,), found=("2 ID03 reject",)))
def id03_id_of_a_man(no: Numbers) -> bytes:
    """A woman has the id of a man."""
    return tang_book(no, {"citizen_id": "011080000301", "gender": "Nữ"}, {})


@case(takes(2, 3, found=("2 ID02 cash", "3 ID03 cash")))
def id02_id03_of_people_paid_already(no: Numbers) -> bytes:
    """People who are paid already have wrong ids: they are taken, and paid in cash."""
    given = {"reason": "HIEN_HUONG", "effective_month": "01/2022"}
    return tang_book(
        no,
        given | {"citizen_id": "011081000401"},
        given | {"citizen_id": "011080000402", "gender": "Nữ"},
    )


@case(takes(2, found=("2 ID04 warn",)))
def id04_no_province(no: Numbers) -> bytes:
    """No province has the number 999."""
    return tang_book(no, {"citizen_id": "999080000501"})


@case(
    rejects(2, 3, 4, found=("2 ID07 reject", "3 ID07 reject", "4 ID07 reject")),
)
def id07_birth_dates(no: Numbers) -> bytes:
    """No birth date, one of 130 years ago, one next year."""
    return tang_book(
        no,
        {"birth_date": None},
        {"birth_date": "01/01/1894", "category_code": "BT05C"},
        {"birth_date": "01/01/2025"},
    )


@case(rejects(2, 3, taken=(4,), found=("2 ID08 reject", "3 ID08 reject")), before=known(1))
def id08_ages(no: Numbers) -> bytes:
    """An orphan of 44 years, a pensioner of 10 years; one of 81."""
    return tang_book(
        no,
        {"dossier_no": no(7), "category_code": "BT01B"},
        {"category_code": "BT05C", "birth_date": "15/03/2014"},
        {"category_code": "BT05C", "birth_date": "15/03/1943"},
    )


@case(takes(2, found=("2 ID08 warn",)))
def id08_of_people_paid_already(no: Numbers) -> bytes:
    """Who is paid already and too old is taken, without an amount."""
    given = {"reason": "HIEN_HUONG", "effective_month": "01/2022", "category_code": "BT01B"}
    return tang_book(no, given)


@case(rejects(2, taken=(3,), found=("2 ID11 reject",)), before=known(2))
def id11_another_name(no: Numbers) -> bytes:
    """The dossier that leaves belongs to somebody of another name."""
    return giam(leaving(no, 1, full_name="Vừ A Páo"), leaving(no, 2))


@case(takes(2, cells={2: {"full_name": "Vừ A Páo", "has_effect": True}}), before=known(1))
def id11_but_a_correction_may_rename(no: Numbers) -> bytes:
    """A correction gives a person another name."""
    row = changing(no, full_name="Vừ A Páo", reason="CAI_CHINH", category_code="BT06D")
    return adjusting(row | {"old_category_code": None})


@case(
    rejects(2, 3, taken=(4,), found=("2 AC01 reject", "3 AC01 reject")),
    before=known(3),
)
def ac01_accounts(no: Numbers) -> bytes:
    """An account of five digits, one of 16 digits in a number cell, one with letters."""
    return account_book(
        no,
        {"account_number": "12345"},
        {"account_number": 8811205000001234},
        {"account_number": "VU0012345678"},
    )


@case(
    rejects(2, 3, 4, found=("2 AC02 reject", "3 EN09 reject", "4 EN09 reject")),
    before=known(3),
)
def ac02_banks(no: Numbers) -> bytes:
    """A bank of nowhere; a number without a bank; a bank without a number."""
    return account_book(no, {"bank": "Ngân hàng Sao Hỏa"}, {"bank": None}, {"account_number": None})


@case(
    takes(2, 3, 4, found=("2 AC03 cash", "3 AC03 cash", "4 AC03 cash")),
    before=known(3),
)
def ac03_holders(no: Numbers) -> bytes:
    """Another holder of an own account; no holder; a guardian without an id."""
    return account_book(
        no,
        {"holder_name": "VU A PAO"},
        {"holder_name": None},
        {"method": "GIAM_HO", "holder_name": "VU A PAO"},
    )


@case(takes(2, 3, found=("2 AC06 warn", "3 AC06 warn")), before=known(2))
def ac06_phones(no: Numbers) -> bytes:
    """A land line, and a number one digit short."""
    return account_book(no, {"phone": "02153845123"}, {"phone": "098765432"})


@case(takes(2, found=("2 AC11 warn",)), before=known(1))
def ac11_account_in_a_number_cell(no: Numbers) -> bytes:
    """The account number stands in a number cell: a zero may be lost."""
    return account_book(no, {"account_number": 8811205000})


@case(rejects(2, 3, taken=(4,), found=("2 EN01 reject", "3 EN01 reject")))
def en01_categories(no: Numbers) -> bytes:
    """A code of nowhere, the social pension before there was one, and a good one."""
    return tang_book(
        no,
        {"category_code": "XX01"},
        {"category_code": "HT01", "birth_date": "01/01/1945"},
        {},
    )


@case(rejects(2, 3, taken=(4,), found=("2 EN02 reject", "3 EN02 reject")))
def en02_amounts(no: Numbers) -> bytes:
    """The amount of next month, a factor of another category, and the right ones."""
    return tang_book(
        no,
        {"monthly_amount": "750.000"},
        {"coefficient": "2,0"},
        {"monthly_amount": "540.000", "coefficient": "1,5"},
    )


@case(takes(2, found=("2 EN02 warn",)))
def en02_of_people_paid_already(no: Numbers) -> bytes:
    """Who is paid already is paid by the tables, whatever the list says."""
    given = {"reason": "HIEN_HUONG", "effective_month": "01/2022", "monthly_amount": "270.000"}
    return tang_book(no, given)


@case(rejects(2, taken=(3,), found=("2 EN04 reject",)), before=known(1))
def en04_already_running(no: Numbers) -> bytes:
    """A person who is paid is added again, by another decision."""
    return tang(person(no, 1, decision_no="99/QĐ-UBND"), person(no, 2))


@case(takes(2, cells={2: {"has_effect": False}}), before=known(1))
def en04_but_the_same_row_again(no: Numbers) -> bytes:
    """A mended workbook is sent again whole: what was taken is taken without effect."""
    return tang(person(no, 1))


@case(rejects(2, 3, found=("2 EN05 reject", "3 EN05 reject")))
def en05_nothing_to_stop(no: Numbers) -> bytes:
    """People leave and change who were never there."""
    return xlsx({"GIAM": table("GIAM", [leaving(no, 1), leaving(no, 2)])})


@case(rejects(2, found=("2 EN05 reject",)), before=known(1))
def en05_before_it_began(no: Numbers) -> bytes:
    """A degree changes before the benefit began."""
    return adjusting(changing(no, effective_month="05/2024"))


@case(rejects(2, 3, taken=(4,), found=("2 EN06 reject", "3 EN06 reject")))
def en06_too_far(no: Numbers) -> bytes:
    """More than 24 months ago, more than 12 months ahead, and exactly 24 months ago."""
    return tang_book(
        no,
        {"effective_month": "05/2022"},
        {"effective_month": "07/2025"},
        {"effective_month": "06/2022"},
    )


@case(rejects(2, taken=(3,), found=("2 EN07 reject",)), before=known(2))
def en07_second_benefit(no: Numbers) -> bytes:
    """A second benefit that the law does not allow beside the first, and one that it does."""
    return tang(person(no, 1, category_code="BT08"), person(no, 2, category_code="BT04"))


@case(rejects(2, 3, taken=(4,), found=("2 EN08 reject", "3 EN08 reject")))
def en08_no_decision(no: Numbers) -> bytes:
    """No decision number, no day of decision; who is paid already needs neither."""
    given = {"reason": "HIEN_HUONG", "effective_month": "01/2022"}
    return tang_book(
        no,
        {"decision_no": None},
        {"decision_date": None},
        given | {"decision_no": None, "decision_date": None},
    )


@case(takes(2, 3, found=("2 EN08 warn", "3 EN09 warn")), before=known(2))
def en08_en09_of_the_dead(no: Numbers) -> bytes:
    """A death without decision, and one without its day: both are taken."""
    dead = {"reason": "CHET", "effective_month": "07/2024"}
    return giam(
        leaving(no, 1, **dead, decision_no=None, death_date="10/06/2024"),
        leaving(no, 2, **dead),
    )


@case(
    rejects(
        2,
        3,
        4,
        5,
        found=("2 EN09 reject", "3 EN09 reject", "4 EN09 reject", "5 EN09 reject"),
    )
)
def en09_required_fields(no: Numbers) -> bytes:
    """No name, no category, no month, and a reason that is none."""
    return tang_book(
        no,
        {"full_name": None},
        {"category_code": None},
        {"effective_month": None},
        {"reason": "VÌ THÍCH"},
    )


@case(takes(2, found=("2 EN11 warn",)), before=known(1))
def en11_same_family(no: Numbers) -> bytes:
    """A change to a code of the same family, whose band follows age by itself."""
    return adjusting(changing(no, category_code="BT06F"))


@case(
    takes(
        2,
        found=("2 EN12 fix",),
        cells={2: {"effective_month": "2024-06"}},
        repairs=("2 EN12 effective_month: 09/2024 -> 06/2024",),
    ),
    before=known(1),
)
def en12_month_after_death(no: Numbers) -> bytes:
    """Somebody died in May and is said to stop in September."""
    dead = {"reason": "CHET", "effective_month": "09/2024", "death_date": "10/05/2024"}
    return giam(leaving(no, **dead))


@case(takes(2, found=("2 EN13 warn",)), before=roster(1))
def en13_before_this_system(no: Numbers) -> bytes:
    """The degree of somebody paid already rose in a month that other books hold."""
    return adjusting(changing(no, effective_month="03/2024"))


@case(takes(3, found=("3 EN14 warn",)), before=lambda no: {**known(1)(no), "GIAM": [leaving(no)]})
def en14_a_gap_in_moving(no: Numbers) -> bytes:
    """Who left one commune from July arrives in the other in September."""
    moved = person(no, 1, reason="CHUYEN_DEN", effective_month="09/2024")
    return xlsx({"TANG": [["Xã: 03241"], *table("TANG", [moved])]})


@case(takes(2, 3, cells={2: {"no_account_reason": "O_XA"}}), before=known(2))
def cash_and_guardian(no: Numbers) -> bytes:
    """A registered exception, and a guardian's account that is in order."""
    nothing = dict.fromkeys(("holder_name", "phone", "bank", "account_number"))
    guardian = {"holder_name": "Vừ A Páo", "holder_citizen_id": "011075000601"}
    return account_book(
        no,
        nothing | {"method": "TIEN_MAT", "no_account_reason": "Ở xa"},
        {"method": "GIAM_HO", "relation": "Cha"} | guardian,
    )


@case(rejects(2, 3, found=("2 FL05 reject", "3 FL05 reject")), before=known(1))
def fl05_two_accounts_of_one_person(no: Numbers) -> bytes:
    """One dossier has two accounts on one list."""
    rows = [account(no, 1), account(no, 1, account_number="8811205777777")]
    return xlsx({"TAI_KHOAN": table("TAI_KHOAN", rows)})
