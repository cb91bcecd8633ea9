"""Seconds by step, taken around the functions that do the steps, without a line in them."""

from __future__ import annotations

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from schemas.table import Table

# What these do inside is theirs: the same temporary table serves many.
WRITING = frozenset(("stage", "append", "replace", "replace_by", "upsert"))


# Elapsed seconds are what people wait for; those of the processors, all threads together, are what
# a step costs, and hardly grow when others use the machine.
CLOCKS = {"elapsed": time.perf_counter, "processor": time.process_time}


# Of each clock: seconds by step.
Seconds = dict[str, defaultdict[str, float]]


def _none_yet() -> Seconds:
    return {clock: defaultdict(float) for clock in CLOCKS}


@dataclass
class Stopwatch:
    """What nested steps took by each clock: with the steps inside them, and by themselves."""

    whole: Seconds = field(default_factory=_none_yet)
    own: Seconds = field(default_factory=_none_yet)
    parent: dict[str, str | None] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)  # outermost first

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done inside as a step of the step that is running."""
        above = self.running[-1] if self.running else None
        self.parent.setdefault(name, above)
        self.running.append(name)
        started = {clock: tell() for clock, tell in CLOCKS.items()}
        try:
            yield
        finally:
            self.running.pop()
            for clock, tell in CLOCKS.items():
                self._add(clock, name, above, tell() - started[clock])

    def _add(self, clock: str, name: str, above: str | None, seconds: float) -> None:
        self.whole[clock][name] += seconds
        self.own[clock][name] += seconds
        if above is not None:
            self.own[clock][above] -= seconds

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its calls timed, by its name and what it is told to do."""

        @functools.wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            if self.running and self.running[-1].split()[0] in WRITING:
                return function(*arguments, **named)
            with self.step(_name(function, arguments)):
                return function(*arguments, **named)

        return run

    def parts(self, name: str | None) -> list[str]:
        """Return the steps right inside a step, in the order in which they were first done."""
        return [step for step, above in self.parent.items() if above == name]


def _name(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Return the function's name with the table, temporary table, suite or rule it is about."""
    name = function.__name__.strip("_")
    about = arguments[1] if len(arguments) > 1 else None
    if inspect.isclass(about) and issubclass(about, Table):
        return f"{name} {about.table_name}"
    return f"{name} {about}" if isinstance(about, str) and about.isidentifier() else name


@contextmanager
def watching(watch: Stopwatch, modules: Iterable[ModuleType]) -> Iterator[None]:
    """Time every function that these modules call by a name of theirs, while inside."""
    kept = [(module, name, found) for module in modules for name, found in _functions(module)]
    for module, name, found in kept:
        setattr(module, name, watch.timed(found))
    try:
        yield
    finally:
        for module, name, found in kept:
            setattr(module, name, found)


def _functions(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    return [
        (name, found)
        for name, found in vars(module).items()
        if inspect.isfunction(found) and found.__module__.startswith("tasks.")
        # What only asks the warehouse belongs to the step that asks.
        if found.__module__ != "tasks.warehouse" or name in WRITING
    ]
