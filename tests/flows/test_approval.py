"""A prepared month waits in Prefect's pages for a person: real server, worker and browser.

One office, two months, in the order in which it lives them; each test goes on where the last ended.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.cli import DONE, main
from flows.ingest import ingest
from flows.service import WORKER
from flows.service_process import Running, running, start
from flows.service_settings import load_service
from flows.standing import look_at_month
from tasks.office import init_office
from tests.flows.personal import personal_values
from tests.flows.service_fixture import (
    DAY,
    SECONDS,
    Service,
    browser,
    chitra,
    screenshot,
    started,
    wait_for,
)

JUNE, JULY = "2024-06", "2024-07"
JULY_DAY = "2024-07-03"
PREPARER, FIRST, SECOND = "Quàng Thị Người Lập", "Lường Văn Duyệt Một", "Cà Thị Duyệt Hai"
pytestmark = pytest.mark.timeout(4 * SECONDS)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Service]:
    """An office of its own, whose months need two approvers."""
    home = tmp_path_factory.mktemp("approval") / "office"
    init_office(home)
    settings = home / "reference" / "office.toml"
    text = settings.read_text(encoding="utf-8") + "\n[release]\nsecond_approver_above = 1\n"
    settings.write_text(text, encoding="utf-8")
    shutil.copytree(sample / JUNE, home / "inbox" / JUNE)
    ingest(str(home), DAY)
    with started(home) as service:
        yield service


def waiting(service: Service, run: str, times: int) -> str:
    """Return what stands above the form once a run waits, so many times by now."""
    key = f"suspended-ky-{look_month(service, run)}-lan-{times}-description"

    def asked() -> str | None:
        found = service.api.get(f"/flow_runs/{run}/input/{key}")
        return found.json() if found.status_code == 200 else None

    said = str(wait_for(f"wait {times} of {run}", asked))
    assert service.flow_run(run)["state"]["name"] == "Suspended"
    return said


def look_month(service: Service, run: str) -> str:
    def named() -> str | None:
        state = service.flow_run(run)["state"]
        return state["state_details"]["pause_key"] if state["name"] == "Suspended" else None

    return str(wait_for(f"run {run} to wait", named)).removeprefix("ky-")[:7]


def answer(service: Service, run: str, digest: str, approver: str, accept: str = "") -> None:
    """Fill the form of a waiting run through the API."""
    filled = {"digest": digest, "approver": approver, "accept": accept}
    resumed = service.api.post(f"/flow_runs/{run}/resume", json={"run_input": filled})
    assert resumed.json()["status"] == "ACCEPT", resumed.text


def look(service: Service, month: str = JUNE) -> dict[str, Any]:
    return look_at_month(str(service.home), DAY, month)


def task_spans(service: Service, run: str, names: set[str]) -> list[tuple[str, str]]:
    """Return start and end of those task runs of a run, by the functions they run."""
    asked = {"flow_runs": {"id": {"any_": [run]}}, "limit": 200}
    tasks = service.api.post("/task_runs/filter", json=asked).json()
    spans = [
        (one["start_time"], one["end_time"])
        for one in tasks
        if any(one["task_key"].startswith(name) for name in names)
    ]
    assert len(spans) >= len(names), [one["task_key"] for one in tasks]
    return spans


@pytest.fixture(scope="module")
def june(own: Service) -> str:
    """The run that prepares June, clicked together with one that ingests, by two workers."""
    service = load_service(own.home, int(own.address.rpartition(":")[2]))
    start(service, "worker", [*WORKER, "--limit", "1", "--name", "second"])
    wait_for("two workers", lambda: len(workers(own)) == 2 or None)
    runs = {
        "ingest": own.trigger("ingest"),
        "prepare": own.trigger("prepare", by=PREPARER, month=JUNE),
    }
    assert own.state(runs["ingest"])["type"] == "COMPLETED", own.log_of(runs["ingest"])
    own.state(runs["prepare"], "PAUSED")
    spans = [
        task_spans(own, runs["ingest"], {"find_arrivals", "take_files", "write_returned"}),
        task_spans(own, runs["prepare"], {"compute_payroll", "write_lists", "write_data_docs"}),
    ]
    first, second = sorted((min(span)[0], max(end for _, end in span)) for span in spans)
    assert first[1] <= second[0], "both wrote at once"
    return runs["prepare"]


def workers(service: Service) -> list[Running]:
    return [one for one in running(service.home) if one.role == "worker" and one.is_leader]


def test_a_prepared_month_waits_and_blocks_nothing(own: Service, june: str) -> None:
    said = waiting(own, june, 1)
    month = look(own)
    assert f"{month['payments']} khoản" in said
    assert "tom_tat_duyet_2024-06.pdf" in said
    assert month["digest"][:16] not in json.dumps(own.flow_run(june)) + said
    assert own.flow_run(june)["name"] == "Lập kỳ 2024-06: chờ người duyệt"
    own.completed("reconcile")
    slots = own.api.post("/v2/concurrency_limits/filter", json={}).json()
    assert slots
    assert not any(one["active_slots"] for one in slots)


def test_somebody_fills_the_form_in_the_browser(own: Service, june: str) -> None:
    digest = look(own)["digest"]
    with browser(own) as page:
        page.goto(f"{own.address}/runs/flow-run/{june}")
        page.get_by_text("Artifacts", exact=True).click()
        page.get_by_text("Biến động theo xã kỳ 06/2024").first.wait_for()
        screenshot(page, "approval_artifacts")
        page.get_by_role("button", name="Resume").first.click()
        page.get_by_text("Mã xác nhận", exact=True).wait_for()
        boxes = page.get_by_role("dialog").locator("textarea")
        boxes.nth(0).fill(f"{digest[:8]} {digest[8:16]}")  # as printed by itself
        boxes.nth(1).fill(FIRST)
        screenshot(page, "approval_form")
        with page.expect_response(lambda got: got.url.endswith("/resume")) as sent:
            page.get_by_role("button", name="Submit").click()
        assert sent.value.json()["status"] == "ACCEPT"
    said = waiting(own, june, 2)
    assert f"{FIRST} đã duyệt. Số tiền kỳ này cần hai người duyệt" in said
    assert look(own)["state"] == "prepared"
    assert not (own.home / "outbox" / JUNE / "payments").exists()


def test_the_wait_survives_server_and_worker(own: Service, june: str) -> None:
    chitra(own.home, "down")
    assert not running(own.home)
    chitra(own.home, "up", "--port", own.address.rpartition(":")[2])
    answer(own, june, look(own)["digest"], SECOND)
    state = own.state(june)
    assert state["type"] == "COMPLETED", own.log_of(june)
    assert f"{FIRST}, {SECOND} đã duyệt chi" in state["message"]
    assert own.flow_run(june)["name"] == "Lập kỳ 2024-06: đã duyệt chi"
    assert look(own)["is_released"]
    assert list((own.home / "outbox" / JUNE / "payments").glob("*.csv"))


def test_the_command_says_that_it_is_released(
    own: Service, june: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--digest", look(own)["digest"], "--approver", "Ai Đó", "--home", str(own.home)]
    assert main(["release", JUNE, *words, "--today", DAY]) == DONE
    assert f"đã được {FIRST}, {SECOND} duyệt từ trước" in capsys.readouterr().out


def test_a_run_leaves_pages(own: Service, june: str) -> None:
    asked = {"artifacts": {"flow_run_id": {"any_": [june]}}, "limit": 200}
    made = own.api.post("/artifacts/filter", json=asked).json()
    of_month = ("tom-tat", "bien-dong", "chat-luong", "tep", "thu-muc")
    keys = {one["key"] for one in made}
    assert keys == {"tien-do", *(f"ky-2024-06-{what}" for what in of_month)}
    hashes = json.dumps([one["data"] for one in made])
    manifest = json.loads((own.home / "outbox" / JUNE / "payments" / "manifest.json").read_text())
    assert all(file["sha256"] in hashes for file in manifest["files"])


@pytest.mark.nightly
def test_what_changes_while_a_run_waits_is_said_and_asked_again(own: Service, june: str) -> None:
    """Nothing is released that the approver did not see; a newer run takes over an older one."""
    asked = {"by": PREPARER, "today": JULY_DAY}
    older = own.trigger("prepare", **asked)
    waiting(own, older, 1)
    newer = own.trigger("prepare", **asked)
    waiting(own, newer, 1)
    assert own.state(older)["message"] == "Kỳ 07/2024 được lập lại: duyệt ở lượt chạy mới hơn."
    seen = look(own, JULY)["digest"]

    send_someone(own.home)
    ingest(str(own.home), JULY_DAY)
    answer(own, newer, seen, FIRST, "đã xem")
    said = waiting(own, newer, 2)
    assert said.startswith("**Từ khi mở biểu duyệt trước có tệp mới nhận")
    now = look(own, JULY)
    assert now["digest"] != seen
    assert now["approvers"] == []

    for approver in (FIRST, SECOND):
        words = ["--digest", now["digest"], "--approver", approver, "--accept", "đã xem"]
        place = ["--home", str(own.home), "--today", "2024-07-04"]
        assert main(["release", JULY, *words, *place]) == DONE
    answer(own, newer, "gì cũng được", "Ai Đó")
    state = own.state(newer)
    assert state["type"] == "COMPLETED"
    assert f"{FIRST}, {SECOND} đã duyệt chi ngày 04/07/2024" in state["message"]


def send_someone(home: Path) -> None:
    """Let a commune send one more person."""
    row = {
        "Mã hồ sơ": "TC-9999999",
        "Họ và tên": "Vừ A Thêm Vào",
        "Ngày sinh": "15/03/1940",
        "Giới tính": "Nam",
        "Mã loại đối tượng": "BT05C",
        "Số quyết định": "12/QĐ-UBND",
        "Ngày quyết định": "20/06/2024",
        "Hưởng từ tháng": "07/2024",
        "Lý do": "MOI",
    }
    folder = home / "inbox" / "03217"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "TANG.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)


def test_what_makes_no_sense_ends_in_a_sentence(own: Service, june: str) -> None:
    """A refusal fails its run, without a traceback."""
    state = own.state(own.trigger("release", month=JUNE, digest="sai", approver="Ai Đó"))
    assert state["type"] == "FAILED"
    assert state["message"] == "Kỳ 2024-06 đã duyệt chi với mã khác. Không thể duyệt lại bảng khác."


def test_nothing_tells_of_a_person(own: Service, june: str) -> None:
    """Names, parameters, logs, artifacts, forms: all that the server keeps of every run."""
    kept = "\n".join(
        json.dumps(one, ensure_ascii=False)
        for what in ("flow_runs", "task_runs", "artifacts", "logs")
        for one in everything(own, what)
    )
    for run in own.started:
        kept += own.api.post(f"/flow_runs/{run}/input/filter", json={"prefix": ""}).text
    assert "Traceback" not in kept
    values = personal_values(own.home, date.fromisoformat(DAY))
    assert len(values) > 200
    assert [value for value in values if value in kept] == []


def everything(service: Service, what: str) -> Iterator[dict[str, Any]]:
    """Yield all rows of a kind, a page at a time."""
    offset = 0
    while found := service.api.post(f"/{what}/filter", json={"offset": offset}).json():
        yield from found
        offset += len(found)
