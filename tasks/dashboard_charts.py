"""Where the lines and bars of a page's charts lie, in whole units of their drawing.

The pages draw them by hand as SVG: what altair renders carries a white ground, sizes measured
with the machine's fonts and no words for a screen reader, and does not follow light, dark or print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tasks.amount_words import dotted

WIDTH, HEIGHT = 680, 380
LEFT, RIGHT, TOP, BOTTOM = 96, 650, 24, 320  # of the field inside the axes
MOST_LABELS = 6
BILLION, MILLION = 10**9, 10**6


@dataclass(frozen=True)
class Tick:
    """A line of an axis: where it lies, and what stands beside it."""

    at: int
    label: str


@dataclass(frozen=True)
class RateLine:
    """A rate over the months: the pieces of its line, and its points."""

    pieces: tuple[str, ...]  # `x,y x,y …`; a month in which nothing was paid ends a piece
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Bar:
    """What one month paid, to accounts and above it in cash."""

    x: int
    width: int
    account_y: int
    account_height: int
    cash_y: int
    cash_height: int


def months_axis(labels: Sequence[str]) -> list[Tick]:
    """Return where the months stand; only so many are labelled as can be read, the last always."""
    step = -(-len(labels) // MOST_LABELS)
    last = len(labels) - 1
    return [
        Tick(_middle(place, len(labels)), label if (last - place) % step == 0 else "")
        for place, label in enumerate(labels)
    ]


def rate_axis() -> list[Tick]:
    """Return the lines at 0, 25 … 100 percent."""
    return [
        Tick(_rate_y(Decimal(share) / 100), f"{share}\N{NO-BREAK SPACE}%")
        for share in (0, 25, 50, 75, 100)
    ]


def rate_line(rates: Sequence[Decimal | None]) -> RateLine:
    """Return the line of a rate, month by month."""
    pieces: list[list[tuple[int, int]]] = [[]]
    for place, rate in enumerate(rates):
        if rate is None:
            pieces.append([])
        else:
            pieces[-1].append((_middle(place, len(rates)), _rate_y(rate)))
    drawn = [piece for piece in pieces if piece]
    return RateLine(
        tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in drawn),
        tuple(point for piece in drawn for point in piece),
    )


def amount_axis(top: int) -> list[Tick]:
    """Return the lines at 0, half and the whole of the largest amount of an axis."""
    return [Tick(_amount_y(amount, top), short(amount)) for amount in (0, top // 2, top)]


def rounded_up(amount: int) -> int:
    """Return the least 1, 2 or 5 with noughts that is not below an amount of VND."""
    unit = 10
    while 5 * unit < amount:
        unit *= 10
    return next(first * unit for first in (1, 2, 5) if first * unit >= amount)


def bars(amounts: Sequence[tuple[int, int]], top: int) -> list[Bar]:
    """Return a bar for each month's VND to accounts and in cash."""
    width = max(2, min(64, (RIGHT - LEFT) * 7 // (10 * max(1, len(amounts)))))
    drawn = []
    for place, (account, cash) in enumerate(amounts):
        base, middle = _amount_y(account, top), _amount_y(account + cash, top)
        x = _middle(place, len(amounts)) - width // 2
        drawn.append(Bar(x, width, base, BOTTOM - base, middle, base - middle))
    return drawn


def shares(parts: Sequence[int], width: int) -> list[tuple[int, int]]:
    """Return start and width of each part of a whole that is `width` wide."""
    whole = sum(parts)
    ends = [sum(parts[: place + 1]) * width // whole if whole else 0 for place in range(len(parts))]
    return [(start, end - start) for start, end in zip([0, *ends], ends, strict=False)]


def short(amount: int) -> str:
    """Return VND as it is said: `1,5 tỷ`, `540 triệu`."""
    for unit, name in ((BILLION, "tỷ"), (MILLION, "triệu")):
        if amount >= unit:
            whole, tenth = divmod(amount * 10 // unit, 10)
            return f"{dotted(whole)},{tenth} {name}" if tenth else f"{dotted(whole)} {name}"
    return dotted(amount)


def _middle(place: int, count: int) -> int:
    return LEFT + (RIGHT - LEFT) * (2 * place + 1) // (2 * count)


def _rate_y(rate: Decimal) -> int:
    return BOTTOM - int(rate * (BOTTOM - TOP))


def _amount_y(amount: int, top: int) -> int:
    return BOTTOM - amount * (BOTTOM - TOP) // top
