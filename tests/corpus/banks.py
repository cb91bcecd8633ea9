"""Results as banks send them: their own tables, pain.002, camt.053 and camt.054, MT940."""

from __future__ import annotations

from tests.corpus.bank_files import (
    DEBIT,
    FEE,
    RETURNED,
    REVERSAL,
    camt,
    detail,
    entry,
    mt940,
    pain002,
    payment_id,
    report,
    xml,
)
from tests.corpus.case import Numbers, case, rejects, returns, takes
from tests.corpus.writing import Grid, csv_text, xlsx

PAID = {"payment_id": payment_id(), "amount": 540_000, "status": "THANH_CONG", "error_code": None}
FAILED = {"payment_id": payment_id(2), "amount": 540_000, "status": "LOI", "error_code": "TK_DONG"}
BACK = {"payment_id": payment_id(), "amount": 540_000, "status": "HOAN_TRA"}
OURS = ["STT", "Mã chi trả", "Tên người thụ hưởng", "Số tài khoản", "Số tiền", "Nội dung"]
AGRIBANKS = [
    "STT",
    "Tài khoản thụ hưởng",
    "Số tiền chuyển",
    "Nội dung",
    "Kết quả giao dịch",
    "Lý do",
]


def agribank(no: Numbers, *rows: list[object]) -> Grid:
    """Return a table as Agribank prints it, under its own name."""
    name = "NGÂN HÀNG NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN VIỆT NAM"
    return [[name], [f"KẾT QUẢ GIAO DỊCH {no(1)}"], [], AGRIBANKS, *rows]


@case(
    rejects(
        8,
        taken=(5, 6, 7),
        found=("8 EN09 reject",),
        cells={
            5: PAID | {"provider": "AGRIBANK", "account_number": "8811205000123"},
            6: FAILED,
            7: {"payment_id": payment_id(3), "status": "LOI", "error_code": None},
        },
    )
)
def bank_table_in_its_own_words(no: Numbers) -> bytes:
    """A bank's own headers and words, the id inside the text; a word that nobody declared."""
    rows = [
        [1, "8811205000123", "540,000.00", f"{payment_id()} tro cap", "Giao dịch thành công", ""],
        [
            2,
            "8811205000124",
            540000,
            f"MBVCB.1.{payment_id(2).lower()}",
            "Từ chối",
            "Tài khoản đóng",
        ],
        [3, "8811205000125", "540000", f"{payment_id(3)}.CT", "KHÔNG THÀNH CÔNG", "Lỗi lạ"],
        [4, "8811205000126", "540000", payment_id(4), "Giao dịch lạ", ""],
    ]
    return xlsx({"Ket qua": agribank(no, *rows)})


@case(
    takes(5, 6, cells={5: PAID, 6: {"payment_id": None, "account_number": "8811205000124"}}),
    name="ket qua.csv",
)
def bank_table_with_broken_ids(no: Numbers) -> bytes:
    """The bank broke the text into two lines; of the next one it cut the end."""
    ids = payment_id()[:9] + "\n" + payment_id()[9:], payment_id(2)[:11]
    rows = [
        [n, f"88112050001{22 + n}", "540.000", text, "Đã hạch toán", ""]
        for n, text in enumerate(ids, 1)
    ]
    return csv_text(agribank(no, *rows)).encode()


@case(takes(5, 6), name="ky ten.csv")
def bank_table_with_a_place_and_day_over_the_signature(no: Numbers) -> bytes:
    """Under the column of texts stand, below the table, a total, a place with its day, a name."""
    rows = [
        [n, f"88112050002{22 + n}", 540_000, f"{payment_id(n)} tro cap", "Đã hạch toán", ""]
        for n in (1, 2)
    ]
    signed = [["Tổng cộng", "", 1_080_000], [], ["", "", "", "Tủa Chùa, ngày 5 tháng 6 năm 2024"]]
    return csv_text([*agribank(no, *rows), *signed, ["", "", "", "Giám đốc"]]).encode()


@case(
    rejects(2, found=("2 EN09 reject",)),
    name="kq.csv",
)
def words_of_a_provider_that_nobody_named(no: Numbers) -> bytes:
    """The same words, but nothing says whose they are: nobody is paid by a guess."""
    row = [1, "8811205000123", "540000", payment_id(), "Giao dịch thành công", no(1)]
    return csv_text([AGRIBANKS, row]).encode()


@case(returns("không có trạng thái", "phòng gửi đi"), name="2024-06_AGRIBANK.csv")
def our_own_file_comes_back(no: Numbers) -> bytes:
    """Our own payment file comes back as if it were a result."""
    return csv_text([OURS, [1, payment_id(), "VU A HUNG", "8811205000123", 540000, no(1)]]).encode()


