"""A real Prefect server and worker by `chitra up`: everything deployed, a month through the API.

The tests come after one another in one office, as the days of a month do.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows import service_api
from flows.ingest import ingest
from flows.prepare import prepare
from flows.service_process import running
from tasks import warehouse
from tasks.office import load_office
from tasks.status import status
from tests.flows.conftest import fingerprints
from tests.flows.service_fixture import (
    DAY,
    SECONDS,
    Service,
    browser,
    chitra,
    screenshot,
    wait_for,
)

MONTH = "2024-06"
PREPARER = "Lò Thị Lập"
DEPLOYED = {
    *("ingest", "prepare", "release", "treasury", "reconcile", "remind", "publish"),
    *("backup", "verify", "doctor"),
}
pytestmark = pytest.mark.timeout(4 * SECONDS)


@pytest.fixture(scope="module")
def undisturbed(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same office, where nobody ends anything and no Prefect runs; the month is prepared."""
    home = tmp_path_factory.mktemp("undisturbed") / "office"
    shutil.copytree(service.home, home, ignore=shutil.ignore_patterns(".prefect", "service"))
    ingest(str(home), DAY)
    prepare(str(home), DAY, MONTH, None, PREPARER, docs=False)
    return home


@pytest.fixture(scope="module", autouse=True)
def _before_anything(undisturbed: Path) -> None:
    """The other office is copied while nothing has been received."""


def month_of(home: Path) -> dict[str, Any]:
    office = load_office(home, date.fromisoformat(DAY))
    with warehouse.opened(office, is_read_only=True) as connection:
        (month,) = status(connection, office)["months"]
    return dict(month)


def test_nobody_gets_in_without_password(service: Service) -> None:
    with httpx.Client(base_url=f"{service.address}/api", trust_env=False) as stranger:
        assert stranger.post("/flow_runs/filter", json={}).status_code == 401
        wrong = stranger.post("/flow_runs/filter", json={}, auth=("chitra", "sai"))
        assert wrong.status_code == 401
    kept = service.home / "service" / "mat_khau.txt"
    assert kept.stat().st_mode & 0o777 == 0o600
    password = kept.read_text().strip().partition(":")[2]
    assert len(password) >= 20
    for log in service.logs.glob("*.log"):
        assert password not in log.read_text(encoding="utf-8")
    for process in running(service.home):
        assert password.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()


def test_listens_on_this_machine_only(service: Service) -> None:
    """Though PREFECT_SERVER_API_HOST says otherwise outside."""
    port = int(service.address.rpartition(":")[2])
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    lines = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listening = {words[1] for words in lines if words[3] == "0A"}
    assert {at for at in listening if at.endswith(f":{port:04X}")} == {f"0100007F:{port:04X}"}


def test_everything_is_deployed_in_vietnamese(service: Service) -> None:
    deployments = service.deployments()
    assert set(deployments) >= DEPLOYED
    for deployment in deployments.values():
        assert "." in deployment["description"]
        assert "chi-tra" in deployment["tags"]
        assert not any(one["active"] for one in deployment["schedules"])
    form = deployments["prepare"]["parameter_openapi_schema"]["properties"]["month"]
    assert "2024-07" in form["description"]
    choices = deployments["verify"]["parameter_openapi_schema"]["properties"]["recompute"]["enum"]
    assert "mọi kỳ đã duyệt" in choices
    assert service.ask("prepare", month="2024-13", by=PREPARER).status_code == 409
    assert service.ask("verify", recompute="có").status_code == 409


def test_schedules_make_runs(service: Service) -> None:
    """Prefect inserts planned runs under the locked SQLAlchemy; those of no schedule vanish."""
    asked = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "limit": 200}

    def waiting() -> list[dict[str, Any]]:
        return list(service.api.post("/flow_runs/filter", json=asked).json())

    assert not waiting()
    service_api.set_schedules(service.api, True)
    planned = {name: one["schedules"] for name, one in service.deployments().items()}
    wait_for("planned runs", lambda: waiting() or None)
    service_api.set_schedules(service.api, False)
    wait_for("none planned", lambda: not waiting() or None)
    assert {name for name, found in planned.items() if not found} == {"release", "treasury"}
    for one in (one for found in planned.values() for one in found):
        assert (one["active"], one["schedule"]["timezone"]) == (True, "Asia/Ho_Chi_Minh")


