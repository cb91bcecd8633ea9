"""The large office of `benchmarks.history` is the small one many times over, and as consistent."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.history import finish, prepare
from benchmarks.past import OF_THE_OFFICE, START, Past, enlarge, live
from flows.quality import prepare_judge
from schemas.payments import Held, PaymentItem
from schemas.table import Table
from tasks import ledger, payroll, reconciliation, registry, warehouse

# The small office lives three months for real.
pytestmark = [pytest.mark.timeout(900), pytest.mark.nightly]

MONTHS, PEOPLE, COPIES = 2, 250, 3
PREPARED = START + MONTHS
ITEMS = f"""
    SELECT dossier_no[5:] AS dossier, family, entitlement_month, kind, amount, count(*) AS copies
    FROM payment_item
    WHERE month = {PREPARED}
    GROUP BY ALL
    ORDER BY ALL"""
COMPUTED = ("item", "payment_now", "standing_now", "held_now", "receivable_now", "delta_now")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of a small office before its third month."""
    return live(tmp_path_factory.mktemp("small"), PEOPLE, [MONTHS])[MONTHS]


@pytest.fixture
def one(small: Path, tmp_path: Path) -> Past:
    """The small office alone, its names those of the first copy."""
    return office_of(small, tmp_path, 1)


@pytest.fixture
def large(small: Path, tmp_path: Path) -> Past:
    return office_of(small, tmp_path, COPIES)


def office_of(small: Path, folder: Path, copies: int) -> Past:
    past = Past(folder / f"office-{copies}", MONTHS)
    enlarge(small, past, copies)
    return past


def rows(past: Past, select: str) -> list[tuple]:
    with warehouse.opened(past.office()) as connection:
        return warehouse.rows(connection, select)


def counts(past: Past) -> dict[type[Table], int]:
    names = [table.table_name for table in warehouse.TABLES]
    counted = ", ".join(f"(SELECT count(*) FROM {name})" for name in names)
    return dict(zip(warehouse.TABLES, rows(past, f"SELECT {counted}")[0], strict=True))


def test_every_table_holds_every_copy(one: Past, large: Past) -> None:
    few, many = counts(one), counts(large)
    for table, found in many.items():
        copies = 1 if table in OF_THE_OFFICE else COPIES
        assert found == few[table] * copies, table.table_name
    assert few[PaymentItem] > PEOPLE
    assert few[Held] > 0


def test_the_ledger_of_copies_holds(large: Past) -> None:
    with warehouse.opened(large.office()) as connection:
        assert ledger.breaches(connection) == []


def test_every_copy_is_paid_like_the_small_office(one: Past, large: Past) -> None:
    payments = prepare(one, None).payments
    assert prepare(large, None).payments == COPIES * payments
    few = rows(one, ITEMS)
    assert rows(large, ITEMS) == [(*item, COPIES) for *item, _ in few]
    assert {kind for _, _, _, kind, _, _ in few} >= {"regular", "retry", "arrears"}


def test_open_dossiers_alone_are_computed_like_the_whole(large: Past) -> None:
    office, month = large.office(), large.month
    found = {}
    with warehouse.opened(office) as connection:
        judge = prepare_judge(connection, office, month)
        registry.stage_rules(connection)
        reconciliation.match(connection, office, month)
        for whole in (False, True):
            payroll.compute(connection, office, month, month, judge, whole)
            for name in COMPUTED:
                found[whole, name] = warehouse.rows(connection, f"FROM {name} ORDER BY ALL")
            found[whole, "open"] = warehouse.value(connection, "SELECT count(*) FROM open_dossier")
    assert found[False, "open"] < found[True, "open"]
    for name in COMPUTED:
        assert found[False, name] == found[True, name], name


def test_preparing_again_gives_the_same_and_the_month_can_be_finished(large: Past) -> None:
    first, again = prepare(large, None), prepare(large, None)
    assert first.digest == again.digest
    finished = finish(large, None)
    assert list(finished.seconds.whole["elapsed"]) == [
        "release",
        "ingest results: read",
        "ingest results: judge and fold",
        "reconcile",
    ]
    instructed, failed, state = rows(
        large,
        "SELECT count(*) FILTER (channel <> 'none'), count(*) FILTER (status = 'failed'),"
        " any_value(state) FROM payment LEFT JOIN outcome USING (payment_id)"
        f" JOIN cycle ON cycle.month = payment.month WHERE payment.month = {PREPARED}",
    )[0]
    assert (failed, state) == (instructed // 50, "reconciled")


def test_more_copies_than_can_be_told_apart_are_refused(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1001 copies"):
        office_of(small, tmp_path, 1_001)
