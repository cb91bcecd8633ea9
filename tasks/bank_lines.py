"""Lines of bank messages as rows of results, in the bank's own words, and what balances say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Protocol

import polars as pl

from schemas.layouts import LAYOUTS
from tasks.amount_words import dotted
from tasks.data_rows import raw_schema
from tasks.office import Limits
from tasks.sheet_xml import Refusal
from tasks.transfer_text import payment_id_in

LAYOUT = LAYOUTS["ket_qua"]
SCHEMA = raw_schema(LAYOUT)
BATCH_LINES = 20_000
VND = "VND"
NO_ID = frozenset(("NOTPROVIDED", "NONREF", ""))  # how banks write that there is none
TOO_MANY_LINES = "Tệp có quá {} dòng."


@dataclass(frozen=True)
class BankLine:
    """One entry of a message as it stands there; a foreign currency stands behind its amount.

    `kind`: whose words these are (schemas.providers.iso); `unit`: the provider that the message
    names, None where it names none.
    """

    kind: str
    unit: str | None
    payment_id: str | None = None
    account_number: str | None = None
    amount: str | None = None
    transacted_at: str | None = None
    transaction_no: str | None = None
    status: str | None = None
    error_code: str | None = None
    fee: str | None = None


class Message(Protocol):
    """A message that was recognised; what is wrong with it is known after the last line."""

    kind: str
    complaints: list[str]

    def lines(self) -> Iterator[BankLine]:
        """Yield its entries in order; Refusal where it cannot be read to the end."""


def frames(message: Message, limits: Limits) -> Iterator[pl.DataFrame]:
    """Yield the entries as they go into the raw table, numbered from 1 in the order of the file."""
    lines, first = message.lines(), 1
    while batch := list(islice(lines, BATCH_LINES)):
        if first + len(batch) - 1 > limits.max_rows:
            raise Refusal(TOO_MANY_LINES.format(limits.max_rows))
        yield frame_of(batch, first)
        first += len(batch)


def frame_of(lines: list[BankLine], first: int) -> pl.DataFrame:
    """Return lines as raw rows, the first of them with this number."""
    place = {"sheet": "", "sheet_no": 1, "number_cells": "", "formula_cells": ""}
    place |= {"legacy_cells": "", "period": None}
    rows = [place | asdict(line) | {"row_no": n} for n, line in enumerate(lines, first)]
    return pl.DataFrame(rows, schema=SCHEMA)


@dataclass
class Balances:
    """What an account stood at, and what was moved since; amounts with their signs."""

    opening: Decimal | None = None
    moved: Decimal = Decimal(0)
    is_known: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self, amount: Decimal | None) -> None:
        """Begin with a balance: that of a statement, or of its next page."""
        self.opening, self.moved, self.is_known = amount, Decimal(0), amount is not None

    def move(self, amount: Decimal | None) -> None:
        """Add an entry; None: its amount cannot be read."""
        if amount is None:
            self.is_known = False
        else:
            self.moved += amount

    def close(self, amount: Decimal | None, where: str) -> None:
        """Compare with the balance at the end, and forget all that was before."""
        if self.opening is not None:
            self._compare(amount, where)
        self.open(None)

    def _compare(self, amount: Decimal | None, where: str) -> None:
        assert self.opening is not None
        if amount is None:
            self.complaints.append(f"{where}: thiếu số dư cuối, tệp có thể bị cắt")
        elif not self.is_known:
            self.complaints.append(f"{where}: có dòng không đọc được, không đối chiếu được số dư")
        elif (found := self.opening + self.moved) != amount:
            self.complaints.append(
                f"{where}: số dư đầu cộng phát sinh là {shown(found)},"
                f" tệp ghi số dư cuối {shown(amount)}"
            )


def shown(amount: Decimal) -> str:
    """Return an amount as people write it."""
    return dotted(int(amount)) if amount == amount.to_integral_value() else str(amount)


def decimal_of(text: str | None, mark: str) -> Decimal | None:
    """Return the number that an amount with this decimal mark says, None for no number."""
    plain = (text or "").replace(mark, ".")
    if not plain or not set(plain) <= set("0123456789."):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def id_text(texts: Sequence[str]) -> str | None:
    """Return the text that holds a payment id, else the first that says anything."""
    return next((text for text in texts if payment_id_in(text)), texts[0] if texts else None)


def told_account(text: str | None, other: str | None, own: str | None) -> str | None:
    """Return the other side's account; failing that our own, where no payment id says more.

    A fee moves nothing but our own account: so the line names something, and is an exception.
    """
    return other or (None if text and payment_id_in(text) else own)


def with_currency(amount: str | None, currency: str | None) -> str | None:
    """Return an amount with its currency behind it where that is not ours."""
    return amount if amount is None or currency in (None, "", VND) else f"{amount} {currency}"
