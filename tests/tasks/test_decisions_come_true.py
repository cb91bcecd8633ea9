"""What is listed three months ahead is what the payroll then does, in random offices."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.period import first_day, month_number, month_text
from tasks import decisions, warehouse
from tests import histories
from tests.test_histories import Run, live

AGE_REASONS = ("DOI_HE_SO_TUOI", "HET_TUOI")


@pytest.fixture(scope="module", params=[11, 23, 42])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An office with two random months behind it, and a third one prepared."""
    lived = live(Run(tmp_path_factory.mktemp("office"), histories.plan(request.param, 120, 2)))
    lived.house.prepare(month_text(lived.oracle.cycle))
    return lived


def test_what_is_listed_is_what_the_payroll_does(run: Run) -> None:
    month = run.oracle.cycle
    listed = listed_ahead(run, month)
    for cycle in range(month, month + decisions.MONTHS_AHEAD + 1):
        run.house.day = first_day(cycle).replace(day=5)
        run.house.pay(month_text(cycle))
    assert listed == moved(run, month), run.plan
    assert any(row[5:] == (0,) for row in listed) or listed
    assert_deltas_agree(run, month, listed)


def listed_ahead(run: Run, month: int) -> set[tuple[Any, ...]]:
    """Return (month, dossier, family's scheme, code before, code after, amounts) as listed."""
    with warehouse.opened(run.house.office()) as connection:
        rows = decisions.coming(run.house.office(), connection, month).to_dicts()
    return {
        (
            month_number(row["effective_month"]),
            row["dossier_no"],
            row["scheme"],
            row["category_before"],
            row["category_after"],
            row["amount_before"],
            row["amount_after"],
        )
        for row in rows
    }


def moved(run: Run, month: int) -> set[tuple[Any, ...]]:
    """Return the same of what was paid as regular, where no row of a commune says why."""
    law, dossiers = run.oracle.law, run.oracle.registry.dossiers
    paid = {
        (row["month"], row["dossier_no"], row["family"]): row
        for row in run.house.table("entitlement", f"month >= {month}")
    }
    edges = {
        (edge, interval["dossier_no"], interval["family"])
        for interval in run.house.table("benefit_interval")
        for edge in (interval["from_month"], interval["stop_month"])
    }
    nothing = {"category_code": None, "amount": 0}
    found = set()
    for now in range(month + 1, month + decisions.MONTHS_AHEAD + 1):
        for no, family in sorted({key[1:] for key in paid if key[0] in (now - 1, now)}):
            before = paid.get((now - 1, no, family), nothing)
            after = paid.get((now, no, family), nothing)
            codes = before["category_code"], after["category_code"]
            bands = [law.band(family, dossiers[no].birth, at) for at in (now - 1, now)]
            if codes[0] == codes[1] or (now, no, family) in edges or dossiers[no].is_dead:
                continue
            if codes != tuple(band and band["category_code"] for band in bands):
                continue  # a law that ends, not the age
            amounts = before["amount"], after["amount"]
            found.add((now, no, (before | after)["scheme"], *codes, *amounts))
    return found


def assert_deltas_agree(run: Run, month: int, listed: set[tuple[Any, ...]]) -> None:
    """The reasons of deltas that come by themselves are those of the list."""
    spoken = {
        (row["effective_month"], row["dossier_no"])
        for row in run.house.table("change", "has_effect")
    }
    where = f"month BETWEEN {month + 1} AND {month + decisions.MONTHS_AHEAD}"
    came = {
        (row["month"], row["dossier_no"], row["scheme"], row["reason"])
        for row in run.house.table("delta", where)
        if row["reason"] in AGE_REASONS and (row["month"], row["dossier_no"]) not in spoken
    }
    foreseen = {
        (now, no, scheme, "HET_TUOI" if after is None else "DOI_HE_SO_TUOI")
        for now, no, scheme, _, after, was, becomes in listed
        if was and was != becomes and (now, no) not in spoken
    }
    assert came == foreseen, run.plan
