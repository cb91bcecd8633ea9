"""MT940 statements: every `:61:` with its `:86:` is a line, opening + entries must be closing.

The grammar of the fields is that of the library mt-940; lines are read one by one, so that memory
does not grow with the file.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from mt940 import tags as grammar

from schemas.providers.iso import MT940
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

# The library logs what it cannot parse: that may be a person's name or account.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

PROBE_BYTES = 64 * 1024
LINE_CHARS = 10_000
VALUE_CHARS = 10_000  # of a field are kept; the standard allows 390
BEGINS = re.compile(rb"^(?:\{[^\r\n]{0,300})?:20:", re.MULTILINE)
HAS_BALANCE = re.compile(rb"^:(?:25|28C?|60[FM]|61):", re.MULTILINE)
FIELD = re.compile(r":(\d{2}[A-Z]?):")
# Who sent it: of a message that came in the second block says so, else the first.
HEADER_BICS = (re.compile(r"\{2:O\d{13}([A-Z0-9]{12})"), re.compile(r"\{1:[A-Z]\d\d([A-Z0-9]{12})"))
END = re.compile(r"-\}?(?:\{5:.*)?\s*")
PARTS = re.compile(r"\?(\d\d)")  # `:86:` in numbered parts, as `106?00TRANSFER?20CT24…?31123456`
TEXT_PARTS = frozenset([*range(20, 30), *range(60, 64)])
RETURNED = re.compile(r"/RTRN/(?:\s*([A-Z]{2}\d{2}))?|\bRTRN\+(?:([A-Z]{2}\d{2}))?")
RETURN_TYPE = "RTI"  # of `NRTI`: a returned item
ACCOUNT_PART = 31

STATEMENT_LINE = grammar.Statement()
BALANCE = grammar.BalanceBase()


def is_mt940(path: Path) -> bool:
    """Tell whether a file begins like an MT940 statement, whatever its name is."""
    with path.open("rb") as file:
        probe = file.read(PROBE_BYTES).removeprefix(codecs.BOM_UTF8)
    return bool(BEGINS.search(probe) and HAS_BALANCE.search(probe))


class Mt940:
    """The statements of one file."""

    kind = MT940

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sender: list[str] = []  # what the header says of the bank
        self._unit: str | None = None
        self._account: str | None = None
        self._currency: str | None = None
        self._balances = Balances()
        self._statements = 0
        self._entry: dict[str, Any] | None = None
        self.complaints = self._balances.complaints

    def lines(self) -> Iterator[BankLine]:
        """Yield every entry in order."""
        details = ""
        for name, value in self._fields():
            if name == "86" and self._entry is not None and not details:
                details = value
                continue
            yield from self._finished(details)
            details = ""
            self._take(name, value)
        yield from self._finished(details)
        self._close(None)

    def _fields(self) -> Iterator[tuple[str, str]]:
        """Yield (tag, value) with the lines that go on below; `` for what stands before a tag."""
        name, value = "", ""
        with self._path.open(encoding="utf-8-sig", errors="replace") as file:
            while line := file.readline(LINE_CHARS):
                text = line.rstrip("\r\n")
                found = FIELD.match(text) or _after_header(text)
                if found or END.fullmatch(text):
                    yield name, value
                    before = text[: found.start()] if found else ""
                    if before:
                        yield "", before
                    name, value = (found[1], text[found.end() :]) if found else ("", "")
                elif len(value) < VALUE_CHARS:
                    value += f"\n{text}"
        yield name, value

    def _take(self, name: str, value: str) -> None:
        if name == "":
            self._head(value)
        elif name == "20":
            self._begin()
        elif name == "25":
            *bank, account = value.strip().split("/")
            self._account, self._unit = account or None, provider_named([*self._sender, *bank[:3]])
        elif name[:2] == "60":
            self._open(value)
        elif name == "61":
            self._entry = _entry(value)
            self._balances.move(_signed(self._entry.get("status"), self._entry.get("amount")))
        elif name[:2] == "62":
            self._close(_balance(value))

    def _begin(self) -> None:
        """Begin a statement: nothing of the one before holds for it but who sent both."""
        self._close(None)
        self._statements += 1
        self._account, self._currency, self._unit = None, None, provider_named(self._sender)

    def _head(self, value: str) -> None:
        found = (bic.search(value) for bic in HEADER_BICS)
        if sender := next((one[1] for one in found if one), None):
            self._sender = [sender]

    def _open(self, value: str) -> None:
        self._close(None)
        self._currency = _parsed(BALANCE, value).get("currency")
        self._balances.open(_balance(value))

    def _close(self, amount: Decimal | None) -> None:
        self._balances.close(amount, f"sao kê {self._statements}")

    def _finished(self, details: str) -> Iterator[BankLine]:
        """Yield the entry that was waiting for its details."""
        entry, self._entry = self._entry, None
        if entry is None:
            return
        text, account = _text_and_account(details)
        returned = RETURNED.search(text)
        is_return = returned or (entry.get("id") or "")[1:] == RETURN_TYPE
        status = entry.get("status")
        said = _id_text(text, entry)
        yield BankLine(
            kind=MT940,
            unit=self._unit,
            payment_id=said,
            account_number=told_account(said, account, self._account),
            amount=with_currency(entry.get("amount"), self._currency),
            transacted_at=_day(entry),
            transaction_no=entry.get("bank_reference") or entry.get("customer_reference"),
            status=f"{status} RTRN" if status and is_return else status,
            error_code=returned[1] or returned[2] if returned else None,
        )


def _after_header(text: str) -> re.Match[str] | None:
    """Return the field that stands in the line of the SWIFT header."""
    return FIELD.search(text) if text.startswith("{") else None


def _parsed(tag: grammar.Tag, value: str) -> dict[str, str | None]:
    """Return the parts of a field, none where it is not as the standard says."""
    try:
        return tag.parse(None, value.strip())  # type: ignore[arg-type]
    except RuntimeError:
        return {}


def _entry(value: str) -> dict[str, Any]:
    first, _, more = value.partition("\n")
    found = _parsed(STATEMENT_LINE, first)
    return {**found, "extra_details": more or found.get("extra_details") or ""}


def _signed(mark: str | None, amount: str | None) -> Decimal | None:
    """Return what an entry moves: `RD` takes back a debit, and so adds."""
    number = decimal_of(amount, ",")
    if number is None or mark is None:
        return None
    return number if mark.upper() in ("C", "RD") else -number


def _balance(value: str) -> Decimal | None:
    found = _parsed(BALANCE, value)
    return _signed(found.get("status"), found.get("amount"))


def _day(entry: dict[str, Any]) -> str | None:
    return f"20{entry['year']}-{entry['month']}-{entry['day']}" if entry.get("year") else None


def _text_and_account(details: str) -> tuple[str, str | None]:
    """Return the text of `:86:` without what cuts it up, and the other side's account if told."""
    lines = details.replace("\n", "")
    head, *parts = PARTS.split(lines)
    if not head.isdigit() or not parts:
        # Banks cut after 65 letters, in the midst of words.
        return lines, None
    pairs = list(zip(map(int, parts[::2]), parts[1::2], strict=True))
    text = "".join(part for number, part in pairs if number in TEXT_PARTS)
    account = next((part.strip() for number, part in pairs if number == ACCOUNT_PART), None)
    return text, account or None


def _id_text(text: str, entry: dict[str, Any]) -> str | None:
    """Return the text that holds a payment id, else what the line says of itself."""
    texts = [text, entry.get("customer_reference") or "", entry.get("extra_details") or ""]
    return id_text([one.strip() for one in texts if one.strip().upper() not in NO_ID])
