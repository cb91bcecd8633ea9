"""One Prefect server and worker of a tiny office, everything deployed, for all tests that ask it.

`service` starts them once a session. Its office has the files of 2024-06 in the inbox, nothing
received yet; tests that change it say so, and come after one another in their file.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.office import init_office

REPOSITORY = Path(__file__).resolve().parents[2]
PREFECT = [sys.executable, "-m", "prefect"]
SECONDS = 180
DAY = "2024-06-03"
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class Service:
    """A running server and worker: `api` is signed in; `address` is what a browser opens."""

    home: Path
    address: str
    auth: str  # user:password
    api: httpx.Client
    environment: dict[str, str]  # of every program that speaks to the server
    logs: Path
    started: list[str] = field(default_factory=list)

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Return every deployment by its name."""
        found = self.api.post("/deployments/filter", json={"limit": 200}).json()
        return {one["name"]: one for one in found}

    def ask(self, name: str, **parameters: Any) -> httpx.Response:
        """Ask for a run of a deployment, as the form of the page does; it may be refused."""
        deployment = self.deployments()[name]["id"]
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return self.api.post(f"/deployments/{deployment}/create_flow_run", json=body)

    def trigger(self, name: str, **parameters: Any) -> str:
        """Start a run of a deployment; return its id."""
        made = self.ask(name, **parameters)
        assert made.status_code == 201, made.text
        self.started.append(str(made.json()["id"]))
        return self.started[-1]

    def flow_run(self, run: str) -> dict[str, Any]:
        return dict(self.api.get(f"/flow_runs/{run}").json())

    def state(self, run: str, *types: str) -> dict[str, Any]:
        """Return the state of a run once its type is one of these (default: a final one)."""

        def reached() -> dict[str, Any] | None:
            state = self.flow_run(run)["state"]
            return state if state and state["type"] in (types or FINAL) else None

        return dict(wait_for(f"run {run}", reached))

    def completed(self, name: str, **parameters: Any) -> str:
        """Start a run and wait until it is done; return its id."""
        run = self.trigger(name, **parameters)
        state = self.state(run)
        assert state["type"] == "COMPLETED", (state, self.log_of(run))
        return run

    def log_of(self, run: str) -> list[str]:
        """Return what a run said."""
        asked = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
        return [one["message"] for one in self.api.post("/logs/filter", json=asked).json()]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Service]:
    """Start server and worker of an office of its own; stop them and remove Prefect's home."""
    home = tmp_path_factory.mktemp("service") / "office"
    init_office(home)
    shutil.copytree(sample / "2024-06", home / "inbox" / "2024-06")
    with started(home) as service:
        yield service


@contextmanager
def started(home: Path) -> Iterator[Service]:
    """Run server and worker for an office, with everything deployed."""
    port, auth = free_port(), "chitra:mat-khau-thu"
    environment = outside() | {
        "PREFECT_HOME": str(home / ".prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(REPOSITORY),
        "CHITRA_HOME": str(home),
        "CHITRA_TODAY": DAY,
    }
    logs = home.parent
    user, _, password = auth.partition(":")
    with ExitStack() as ending:
        server = ["server", "start", "--host", "127.0.0.1"]
        ending.enter_context(running(server, environment, logs / "server.log"))
        url = environment["PREFECT_API_URL"]
        api = ending.enter_context(
            httpx.Client(base_url=url, auth=(user, password), timeout=30, trust_env=False)
        )
        wait_for("the server", lambda: is_healthy(api))
        prefect(environment, "work-pool", "create", "chitra", "--type", "process")
        prefect(environment, "deploy", "--all")
        worker = ["worker", "start", "--pool", "chitra", "--limit", "1"]
        ending.enter_context(running(worker, environment, logs / "worker.log"))
        yield Service(home, url.removesuffix("/api"), auth, api, environment, logs)
    shutil.rmtree(environment["PREFECT_HOME"], ignore_errors=True)


def outside() -> dict[str, str]:
    """Return the variables of this process that do not speak of Prefect."""
    return {name: value for name, value in os.environ.items() if "PREFECT" not in name}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_healthy(api: httpx.Client) -> bool | None:
    try:
        return True if api.get("/health").status_code == 200 else None
    except httpx.TransportError:
        return None


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
