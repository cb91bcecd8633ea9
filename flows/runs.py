"""How what a deployment starts runs: it has a bar, and ends with a sentence, well or badly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

from prefect.client.schemas.objects import State
from prefect.exceptions import Abort
from prefect.states import Completed

from flows.approval import is_deployed
from flows.progress import Bar
from flows.standing import NothingToDo
from flows.step import failed, watched

P = ParamSpec("P")
Row = dict[str, Any]


def told(function: Callable[P, State | Row]) -> Callable[P, Row]:
    """Declare the body of a flow: it ends in a state whose message says what happened.

    A refusal fails the run by its sentence, without a traceback; nothing to do is no failure.
    Whoever calls the flow gets from Prefect what the state holds, or its error.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            with _bar():
                return function(*args, **kwargs)
        except NothingToDo as nothing:
            return done(str(nothing), {"nothing_to_do": str(nothing)})
        except Exception as error:
            if os.environ.get("CHITRA_DEBUG"):
                raise
            return _ended_badly(error)

    return call


def _ended_badly(error: Exception) -> State:
    """Return the state of a run that failed; whoever called the flow gets the error.

    Nobody called a deployed one: its process would log the error with a traceback. An abort is
    what it ends by in silence.
    """
    state: State = failed(error)
    if is_deployed():
        state.data = Abort(state.message)
    return state


def done(sentence: str, result: Row) -> State:
    """Return the state in which a run ends well."""
    return Completed(message=sentence, data=result)


@contextmanager
def _bar() -> Iterator[None]:
    """Draw a bar while a deployed run works."""
    if not is_deployed():
        yield
        return
    bar = Bar("Tiến độ: số bước đã xong")
    with watched(bar):
        yield
    bar.finish()
