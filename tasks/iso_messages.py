"""ISO 20022 messages as lines of results: pain.002, camt.054 and camt.053, of any version.

The file is walked from tag to tag and nothing of it is kept but the entry at hand, so that memory
does not grow with it. Nothing outside the file is ever looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from lxml import etree

from schemas.providers.iso import CAMT, PAIN002
from tasks.bank_lines import (
    NO_ID,
    Balances,
    BankLine,
    decimal_of,
    id_text,
    told_account,
    with_currency,
)
from tasks.provider_words import provider_named
from tasks.sheet_xml import Refusal

BROKEN = "Tệp XML bị hỏng hoặc bị cắt ngắn. Đề nghị đơn vị xuất lại rồi gửi."
DOCTYPE = "Tệp XML có khai báo DOCTYPE, không được nhận. Đề nghị đơn vị xuất lại tệp không có."
OTHER_XML = "Tệp XML không phải pain.002, camt.054 hay camt.053 nên không đọc được kết quả."
OUR_OWN = (
    "Đây là lệnh chi (pain.001) do phòng gửi đi, không phải kết quả: không có trạng thái."
    " Đề nghị đơn vị gửi kết quả dạng pain.002, camt.054 hoặc bảng có cột “Trạng thái”."
)
GROUP_ONLY = (
    "Tệp chỉ có trạng thái chung của cả lô ({}), không có từng khoản nên không khoản nào được coi"
    " là đã chi. Đề nghị đơn vị gửi lại tệp có từng khoản."
)

PROBE_BYTES = 4096
BEGINS = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\s+(?!html)|!--|(?:[\w.\-]+:)?Document[\s>])")
TEXT_LETTERS = 500  # of one text are kept
MAX_TEXTS = 300  # of one entry; more than any bank says of one payment
MAX_DEPTH = 60
REPORT, NOTICES, INITIATION = "CstmrPmtStsRpt", "BkToCstmr", "CstmrCdtTrfInitn"
BANK_NAMES = frozenset(("BICFI", "BIC", "AnyBIC", "BICOrBEI", "MmbId", "Nm"))
NOT_THE_SENDER = frozenset(("CdtrAgt", "MsgRcpt"))
ENTRY, DETAIL = "Ntry", "TxDtls"
RECORDS = frozenset(("GrpHdr", "OrgnlGrpInfAndSts", "TxInfAndSts", "Acct", "Bal", ENTRY))
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def is_xml(path: Path) -> bool:
    """Tell whether a file begins like an XML message; a page of HTML does not."""
    with path.open("rb") as file:
        probe = file.read(PROBE_BYTES)
    is_wide = probe[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = probe.decode("utf-16" if is_wide else "utf-8-sig", "replace")
    return BEGINS.match(text) is not None


@dataclass
class Record:
    """The texts of one part of a message by their paths in it, `a/b`; the first of each path."""

    name: str
    depth: int
    texts: dict[str, str] = field(default_factory=dict)
    details: int = 0  # how many parts of its own were seen

    def keep(self, path: str, text: str) -> None:
        if path.endswith("Ustrd") and path in self.texts:
            text = self.texts[path] + text
        elif path in self.texts:
            return
        if len(self.texts) < MAX_TEXTS:
            self.texts[path] = text[:TEXT_LETTERS]

    def first(self, *paths: str) -> str | None:
        """Return the first of these texts that there is."""
        return next((self.texts[path] for path in paths if path in self.texts), None)


def records(path: Path) -> Iterator[tuple[str, Record | None, Record]]:
    """Yield (message, what it lies in, record) for each part of a message at its end.

    The message's own name is that of the element below `Document`; Refusal for any other file.
    """
    names: list[str] = []
    message = ""
    open_records: list[Record] = []
    for event, element in _events(path):
        if event == "start":
            names.append(_local(element))
            if len(names) > MAX_DEPTH:
                raise Refusal(BROKEN)
            if not message and names[-2:-1] == ["Document"]:
                message = _known(names[-1])
            if message and _begins_record(names[-1], open_records):
                open_records.append(Record(names[-1], len(names)))
        else:
            text = (element.text or "").strip()
            if open_records and text:
                inside = "/".join(names[open_records[-1].depth :])
                open_records[-1].keep(inside, with_currency(text, element.get("Ccy")) or "")
            if open_records and len(names) == open_records[-1].depth:
                record = open_records.pop()
                yield message, open_records[-1] if open_records else None, record
            elif message and names[-1] in ("Stmt", "Ntfctn") and not open_records:
                yield message, None, Record(names[-1], len(names))
            names.pop()
            _forget(element)
    if not message:
        raise Refusal(OTHER_XML)


def _events(path: Path) -> Iterator[tuple[str, etree._Element]]:
    """Yield the tags of a file, without entities, network or room for giant texts."""
    is_first = True
    try:
        with path.open("rb") as file:
            for event, element in etree.iterparse(
                file,
                events=("start", "end"),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                if is_first and element.getroottree().docinfo.doctype:
                    raise Refusal(DOCTYPE)
                is_first = False
                yield event, element
    except etree.XMLSyntaxError:
        raise Refusal(BROKEN) from None


def _local(element: etree._Element) -> str:
    """Return a tag without its namespace: versions differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def _forget(element: etree._Element) -> None:
    """Free an element that has ended, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _known(name: str) -> str:
    if name == INITIATION:
        raise Refusal(OUR_OWN)
    if name != REPORT and not (name.startswith(NOTICES) and name.endswith(("Stmt", "Ntfctn"))):
        raise Refusal(OTHER_XML)
    return name


def _begins_record(name: str, open_records: list[Record]) -> bool:
    if not open_records:
        return name in RECORDS
    return name == DETAIL and open_records[-1].name == ENTRY


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
