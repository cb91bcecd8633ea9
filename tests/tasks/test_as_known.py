"""The tables as an earlier cycle knew them are the tables that stood there at that time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas import payments, registry, submissions
from schemas.period import month_number, month_text
from schemas.registry import REGISTRY
from schemas.table import Table
from tasks import as_known, warehouse
from tests import histories
from tests.histories import Step
from tests.house import House, new_house, own_account, tang
from tests.test_histories import Run, live

COMPARED: tuple[type[Table], ...] = (
    *registry.REGISTRY,
    *submissions.SUBMISSIONS,
    *payments.PAYMENTS,
)
PERSONAL = [table for table in COMPARED if "dossier_no" in table.names()]
Tables = dict[str, list[tuple[Any, ...]]]


def rows_of(connection: warehouse.Connection, table: type[Table], dossier: str = "") -> list[tuple]:
    """Return a table's rows in order; of a dossier, where the table names one."""
    names = [name for name in table.names() if not (dossier and name == "fee")]
    where = "WHERE dossier_no = $dossier" if dossier and "dossier_no" in names else ""
    select = f"SELECT {', '.join(names)} FROM {table.table_name} {where} ORDER BY ALL"
    return warehouse.rows(connection, select, dossier=dossier)


def stored(house: House) -> Tables:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        return {table.table_name: rows_of(connection, table) for table in COMPARED}


def known(house: House, month: int) -> Tables:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        as_known.stage_as_known(connection, house.office(), month)
        return {table.table_name: rows_of(connection, table) for table in COMPARED}


class RememberingRun(Run):
    """An office that copies its tables whenever a cycle is released."""

    def __init__(self, home: Path, plan: histories.Plan) -> None:
        super().__init__(home, plan, is_compared=False)
        self.then: dict[int, Tables] = {}

    def release(self, step: Step) -> None:
        month = self.oracle.cycle
        super().release(step)
        self.then[month] = stored(self.house)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> RememberingRun:
    plan = histories.plan(11, "2025", dossiers=80, months=2)
    run = RememberingRun(tmp_path_factory.mktemp("office"), plan)
    live(run)
    return run


@pytest.mark.nightly
def test_every_cycle_is_known_as_it_was_when_it_was_released(lived: RememberingRun) -> None:
    for month, then in lived.then.items():
        now = known(lived.house, month)
        for name, rows in then.items():
            assert now[name] == rows, (month_text(month), name)
    assert any(row for row in lived.then[lived.plan.start]["payment"])


@pytest.mark.nightly
def test_the_fold_of_all_rows_is_the_registry(lived: RememberingRun) -> None:
    now, folded = stored(lived.house), known(lived.house, lived.oracle.cycle)
    for table in REGISTRY:
        assert folded[table.table_name] == now[table.table_name], table.table_name
        assert folded[table.table_name]


@pytest.mark.nightly
def test_one_dossier_is_known_as_among_all(lived: RememberingRun) -> None:
    office = lived.house.office()
    months = sorted(lived.then)
    for number, dossier in enumerate(sorted(lived.oracle.registry.dossiers)[:15]):
        month = months[number % len(months)]
        with warehouse.opened(office, is_read_only=True) as connection:
            as_known.stage_as_known(connection, office, month)
            paid = "outcome.payment_id IN (SELECT payment_id FROM payment WHERE dossier_no = $no)"
            all_outcomes = warehouse.rows(
                connection,
                f"SELECT * EXCLUDE (fee) FROM outcome WHERE {paid} ORDER BY ALL",
                no=dossier,
            )
            among = {table: rows_of(connection, table, dossier) for table in PERSONAL}
        with warehouse.opened(office, is_read_only=True) as connection:
            as_known.stage_as_known(connection, office, month, dossier)
            alone = {table: rows_of(connection, table, dossier) for table in PERSONAL}
            its_outcomes = rows_of(connection, payments.Outcome, dossier)
        assert alone == among, dossier
        assert its_outcomes == all_outcomes, dossier


def outcome_known(house: House, month: str, dossier: str) -> list[tuple]:
    with warehouse.opened(house.office(), is_read_only=True) as connection:
        as_known.stage_as_known(connection, house.office(), month_number(month), dossier)
        return warehouse.rows(connection, "SELECT status, status_reason FROM outcome ORDER BY ALL")


def test_a_later_word_of_a_payment_is_not_known_before(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    house.send("TANG", [tang("H1", "BT06D", "06/2024")])
    house.send("tai_khoan", [own_account("H1", "1234567890")])
    house.ingest()
    house.pay("2024-06")
    house.answer("2024-06")
    house.pay("2024-07")
    house.answer("2024-06", status="HOAN_TRA")
    house.pay("2024-08")
    assert outcome_known(house, "2024-06", "H1") == []
    assert outcome_known(house, "2024-07", "H1") == [("paid", None)]
    assert outcome_known(house, "2024-08", "H1") == [("returned", "KHAC")]


def test_a_line_by_account_means_nobody_where_two_share_it(tmp_path: Path) -> None:
    house = new_house(tmp_path / "office")
    guardian = {
        "method": "GIAM_HO",
        "holder_name": "MUA A PAO",
        "holder_citizen_id": "011080000001",
    }
    house.send(
        "TANG",
        [tang(no, "BT06D", "06/2024") for no in ("H1", "H2")]
        + [tang("H3", "BT06D", "06/2024", citizen_id="011080123456")],
    )
    house.send(
        "tai_khoan",
        [own_account(no, "1234567890", **guardian) for no in ("H1", "H2")]
        + [own_account("H3", "3333333333")],
    )
    house.ingest()
    house.pay("2024-06")
    amount = house.table("payment")[0]["amount"]
    path = house.send(
        "ket_qua",
        [
            {"account_number": number, "amount": amount, "status": "LOI", "error_code": "TK_DONG"}
            for number in ("1234567890", "3333333333")
        ],
        None,
    )
    path.write_text("Kỳ: 06/2024\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    house.ingest()
    house.pay("2024-07")
    house.answer("2024-06")
    assert outcome_known(house, "2024-07", "H1") == []
    assert outcome_known(house, "2024-07", "H3") == [("failed", "TK_DONG")]
