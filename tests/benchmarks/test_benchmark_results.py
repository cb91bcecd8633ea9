"""The office that `benchmarks.results` measures: every instruction has an answer, or a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks import results
from tasks import reconciliation, warehouse
from tasks.office import init_office, load_office


def test_what_is_measured_adds_up(tmp_path: Path) -> None:
    init_office(tmp_path)
    office = load_office(tmp_path, date(2024, 7, 2))
    with warehouse.opened(office) as connection:
        results.fill(connection, 3_000)
        results.matched(connection, office)
        found = reconciliation.standing(connection, results.MONTH)
        unknown, other = (
            warehouse.value(
                connection, f"SELECT count(*) FROM result_exception WHERE rule = '{rule}'"
            )
            for rule in ("RS01", "RS02")
        )
    assert found.instructed == 3_000
    assert found.pending == unknown + other > 0
    assert found.failed > found.returned > 0
