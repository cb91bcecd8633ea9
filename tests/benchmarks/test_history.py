"""The large office of `benchmarks.history` is the small one many times over, and as consistent."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.history import finish, prepare
from benchmarks.past import OF_THE_OFFICE, START, Past, enlarge, live
from schemas.payments import Held, PaymentItem
from schemas.table import Table
from tasks import ledger, warehouse

MONTHS, PEOPLE, COPIES = 2, 250, 3


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of a small office before its third month."""
    return live(tmp_path_factory.mktemp("small"), PEOPLE, [MONTHS])[MONTHS]


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


def test_every_table_holds_every_copy(small: Path, tmp_path: Path) -> None:
    one, three = (counts(office_of(small, tmp_path, copies)) for copies in (1, COPIES))
    for table, found in three.items():
        assert found == one[table] * (1 if table in OF_THE_OFFICE else COPIES), table.table_name
    assert all(one[table] for table in (PaymentItem, Held))


def test_the_ledger_of_copies_holds(small: Path, tmp_path: Path) -> None:
    with warehouse.opened(office_of(small, tmp_path, COPIES).office()) as connection:
        assert ledger.breaches(connection) == []


def test_every_copy_is_paid_like_the_small_office(small: Path, tmp_path: Path) -> None:
    items = f"""
        SELECT dossier_no[5:] AS dossier, family, entitlement_month, kind, amount, count(*) AS n
        FROM payment_item WHERE month = {START + MONTHS} GROUP BY ALL ORDER BY ALL"""
    paid = {}
    for copies in (1, COPIES):
        past = office_of(small, tmp_path, copies)
        assert prepare(past, None).payments == rows(past, CURRENT_PAYMENTS)[0][0]
        paid[copies] = rows(past, items)
    assert paid[COPIES] == [(*item, COPIES * n) for *item, n in paid[1]]
    assert {kind for _, _, _, kind, _, _ in paid[1]} >= {"regular", "retry", "arrears"}


CURRENT_PAYMENTS = f"SELECT count(*) FROM payment WHERE month = {START + MONTHS}"


def test_preparing_again_gives_the_same_and_the_month_can_be_finished(
    small: Path, tmp_path: Path
) -> None:
    past = office_of(small, tmp_path, COPIES)
    first, again = prepare(past, None), prepare(past, None)
    assert first.digest == again.digest
    finished = finish(past, None)
    assert list(finished.seconds.whole["elapsed"]) == [
        "release",
        "ingest results: read",
        "ingest results: judge and fold",
        "reconcile",
    ]
    instructed, failed, state = rows(
        past,
        "SELECT count(*) FILTER (channel <> 'none'), count(*) FILTER (status = 'failed'),"
        " any_value(state) FROM payment LEFT JOIN outcome USING (payment_id) JOIN cycle"
        f" USING (month) WHERE month = {START + MONTHS}",
    )[0]
    assert (failed, state) == (instructed // 50, "reconciled")


def test_more_copies_than_can_be_told_apart_are_refused(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1001 copies"):
        office_of(small, tmp_path, 1_001)
