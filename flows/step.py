"""What a step is: a plain call by itself, one Prefect task run inside a flow run."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tasks.office import InvariantBroken, Refused

P = ParamSpec("P")
R = TypeVar("R")
Listener = Callable[[str], None]

RETRY_DELAYS = [2.0, 10.0]  # seconds
SAID_AS_IT_IS = (Refused, InvariantBroken, OSError)
_listeners: list[Listener] = []


class StepFailed(Exception):
    """An unexpected error in a step, told without the values of rows that it may quote."""


def step(
    label: str, *, minutes: int, repeatable: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as a step; `label` names a run of it by its arguments, in Vietnamese.

    A `repeatable` step is tried again where the disk or another process was in the way. Prefect is
    not imported unless a flow is running.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @cache
        def as_task() -> Callable[P, R]:
            return _prefect_task(function, label, minutes, repeatable)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            _announce(label.format(**given.arguments))
            run = as_task() if in_flow_run() else function
            return run(*args, **kwargs)

        return call

    return declare


def in_flow_run() -> bool:
    """Tell whether a Prefect flow is running here."""
    if "prefect" not in sys.modules:
        return False
    from prefect.context import FlowRunContext

    return FlowRunContext.get() is not None


def _prefect_task(
    function: Callable[P, R], label: str, minutes: int, repeatable: bool
) -> Callable[P, R]:
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    return task(
        name=function.__name__,
        description=inspect.getdoc(function),
        task_run_name=label,
        timeout_seconds=60.0 * minutes,
        retries=len(RETRY_DELAYS) if repeatable else 0,
        retry_delay_seconds=RETRY_DELAYS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(_discreet(function))


def _discreet(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` with errors that Prefect may log: they name a place, never a value."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except SAID_AS_IT_IS:
            raise
        except Exception as error:
            if os.environ.get("CHITRA_DEBUG"):
                raise
            raise StepFailed(told_of(error)) from None

    return call


def told_of(error: Exception) -> str:
    """Return the kind of an error and where it was raised: `TypeError, registry.py:120`."""
    if isinstance(error, StepFailed):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1:]
    return ", ".join(
        [type(error).__name__, *(f"{Path(p.filename).name}:{p.lineno}" for p in place)]
    )


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Tell whether a failure may go away by itself; a refusal does not."""
    return isinstance(state.result(raise_on_failure=False), OSError)


@contextmanager
def watched(listener: Listener) -> Iterator[None]:
    """Let `listener` hear the label of every step that begins meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _announce(label: str) -> None:
    for listener in _listeners:
        listener(label)
