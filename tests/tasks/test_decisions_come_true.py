"""What is listed three months ahead is what the payroll then does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.period import first_day, month_number, month_text
from tasks import decisions, warehouse
from tests import histories
from tests.house import new_house, tang
from tests.test_histories import Run, live

AGE_REASONS = ("DOI_HE_SO_TUOI", "HET_TUOI")


# Three months of people in a row: what age does to each, by the two readings of the law.
PEOPLE = (
    ("H1", "BT05A1", "20/07/1944", "Nam"),  # 80 in July
    ("H2", "BT07", "01/08/2021", "Nam"),  # 3 in August
    ("H3", "BT06E", "30/06/2008", "Nam"),  # 16 in June
    ("H4", "BT01A", "05/06/2020", "Nam"),  # 4 in June: with another standard in July
    ("H5", "BT05B", "11/07/1944", "Nam"),  # 80 in July: another amount with the standard alone
    ("H6", "BT07", "2021", "Nam"),  # 3 in December at the latest
)
AHEAD = {
    "next": [
        ("2024-07", "H3", "DOI_HE_SO_TUOI", 720_000, 750_000),
        ("2024-07", "H4", "DOI_HE_SO_TUOI", 900_000, 750_000),
        ("2024-08", "H1", "DOI_HE_SO_TUOI", 750_000, 1_000_000),
        ("2024-09", "H2", "HET_TUOI", 750_000, 0),
    ],
    "same": [
        ("2024-07", "H1", "DOI_HE_SO_TUOI", 540_000, 1_000_000),
        ("2024-07", "H5", "DOI_HE_SO_TUOI", 360_000, 500_000),
        ("2024-08", "H2", "HET_TUOI", 750_000, 0),
    ],
}


@pytest.mark.parametrize("age_change", ["next", "same"])
def test_deltas_come_as_they_were_listed(tmp_path: Path, age_change: str) -> None:
    house = new_house(tmp_path / "office")
    house.set("age_change", f'"{age_change}"')
    roster = {"reason": "HIEN_HUONG", "decision_no": "", "decision_date": ""}
    for no, category, birth, gender in PEOPLE:
        person = {"birth_date": birth, "gender": gender}
        house.send("TANG", [tang(no, category, "01/2024", **person, **roster)])
    house.ingest()
    house.prepare("2024-06")
    with warehouse.opened(house.office()) as connection:
        listed = decisions.coming(house.office(), connection, month_number("2024-06"))
    names = ("effective_month", "dossier_no", "reason", "amount_before", "amount_after")
    changed = listed.filter(listed["amount_before"] != listed["amount_after"])
    assert changed.select(names).rows() == AHEAD[age_change]
    for month in ("2024-06", "2024-07", "2024-08", "2024-09"):
        house.pay(month)
    came = [
        (month_text(row["month"]), *(row[name] for name in names[1:]))
        for row in house.table("delta", f"month > {month_number('2024-06')}")
        if row["reason"] in AGE_REASONS
    ]
    assert sorted(came) == AHEAD[age_change]


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [43])
def test_what_is_listed_is_what_the_payroll_does(tmp_path: Path, seed: int) -> None:
    run = live(
        Run(tmp_path, histories.plan(seed, "2024", dossiers=100, months=1), is_compared=False)
    )
    month = run.oracle.cycle
    run.house.prepare(month_text(month))
    listed = listed_ahead(run, month)
    assert listed, run.plan
    for cycle in range(month, month + decisions.MONTHS_AHEAD + 1):
        run.house.day = first_day(cycle).replace(day=5)
        run.house.pay(month_text(cycle))
    assert listed == moved(run, month), run.plan
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
        if was is not None and was != becomes and (now, no) not in spoken
    }
    assert came == foreseen, run.plan
