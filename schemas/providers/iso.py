"""What the words of bank messages mean: ISO 20022 (pain.002, camt.053, camt.054) and MT940.

A provider's profile goes before these tables. What stands in neither is never paid, failed or
returned: the line goes back. Reason codes: ISO external code sets, status and return reasons.
"""

from __future__ import annotations

from schemas.providers.results import AmountFormat

# What a line is called in the raw table when it comes from a message instead of a sheet.
PAIN002, CAMT, MT940 = "PAIN002", "CAMT", "MT940"
MESSAGE_KINDS = (PAIN002, CAMT, MT940)

# `Ccy` apart, an amount is written with a point, in MT940 with a comma, and without thousands.
AMOUNTS = {
    PAIN002: AmountFormat(decimal="."),
    CAMT: AmountFormat(decimal="."),
    MT940: AmountFormat(decimal=","),
}

# camt: CdtDbtInd and Sts of the entry, then RTRN where it has a return reason, RVSL where the bank
# marks a reversal. MT940: the mark of :61:, then RTRN where the line says that it is a return.
# A credit without such a mark may be anything: it is left to the profile.
STATUSES: dict[str, dict[str, str]] = {
    PAIN002: {
        "ACSC": "THANH_CONG",  # settled on the debtor's account
        "ACCC": "THANH_CONG",  # settled on the creditor's account
        "RCVD": "DANG_XU_LY",
        "PDNG": "DANG_XU_LY",
        "PATC": "DANG_XU_LY",
        "ACTC": "DANG_XU_LY",
        "ACFC": "DANG_XU_LY",
        "ACCP": "DANG_XU_LY",
        "ACSP": "DANG_XU_LY",
        "ACWC": "DANG_XU_LY",
        "ACWP": "DANG_XU_LY",
        "RJCT": "LOI",
        "CANC": "LOI",
    },
    CAMT: {
        "DBIT BOOK": "THANH_CONG",
        "DBIT PDNG": "DANG_XU_LY",
        "DBIT INFO": "DANG_XU_LY",
        "DBIT FUTR": "DANG_XU_LY",
        "CRDT BOOK RTRN": "HOAN_TRA",
        "CRDT BOOK RVSL": "HOAN_TRA",
        "CRDT BOOK RTRN RVSL": "HOAN_TRA",
        "CRDT PDNG RTRN": "DANG_XU_LY",
        "CRDT PDNG RVSL": "DANG_XU_LY",
    },
    MT940: {
        "D": "THANH_CONG",
        "RD": "HOAN_TRA",  # reversal of a debit
        "C RTRN": "HOAN_TRA",
        "RD RTRN": "HOAN_TRA",
    },
}

# Only what surely speaks of the payee: codes on the debtor (AC02, AC05), on funds (AM04 …) or on
# the message are nobody's account's fault and become KHAC, as does every code that is not here.
REASONS: dict[str, str] = {
    "AC01": "SAI_SO_TK",  # incorrect account number
    "AC03": "SAI_SO_TK",  # invalid creditor account number
    "AC04": "TK_DONG",  # closed account number
    "AC06": "TK_TAM_KHOA",  # blocked account
    "AC07": "TK_DONG",  # closed creditor account number
    "BE01": "TEN_KHONG_KHOP",  # inconsistent with end customer
    "MD07": "CHET",  # end customer deceased
    "RC04": "SAI_SO_TK",  # invalid creditor bank identifier
}
