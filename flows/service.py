"""`chitra up` and `chitra down`: the office's own Prefect server and worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import httpx
from filelock import FileLock, Timeout

from flows import service_api
from flows.service_process import Running, end, leader, running, start
from flows.service_set_up import fingerprint
from flows.service_settings import (
    LOOPBACK,
    MARK,
    POOL,
    ROLE,
    Service,
    load_service,
    password_line,
)
from tasks.office import Refused

Row = dict[str, Any]

SECONDS = 240  # that a server may need to start on a slow machine
LOOK_SECONDS = 15  # between two looks of a keeper
KEEPER = "keeper"
WORKER = ["flows.worker", "worker", "start", "--pool", POOL, "--type", "process"]
BUSY = "Một lệnh “chitra up” hoặc “chitra down” khác đang chạy. Chờ lệnh đó xong rồi chạy lại."
NO_ANSWER = "{} không trả lời. Xem {}, sửa, chạy “chitra down” rồi “chitra up”."


def up(home: Path, port: int | None = None) -> Row:
    """Start what does not run, mend what is dead, and return where to look."""
    service = load_service(home, port)
    password_line(service.auth_path)  # made before anyone needs it, and the folder with it
    with _alone(service):
        before = running(home)
        service, is_new_server = _serve(service, before, port)
        with service_api.client(service) as api:
            _await_server(service, api)
            service_api.make_pool(api)
            started_again = _start_worker(service, api, before, is_new_server)
            is_new_set_up = _set_up(service, api)  # while the worker starts
            service_api.wait_for(
                lambda: service_api.is_worker_online(api),
                SECONDS,
                NO_ANSWER.format("Worker", service.folder / "worker.log"),
            )
    return _told(service) | {
        "server": "started" if is_new_server else "running",
        "worker": "running" if started_again is None else "started",
        "deployments": "set up" if is_new_set_up else "unchanged",
        "runs_started_again": started_again or 0,
    }


def _serve(service: Service, before: list[Running], port: int | None) -> tuple[Service, bool]:
    """Start the server where none lives; return the settings with its port, and whether it did."""
    server = leader(before, "server")
    if server is None:
        end(service.home, ["server"])
        _require_free(service)
        start(service, "server", ["flows.service_server"])
        return service, True
    if port is not None and server.port != str(port):
        raise Refused(
            f"Máy chủ của đơn vị đang chạy ở cổng {server.port}. Chạy “chitra down” trước, "
            f"rồi “chitra up --port {port}”."
        )
    return replace(service, port=int(server.port)), False


def _require_free(service: Service) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((service.host, service.port))
        except OSError:
            raise Refused(
                f"Không mở được cổng {service.port} ở {service.host}: đang có chương trình khác "
                "dùng, hoặc sai địa chỉ. Đặt port, host ở mục [service] của office.toml, hoặc "
                "--port."
            ) from None


def _await_server(service: Service, api: httpx.Client) -> None:
    otherwise = NO_ANSWER.format("Máy chủ Prefect", service.folder / "server.log")

    def ask() -> bool | None:
        if leader(running(service.home), "server") is None:
            raise Refused(otherwise)
        return service_api.answers(api)

    service_api.wait_for(ask, SECONDS, otherwise)


def _set_up(service: Service, api: httpx.Client) -> bool:
    """Deploy everything where the server does not have it as this program is."""
    if service_api.set_up_as(api) == fingerprint(service):
        return False
    process = start(service, "set-up", ["flows.service_set_up"])
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        code = None
    if code != 0:
        log = service.folder / "set-up.log"
        raise Refused(f"Chưa đặt được các việc của prefect.yaml. Xem {log} rồi chạy lại.")
    return True


def _start_worker(
    service: Service, api: httpx.Client, before: list[Running], is_new_server: bool
) -> int | None:
    """Start a worker where none lives, and again what the last one left; None: one lives."""
    # A worker does not outlive its server well, and its port may be another now.
    if leader(before, "worker") is not None and not is_new_server:
        return None
    end(service.home, ["worker"])
    service_api.forget_workers(api)
    again = service_api.start_cut_off_runs_again(api)
    start(service, "worker", [*WORKER, "--limit", "1", "--name", POOL])
    return again


def _told(service: Service) -> Row:
    return {
        "home": str(service.home),
        "address": service.address,
        "user": service.auth[0],
        "password_file": str(service.auth_path),
        "notices": str(service.notices_path),
        "is_open_to_others": service.host not in LOOPBACK,
        "schedules": service.schedules,
    }


def down(home: Path) -> Row:
    """End server, worker and whatever they left behind; return how many processes there were."""
    service = load_service(home)
    service.folder.mkdir(mode=0o700, exist_ok=True)
    keepers = end(home, [KEEPER])  # first: it would start the others again
    with _alone(service):
        return {"home": str(home), "ended": keepers + end(home, ["worker", "set-up", "server"])}


@contextmanager
def _alone(service: Service) -> Iterator[None]:
    """Let one command at a time start and end processes."""
    service.prefect_home.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(service.prefect_home / "up.lock", timeout=SECONDS):
            yield
    except Timeout:
        raise Refused(BUSY) from None


def standing(home: Path) -> Row:
    """Tell what lives of an office's service; starts nothing."""
    found = running(home)
    server, worker = leader(found, "server"), leader(found, "worker")
    return {"server": server is not None, "worker": worker is not None}


def become_keeper(home: Path, words: list[str]) -> None:
    """Run this command again as one that `running` knows, unless it is so already."""
    if (os.environ.get(MARK), os.environ.get(ROLE)) != (str(home), KEEPER):
        own = {MARK: str(home), ROLE: KEEPER}
        os.execve(words[0], words, os.environ | own)


def keep(home: Path, port: int | None, show: Callable[[Row], object]) -> NoReturn:
    """Start, show where to look and stay: mend what dies, end everything when told to stop."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    try:
        show(up(home, port))
        while True:
            time.sleep(LOOK_SECONDS)
            if not all(standing(home).values()):
                up(home, port)
    finally:
        end(home, ["worker", "set-up", "server"])
