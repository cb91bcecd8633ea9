"""A real Prefect server and worker: `prepare` is deployed, triggered by month, and done."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.ingest import ingest
from tasks import warehouse
from tasks.office import load_office
from tasks.status import status

REPOSITORY = Path(__file__).resolve().parents[2]
PREFECT = [sys.executable, "-m", "prefect"]
SECONDS = 180
MONTH, DAY = "2024-06", "2024-06-03"


@pytest.fixture
def environment(tmp_path: Path, home: Path) -> dict[str, str]:
    """What server, worker and client share: a Prefect home and a free port of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    return outside | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(REPOSITORY),
        "CHITRA_HOME": str(home),
        "CHITRA_TODAY": DAY,
    }


@contextmanager
def running(words: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run a program in a process group of its own, and end the group whatever happens."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*PREFECT, *words],
            env=environment,
            cwd=log.parent,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    for signal in (15, 9):
        try:
            os.killpg(process.pid, signal)
            process.wait(timeout=10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=10)


def prefect(environment: dict[str, str], *words: str, cwd: Path = REPOSITORY) -> str:
    """Run one Prefect command to its end."""
    found = subprocess.run(
        [*PREFECT, "--no-prompt", *words],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def wait_for(what: str, ask: Callable[[], Any]) -> Any:
    """Return the first answer that is not None."""
    give_up_at = time.monotonic() + SECONDS
    while time.monotonic() < give_up_at:
        answer = ask()
        if answer is not None:
            return answer
        time.sleep(0.5)
    raise AssertionError(f"waited in vain for {what}")


@pytest.mark.timeout(4 * SECONDS)
def test_prepare_runs_by_deployment(home: Path, environment: dict[str, str]) -> None:
    ingest(str(home), DAY)
    logs = home.parent
    with ExitStack() as ending:
        server = ["server", "start", "--host", "127.0.0.1"]
        ending.enter_context(running(server, environment, logs / "server.log"))
        api = ending.enter_context(httpx.Client(base_url=environment["PREFECT_API_URL"]))
        wait_for("the server", lambda: is_healthy(api))
        prefect(environment, "work-pool", "create", "chitra", "--type", "process")
        prefect(environment, "deploy", "--all")
        deployments = {one["name"]: one for one in api.post("/deployments/filter", json={}).json()}
        verbs = ("ingest", "prepare", "release", "treasury", "reconcile", "publish")
        assert set(deployments) == set(verbs)
        worker = ["worker", "start", "--pool", "chitra", "--limit", "1"]
        ending.enter_context(running(worker, environment, logs / "worker.log"))

        check_form(api, deployments["prepare"])
        run = trigger(api, deployments["prepare"], {"month": MONTH, "by": "Lò Thị Lập"})
        state = wait_for("the flow run", lambda: final_state(api, run))
        assert state["type"] == "COMPLETED", (state, (logs / "worker.log").read_text()[-4000:])
    office = load_office(home, date.fromisoformat(DAY))
    with warehouse.opened(office) as connection:
        (month,) = status(connection, office)["months"]
    assert (month["month"], month["state"], month["prepared_by"]) == (
        MONTH,
        "prepared",
        "Lò Thị Lập",
    )
    assert (home / "outbox" / MONTH / "lists").is_dir()
    shutil.rmtree(environment["PREFECT_HOME"], ignore_errors=True)


def is_healthy(api: httpx.Client) -> bool | None:
    try:
        return True if api.get("/health").status_code == 200 else None
    except httpx.TransportError:
        return None


def check_form(api: httpx.Client, deployment: dict[str, Any]) -> None:
    """The server knows the month's pattern and refuses another value before anything runs."""
    month = deployment["parameter_openapi_schema"]["properties"]["month"]
    assert month["pattern"] == r"^\d{4}-(0[1-9]|1[0-2])$"
    assert "2024-07" in month["description"]
    wrong = {"parameters": {"month": "2024-13", "by": "Lò Thị Lập"}}
    refused = api.post(f"/deployments/{deployment['id']}/create_flow_run", json=wrong)
    assert refused.status_code == 409, refused.text


def trigger(api: httpx.Client, deployment: dict[str, Any], parameters: dict[str, str]) -> str:
    body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    made = api.post(f"/deployments/{deployment['id']}/create_flow_run", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def final_state(api: httpx.Client, run: str) -> dict[str, Any] | None:
    state = api.get(f"/flow_runs/{run}").json()["state"]
    is_final = state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return state if is_final else None
