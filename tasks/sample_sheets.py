"""Turns the rows of a sample month into the text that a commune would write, sheet by sheet."""

import numpy as np
import polars as pl

from tasks.sample_draw import GIVENS, MIDDLES, SURNAMES
from tasks.sample_months import CHECK_KINDS, MonthRows
from tasks.sample_names import POOLS, RELATIONS, VILLAGE_FIRST, VILLAGE_LAST
from tasks.sample_people import (
    AUTHORISED,
    CASH,
    FORMS,
    FULL_DATE,
    GUARDIAN,
    MONTH_ONLY,
    NO_ACCOUNT_REASONS,
    NONE,
    OWN,
    YEAR_ONLY,
    Office,
    running_people,
)
from tasks.sample_tables import BANKS, NO_RATE, Flags, Ints, Tables

# Added to the number of a dossier that nobody has.
UNKNOWN_DOSSIER = 9_000_000
# Positions of communes that report after the 20th, and that name banks instead of their BIN.
LATE_REPORTERS = (3, 8)
BANKS_BY_NAME = (1, 4, 7, 10)
EFFECTIVE_LABELS = {
    "TANG": "Hưởng từ tháng",
    "GIAM": "Thôi hưởng từ tháng",
    "DIEU_CHINH": "Điều chỉnh từ tháng",
}
Columns = dict[str, pl.Series]


def bien_dong_sheets(office: Office, rows: MonthRows, commune: int) -> dict[str, pl.DataFrame]:
    """The sheets TANG, GIAM and DIEU_CHINH of one commune."""
    sheets = {
        "TANG": _tang(office, _of(rows.tang, commune), rows.cycle),
        "GIAM": _giam(office, _of(rows.giam, commune), rows.cycle),
        "DIEU_CHINH": _dieu_chinh(office, _of(rows.dieu_chinh, commune)),
    }
    return {name: _numbered(sheet) for name, sheet in sheets.items()}


def tai_khoan_sheet(office: Office, rows: MonthRows, commune: int) -> pl.DataFrame:
    """The sheet TAI_KHOAN of one commune."""
    return _numbered(_tai_khoan(office, _of(rows.tai_khoan, commune), commune))


def xac_thuc_sheet(office: Office, rows: MonthRows, commune: int) -> pl.DataFrame:
    """The sheet XAC_THUC of one commune: what police, telecom and banks checked."""
    return _numbered(_xac_thuc(office, _of(rows.xac_thuc, commune), rows.cycle))


def bao_cao_sheet(office: Office, rows: MonthRows, commune: int) -> pl.DataFrame:
    """The sheet BAO_CAO of one commune; a figure of every fifth commune is one too high."""
    day = 21 if commune in LATE_REPORTERS else 13 + commune % 6
    figures = _figures(office, rows, commune)
    if commune % 5 == 4:
        figures["with_account"] += 1
    size = len(figures)
    name = office.tables.commune_names[commune]
    return pl.DataFrame(
        {
            "Đơn vị": [name] * size,
            "Kỳ": [month_text_of(rows.cycle)] * size,
            "Ngày báo cáo": [f"{day:02d}/{month_text_of(rows.cycle)}"] * size,
            "Chỉ tiêu": list(figures),
            "Giá trị": [str(value) for value in figures.values()],
        }
    )


def month_text_of(month: int) -> str:
    """The month number as `06/2024`."""
    return f"{month % 12 + 1:02d}/{month // 12}"


def _of(rows: pl.DataFrame, commune: int) -> pl.DataFrame:
    return rows.filter(pl.col("commune") == commune)


def _numbered(sheet: pl.DataFrame) -> pl.DataFrame:
    return sheet.with_row_index("STT", offset=1)


