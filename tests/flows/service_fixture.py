"""One Prefect server and worker of a tiny office, everything deployed, for all tests that ask it.

`service` starts them once a session. Its office has the files of 2024-06 in the inbox, nothing
received yet; tests that change it say so, and come after one another in their file.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from flows.service_api import client
from flows.service_process import running
from flows.service_settings import load_service
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
    mails: list[str]  # that the office was sent
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


CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@contextmanager
def browser(service: Service) -> Iterator[Any]:
    """Yield a page of Chromium that is signed in; skip where there is no Chromium.

    With CHITRA_BROWSER=required a machine without one fails; no other host is ever asked.
    """
    if not Path(CHROMIUM).exists() and os.environ.get("CHITRA_BROWSER") != "required":
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright

    answered: list[str] = []
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        try:
            page = chromium.new_page(viewport={"width": 1280, "height": 1000}, locale="vi-VN")
            page.set_default_timeout(60_000)
            page.on("response", lambda response: answered.append(response.url))
            page.goto(service.address)
            page.get_by_placeholder("admin:pass").fill(service.auth)
            page.keyboard.press("Enter")
            page.get_by_text("Deployments").first.wait_for()
            yield page
        finally:
            chromium.close()
    strangers = [url for url in answered if not url.startswith((service.address, "data:", "blob:"))]
    assert not strangers


def screenshot(page: Any, name: str) -> None:
    """Keep a picture of a page where CHITRA_SCREENSHOTS names a folder."""
    if folder := os.environ.get("CHITRA_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Service]:
    """Start server and worker of an office of its own; stop them when all tests are done."""
    home = tmp_path_factory.mktemp("service") / "office"
    init_office(home)
    shutil.copytree(sample / "2024-06", home / "inbox" / "2024-06")
    with started(home) as service:
        yield service


@contextmanager
def started(home: Path) -> Iterator[Service]:
    """Run server and worker of an office by `chitra up`, and end them by `chitra down`."""
    mails: list[str] = []
    with postbox(mails) as post:
        # Nothing runs by itself: what a test does not ask for would come in between.
        settings = ["[service]", "schedules = false", 'mail = "can.bo@example.vn"']
        with (home / "reference" / "office.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join(["", *settings, f'smtp = "127.0.0.1:{post}"', ""]))
        port = free_port()
        try:
            told = chitra(home, "up", "--port", str(port))
            own = load_service(home, port)
            auth = ":".join(own.auth)
            environment = own.environment("test") | {"CHITRA_TODAY": DAY}
            with client(own) as api:
                yield Service(home, told["address"], auth, api, environment, own.folder, mails)
        finally:
            chitra(home, "down")
        assert not running(home)
    shutil.rmtree(home / ".prefect", ignore_errors=True)


def chitra(home: Path, *words: str) -> dict[str, Any]:
    """Run one command for an office, from a folder that is not the program's; return what it says.

    Prefect's variables from outside, and those of another office, must not matter.
    """
    found = subprocess.run(
        [sys.executable, "-m", "flows.cli", *words, "--home", str(home), "--json"],
        env=os.environ
        | {
            "PYTHONPATH": str(REPOSITORY),
            "CHITRA_TODAY": DAY,
            "PREFECT_API_URL": "http://127.0.0.1:9/api",
            "PREFECT_SERVER_API_HOST": "0.0.0.0",
        },
        cwd=home,
        capture_output=True,
        text=True,
        timeout=2 * SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return dict(json.loads(found.stdout))


@contextmanager
def postbox(mails: list[str]) -> Iterator[int]:
    """Take mail as a post office does, into a list; yield the port."""

    class Taker(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hom thu\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 gui di\r\n")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                is_end = line.upper().startswith(b"QUIT")
                self.wfile.write(b"221 tam biet\r\n" if is_end else b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taker) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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
