"""What the office's commands ask of its Prefect server, over HTTP and without importing Prefect."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from flows.service_settings import POOL, Service
from tasks.office import Refused

Row = dict[str, Any]

SET_UP = "chitra_set_up"  # the variable of the server that says what was set up there
BUSY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds
MOST_STARTS = 5  # of a run that the machine cut off; going on after an approval counts as one
CUT_OFF = "Máy hoặc chương trình dừng giữa chừng; việc được làm lại từ đầu."
CUT_OFF_AGAIN = "Bị dừng giữa chừng nhiều lần. Xem service/worker.log, rồi bấm Run lần nữa."


class PatientClient(httpx.Client):
    """Asks again where the server's database is busy: SQLite has one writer at a time."""

    def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        for delay in BUSY_DELAYS:
            found = super().send(request, **kwargs)
            if found.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return found
            time.sleep(delay)
        return super().send(request, **kwargs)


def client(service: Service) -> httpx.Client:
    """Return a client that is signed in; no proxy of the machine stands between."""
    url = f"{service.address}/api"
    return PatientClient(base_url=url, auth=service.auth, timeout=60, trust_env=False)


def answers(api: httpx.Client) -> bool | None:
    """Tell whether this office's server answers; None where nothing does (yet).

    Refused where another server answers there: its password is not ours.
    """
    try:
        found = api.get("/admin/version")
    except httpx.TransportError:
        return None
    if found.status_code == 401:
        raise Refused(
            f"Ở {api.base_url.host}:{api.base_url.port} đang có máy chủ Prefect của đơn vị khác. "
            "Đặt cổng khác: port ở mục [service] của office.toml, hoặc --port."
        )
    return True if found.status_code == 200 else None


def is_worker_online(api: httpx.Client) -> bool | None:
    """Tell whether a worker reported to the pool."""
    found = api.post(f"/work_pools/{POOL}/workers/filter", json={})
    is_online = found.status_code == 200 and any(one["status"] == "ONLINE" for one in found.json())
    return is_online or None


def forget_workers(api: httpx.Client) -> None:
    """Remove workers that reported once: one that was killed seems to be online for a while."""
    for one in api.post(f"/work_pools/{POOL}/workers/filter", json={}).raise_for_status().json():
        api.delete(f"/work_pools/{POOL}/workers/{one['name']}").raise_for_status()


def wait_for(ask: Callable[[], Any], seconds: float, otherwise: str) -> Any:
    """Return the first answer that is not None; Refused where none comes in time."""
    give_up_at = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > give_up_at:
            raise Refused(otherwise)
        time.sleep(0.3)
    return answer


def set_up_as(api: httpx.Client) -> Any:
    """Return what the server was set up with, None where it was not or something was removed."""
    found = api.get(f"/variables/name/{SET_UP}")
    if found.status_code != 200:
        return None
    kept = found.json()["value"]
    return kept["sha256"] if kept["deployments"] == len(deployments(api)) else None


def say_set_up(api: httpx.Client, sha256: str) -> None:
    """Keep on the server what it was set up with."""
    body = {"name": SET_UP, "value": {"sha256": sha256, "deployments": len(deployments(api))}}
    if api.patch(f"/variables/name/{SET_UP}", json=body).status_code == 404:
        api.post("/variables/", json=body).raise_for_status()


def deployments(api: httpx.Client) -> list[Row]:
    """Return every deployment of the pool, by name."""
    asked = {"work_pools": {"name": {"any_": [POOL]}}, "sort": "NAME_ASC", "limit": 200}
    return list(api.post("/deployments/filter", json=asked).raise_for_status().json())


def make_pool(api: httpx.Client) -> None:
    """Make the work pool where there is none."""
    description = "Chạy các việc của Chi Trả trên máy này, mỗi lúc một việc."
    body = {"name": POOL, "type": "process", "description": description}
    made = api.post("/work_pools/", json=body)
    if made.status_code != 409:
        made.raise_for_status()


def set_schedules(api: httpx.Client, are_active: bool) -> None:
    """Let everything planned in prefect.yaml run by itself, or nothing."""
    for deployment in deployments(api):
        for schedule in deployment["schedules"]:
            path = f"/deployments/{deployment['id']}/schedules/{schedule['id']}"
            api.patch(path, json={"active": are_active}).raise_for_status()


def put_automation(api: httpx.Client, automation: Row) -> None:
    """Make an automation, or bring that of the same name up to date; leave it off if it was."""
    asked = {"automations": {"name": {"any_": [automation["name"]]}}}
    known = api.post("/automations/filter", json=asked).raise_for_status().json()
    for old in known[1:]:
        api.delete(f"/automations/{old['id']}").raise_for_status()
    if known:
        body = automation | {"enabled": known[0]["enabled"]}
        api.put(f"/automations/{known[0]['id']}", json=body).raise_for_status()
    else:
        api.post("/automations/", json=automation).raise_for_status()


def start_cut_off_runs_again(api: httpx.Client) -> int:
    """Put runs whose process is gone back in line; return how many. To be asked with no worker."""
    cut_off = ["RUNNING", "PENDING", "CANCELLING"]
    asked = {
        "work_pools": {"name": {"any_": [POOL]}},
        "flow_runs": {"state": {"type": {"any_": cut_off}}},
    }
    runs = api.post("/flow_runs/filter", json=asked).raise_for_status().json()
    for run in runs:
        body = {"state": _after_cut(run), "force": True}
        api.post(f"/flow_runs/{run['id']}/set_state", json=body).raise_for_status()
    return len(runs)


def _after_cut(run: Row) -> Row:
    if run["state"]["type"] == "CANCELLING":
        return {"type": "CANCELLED", "name": "Cancelled"}
    if run["run_count"] < MOST_STARTS:
        return {"type": "SCHEDULED", "name": "Scheduled", "message": CUT_OFF}
    return {"type": "CRASHED", "name": "Crashed", "message": CUT_OFF_AGAIN}