def _tang(office: Office, rows: pl.DataFrame, cycle: int) -> pl.DataFrame:
    people, person, flaw = office.people, _ints(rows, "person"), rows["flaw"]
    peoples = [pool.ethnicity for pool in POOLS]
    return pl.DataFrame(
        {
            "Mã hồ sơ": dossier_numbers(person),
            "Họ và tên": full_names(office, person),
            "Ngày sinh": _without(_births(office, person), flaw == "no_birth"),
            "Giới tính": _words(("Nam", "Nữ"), people.is_female[person]),
            "Số định danh": _flawed_ids(office, person, flaw),
            "Dân tộc": _words(peoples, people.ethnicity[person]),
            "Thôn/bản": _villages(people.village[person]),
            **_category(office, rows, cycle),
            "Số suất": _units(rows),
            **_decision(rows, _flag(flaw != "no_decision")),
            EFFECTIVE_LABELS["TANG"]: month_texts(_ints(rows, "month")),
            "Lý do": rows["reason"],
            "Ghi chú": _nothing(len(rows)),
        }
    )


def _category(office: Office, rows: pl.DataFrame, cycle: int) -> Columns:
    """Code, coefficient and amount: of a roster row those of the cycle, else of its own month."""
    tables, month, family = office.tables, _ints(rows, "month"), _ints(rows, "family")
    birth = office.people.birth_month[_ints(rows, "person")]
    counts = np.where(_flag(rows["reason"] == "HIEN_HUONG"), cycle, month)
    band, then = tables.band(family, birth, counts), tables.band(family, birth, month)
    rate = tables.rate(band, counts)
    # A roster row shows an amount only where it was the same when the benefit began.
    is_shown = _flag(rows["shows_amount"]) & (rate != NO_RATE)
    is_shown &= (band == then) & (rate == tables.rate(then, month))
    return {
        "Mã loại đối tượng": _words(tables.band_codes, band),
        **_amounts(tables, band, rate * _ints(rows, "units"), is_shown),
    }


def _giam(office: Office, rows: pl.DataFrame, cycle: int) -> pl.DataFrame:
    person, family = _ints(rows, "person"), _ints(rows, "family")
    birth = office.people.birth_month[person]
    band = office.tables.band(family, birth, np.full(len(rows), cycle))
    before = office.tables.band(family, birth, np.full(len(rows), cycle - 1))
    is_unknown = (rows["flaw"] == "unknown").to_numpy()
    has_decision = (rows["flaw"] != "no_decision").to_numpy() & (_ints(rows, "decision") != NONE)
    return pl.DataFrame(
        {
            "Mã hồ sơ": dossier_numbers(person + is_unknown * UNKNOWN_DOSSIER),
            "Họ và tên": full_names(office, person),
            "Mã loại đối tượng": _words(
                office.tables.band_codes, np.where(band == NONE, before, band)
            ),
            **_decision(rows, has_decision),
            EFFECTIVE_LABELS["GIAM"]: month_texts(_ints(rows, "month")),
            "Lý do": rows["reason"],
            "Ngày chết": date_texts(_ints(rows, "death_month"), _ints(rows, "death_day")),
            "Ghi chú": _nothing(len(rows)),
        }
    )


def _dieu_chinh(office: Office, rows: pl.DataFrame) -> pl.DataFrame:
    tables, person = office.tables, _ints(rows, "person")
    birth, effective = office.people.birth_month[person], _ints(rows, "month")
    band = tables.band(_ints(rows, "family"), birth, effective)
    old_band = tables.band(_ints(rows, "old_family"), birth, effective - 1)
    rate = tables.rate(band, effective)
    is_shown = rows["shows_amount"].to_numpy() & (rate != NO_RATE)
    ids = _flawed_ids(office, person, rows["flaw"])
    return pl.DataFrame(
        {
            "Mã hồ sơ": dossier_numbers(person),
            "Họ và tên": full_names(office, person),
            "Số định danh": _without(ids, ~rows["shows_id"]),
            "Mã loại đối tượng": _words(tables.band_codes, band),
            "Mã loại cũ": _words(tables.band_codes, old_band),
            **_amounts(tables, band, rate * _ints(rows, "units"), is_shown),
            "Số suất": _units(rows),
            **_decision(rows, np.ones(len(rows), dtype=np.bool_)),
            EFFECTIVE_LABELS["DIEU_CHINH"]: month_texts(effective),
            "Lý do": rows["reason"],
            "Ghi chú": _nothing(len(rows)),
        }
    )


