"""A fictional district, month by month, from commune files to reconciled payments, on Prefect."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from flows.step import watched
from schemas.period import first_day, month_text
from tasks import keys
from tasks.office import Refused, init_office, load_office

Row = dict[str, Any]

SEED = 1
PRACTICE = b"chitra demo"  # the demo's signing key: anyone can make it, so it proves nothing
PREPARER, APPROVER = "Người lập mẫu", "Người duyệt mẫu"
ACCEPTED = "Đã đối chiếu danh sách tăng, giảm với các xã."
# The day of the month on which each thing is believed to happen.
PREPARE_DAY, RELEASE_DAY, PAY_DAY, RESULT_DAY, PUBLISH_DAY = 3, 5, 10, 12, 19
REPORTS = "bao_cao"  # what communes send later in the month

progress = Console(stderr=True, highlight=False)


def demo(directory: Path, people: int, months: int, show: Callable[[Row], None]) -> Row:
    """Run everything into an empty folder and `show` each month; return all of its figures."""
    home = directory.absolute()
    _require_empty(home)
    started = time.monotonic()
    init_office(home)
    keys.make(load_office(home, date(2024, 6, 1)), practice=PRACTICE)
    start = _start_month(home)
    with _doing("Viết tệp mẫu của các xã"):
        _write_sample(home, people, months, start)
    _set_up_prefect(home)
    with _doing("Khởi động Prefect"):
        _start_prefect()
    figures = []
    for month in range(start, start + months):
        figures.append(_run_month(home, month))
        show(figures[-1])
    return {
        "home": str(directory),
        "months": figures,
        "seconds": round(time.monotonic() - started),
    }


def _require_empty(home: Path) -> None:
    if home.is_file() or (home.is_dir() and any(home.iterdir())):
        raise Refused(f"Thư mục {home} không trống. Xóa đi, hoặc ghi tên thư mục khác.")


def _start_month(home: Path) -> int:
    from tasks.office import load_office

    return load_office(home, date(2024, 6, 1)).start_month


def _write_sample(home: Path, people: int, months: int, start: int) -> None:
    from tasks.sample import write_sample

    reference = home / "reference"
    write_sample(home / ".sample", people, months, SEED, month_text(start), reference)


def _set_up_prefect(home: Path) -> None:
    """Give Prefect a temporary server of its own in the demo's folder, whatever is set outside."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ |= {
        "PREFECT_HOME": str(home / ".prefect"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def _start_prefect() -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        client.api_healthcheck()


def _run_month(home: Path, month: int) -> Row:
    """Play one month: files in, payroll, approval, results, publication."""
    from flows import deployed

    name = month_text(month)
    days = {
        day: first_day(month).replace(day=day).isoformat()
        for day in (PREPARE_DAY, RELEASE_DAY, RESULT_DAY, PUBLISH_DAY)
    }
    office = str(home)
    _send(home, name, reports=False)
    with _doing(f"{name}: nhận tệp của các xã"):
        files = deployed.ingest(today=days[PREPARE_DAY], home=office)["files"]
    with _doing(f"{name}: lập danh sách"):
        prepared = deployed.prepare(name, PREPARER, today=days[PREPARE_DAY], home=office)
    with _doing(f"{name}: duyệt chi"):
        accept = ACCEPTED if prepared["alerts"] else None
        released = deployed.release(
            name, prepared["digest"], APPROVER, accept, today=days[RELEASE_DAY], home=office
        )
    _answer(home, month, released["files"])
    _send(home, name, reports=True)
    with _doing(f"{name}: nhận kết quả, đối soát"):
        files += deployed.ingest(today=days[RESULT_DAY], home=office)["files"]
        deployed.reconcile(today=days[RESULT_DAY], home=office)
    with _doing(f"{name}: công bố"):
        deployed.publish(name, today=days[PUBLISH_DAY], home=office)
    return month_figures(home, name, prepared, files)


def _send(home: Path, month: str, reports: bool) -> None:
    """Put what communes send into the inbox: their files first, their reports later."""
    source = home / ".sample" / month
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_file() and (relative.parts[0] == REPORTS) == reports:
            target = home / "inbox" / month / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _answer(home: Path, month: int, files: list[Row]) -> None:
    """Let the providers answer every payment file."""
    from tasks.sample import answer_payments

    name = month_text(month)
    folder = home / "inbox" / name / "ket_qua"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        payments = home / "outbox" / name / "payments" / file["name"]
        result = folder / f"{payments.stem}.xlsx"
        paid_on = first_day(month).replace(day=PAY_DAY)
        answer_payments(payments, result, SEED, file["provider"], name, paid_on)


def month_figures(home: Path, month: str, prepared: Row, files: list[Row]) -> Row:
    """Return what an officer wants to know of a month, from the published figures."""
    import polars as pl

    measured = pl.read_parquet(home / "published" / "parquet" / "progress.parquet").filter(
        pl.col("month") == month, pl.col("commune_code") == "*", pl.col("scheme") == "*"
    )
    by_provider: dict[str, Row] = {}
    for provider, metric, value in measured.select("provider", "metric", "value").iter_rows():
        if not metric.startswith("cashless"):
            by_provider.setdefault(provider, {})[metric] = int(value or 0)
    everywhere = by_provider.pop("*")
    return {
        **prepared,
        **everywhere,
        "files": len([file for file in files if file["outcome"] == "taken"]),
        "rows_taken": sum(file["rows_taken"] for file in files),
        "rows_rejected": sum(file["rows_rejected"] for file in files),
        "providers": dict(sorted(by_provider.items())),
    }


@contextmanager
def _doing(what: str) -> Iterator[None]:
    """Show on standard error what is being done, step by step, and then how long it took."""
    began = time.monotonic()
    with (
        progress.status(f"{what} …") as status,
        watched(lambda step: status.update(f"{what}: {escape(step)}")),
    ):
        yield
    took = f"{time.monotonic() - began:.1f}".replace(".", ",")
    progress.print(f"[green]✓[/green] {what} ({took} giây)")
