"""How the Prefect server and worker of one office are set up: table [service] of office.toml."""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tasks.office import Refused
from tasks.visible import write_with

PROGRAM = Path(__file__).resolve().parents[1]  # where prefect.yaml lies
POOL = "chitra"
USER = "chitra"
OWNER_ONLY = 0o600
LATE_AFTER_SECONDS = 15 * 60  # runs come one at a time, so a short wait is normal
HEARTBEAT_SECONDS = 30
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# By these, /proc tells whose a process is; a pid alone could be anybody's by now.
MARK, ROLE = "CHITRA_SERVICE", "CHITRA_SERVICE_ROLE"


@dataclass(frozen=True)
class Service:
    """The settings of one office's server and worker."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 4200
    database: str = ""  # SQLAlchemy's address; empty: SQLite in the office's folder
    schedules: bool = True  # what prefect.yaml plans runs by itself
    mail: str = ""  # who hears of trouble, with commas between
    smtp: str = ""  # server:port
    smtp_user: str = ""
    prepared_by: str = ""  # of runs that nobody started: tasks.office reads it

    @property
    def prefect_home(self) -> Path:
        return self.home / ".prefect"

    @property
    def folder(self) -> Path:
        """Return where people look: the password, what went wrong, what the programs said."""
        return self.home / "service"

    @property
    def auth_path(self) -> Path:
        return self.folder / "mat_khau.txt"

    @property
    def notices_path(self) -> Path:
        """Return the file of what went wrong in runs."""
        return self.folder / "van_de.txt"

    @property
    def address(self) -> str:
        """Return what a browser on this machine opens."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", *LOOPBACK) else self.host
        return f"http://{host}:{self.port}"

    @property
    def auth(self) -> tuple[str, str]:
        """Return user and password, made at the first call."""
        user, _, password = password_line(self.auth_path).partition(":")
        return user, password

    def environment(self, role: str) -> dict[str, str]:
        """Return the variables of a child: none of Prefect's own from outside, then ours."""
        outside = {name: text for name, text in os.environ.items() if "PREFECT_" not in name}
        auth = ":".join(self.auth)
        own = {
            MARK: str(self.home),
            ROLE: role,
            "CHITRA_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(
                [str(PROGRAM), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
            "PREFECT_HOME": str(self.prefect_home),
            "PREFECT_API_URL": f"{self.address}/api",
            "PREFECT_UI_URL": f"{self.address}/v2",  # what links in notices lead to
            "PREFECT_UI_API_URL": "/api",  # whatever name the browser knows this machine by
            "PREFECT_UI_STATIC_DIRECTORY": str(self.prefect_home / "ui"),
            "PREFECT_API_AUTH_STRING": auth,
            "PREFECT_SERVER_API_AUTH_STRING": auth,
            "PREFECT_SERVER_API_HOST": self.host,
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(LATE_AFTER_SECONDS),
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_CLI_COLORS": "false",
            "DO_NOT_TRACK": "1",
        }
        if self.database:
            own["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = self.database
        return outside | own


def load_service(home: Path, port: int | None = None) -> Service:
    """Read the settings; Refused where one is wrong. `port` is what was asked this time."""
    path = home / "reference" / "office.toml"
    if not path.is_file():
        raise Refused(f"Chưa có đơn vị trong thư mục {home}. Chạy “chitra init” trước.")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("service", {})
        service = _service(home, given)
    except (ValueError, TypeError) as error:
        raise Refused(f"Tệp reference/office.toml có chỗ sai: {error}. Sửa rồi chạy lại.") from None
    return service if port is None else replace(service, port=port)


def _service(home: Path, given: dict[str, Any]) -> Service:
    known = {name: type(value) for name, value in vars(Service(home)).items() if name != "home"}
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"mục [service] không có “{name}”, chỉ có {', '.join(known)}")
        if type(value) is not known[name]:
            kinds = {str: "chữ trong dấu nháy", int: "số", bool: "true hoặc false"}
            raise ValueError(f"{name} ở mục [service] phải là {kinds[known[name]]}")
    service = Service(home, **given)
    if service.mail and not service.smtp:
        raise ValueError("mục [service] có mail thì phải có smtp = “máy chủ thư:cổng”")
    # A password need not stand in a file: the whole address, or PGPASSWORD, may be a variable.
    return replace(
        service,
        database=os.environ.get("CHITRA_DATABASE", service.database),
        host=os.environ.get("CHITRA_SERVICE_HOST", service.host),
    )


def password_line(path: Path) -> str:
    """Return `user:password` as kept in a file of the office, made once."""
    if not path.is_file():
        line = f"{USER}:{secrets.token_urlsafe(18)}"
        path.parent.mkdir(mode=0o700, exist_ok=True)

        def fill(temporary: Path) -> None:
            temporary.touch(mode=OWNER_ONLY)
            temporary.write_text(line + "\n", encoding="utf-8")

        write_with(path, fill)
    return path.read_text(encoding="utf-8").strip()