def _tai_khoan(office: Office, rows: pl.DataFrame, commune: int) -> pl.DataFrame:
    people, person, flaw = office.people, _ints(rows, "person"), rows["flaw"]
    form, has_account = people.form[person], people.bank[person] != NONE
    name = full_names(office, person)
    account = account_numbers(office, person, _flag(rows["is_second"]))
    # Without an account nobody has been named to collect it yet.
    is_own, is_authorised = (form == OWN) & has_account, (form == AUTHORISED) & has_account
    has_holder = is_authorised | ((form == GUARDIAN) & has_account)
    holder = _either(is_own, name, _without(_holder_names(office, person), ~has_holder))
    own_id = np.where(is_own, people.citizen_id[person], NONE)
    document = pl.Series(people.document[person]).cast(pl.String) + "/UQ-UBND"
    expires = np.where(is_authorised, people.expires[person], NONE)
    return pl.DataFrame(
        {
            "Mã hồ sơ": dossier_numbers(person),
            "Họ và tên": _replaced(name, flaw == "other_name", "Nguyễn Văn Khác"),
            "Hình thức nhận": _words(FORMS, form),
            "Tên chủ tài khoản": holder.str.to_uppercase(),
            "Số định danh chủ tài khoản": citizen_ids(
                np.where(has_holder, people.holder_id[person], own_id)
            ),
            "Quan hệ": _without(_relations(office, person), ~has_holder),
            "Số văn bản ủy quyền": _without(document, ~is_authorised),
            "Ngày hết hạn ủy quyền": date_texts(expires, np.full(len(rows), 28)),
            "Số điện thoại": _phones(office, people.phone[person], flaw),
            **_banks(people.bank[person], flaw, commune in BANKS_BY_NAME),
            "Số tài khoản": _either(flaw == "short_account", account.str.head(5), account),
            "Lý do chưa có tài khoản": _words(NO_ACCOUNT_REASONS, people.reason[person]),
        }
    )


def _banks(bank: Ints, flaw: pl.Series, by_name: bool) -> Columns:
    """Some communes write the names of banks, the others their BIN."""
    label = "Ngân hàng" if by_name else "Mã ngân hàng (BIN)"
    text = _words([known.name if by_name else known.bin for known in BANKS], bank)
    return {label: _replaced(text, flaw == "unknown_bank", "Ngân hàng xã")}


def _xac_thuc(office: Office, rows: pl.DataFrame, cycle: int) -> pl.DataFrame:
    people, person, kind = office.people, _ints(rows, "person"), _ints(rows, "kind")
    values = [
        citizen_ids(people.citizen_id[person]),
        _padded(people.phone[person], 10),
        account_numbers(office, person, np.zeros(len(rows), dtype=np.bool_)),
    ]
    banks = "Ngân hàng " + _words([bank.name for bank in BANKS], people.bank[person])
    names = pl.Series(office.tables.commune_names).gather(_ints(rows, "commune"))
    units = ["Công an " + names, pl.Series(["Viettel Điện Biên"] * len(rows)), banks]
    unknown = _flag(rows["flaw"] == "unknown") * UNKNOWN_DOSSIER
    return pl.DataFrame(
        {
            "Mã hồ sơ": dossier_numbers(person + unknown),
            "Loại": _words(CHECK_KINDS, kind),
            "Giá trị": _either(kind == 0, values[0], _either(kind == 1, values[1], values[2])),
            "Kết quả": _words(("SAI", "DUNG"), _flag(rows["is_right"]).astype(np.int64)),
            "Ngày": date_texts(np.full(len(rows), cycle), _ints(rows, "day")),
            "Đơn vị": _either(kind == 0, units[0], _either(kind == 1, units[1], units[2])),
        }
    )


