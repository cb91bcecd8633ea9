"""What a profile declares of the files that a provider is paid from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a line may say. No category, no health: who, where and how much.
FIELDS = (
    "line_no",
    "payment_id",
    "payee_name",
    "payee_ascii",
    "payee_citizen_id",
    "account_number",
    "bin",
    "bank_name",
    "amount",
    "transfer_text",
    "commune_name",
    "village",
    "phone",
    "pay_date",
)
NUMBERS = ("line_no", "amount")
# What the control sheet or record of a file may say.
CONTROL_FIELDS = ("file_name", "month", "pay_date", "lines", "total_vnd", "account_digits")
CONTROL_NUMBERS = ("lines", "total_vnd", "account_digits")

EXTENSIONS = {"csv": "csv", "xlsx": "xlsx", "pain.001": "xml", "fixed_width": "txt"}
LONGEST_ID = 19  # of a payment id, in letters


class ProfileError(ValueError):
    """A profile that cannot be used; the message says, in Vietnamese, where and why."""


@dataclass(frozen=True)
class Column:
    """One column of a file, and what each of its values must be for the provider to take it."""

    header: str = ""
    field: str = ""  # one of FIELDS; empty where every line says `text`
    text: str = ""
    upper_ascii: bool = False  # upper case without accents
    required: bool = False
    pattern: str | None = None  # of the whole value
    expected: str = ""  # the pattern in words
    max_length: int | None = None
    cut: bool = False  # what is longer is cut; else the line does not fit
    width: int | None = None
    align: str = "left"
    pad: str = " "

    @property
    def source(self) -> str:
        """Return the column of the payment lines that the value comes from."""
        return "payee_name" if self.field == "payee_ascii" else self.field

    @property
    def limit(self) -> int | None:
        """Return the most letters that a value may have."""
        limits = [limit for limit in (self.max_length, self.width) if limit is not None]
        return min(limits, default=None)


@dataclass(frozen=True)
class TransferText:
    """What the receiver reads: the payment id, then words that name nobody's benefit."""

    text: str = "{payment_id}"
    limit: int = 70  # letters


@dataclass(frozen=True)
class Payer:
    """The office's own account, that pain.001 takes the money from."""

    name: str
    account: str
    bin: str


@dataclass(frozen=True)
class FileOut:
    """A payment file of one provider and channel: its form, its columns and its limits."""

    format: str
    columns: tuple[Column, ...]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    sheet: str = "CHI_TRA"
    name: str = "{month}_{provider}_{channel}_{scheme}"  # without what follows the point
    transfer_text: TransferText = field(default_factory=TransferText)
    max_lines: int | None = None
    max_vnd: int | None = None
    pay_day: int | None = None  # of the cycle's month
    control: tuple[Column, ...] = ()
    control_sheet: str = "KIEM_TRA"
    payer: Payer | None = None

    @property
    def extension(self) -> str:
        """Return how the file's name ends, without the point."""
        return EXTENSIONS[self.format]


@dataclass(frozen=True)
class Profile:
    """A provider: whose accounts it serves (`*`: all), its channels, and a file for each."""

    provider: str
    bins: tuple[str, ...]
    channels: tuple[str, ...]
    files: Mapping[str, FileOut]  # by channel
