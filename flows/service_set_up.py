"""The program that sets a running server up: deployments, schedules, block, automations.

Run again it changes only what is not so yet.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from flows import service_api
from flows.service_automations import automations
from flows.service_settings import MARK, PROGRAM, Service, load_service

BLOCK = "don-vi"


def fingerprint(service: Service) -> str:
    """Return what a set-up depends on, in short: declarations, code of the forms, settings."""
    known = hashlib.sha256()
    for path in [PROGRAM / "prefect.yaml", *sorted((PROGRAM / "flows").glob("*.py"))]:
        known.update(path.read_bytes())
    settings = (service.schedules, service.mail, service.smtp, service.smtp_user, service.home)
    known.update(repr((str(PROGRAM), *settings)).encode())
    return known.hexdigest()


def main() -> None:
    """Set up the server that the environment names."""
    service = load_service(Path(os.environ[MARK]), int(os.environ["PREFECT_SERVER_API_PORT"]))
    with service_api.client(service) as api:
        _deploy()
        service_api.set_schedules(api, service.schedules)
        notice = _save_notice(service)
        for automation in automations(notice):
            service_api.put_automation(api, automation)
        service_api.say_set_up(api, fingerprint(service))


def _deploy() -> None:
    """Deploy everything in prefect.yaml, as `prefect deploy --all` does."""
    from prefect.cli import app

    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    try:
        app()
    except SystemExit as ended:
        if ended.code:
            raise


def _save_notice(service: Service) -> str:
    from flows.service_notice import OfficeNotice

    notice = OfficeNotice(
        path=str(service.notices_path),
        mail=service.mail,
        smtp=service.smtp,
        smtp_user=service.smtp_user,
    )
    return str(notice.save(BLOCK, overwrite=True))


if __name__ == "__main__":
    main()