@case(returns("không có trạng thái", "phòng gửi đi"), name="2024-06_VIETTEL_cash.csv")
def our_own_cash_file_comes_back(no: Numbers) -> bytes:
    """Our own list for cash comes back: it names no accounts."""
    head = ["STT", "Mã chi trả", "Họ và tên người nhận", "Số định danh", "Xã", "Số tiền"]
    return csv_text([head, [1, payment_id(), "Vừ A Hùng", no(1), "Sính Phình", 540000]]).encode()


@case(returns("pain.001", "không có trạng thái"), name="lenh.xml")
def our_own_order_comes_back(no: Numbers) -> bytes:
    """Our own order (pain.001) comes back as if it were a result."""
    inside = f"<GrpHdr><MsgId>{no(1)}</MsgId></GrpHdr><PmtInf><PmtInfId>1</PmtInfId></PmtInf>"
    return xml("pain.001.001.09", f"<CstmrCdtTrfInitn>{inside}</CstmrCdtTrfInitn>")


@case(
    takes(
        1,
        2,
        3,
        4,
        cells={
            1: PAID | {"provider": "AGRIBANK", "account_number": "8811205000123"},
            2: FAILED,
            3: {"status": "LOI", "error_code": "CHET"},
            4: {"status": "DANG_XU_LY"},
        },
    ),
    name="bao cao.xml",
)
def pain002_of_some_lines(no: Numbers) -> bytes:
    """A report on some of our orders: settled, account closed, payee dead, still under way."""
    return pain002(
        no(1),
        report("ACSC"),
        report("RJCT", 2, reason="AC04"),
        report("RJCT", 3, reason="MD07"),
        report("ACSP", 4),
    )


@case(
    rejects(
        2,
        3,
        taken=(1, 4),
        found=("2 EN09 reject", "3 EN09 reject"),
        cells={4: {"status": "LOI", "error_code": None}},
    ),
    name="bao cao.bin",
)
def pain002_of_another_version(no: Numbers) -> bytes:
    """A newer version, with a prefix: an unknown status, dollars, and a reason that is nobody's."""
    return pain002(
        no(1),
        report("ACCC"),
        report("XXXX", 2),
        report("ACSC", 3, currency="USD", amount="21.50"),
        report("RJCT", 4, reason="AM04"),
        version="pain.002.001.10",
        prefix="ns2",
    )


@case(
    rejects(2, taken=(1, 3), found=("2 EN09 reject",), cells={3: {"amount": 540}}),
    name="so tien.xml",
)
def pain002_amounts(no: Numbers) -> bytes:
    """Decimals of a dong that are nothing, decimals that are something, and a point that is none.

    540.000 is five hundred and forty in a message, where people would mean half a million.
    """
    amounts = enumerate(("540000.0", "540000.50", "540.000"), 1)
    return pain002(no(1), *(report("ACSC", n, amount=amount) for n, amount in amounts))


@case(takes(1, 2, cells={1: PAID, 2: PAID}), name="hai lan.xml")
def pain002_says_it_twice(no: Numbers) -> bytes:
    """One order stands twice in a report."""
    return pain002(no(1), report("ACSC"), report("ACSC"))


@case(returns("trạng thái chung", "ACCP"), name="ca lo.xml")
def pain002_of_the_whole_group(no: Numbers) -> bytes:
    """The bank took the whole file, and says nothing of any order: nobody is paid by that."""
    return pain002(no(1), group="ACCP")


@case(returns("DOCTYPE"), name="thuc the.xml")
def xml_with_entities(no: Numbers) -> bytes:
    """A report whose head declares entities that grow a thousandfold, or read a file."""
    inside = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">'
    return pain002(no(1), report("ACSC"), start=f"<!DOCTYPE Document [{inside}]>")


@case(returns("hỏng hoặc bị cắt ngắn"), name="cut.xml")
def xml_cut_short(no: Numbers) -> bytes:
    """The last hundred bytes of a report are missing."""
    return pain002(no(1), report("ACSC"), report("ACSC", 2))[:-100]


@case(returns("không phải pain.002"), name="khac.xml")
def xml_of_another_kind(no: Numbers) -> bytes:
    """Some other XML."""
    return f'<?xml version="1.0"?><Invoice><Id>{no(1)}</Id></Invoice>'.encode()


@case(
    takes(
        1,
        2,
        3,
        4,
        5,
        cells={
            1: PAID | {"provider": "AGRIBANK", "account_number": "8811205000123"},
            2: {"payment_id": payment_id(2), "amount": 360_000, "status": "THANH_CONG"},
            3: {"payment_id": payment_id(3), "amount": 500_000, "status": "THANH_CONG"},
            4: BACK | {"error_code": "SAI_SO_TK"},
            5: {"payment_id": payment_id(2), "status": "HOAN_TRA", "error_code": None},
        },
    ),
    name="bao no.xml",
)
def camt054_debits_and_returns(no: Numbers) -> bytes:
    """One payment, two in one entry, one that came back with its reason, one that was reversed."""
    return camt(
        no(1),
        entry("540000", "DBIT", detail()),
        entry("860000", "DBIT", detail(2, amount="360000"), detail(3, amount="500000")),
        entry("540000", "CRDT", detail(1, more=RETURNED.format("AC01"))),
        entry("360000", "CRDT", detail(2), more=REVERSAL),
    )


