"""A run that waits for a person, days if need be: it is suspended, so nothing runs meanwhile.

A run that goes on starts from its top in a new process, maybe on another day: all it knows is what
Prefect's server keeps of it, the keys of its waits and what was answered. A key says which month
waits, and how often it has by then.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.input.actions import read_flow_run_input
from prefect.states import Completed
from pydantic import Field

from tasks.office import default_home

KEY = re.compile(r"ky-(\d{4}-\d{2})-lan-(\d+)")
SUSPENDED = "Suspended"
MOST_WAITING = 200


class Approval(RunInput):
    """The form; whatever is typed is judged by the run, which says in Vietnamese what is wrong."""

    digest: str = Field(
        title="Mã xác nhận",
        description="Chép từ trang tóm tắt để duyệt: đủ mã, hoặc 16 ký tự đầu.",
    )
    approver: str = Field(title="Họ và tên người duyệt", description="Khác người lập.")
    accept: str = Field(
        default="",
        title="Lý do chấp nhận cảnh báo",
        description="Bắt buộc khi có cảnh báo.",
    )


@dataclass(frozen=True)
class Asked:
    """The last wait of this run: `answer` is None where nobody filled its form."""

    month: str
    times: int
    answer: dict[str, Any] | None


def this_run() -> FlowRun:
    """Return the run that is running here."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("no flow is running")
    return context.flow_run


def is_deployed() -> bool:
    """Tell whether this run can be gone on with: only what a deployment started can."""
    return this_run().deployment_id is not None


def asked_before() -> Asked | None:
    """Return what this run asked last, None where it never did."""
    with get_client(sync_client=True) as client:
        kept = client.read_flow_run(this_run().id).empirical_policy.pause_keys or set()
    waits = [found for key in kept if (found := KEY.fullmatch(key))]
    if not waits:
        return None
    last = max(waits, key=lambda found: int(found[2]))
    response = f"{SUSPENDED.lower()}-{last[0]}-response"
    answer: Any = read_flow_run_input(response, this_run().id)
    return Asked(last[1], int(last[2]), answer)


def ask(month: str, times: int, description: str) -> NoReturn:
    """Suspend this run until somebody fills the form: its process ends, its slot is free."""
    form = Approval.with_initial_data(description=description)
    suspend_flow_run(wait_for_input=form, timeout=None, key=f"ky-{month}-lan-{times}")
    raise RuntimeError("a wait that was asked before was asked again")


def name_run(name: str) -> None:
    """Name this run by what it turned out to be about."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_name(flow_run_id=this_run().id, name=name)


def others_waiting(home: str) -> list[tuple[UUID, str]]:
    """Return id and month of the other suspended runs that wait with a month of this office."""
    wanted = FlowRunFilter.model_validate({"state": {"name": {"any_": [SUSPENDED]}}})
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=wanted, limit=MOST_WAITING)
    return [
        (run.id, month)
        for run in runs
        if run.id != this_run().id
        and (month := _waits_with(run)) is not None
        and os.path.abspath(run.parameters.get("home") or default_home()) == home
    ]


def _waits_with(run: FlowRun) -> str | None:
    key = run.state.state_details.pause_key if run.state else None
    found = KEY.fullmatch(key or "")
    return found[1] if found else None


def end(run: UUID, name: str, said: str) -> None:
    """End another run well that waits.

    Where somebody goes on with it at this very moment the server refuses, and it finds out itself.
    """
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, Completed(message=said))
        client.set_flow_run_name(run, name)