def _figures(office: Office, rows: MonthRows, commune: int) -> dict[str, int]:
    """A handful of the figures of the progress report, as the commune counts them itself."""
    people = office.people
    here = running_people(office) & (people.commune == commune)
    told = here & people.has_account_row
    has_account = told & (people.bank != NONE)
    is_news = rows.tang["reason"] != "HIEN_HUONG"
    counts = {
        "beneficiaries": here,
        "with_citizen_id": here & (people.citizen_id != NONE),
        "with_phone": told & (people.phone != NONE),
        "with_account": has_account,
        "account_own": has_account & (people.form == OWN),
        "account_guardian": has_account & (people.form == GUARDIAN),
        "account_authorised": has_account & (people.form == AUTHORISED),
        "cash_exception": told & (people.form == CASH),
        "no_account": here & ~has_account & ~(told & (people.form == CASH)),
    }
    figures = {name: int(flags.sum()) for name, flags in counts.items()}
    figures["increase_count"] = len(_of(rows.tang.filter(is_news), commune))
    figures["decrease_count"] = len(_of(rows.giam, commune))
    return figures


# Text of numbers: every function takes arrays with one element per row and gives a text column.


def dossier_numbers(person: Ints) -> pl.Series:
    return "TC-" + _padded(person + 1, 7)


def full_names(office: Office, person: Ints) -> pl.Series:
    people = office.people
    return _full_names(people.surname[person], people.middle[person], people.given[person])


def account_numbers(office: Office, person: Ints, is_second: Flags) -> pl.Series:
    """The account of each one; a wallet's is its phone; `is_second` gives another number."""
    people = office.people
    bank = people.bank[person]
    number = _padded((people.account[person] + is_second) % 10**9, 9)
    account = _words([bank.prefix for bank in BANKS], bank) + number
    is_wallet = np.array([bank.is_wallet for bank in BANKS])[bank] & ~is_second
    wallet = _padded(people.phone[person], 10)
    return _either(is_wallet & (bank != NONE), wallet, account)


def citizen_ids(ids: Ints) -> pl.Series:
    return _padded(ids, 12)


