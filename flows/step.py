"""What a step is: a plain call by itself, one Prefect task run inside a flow run."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from tasks.office import InvariantBroken, Refused

P = ParamSpec("P")
R = TypeVar("R")
Listener = Callable[[str], None]

RETRY_DELAYS = [2.0, 10.0]  # seconds
SAID_AS_IT_IS = (Refused, InvariantBroken, OSError)
BROKEN = "{} Không có gì của bước này được ghi. Chạy “chitra verify” rồi báo người quản trị."
DISK = "Không đọc hoặc ghi được tệp ({}). Kiểm tra ổ đĩa còn chỗ và quyền ghi, rồi chạy lại."
UNEXPECTED = (
    "Lỗi ngoài dự kiến ({}). Sổ không bị hỏng: chạy lại được. Nếu vẫn lỗi, đặt CHITRA_DEBUG=1 cho "
    "worker, chạy lại, rồi gửi nhật ký lượt chạy cho người quản trị."
)
_listeners: list[Listener] = []


class StepFailed(Exception):
    """An unexpected error in a step, told without the values of rows that it may quote."""


def step(
    label: str, *, minutes: int, repeatable: bool = False, run_name: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as a step; `label` names a run of it by its arguments, in Vietnamese.

    A `repeatable` step is tried again where the disk or another process was in the way. Prefect is
    not imported unless a flow is running; it keeps `run_name` in place of a label that may tell
    of a person, as names of files may.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @cache
        def as_task() -> Callable[P, R]:
            return _prefect_task(function, run_name or label, minutes, repeatable)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            announce(label.format(**given.arguments))
            if in_flow_run():
                return _returned(as_task()(*args, **kwargs))
            return function(*args, **kwargs)

        return call

    return declare


def in_flow_run() -> bool:
    """Tell whether a Prefect flow is running here."""
    if "prefect" not in sys.modules:
        return False
    from prefect.context import FlowRunContext

    return FlowRunContext.get() is not None


def _prefect_task(
    function: Callable[P, R], name: str, minutes: int, repeatable: bool
) -> Callable[P, Any]:
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    return task(
        name=function.__name__,
        description=inspect.getdoc(function),
        # The graph of a run has letters without accents alone: apart from its letter, an accent is
        # left out there and no letter is lost.
        task_run_name=unicodedata.normalize("NFD", name),
        timeout_seconds=60.0 * minutes,
        retries=len(RETRY_DELAYS) if repeatable else 0,
        retry_delay_seconds=RETRY_DELAYS,
        retry_condition_fn=_may_pass,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(_told_failing(_discreet(function)))


def _discreet(function: Callable[P, R]) -> Callable[P, R]:
    """Return `function` with errors that may be logged: they name a place, never a value."""

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


def _told_failing(function: Callable[P, R]) -> Callable[P, Any]:
    """Return `function` failing as Prefect shows it: by a sentence in place of a traceback."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return function(*args, **kwargs)
        except (*SAID_AS_IT_IS, StepFailed) as error:
            return failed(error)

    return call


def failed(error: Exception) -> Any:
    """Return the state in which a run ends that failed: it says what to do."""
    from prefect.states import Failed

    return Failed(message=sentence_of(error), data=error)


def sentence_of(error: Exception) -> str:
    """Return in Vietnamese what went wrong and what to do, without any value of a row."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, InvariantBroken):
        return BROKEN.format(error)
    if isinstance(error, OSError):
        return DISK.format(error.strerror or type(error).__name__)
    return UNEXPECTED.format(told_of(error))


def _returned(found: Any) -> Any:
    """Return what a step returned, or raise what it failed by."""
    from prefect.states import State

    if isinstance(found, State):
        raise cast(Any, found.data).result  # `failed` put it there
    return found


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


def announce(label: str) -> None:
    """Let everybody who watches know what is being done."""
    for listener in _listeners:
        listener(label)


def ahead(steps: int) -> None:
    """Let those who watch know how many steps a verb has still to do, once it knows."""
    for listener in _listeners:
        if plan := getattr(listener, "plan", None):
            plan(steps)
