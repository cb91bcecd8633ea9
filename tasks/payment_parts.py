"""One provider's lines of one channel and scheme, cut into the files that it takes.

Lines that do not fit stand in a file of their own, so that one of them cannot make a portal
refuse all the others; every line stands in exactly one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schemas import providers
from schemas.period import month_text
from schemas.providers import FileOut
from tasks.payment_cells import FileFacts, account_digits, misfits, part_ends, with_fields
from tasks.payment_formats import write_file
from tasks.working_days import WorkingDays

UNFIT = "_chua_dat"
UNFIT_NOTE = "Dòng chưa đạt yêu cầu của đơn vị chi trả: xem lists/dong_chua_dat.csv"
LONGEST_MESSAGE_ID = 35


@dataclass(frozen=True)
class Group:
    """What never shares a file with another, and the office's own profiles, if it has any."""

    provider: str
    channel: str
    scheme: str
    own: Path | None = None

    def declared(self) -> FileOut:
        """Return the file that the provider takes."""
        return providers.file_out(self.provider, self.channel, self.own)

    def neutral(self) -> FileOut:
        """Return the generic layout under the name of the provider's file, without any limit."""
        declared = self.declared()
        return replace(
            providers.file_out(providers.GENERIC, self.channel, self.own),
            name=declared.name + UNFIT,
            transfer_text=declared.transfer_text,
            max_lines=None,
            max_vnd=None,
        )


@dataclass(frozen=True)
class Draft:
    """Where the files of a month are written first, and the day of its release.

    `pay_day` is the office's, of the cycle's month; a provider's own comes first.
    """

    folder: Path
    month: int
    released_on: date
    days: WorkingDays = field(default_factory=WorkingDays)
    pay_day: int | None = None

    def pay_date(self, declared: FileOut) -> date:
        """Return the day on which a provider shall pay."""
        pay_day = self.pay_day if declared.pay_day is None else declared.pay_day
        return self.days.pay_date(self.month, pay_day, self.released_on)


@dataclass(frozen=True)
class Part:
    """One payment file, as the row of `payment_file` keeps it; `part` n of N of the group's.

    Lines that do not fit are counted apart: part 1 of 1.
    """

    month: int
    provider: str
    channel: str
    scheme: str
    name: str
    sha256: str
    lines: int
    amount: int  # VND
    part: int
    parts: int
    account_digits: int | None  # None: frozen by an earlier version
    is_unfit: bool

    def about(self) -> dict[str, Any]:
        """Return what the manifest says of the file beside its name, hash and sums."""
        said: dict[str, Any] = {
            "month": month_text(self.month),
            "provider": self.provider,
            "channel": self.channel,
            "scheme": self.scheme,
        }
        if self.channel == "account" and self.account_digits is not None:
            said["account_digits"] = self.account_digits
        if self.parts > 1:
            said |= {"part": self.part, "parts": self.parts}
        if self.is_unfit:
            said |= {"unfit": True, "note": UNFIT_NOTE}
        return said


def needed_fields(group: Group) -> list[str]:
    """Return the columns of payment_lines.sql that the files of a group are made of."""
    made = {"line_no", "transfer_text", "pay_date", ""}
    layouts = (group.declared(), group.neutral())
    named = {column.source for layout in layouts for column in layout.columns}
    asked = (named | {"payment_id", "amount"}) - made
    return sorted(asked | ({"account_number"} if group.channel == "account" else set()))


def write_group(draft: Draft, group: Group, lines: pl.DataFrame) -> list[Part]:
    """Write the files of a group; return them in order."""
    declared = group.declared()
    lines = with_fields(lines, declared, draft.month, draft.pay_date(declared))
    fits = np.ones(lines.height, dtype=bool)
    for misfit in misfits(lines, declared):
        fits[misfit.lines.to_numpy()] = False
    fit = lines if fits.all() else lines.filter(pl.Series(fits))
    parts = [
        _write(draft, group, declared, one, number, total)
        for number, total, one in _split(fit, declared)
    ]
    if fits.all():
        return parts
    return [*parts, _write_unfit(draft, group, lines.filter(pl.Series(~fits)))]


def _split(lines: pl.DataFrame, declared: FileOut) -> Iterator[tuple[int, int, pl.DataFrame]]:
    """Yield number, count and lines of each file."""
    amounts = lines.get_column("amount").to_numpy()
    ends = part_ends(amounts, declared.max_lines, declared.max_vnd)
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False), start=1):
        yield number, len(ends), lines.slice(start, end - start)


def _write_unfit(draft: Draft, group: Group, lines: pl.DataFrame) -> Part:
    """Write the lines that a provider would not take, in a layout of no provider."""
    neutral = group.neutral()
    lines = with_fields(lines, neutral, draft.month)
    return replace(_write(draft, group, neutral, lines, 1, 1), is_unfit=True)


def _write(
    draft: Draft, group: Group, declared: FileOut, lines: pl.DataFrame, number: int, total: int
) -> Part:
    name = _name(draft, group, declared, number, total)
    facts = FileFacts(
        file_name=name,
        message_id=_message_id(draft.month, group, number),
        month=month_text(draft.month),
        released_on=draft.released_on,
        pay_date=draft.pay_date(declared),
        lines=lines.height,
        total_vnd=int(lines.get_column("amount").sum()),
        account_digits=account_digits(lines),
    )
    return Part(
        month=draft.month,
        provider=group.provider,
        channel=group.channel,
        scheme=group.scheme,
        name=name,
        sha256=write_file(draft.folder / name, declared, facts, lines),
        lines=facts.lines,
        amount=facts.total_vnd,
        part=number,
        parts=total,
        account_digits=facts.account_digits,
        is_unfit=False,
    )


def _name(draft: Draft, group: Group, declared: FileOut, number: int, total: int) -> str:
    """Return the name of part `number` of `total`; ProfileError where another file has it."""
    stem = declared.name.format(
        month=month_text(draft.month),
        provider=group.provider,
        channel=group.channel,
        scheme=group.scheme,
    )
    width = max(2, len(str(total)))
    suffix = "" if total == 1 else f"_{number:0{width}d}"
    name = f"{stem}{suffix}.{declared.extension}"
    if (draft.folder / name).exists():
        raise providers.ProfileError(
            f"Hai tệp chi trả cùng tên {name}: sửa khóa “name” ở tệp khai báo của "
            f"{group.provider} để có cả {{provider}} và {{channel}}."
        )
    return name


def _message_id(month: int, group: Group, number: int) -> str:
    """Return a key of a message that is its own in month, provider, channel, scheme and part."""
    key = f"{month_text(month)}-{group.scheme}-{group.channel}-{number:02d}-{group.provider}"
    return key[:LONGEST_MESSAGE_ID]
