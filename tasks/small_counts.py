"""Counts so small that a reader could tell of whom they speak: they are not shown to readers."""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 5  # people or lines; fewer are hidden wherever the figure tells of a category


def hidden(counts: Sequence[int]) -> list[bool]:
    """Tell which parts of a known total stay hidden: the small ones, and what would give them away.

    One hidden part alone is the total less the others, so the next smallest is hidden with it.
    """
    is_hidden = [0 < count < LEAST for count in counts]
    while any(is_hidden) and _gives_away(counts, is_hidden):
        told = [place for place, count in enumerate(counts) if count and not is_hidden[place]]
        if not told:
            break
        is_hidden[min(told, key=lambda place: counts[place])] = True
    return is_hidden


def _gives_away(counts: Sequence[int], is_hidden: Sequence[bool]) -> bool:
    kept_back = [count for count, hide in zip(counts, is_hidden, strict=True) if hide]
    return len(kept_back) == 1 or sum(kept_back) < LEAST
