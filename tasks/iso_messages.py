"""ISO 20022 messages as lines of results: pain.002, camt.054 and camt.053, of any version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from schemas.providers.iso import CAMT, PAIN002
from tasks.bank_lines import NO_ID, Balances, BankLine, decimal_of, id_text, told_account
from tasks.iso_parts import DETAIL, ENTRY, REPORT, Record, records
from tasks.provider_words import provider_named
from tasks.sheet_xml import Refusal

GROUP_ONLY = (
    "Tệp chỉ có trạng thái chung của cả lô ({}), không có từng khoản nên không khoản nào được coi"
    " là đã chi. Đề nghị đơn vị gửi lại tệp có từng khoản."
)
BANK_NAMES = frozenset(("BICFI", "BIC", "AnyBIC", "BICOrBEI", "MmbId", "Nm"))
NOT_THE_SENDER = frozenset(("CdtrAgt", "MsgRcpt"))
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


class IsoMessage:
    """One message file: reports on our orders, or entries of our account."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._header = Record("GrpHdr", 0)
        self._group = Record("OrgnlGrpInfAndSts", 0)
        self._unit: str | None = None
        self._account: str | None = None
        self._currency: str | None = None
        self._closing: Record | None = None
        self._waiting: BankLine | None = None  # the first detail of an entry
        self._balances = Balances()
        self._statements = 1
        self.kind = PAIN002
        self.complaints = self._balances.complaints

    def lines(self) -> Iterator[BankLine]:
        """Yield every report or entry in order."""
        count = 0
        for message, parent, record in records(self._path):
            self.kind = PAIN002 if message == REPORT else CAMT
            for line in self._taken(parent, record):
                count += 1
                yield line
        if self.kind == PAIN002 and not count:
            raise Refusal(GROUP_ONLY.format(self._group.first("GrpSts") or "không rõ"))

    def _taken(self, parent: Record | None, record: Record) -> Iterator[BankLine]:
        if record.name == "GrpHdr":
            self._header = record
            self._unit = provider_named(_banks(record))
        elif record.name == "OrgnlGrpInfAndSts":
            self._group = record
        elif record.name == "Acct":
            self._open_account(record)
        elif record.name == "Bal":
            self._take_balance(record)
        elif record.name == "TxInfAndSts":
            yield self._report(record)
        elif record.name == DETAIL and parent is not None:
            yield from self._detail(parent, record)
        elif record.name == ENTRY:
            yield from self._entry(record)
        else:
            self._close()

    def _open_account(self, record: Record) -> None:
        self._account = record.first("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id")
        self._currency = record.first("Ccy")
        self._unit = provider_named([*_banks(self._header), *_banks(record)])

    def _take_balance(self, record: Record) -> None:
        kind = record.first("Tp/CdOrPrtry/Cd")
        if kind in OPENING and self._balances.opening is None:
            self._balances.open(_signed(record))
        elif kind in CLOSING:
            self._closing = record

    def _close(self) -> None:
        """End one account's statement; notifications have no balances."""
        closing = None if self._closing is None else _signed(self._closing)
        self._balances.close(closing, f"sao kê {self._statements}")
        self._closing, self._statements = None, self._statements + 1

    def _report(self, record: Record) -> BankLine:
        original = "OrgnlTxRef"
        ids = ("OrgnlEndToEndId", "OrgnlInstrId", f"{original}/RmtInf/Ustrd")
        return BankLine(
            kind=PAIN002,
            unit=self._unit,
            payment_id=id_text(_texts(record, ids)),
            account_number=_account(record, f"{original}/CdtrAcct"),
            amount=record.first(
                f"{original}/Amt/InstdAmt",
                f"{original}/IntrBkSttlmAmt",
                f"{original}/Amt/EqvtAmt/Amt",
            ),
            transacted_at=record.first("AccptncDtTm") or self._header.first("CreDtTm"),
            transaction_no=record.first("AcctSvcrRef", "StsId"),
            status=record.first("TxSts"),
            error_code=record.first(
                "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry", "StsRsnInf/AddtlInf"
            ),
        )

    def _entry(self, entry: Record) -> Iterator[BankLine]:
        """Yield what is left to say of an entry whose end is reached."""
        amount = _signed(entry)
        is_booked = entry.first("Sts/Cd", "Sts") == "BOOK"
        if is_booked or amount is None:
            self._balances.move(amount)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            yield waiting if waiting.amount else _with_amount(waiting, entry.first("Amt"))
        elif not entry.details:
            yield self._line(entry, Record(DETAIL, 0))

    def _detail(self, entry: Record, detail: Record) -> Iterator[BankLine]:
        """Yield a detail of an entry; the first waits: if it stays alone, it has all the money."""
        entry.details += 1
        line = self._line(entry, detail)
        if entry.details == 1:
            self._waiting = line
            return
        if self._waiting is not None:
            yield self._waiting
            self._waiting = None
        yield line

    def _line(self, entry: Record, detail: Record) -> BankLine:
        amounts = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
        is_entry = not entry.details
        said = _entry_id(entry, detail)
        return BankLine(
            kind=CAMT,
            unit=self._unit,
            payment_id=said,
            account_number=told_account(said, self._other_account(detail), self._account),
            amount=entry.first("Amt") if is_entry else detail.first(*amounts),
            transacted_at=entry.first("BookgDt/DtTm", "BookgDt/Dt", "ValDt/DtTm", "ValDt/Dt"),
            transaction_no=detail.first("Refs/AcctSvcrRef", "Refs/TxId")
            or entry.first("AcctSvcrRef", "NtryRef"),
            status=_status(entry, detail),
            error_code=detail.first("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/AddtlInf"),
            fee=detail.first("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt"),
        )

    def _other_account(self, detail: Record) -> str | None:
        """Return the account on the other side of our own."""
        sides = (_account(detail, f"RltdPties/{side}") for side in ("CdtrAcct", "DbtrAcct"))
        return next((one for one in sides if one and one != self._account), None)