def test_up_again_changes_nothing(service: Service) -> None:
    before = {process.pid for process in running(service.home)}
    told = chitra(service.home, "up")
    assert (told["server"], told["worker"], told["deployments"]) == (
        "running",
        "running",
        "unchanged",
    )
    assert {process.pid for process in running(service.home)} == before
    assert told["address"] == service.address


def test_a_killed_worker_is_mended_and_its_run_done(service: Service, undisturbed: Path) -> None:
    run = service.trigger("ingest")
    service.state(run, "RUNNING")
    for process in running(service.home):
        if process.role == "worker":
            os.kill(process.pid, signal.SIGKILL)
    told = chitra(service.home, "up")
    assert (told["server"], told["worker"]) == ("running", "started")
    assert told["runs_started_again"] == 1
    assert service.state(run)["type"] == "COMPLETED", service.log_of(run)

    form = service.deployments()["prepare"]["parameter_openapi_schema"]["properties"]
    alone = {"wait": False} if "wait" in form else {}
    service.completed("prepare", month=MONTH, by=PREPARER, **alone)
    here, there = month_of(service.home), month_of(undisturbed)
    assert here == there
    assert here["prepared_by"] == PREPARER
    assert _without_docs(service.home) == _without_docs(undisturbed)


def _without_docs(home: Path) -> dict[str, str]:
    return {name: sha for name, sha in fingerprints(home).items() if "data_docs" not in name}


def test_what_failed_is_told_in_a_file_and_by_mail(service: Service) -> None:
    """By the sentence that the command would say; no person who receives money is named."""
    run = service.trigger("release", month=MONTH, digest="sai", approver="Vàng A Duyệt")
    assert service.state(run)["type"] == "FAILED"
    notices = service.home / "service" / "van_de.txt"

    def told() -> str | None:
        text = notices.read_text(encoding="utf-8") if notices.is_file() else ""
        return text if run in text and service.mails else None

    text = wait_for("the notice", told)
    assert text.count("·") == 1, text
    assert "Việc không xong: Duyệt chi" in text
    assert f"{service.address}/v2/runs/flow-run/{run}" in text
    (mail,) = service.mails
    assert "To: can.bo@example.vn" in mail
    assert month_of(service.home)["state"] == "prepared"
    found = chitra_doctor(service.home)
    assert found["Việc có vấn đề"] == ("note", "1 việc chưa xem")
    assert found["Máy chủ"] == ("good", "máy chủ và worker đang chạy")


def chitra_doctor(home: Path) -> dict[str, tuple[str, str]]:
    from flows.doctor import examine

    return {one["name"]: (one["state"], one["found"]) for one in examine(str(home), DAY)["checks"]}


def test_the_month_goes_on(service: Service) -> None:
    digest = month_of(service.home)["digest"]
    service.completed("release", month=MONTH, digest=digest, approver="Vàng A Duyệt")
    service.completed("publish", month=MONTH)
    assert month_of(service.home)["state"] == "released"
    assert (service.home / "outbox" / MONTH / "payments" / "manifest.json").is_file()
    assert (service.home / "published" / "analytics.duckdb").is_file()


def test_pages_are_in_vietnamese(service: Service) -> None:
    """As far as they are ours: Prefect's own words are English."""
    deployments = service.deployments()
    with browser(service) as page:
        page.goto(f"{service.address}/v2/deployments")
        for words in ("Lập danh sách chi trả", "Nhận tệp", "Khám máy"):
            page.get_by_text(words).first.wait_for()
        screenshot(page, "cac_viec")
        page.goto(f"{service.address}/v2/deployments/deployment/{deployments['prepare']['id']}/run")
        page.get_by_text("ví dụ 2024-07").first.wait_for()
        screenshot(page, "bieu_lap_ky")
        page.goto(f"{service.address}/v2/deployments/deployment/{deployments['verify']['id']}/run")
        page.get_by_text("không tính lại").first.click()
        page.get_by_text("mọi kỳ đã duyệt").first.wait_for()
        screenshot(page, "bieu_kiem_tra")
        page.goto(f"{service.address}/v2/automations")
        page.get_by_text("Chi Trả: việc hỏng").first.wait_for()
        screenshot(page, "bao_viec_hong")
        notices = (service.home / "service" / "van_de.txt").read_text(encoding="utf-8")
        failed = re.findall(r"http://\S+", notices)[0]
        page.goto(failed)
        page.get_by_text(service.flow_run(failed.rpartition("/")[2])["name"]).first.wait_for()
        screenshot(page, "viec_hong")
