"""What an office can do, one class each, and how the journal says it.

An event names all that its doing again needs beside the archive: files, month, names, decisions,
the day, and the state of the reference tables (a SHA-256; None: not kept).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from schemas.period import month_number, month_text


@dataclass(frozen=True)
class Asked:
    """One decision: `reference` is the number of an exception or the id of a payment.

    `payment_id` is the payment to which a line belongs that fits nowhere by itself.
    """

    reference: str
    word: str
    by: str
    reason: str
    payment_id: str | None = None
    is_against_provider: bool = False


@dataclass(frozen=True)
class KeptFile:
    """A received file: its name below `inbox/`, its bytes' hash, and why it could not be read."""

    name: str
    sha256: str
    refusal: str | None = None


@dataclass(frozen=True)
class Ingest:
    """Files taken together, in order."""

    cycle: int
    ingest_no: int
    day: date
    reference: str | None
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class Preparation:
    """The preparation of a month; `docs`: Great Expectations' pages were written too."""

    month: int
    through: int
    by: str
    day: date
    reference: str | None
    docs: bool = False


@dataclass(frozen=True)
class Approval:
    """Somebody's yes to a month; the last one releases it.

    `digest` is what was approved; None where only the warehouse tells of it.
    """

    month: int
    approver: str
    accept: str | None
    day: date
    reference: str | None
    digest: str | None = None


@dataclass(frozen=True)
class Confirmation:
    """What the Treasury said of a released month, and who wrote it down."""

    month: int
    confirmed_on: date
    said: str
    by: str
    day: date
    reference: str | None


@dataclass(frozen=True)
class Resolution:
    """What the office decided of an exception or a payment, after an ingest and before the next."""

    cycle: int
    after_ingest: int
    day: date
    asked: Asked
    reference: str | None = None  # no table has a part in it


@dataclass(frozen=True)
class Matching:
    """Results matched; of one month, or of all released ones."""

    month: int | None
    day: date
    reference: str | None


@dataclass(frozen=True)
class Publication:
    """A month published; `reader` is who took an unmasked copy, if anyone did."""

    month: int
    reader: str | None
    day: date
    reference: str | None


@dataclass(frozen=True)
class Signing:
    """Signatures beside files of a month: text by path below its folder in the outbox."""

    month: int
    signatures: Mapping[str, str]
    day: date
    reference: str | None


Event = (
    Ingest | Resolution | Preparation | Approval | Confirmation | Matching | Publication | Signing
)
KINDS: dict[str, type] = {
    "ingest": Ingest,
    "resolve": Resolution,
    "prepare": Preparation,
    "approve": Approval,
    "treasury": Confirmation,
    "reconcile": Matching,
    "publish": Publication,
    "sign": Signing,
}
KIND_OF = {made: kind for kind, made in KINDS.items()}


def told(event: Event) -> dict[str, Any]:
    """Return an event as an entry of a journal says it: kind, day, reference, facts."""
    facts = asdict(event)
    day, reference = facts.pop("day"), facts.pop("reference")
    for name in ("month", "through", "cycle"):
        if facts.get(name) is not None:
            facts[name] = month_text(facts[name])
    if isinstance(event, Confirmation):
        facts["confirmed_on"] = event.confirmed_on.isoformat()
    if isinstance(event, Resolution):
        facts |= facts.pop("asked")
    kind = KIND_OF[type(event)]
    return {"kind": kind, "day": day.isoformat(), "reference": reference, "facts": facts}


def event_of(body: Mapping[str, Any]) -> Event | None:
    """Return the event that an entry tells of; None where nothing of it is done again."""
    facts, day, reference = body["facts"], date.fromisoformat(body["day"]), body["reference"]

    def month(name: str = "month") -> int:
        return month_number(facts[name])

    match body["kind"]:
        case "ingest":
            files = (KeptFile(f["name"], f["sha256"], f.get("refusal")) for f in facts["files"])
            return Ingest(month("cycle"), facts["ingest_no"], day, reference, tuple(files))
        case "resolve":
            asked = Asked(**{name: facts[name] for name in Asked.__dataclass_fields__})
            return Resolution(month("cycle"), facts["after_ingest"], day, asked, reference)
        case "prepare":
            said = (month(), month("through"), facts["by"], day, reference, facts["docs"])
            return Preparation(*said)
        case "approve":
            yes = (facts["approver"], facts["accept"], day, reference, facts["digest"])
            return Approval(month(), *yes)
        case "treasury":
            on = date.fromisoformat(facts["confirmed_on"])
            return Confirmation(month(), on, facts["said"], facts["by"], day, reference)
        case "reconcile":
            return Matching(month() if facts["month"] else None, day, reference)
        case "publish":
            return Publication(month(), facts["reader"], day, reference)
        case "sign":
            return Signing(month(), facts["signatures"], day, reference)
    return None
