"""`chitra doctor`: look at machine, folder and ledger of an office; change nothing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from flows.service import standing
from flows.service_settings import PROGRAM, Service
from schemas.period import month_text
from tasks import cycles, doctor, warehouse
from tasks.doctor import Check
from tasks.office import FOLDERS, TIME_ZONE, InvariantBroken, Office, Refused, load_office
from tasks.warehouse import Connection

Row = dict[str, Any]
Dated = list[tuple[str, str, str | None]]

WRITTEN = ("archive", "outbox", "published", "returned", "warehouse")  # by the program alone
UNREADABLE = "sổ không đọc được ({})"
SILENT = """
SELECT commune_code, any_value(name_vi),
    bool_or(commune_code IN (
        SELECT commune_code FROM received_file WHERE cycle = $month AND outcome = 'taken'
    ))
FROM admin_unit
WHERE is_office = 'yes' AND month_text($month) BETWEEN valid_from AND coalesce(valid_to, '9999-12')
GROUP BY commune_code
ORDER BY commune_code
"""
DATED = """
SELECT 'standards.csv', concat_ws(' ', standard_code, scope), valid_to FROM standard
UNION ALL SELECT 'fixed_amounts.csv', category_code, valid_to FROM fixed_amount
UNION ALL SELECT 'fees.csv', concat_ws(' ', provider, channel), valid_to FROM fee_rate
ORDER BY ALL
"""
LAST_DAY = """
SELECT greatest(
    (SELECT max(received_at)::DATE FROM received_file),
    (SELECT max(greatest(prepared_on, released_on, treasury_recorded_on)) FROM cycle)
)
"""


def examine(home: str, today: str) -> Row:
    """Return every check of an office; `ok` unless something must be mended."""
    checks = [*_of_program(), *_of_office(Path(home), date.fromisoformat(today))]
    return {
        "ok": all(check.state != doctor.BAD for check in checks),
        "checks": [asdict(check) for check in checks],
    }


def _of_program() -> Iterator[Check]:
    yield doctor.python(sys.version_info[:2])
    locked = locked_versions((PROGRAM / "requirements.lock").read_text(encoding="utf-8"))
    yield doctor.libraries(locked, {name: _installed(name) for name in locked})


def locked_versions(text: str) -> dict[str, str]:
    """Return the version of every library that a lock asks for on this machine."""
    from packaging.requirements import Requirement

    lines = [line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum()]
    wanted = [Requirement(line) for line in lines]
    return {
        one.name: str(one.specifier).removeprefix("==")
        for one in wanted
        if one.marker is None or one.marker.evaluate()
    }


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _of_office(home: Path, today: date) -> Iterator[Check]:
    try:
        office = load_office(home, today)
    except Refused as refusal:
        yield doctor.settings(str(refusal))
        return
    except OSError:
        yield doctor.folders([str(home)])
        return
    now = datetime.now(TIME_ZONE)
    yield doctor.settings(None, office.name)
    yield doctor.folders([name for name in FOLDERS if not _is_writable(home / name)])
    size = office.warehouse.stat().st_size if office.warehouse.exists() else 0
    yield doctor.disk(shutil.disk_usage(home).free, size)
    yield from _of_ledger(office, now)
    yield doctor.backups(today, _last_backup(home), office.warehouse.exists())
    yield _of_keys(office)
    yield from _of_service(home)


def _of_ledger(office: Office, now: datetime) -> Iterator[Check]:
    newest = _newest(office.home / name for name in WRITTEN)
    if not office.warehouse.exists():
        yield doctor.warehouse(None, False)
        yield doctor.clock(now, newest, office.today, None)
        return
    try:
        # Not as a step: that would mend at once what is to be told here.
        with warehouse.opened(office, is_read_only=True) as found:
            last = warehouse.value(found, LAST_DAY)
            yield doctor.warehouse(None, last is not None)
            yield doctor.clock(now, newest, office.today, last)
            yield from _of_tables(found, office)
    except (Refused, InvariantBroken) as refusal:
        yield doctor.warehouse(str(refusal), True)
        yield doctor.clock(now, newest, office.today, None)
    except duckdb.Error as error:  # what it says may quote a row
        yield doctor.warehouse(UNREADABLE.format(type(error).__name__), True)
        yield doctor.clock(now, newest, office.today, None)


def _of_tables(connection: Connection, office: Office) -> Iterator[Check]:
    month = cycles.open_month(connection, office)
    communes = warehouse.rows(connection, SILENT, month=month)
    silent = [f"{name} ({code})" for code, name, has_sent in communes if not has_sent]
    yield doctor.communes(month_text(month), silent, len(communes))
    dated: Dated = warehouse.rows(connection, DATED)
    yield doctor.tables(month_text(month), dated)
    days = warehouse.rows(connection, "SELECT day FROM holiday")
    yield doctor.holidays((str(day)[:4] for (day,) in days), office.today)


def _of_keys(office: Office) -> Check:
    secret = office.home / "keys" / "office.key"
    is_open = secret.is_file() and bool(secret.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    return doctor.keys(secret.is_file(), is_open, office.releasing.require_signature)


def _of_service(home: Path) -> Iterator[Check]:
    try:
        found = standing(home)
    except Refused:  # a machine without /proc has no service
        found = {"server": False, "worker": False}
    yield doctor.service(**found)
    path = Service(home).notices_path
    told = path.read_text(encoding="utf-8").count("\n----\n") if path.is_file() else 0
    yield doctor.notices(told)


def _last_backup(home: Path) -> date | None:
    """Return the day that `chitra backup` noted in the office when it was done."""
    try:
        noted = json.loads((home / "receipts" / "backup.json").read_text(encoding="utf-8"))
        return date.fromisoformat(noted["day"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _newest(folders: Iterable[Path]) -> datetime | None:
    """Return when the newest file below these folders was written."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    times = [path.stat().st_mtime for path in files]
    return datetime.fromtimestamp(max(times), TIME_ZONE) if times else None
