"""One case of the corpus: what somebody put into the inbox, and what must come of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Place = int | str  # row number, or `sheet!row` in a workbook of several sheets
Numbers = Callable[[int], str]  # 1, 2, 3 … -> a dossier number of this case alone
Files = Mapping[str, bytes]
Rows = list[dict[str, object]]
Before = Callable[[Numbers], Mapping[str, Rows]]


@dataclass(frozen=True)
class Expect:
    """What must come of one file.

    `found`: every finding as `row rule severity`, `-` for the file itself; nothing else is found.
    `cells`: place -> column of the cleaned row -> value, months as `YYYY-MM`.
    `repairs`: some repairs as `row rule field: before -> after`. `said`: words of the remark.
    """

    taken: tuple[Place, ...] = ()
    rejected: tuple[Place, ...] = ()
    found: tuple[str, ...] = ()
    cells: Mapping[Place, Mapping[str, object]] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    outcome: str = "taken"

    @property
    def rules(self) -> set[str]:
        return {line.split()[1] for line in self.found}

    @property
    def goes_back(self) -> bool:
        """Tell whether the sender gets a workbook."""
        return any(line.split()[2] in ("reject", "warn") for line in self.found)


def takes(*places: Place, **other: object) -> Expect:
    """Expect these rows to be taken."""
    return Expect(taken=places, **other)  # type: ignore[arg-type]


def rejects(*places: Place, **other: object) -> Expect:
    """Expect these rows to be rejected, whatever others are `taken`."""
    return Expect(rejected=places, **other)  # type: ignore[arg-type]


def returns(*said: str, also: tuple[str, ...] = ()) -> Expect:
    """Expect the file to go back (FL02), with these words as the reason."""
    return Expect(found=("- FL02 reject", *also), said=said, outcome="returned")


@dataclass(frozen=True)
class Case:
    """Files that lie together in one folder of the inbox; `before` was received before them."""

    name: str
    build: Callable[[Numbers], bytes | Files]
    expect: Mapping[str, Expect]
    story: str
    before: Before | None = None
    settings: tuple[tuple[str, str], ...] = ()

    def files(self, no: Numbers) -> Files:
        """Return the bytes of each file by its name."""
        built = self.build(no)
        return built if isinstance(built, Mapping) else {next(iter(self.expect)): built}


CASES: list[Case] = []


def case(
    expect: Expect | Mapping[str, Expect],
    *,
    name: str = "danh_sach.xlsx",
    before: Before | None = None,
    **settings: int,
) -> Callable[[Callable[[Numbers], bytes | Files]], Callable[[Numbers], bytes | Files]]:
    """Declare a case; `settings` are those of its office."""

    def declare(
        build: Callable[[Numbers], bytes | Files],
    ) -> Callable[[Numbers], bytes | Files]:
        CASES.append(
            Case(
                build.__name__,
                build,
                {name: expect} if isinstance(expect, Expect) else expect,
                inspect.getdoc(build) or "",
                before,
                tuple((key, str(value)) for key, value in settings.items()),
            )
        )
        return build

    return declare