def month_texts(months: Ints) -> pl.Series:
    text = _padded(months % 12 + 1, 2) + "/" + pl.Series(months // 12).cast(pl.String)
    return _without(text, months == NONE)


def date_texts(months: Ints, days: Ints) -> pl.Series:
    return _padded(days, 2) + "/" + month_texts(months)


def _holder_names(office: Office, person: Ints) -> pl.Series:
    people = office.people
    parts = (people.holder_surname, people.holder_middle, people.holder_given)
    return _full_names(*(part[person] for part in parts))


def _full_names(surname: Ints, middle: Ints, given: Ints) -> pl.Series:
    return _words(SURNAMES, surname) + " " + _words(MIDDLES, middle) + " " + _words(GIVENS, given)


def _births(office: Office, person: Ints) -> pl.Series:
    people = office.people
    birth, precision = people.birth_month[person], people.precision[person]
    texts = {
        FULL_DATE: date_texts(birth, people.birth_day[person]),
        MONTH_ONLY: month_texts(birth),
        YEAR_ONLY: pl.Series(birth // 12).cast(pl.String),
    }
    by_part = _either(precision == MONTH_ONLY, texts[MONTH_ONLY], texts[YEAR_ONLY])
    return _either(precision == FULL_DATE, texts[FULL_DATE], by_part)


def _flawed_ids(office: Office, person: Ints, flaw: pl.Series) -> pl.Series:
    """Ids as written: some a digit short, without the leading zero, or of the other gender."""
    ids = office.people.citizen_id[person]
    digit = 10**8
    is_other = _flag(flaw == "gender_digit") & (ids != NONE)
    # 0 and 1, 2 and 3 are the genders of one century.
    other = np.where(ids // digit % 2 == 0, ids + digit, ids - digit)
    text = citizen_ids(np.where(is_other, other, ids))
    text = _either(flaw == "short_id", text.str.head(11), text)
    return _either(flaw == "zero_lost", text.str.tail(11), text)


def _villages(village: Ints) -> pl.Series:
    first, last = np.divmod(village, len(VILLAGE_LAST))
    return _words(VILLAGE_FIRST, first) + " " + _words(VILLAGE_LAST, last)


def _relations(office: Office, person: Ints) -> pl.Series:
    people = office.people
    form, is_female = people.form[person], people.holder_is_female[person]
    which = np.maximum(people.holder[person], 0) % 4
    text = _nothing(len(person))
    for (name, female), relations in RELATIONS.items():
        here = (form == FORMS.index(name)) & (is_female == int(female))
        text = _either(here, _words(relations, which), text)
    return text


def _phones(office: Office, phone: Ints, flaw: pl.Series) -> pl.Series:
    """Ten digits; a few still written with the eleven of before 2018."""
    text = _padded(phone, 10)
    old = office.tables.old_prefixes
    prefix = text.str.head(3).replace_strict(old, default=None, return_dtype=pl.String)
    has_old = (flaw == "old_phone") & prefix.is_not_null()
    return _either(has_old, prefix + text.str.slice(3), text)


def _amounts(tables: Tables, band: Ints, amount: Ints, is_shown: Flags) -> Columns:
    coefficient = _words([text.replace(".", ",") for text in tables.band_coefficients], band)
    return {
        "Hệ số": _without(coefficient.replace("", None), ~is_shown),
        "Mức trợ cấp": _without(_dotted(amount), ~is_shown),
    }


def _dotted(amount: Ints) -> pl.Series:
    """`1.080.000`, made once for each distinct amount."""
    distinct, position = np.unique(amount, return_inverse=True)
    texts = [f"{value:,}".replace(",", ".") for value in distinct.tolist()]
    return _words(texts, position.astype(np.int64))


def _units(rows: pl.DataFrame) -> pl.Series:
    units = _ints(rows, "units")
    return _without(pl.Series(units).cast(pl.String), units == 1)


def _decision(rows: pl.DataFrame, is_given: Flags) -> Columns:
    number = rows["decision"].cast(pl.String) + "/QĐ-UBND"
    dates = date_texts(_ints(rows, "decision_month"), _ints(rows, "decision_day"))
    return {
        "Số quyết định": _without(number, ~is_given),
        "Ngày quyết định": _without(dates, ~is_given),
    }


def _words(words: list[str] | tuple[str, ...], position: Ints) -> pl.Series:
    """The word at each position, null at NONE."""
    index = pl.Series(position)
    known = index.set(index == NONE, None)
    return pl.Series(words, dtype=pl.String).gather(known)


def _padded(numbers: Ints, width: int) -> pl.Series:
    """Digits with leading zeros, null at NONE."""
    text = pl.Series(numbers).cast(pl.String).str.zfill(width)
    return _without(text, numbers == NONE)


def _without(text: pl.Series, mask: pl.Series | Flags) -> pl.Series:
    return text.set(pl.Series(mask), None)


def _replaced(text: pl.Series, mask: pl.Series, word: str) -> pl.Series:
    return text.set(mask, word)


def _either(mask: pl.Series | Flags, yes: pl.Series, no: pl.Series) -> pl.Series:
    return yes.zip_with(pl.Series(mask), no)


def _nothing(size: int) -> pl.Series:
    return pl.repeat(None, size, dtype=pl.String, eager=True)


def _ints(rows: pl.DataFrame, column: str) -> Ints:
    return rows[column].to_numpy()


def _flag(column: pl.Series) -> Flags:
    return column.to_numpy()
