"""The processes of one office's service: found by a mark in their environment, started, ended.

No pid is ever written down: after a crash or a restart of the machine it may be another's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flows.service_settings import MARK, PROGRAM, ROLE, Service
from tasks.office import Refused

PROC = Path("/proc")
FLOW_RUN = "PREFECT__FLOW_RUN_ID"
MOST_LOG_BYTES = 10_000_000
NOT_HERE = (
    "Lệnh này cần Linux. Trên Windows chạy trong WSL: xem “Trên Windows” trong sổ tay "
    "(flows/README.md)."
)


@dataclass(frozen=True)
class Running:
    """A living process of the service: `is_leader` for the one that was started as such."""

    pid: int
    role: str  # server, worker or keeper
    port: str
    is_leader: bool


def running(home: Path) -> list[Running]:
    """Return every living process of an office's service, runs of flows among them."""
    if not PROC.is_dir():
        raise Refused(NOT_HERE)
    pids = sorted(int(path.name) for path in PROC.iterdir() if path.name.isdecimal())
    found = (_of_service(pid, str(home)) for pid in pids if pid != os.getpid())
    return [process for process in found if process is not None]


def leader(processes: Iterable[Running], role: str) -> Running | None:
    """Return the server, the worker or the keeper itself, None where it does not live."""
    return next((one for one in processes if one.role == role and one.is_leader), None)


def _of_service(pid: int, home: str) -> Running | None:
    try:
        variables = dict(
            pair.partition("=")[::2]
            for pair in os.fsdecode((PROC / str(pid) / "environ").read_bytes()).split("\0")
        )
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # another user's, or gone
        return None
    if variables.get(MARK) != home or state in "ZX":
        return None
    is_leader = FLOW_RUN not in variables and _is_first_of_session(pid)
    port = variables.get("PREFECT_SERVER_API_PORT", "")
    return Running(pid, variables.get(ROLE, ""), port, is_leader)


def _is_first_of_session(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except OSError:
        return False


def start(service: Service, role: str, words: list[str]) -> subprocess.Popen[bytes]:
    """Start `python -m …` in a session of its own; what it says goes to `service/<role>.log`."""
    log = service.folder / f"{role}.log"
    if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            env=service.environment(role),
            cwd=PROGRAM,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(home: Path, roles: Iterable[str], seconds: float = 10) -> int:
    """End all processes of these roles, those they left behind too; return how many there were.

    A flow run is not asked first: what it was doing is finished by the same run started again.
    """
    roles = tuple(roles)
    first = [one for one in running(home) if one.role in roles]
    for process in first:
        _signal(process.pid, signal.SIGKILL if process.role == "worker" else signal.SIGTERM)
    give_up_at = time.monotonic() + seconds
    while left := [one for one in running(home) if one.role in roles]:
        if time.monotonic() > give_up_at:
            for process in left:
                _signal(process.pid, signal.SIGKILL)
        time.sleep(0.1)
    return len(first)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