@case(
    rejects(
        3,
        4,
        taken=(1, 2, 5),
        found=("3 EN09 reject", "4 EN09 reject"),
        cells={
            1: PAID,
            2: {"payment_id": None, "account_number": "1500201000001", "amount": 5500},
            5: {"status": "DANG_XU_LY"},
        },
    ),
    name="bao no 2.xml",
)
def camt054_fee_and_stray_lines(no: Numbers) -> bytes:
    """Beside a payment a fee, a credit that may be anything, dollars, and one not booked yet."""
    return camt(
        no(1),
        entry("540000", "DBIT", detail(text=f"{payment_id()} TRO CAP"), status="<Sts>BOOK</Sts>"),
        entry("5500", "DBIT", text="PHI DICH VU SMS"),
        entry("900000000", "CRDT", text="KHO BAC CHUYEN TIEN"),
        entry("21.50", "DBIT", detail(2), currency="USD"),
        entry("540000", "DBIT", detail(3), status="<Sts><Cd>PDNG</Cd></Sts>"),
        version="camt.054.001.02",
    )


@case(takes(1, 2), name="sao ke 1.xml")
def camt053_that_adds_up(no: Numbers) -> bytes:
    """A statement: what it began with less two payments is what it ends with."""
    two = (entry("540000", "DBIT", detail(n)) for n in (1, 2))
    return camt(
        no(1),
        *two,
        version="camt.053.001.08",
        balances=(("OPBD", "10000000.00"), ("CLBD", "8920000.00")),
    )


@case(takes(1, 2, found=("- FL07 warn",)), name="sao ke 2.xml")
def camt053_that_does_not_add_up(no: Numbers) -> bytes:
    """A statement that ends with more than it can."""
    two = (entry("540000", "DBIT", detail(n)) for n in (1, 2))
    return camt(
        no(1),
        *two,
        version="camt.053.001.08",
        balances=(("OPBD", "10000000.00"), ("CLBD", "9460000.00")),
    )


@case(
    takes(
        1,
        2,
        3,
        4,
        cells={
            1: PAID | {"provider": "AGRIBANK", "account_number": None},
            2: {"payment_id": payment_id(2), "account_number": "8811205000124"},
            3: {"payment_id": None, "account_number": "1500201000001", "amount": 5500},
            4: BACK,
        },
    ),
    name="sao ke.sta",
)
def mt940_debits_fee_and_reversal(no: Numbers) -> bytes:
    """Two payments, their ids in a plain and in a numbered text, a fee, and one taken back."""
    parts = f"106?00CHUYEN TIEN?20{payment_id(2)[:8]}?21{payment_id(2)[8:]}?318811205000124?32VU A"
    return mt940(
        no(1),
        (DEBIT, f"{payment_id()} TRO CAP THANG 6"),
        (DEBIT, parts),
        FEE,
        (DEBIT.replace("D", "RD", 1), payment_id()),
        closing="C240606VND9454500,00",
    )


@case(
    rejects(
        2,
        4,
        taken=(1, 3),
        found=("2 EN09 reject", "4 EN09 reject", "- FL07 warn"),
        cells={1: PAID, 3: BACK | {"error_code": "TK_DONG"}},
    ),
    name="sao ke.txt",
)
def mt940_lines_that_nobody_can_read(no: Numbers) -> bytes:
    """A credit that may be anything, a return with its reason, and a line that is no line."""
    return mt940(
        no(1),
        (DEBIT, payment_id()),
        ("2406050605C900000000,NTRFNONREF", "KHO BAC CHUYEN TIEN"),
        ("2406050605C540000,NRTINONREF", f"/RTRN/AC04 {payment_id()}"),
        ("hôm nay", payment_id(2)),
        end="\n",
    )


@case(takes(1, found=("- FL07 warn",)), name="sao ke 3.txt")
def mt940_that_does_not_add_up(no: Numbers) -> bytes:
    """The balance at the end is one dong more than it can be."""
    return mt940(no(1), (DEBIT, payment_id()), closing="C240606VND9460001,")


@case(takes(1, found=("- FL07 warn",)), name="sao ke 4.txt")
def mt940_cut_short(no: Numbers) -> bytes:
    """The end is missing, and the balance with it."""
    return mt940(no(1), (DEBIT, payment_id()), closing="")


@case(rejects(1, found=("1 EN09 reject",)), name="sao ke 5.txt")
def mt940_in_dollars(no: Numbers) -> bytes:
    """The account is kept in dollars."""
    entry_of = (DEBIT.replace("540000,", "21,50"), payment_id())
    return mt940(no(1), entry_of, opening="C240605USD100,00", closing="C240606USD78,50")
