"""A real Prefect server and worker: everything is deployed, triggered by month, and done."""

from __future__ import annotations

from datetime import date

import pytest

from tasks import warehouse
from tasks.office import load_office
from tasks.status import status
from tests.flows.service_fixture import DAY, SECONDS, Service

MONTH = "2024-06"
pytestmark = pytest.mark.timeout(4 * SECONDS)


def test_form_knows_a_month(service: Service) -> None:
    """The server refuses another value before anything runs."""
    form = service.deployments()["prepare"]["parameter_openapi_schema"]["properties"]["month"]
    assert "2024-07" in form["description"]
    assert service.ask("prepare", month="2024-13", by="Lò Thị Lập").status_code == 409


def test_prepare_runs_by_deployment(service: Service) -> None:
    service.completed("ingest", today=DAY)
    service.completed("prepare", month=MONTH, by="Lò Thị Lập")
    office = load_office(service.home, date.fromisoformat(DAY))
    with warehouse.opened(office) as connection:
        (month,) = status(connection, office)["months"]
    assert (month["month"], month["state"], month["prepared_by"]) == (
        MONTH,
        "prepared",
        "Lò Thị Lập",
    )
    assert (service.home / "outbox" / MONTH / "lists").is_dir()
