"""The [service] settings, the password and the processes of an office's server, without Prefect."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from flows import service
from flows.cli import main
from flows.service_automations import automations
from flows.service_notice import write_notice
from flows.service_process import end, leader, running
from flows.service_settings import MARK, PROGRAM, ROLE, load_service
from tasks.office import Refused, init_office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CHITRA_DATABASE", "CHITRA_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    init_office(tmp_path / "office")
    return tmp_path / "office"


def set_service(home: Path, *lines: str) -> None:
    with (home / "reference" / "office.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "[service]", *lines, ""]))


def test_without_settings_this_machine_alone_and_sqlite(office: Path) -> None:
    found = load_service(office)
    assert (found.address, found.database, found.schedules) == ("http://127.0.0.1:4200", "", True)
    variables = found.environment("server")
    assert variables["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in variables


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cong = 4200", "không có “cong”"),
        ('port = "4200"', "port ở mục [service] phải là số"),
        ('schedules = "no"', "true hoặc false"),
        ('mail = "a@example.vn"', "phải có smtp"),
    ],
)
def test_a_wrong_setting_is_refused(office: Path, line: str, told: str) -> None:
    set_service(office, line)
    with pytest.raises(Refused) as refusal:
        load_service(office)
    assert told in str(refusal.value)


def test_variables_from_outside(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect's own do not come through; the database's address may come so, for its password."""
    set_service(office, 'database = "postgresql+asyncpg://a@b/c"')
    monkeypatch.setenv("PREFECT_SERVER_API_PORT", "1")
    monkeypatch.setenv("PREFECT_API_KEY", "x")
    monkeypatch.setenv("CHITRA_DATABASE", "postgresql+asyncpg://a:secret@b/c")
    variables = load_service(office, 4300).environment("worker")
    assert "PREFECT_API_KEY" not in variables
    assert variables["PREFECT_SERVER_API_PORT"] == "4300"
    assert variables["PREFECT_SERVER_DATABASE_CONNECTION_URL"].endswith("a:secret@b/c")


def test_the_password_is_made_once(office: Path) -> None:
    first = load_service(office)
    made = first.auth
    assert load_service(office).auth == made
    assert first.auth_path.stat().st_mode & 0o777 == 0o600
    assert first.folder.stat().st_mode & 0o777 == 0o700
    first.auth_path.unlink()
    assert load_service(office).auth != made


def test_a_taken_port_is_said(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["up", "--home", str(office), "--port", str(port)]) == 1
    assert f"Không mở được cổng {port}" in capsys.readouterr().err
    assert not running(office)


def test_no_office_no_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--home", str(tmp_path)]) == 1
    assert "chitra init" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@contextmanager
def sleeper(home: Path, role: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that does nothing, with the mark of an office."""
    process = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); import time; time.sleep(300)"],
        env=os.environ | {MARK: str(home), ROLE: role} | variables,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is itself now, not the fork that it began as
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_only_an_offices_own_processes_are_found_and_ended(office: Path, tmp_path: Path) -> None:
    """Also what a worker that died left behind; never another office's, whatever its number."""
    other = tmp_path / "other"
    with (
        sleeper(office, "server") as server,
        sleeper(office, "worker", PREFECT__FLOW_RUN_ID="1") as left,
        sleeper(other, "server") as others,
    ):
        found = running(office)
        assert {one.pid for one in found} == {server.pid, left.pid}
        assert leader(found, "worker") is None
        assert service.standing(office) == {"server": True, "worker": False}
        assert service.down(office)["ended"] == 2
        assert (server.wait(), left.wait()) == (-15, -9)
        assert service.down(office)["ended"] == 0
        assert others.poll() is None
        assert end(other, ["worker"]) == 0


def test_notices_are_kept_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "service" / "van_de.txt"
    for number in range(3):
        write_notice(path, f"Việc {number}", "Làm lại.\n")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("NHỮNG VIỆC CÓ VẤN ĐỀ")
    assert [text.index(f"Việc {number}") for number in (2, 1, 0)] == sorted(
        text.index(f"Việc {number}") for number in range(3)
    )
    assert text.count("\n----\n") == 3


def test_mail_that_does_not_get_through_is_said_once(tmp_path: Path) -> None:
    """Raised, it would make Prefect tell the same trouble four times; repeated, it is not told."""
    import asyncio

    from flows.service_notice import OfficeNotice

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, but nobody listens
        notice = OfficeNotice.model_construct(
            path=str(tmp_path / "van_de.txt"),
            mail="can.bo@example.vn",
            smtp=f"127.0.0.1:{silent.getsockname()[1]}",
            smtp_user="",
        )
        for _ in range(2):
            asyncio.run(notice.notify("Làm lại.", "Việc hỏng"))
    text = (tmp_path / "van_de.txt").read_text(encoding="utf-8")
    assert text.count("Việc hỏng") == 1
    assert "Không gửi được thư đến can.bo@example.vn (ConnectionRefusedError)" in text


def test_every_plan_is_watched_and_in_vietnams_time() -> None:
    """What prefect.yaml plans has the tag that the automations look for."""
    planned = yaml.safe_load((PROGRAM / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in planned["deployments"]:
        assert "chi-tra" in deployment["tags"]
        for schedule in deployment.get("schedules", []):
            assert (schedule["timezone"], schedule["active"]) == ("Asia/Ho_Chi_Minh", False)
    names = [one["name"] for one in automations("id")]
    assert len(names) == len(set(names)) == 4


def test_compose_file_keeps_to_this_machine() -> None:
    found = yaml.safe_load((PROGRAM / "flows/machine/compose.yaml").read_text(encoding="utf-8"))
    assert found["services"]["chitra"]["ports"] == ["127.0.0.1:4200:4200"]
    assert "ports" not in found["services"]["postgres"]