def _banks(record: Record) -> list[str]:
    """Return what names the bank that speaks, and none of those spoken of."""
    return [
        text
        for path, text in record.texts.items()
        for names in [path.split("/")]
        if names[-1] in BANK_NAMES and names[0] not in NOT_THE_SENDER
    ]


def _account(record: Record, path: str) -> str | None:
    return record.first(f"{path}/Id/IBAN", f"{path}/Id/Othr/Id", f"{path}/Id/PrtryAcct/Id")


def _signed(record: Record) -> Decimal | None:
    """Return an amount with its sign: credits add."""
    number = decimal_of(record.first("Amt"), ".")
    if number is None:
        return None
    return number if record.first("CdtDbtInd") == "CRDT" else -number


def _with_amount(line: BankLine, amount: str | None) -> BankLine:
    return replace(line, amount=amount)


def _entry_id(entry: Record, detail: Record) -> str | None:
    paths = ("Refs/EndToEndId", "RmtInf/Ustrd", "Refs/InstrId", "AddtlTxInf")
    return id_text([*_texts(detail, paths), *_texts(entry, ("AddtlNtryInf",))])


def _texts(record: Record, paths: Sequence[str]) -> list[str]:
    texts = (record.texts.get(path, "") for path in paths)
    return [text for text in texts if text.upper() not in NO_ID]


def _status(entry: Record, detail: Record) -> str:
    """Return the words of an entry under which its meaning is declared, as `CRDT BOOK RTRN`."""
    side = detail.first("CdtDbtInd") or entry.first("CdtDbtInd")
    is_return = any(path.startswith("RtrInf/") for path in detail.texts)
    is_reversal = entry.first("RvslInd") in ("true", "1")
    words = (side, entry.first("Sts/Cd", "Sts"), is_return and "RTRN", is_reversal and "RVSL")
    return " ".join(word for word in words if word)
