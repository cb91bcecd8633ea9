"""Every metric of SPEC section 7 over the small office, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from schemas.published import METRICS
from tasks.shown import shown, stage_bases
from tests.small_office import HUOI_SO, TOWN, small_office

Figures = dict[tuple[str, str, str], dict[str, Decimal | None]]

REPORTS = {"report_received_on", "report_on_time"}
EVERYTHING = ("*", "*", "*")
BY_HAND = {
    # Nine people are due; P08 died. P03 draws two benefits and counts once.
    "beneficiaries": 9,
    "with_citizen_id": 8,
    "citizen_id_verified": 2,
    "with_phone": 4,
    "phone_verified": 1,
    "with_account": 4,  # P01, P02, P03, P07
    "account_own": 2,
    "account_guardian": 1,
    "account_authorised": 1,
    "cash_exception": 1,
    "account_unusable": 2,  # P09 by the bank, P06 by identity
    "no_account": 2,
    "no_account_O_XA": 1,
    "no_account_KHAC": 1,  # P10 has no row
    "due_amount": 9_039_000,
    "instructed_count": 8,
    "instructed_amount": 7_689_000,
    "paid_account_count": 2,
    "paid_account_amount": 3_689_000,
    "paid_cash_count": 1,
    "paid_cash_amount": 1_000_000,
    "failed_count": 2,
    "failed_amount": 1_250_000,
    "failed_SAI_SO_TK": 1,
    "failed_KHONG_DEN_NHAN": 1,
    "returned_count": 1,
    "returned_amount": 500_000,
    "returned_TK_DONG": 1,
    "pending_count": 2,
    "pending_amount": 1_250_000,
    "held_count": 1,
    "held_amount": 750_000,
    "cashless_rate_people": "0.666667",  # P01 and P03 of P01, P03, P04
    "cashless_rate_amount": "0.786735",  # 3,689,000 of 4,689,000
    "increase_count": 1,
    "increase_amount": 500_000,
    "decrease_count": 1,
    "decrease_amount": 500_000,
    "adjustment_count": 2,
    "adjustment_amount": 170_000,  # + 210,000 - 40,000
    "arrears_amount": 210_000,
    "recovery_amount": 810_000,  # 60,000 of P01, 750,000 of P10
    "receivable_amount": 500_000,
    "ytd_paid_amount": 5_229_000,  # June's 540,000, not December's 300,000
}


@pytest.fixture(scope="module")
def progress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Figures]]:
    """Return the metrics by month and by (commune, scheme, provider)."""
    with small_office(tmp_path_factory.mktemp("office")) as (office, connection):
        stage_bases(office, connection)
        found: dict[str, Figures] = {}
        for month, *group, metric, value in shown(connection, "progress").iter_rows():
            of_group = found.setdefault(month, {}).setdefault(tuple(group), {})
            assert metric not in of_group, "a metric stands twice"
            of_group[metric] = value
        yield found


def test_whole_office(progress: dict[str, Figures]) -> None:
    zero = dict.fromkeys(set(METRICS) - REPORTS, Decimal(0))
    assert progress["2024-07"][EVERYTHING] == zero | {
        metric: Decimal(value) for metric, value in BY_HAND.items()
    }


@pytest.mark.parametrize(("month", "paid"), [("2023-12", 300_000), ("2024-06", 540_000)])
def test_months_before_for_the_trend(progress: dict[str, Figures], month: str, paid: int) -> None:
    # One payment of P01 to an account each; nobody is due any more by what is kept of them.
    found = progress[month]
    zero = dict.fromkeys(set(METRICS) - REPORTS, Decimal(0))
    everywhere = zero | {
        "instructed_count": Decimal(1),
        "instructed_amount": Decimal(paid),
        "paid_account_count": Decimal(1),
        "paid_account_amount": Decimal(paid),
        "cashless_rate_people": Decimal(1),
        "cashless_rate_amount": Decimal(1),
        "ytd_paid_amount": Decimal(paid),
    }
    for group in (EVERYTHING, ("*", "BTXH", "*"), ("*", "*", "AGRIBANK"), (TOWN, "*", "*")):
        assert {
            metric: value for metric, value in found[group].items() if metric not in REPORTS
        } == everywhere
    assert (TOWN, "NCC", "*") not in found


@pytest.mark.parametrize(
    ("group", "figures"),
    [
        ((TOWN, "*", "*"), {"beneficiaries": 5, "due_amount": 3_750_000, "paid_cash_count": 0}),
        ((HUOI_SO, "*", "*"), {"beneficiaries": 4, "due_amount": 5_289_000}),
        ((HUOI_SO, "*", "*"), {"decrease_count": 1, "receivable_amount": 500_000}),
        (("*", "BTXH", "*"), {"beneficiaries": 9, "due_amount": 6_250_000}),
        (("*", "NCC", "*"), {"beneficiaries": 1, "due_amount": 2_789_000, "failed_count": 0}),
        (("*", "*", "AGRIBANK"), {"beneficiaries": 2, "instructed_count": 3, "returned_count": 1}),
        (("*", "*", "LPBANK"), {"beneficiaries": 2, "held_count": 1, "failed_SAI_SO_TK": 1}),
        # P10's payment has no provider, P08 no standing in July: theirs is the person's last one.
        (("*", "*", "VIETTEL"), {"beneficiaries": 5, "recovery_amount": 750_000}),
        (("*", "*", "VIETTEL"), {"decrease_count": 1, "receivable_amount": 500_000}),
        ((HUOI_SO, "NCC", "AGRIBANK"), {"beneficiaries": 1, "paid_account_amount": 2_789_000}),
        ((HUOI_SO, "BTXH", "AGRIBANK"), {"beneficiaries": 1, "paid_account_amount": 0}),
        ((TOWN, "BTXH", "AGRIBANK"), {"ytd_paid_amount": 1_440_000, "cashless_rate_people": 1}),
        (("*", "*", "LPBANK"), {"cashless_rate_people": None, "cashless_rate_amount": None}),
    ],
)
def test_groups(
    progress: dict[str, Figures], group: tuple[str, str, str], figures: dict[str, int | None]
) -> None:
    found = progress["2024-07"][group]
    assert {metric: found[metric] for metric in figures} == figures


def test_people_once_in_a_total_and_lines_add_up(progress: dict[str, Figures]) -> None:
    july = progress["2024-07"]
    for metric in ("due_amount", "instructed_count", "ytd_paid_amount", "held_amount"):
        finest = [found[metric] for group, found in july.items() if "*" not in group]
        assert sum(value for value in finest if value is not None) == july[EVERYTHING][metric]


def test_instructed_is_paid_failed_returned_or_pending(progress: dict[str, Figures]) -> None:
    parts = ("paid_account", "paid_cash", "failed", "returned", "pending")
    for month in progress.values():
        for found in month.values():
            if "instructed_count" in found:
                for unit in ("count", "amount"):
                    told = sum(found[f"{part}_{unit}"] or 0 for part in parts)
                    assert told == found[f"instructed_{unit}"]


def test_a_prepared_month_instructs_nobody(progress: dict[str, Figures]) -> None:
    august = progress["2024-08"][EVERYTHING]
    assert (august["beneficiaries"], august["due_amount"]) == (1, 1_000_000)
    assert (august["instructed_count"], august["pending_count"]) == (0, 0)
    assert august["ytd_paid_amount"] == 5_229_000


def test_an_open_month_is_not_shown(progress: dict[str, Figures]) -> None:
    assert set(progress) == {"2023-12", "2024-06", "2024-07", "2024-08"}


def test_reports_of_communes_and_providers(progress: dict[str, Figures]) -> None:
    july = progress["2024-07"]
    # The first report counts: 19 July 23:59 is in time, 20 July 00:00 is not.
    assert july[(TOWN, "*", "*")]["report_received_on"] == 20240719
    assert july[(TOWN, "*", "*")]["report_on_time"] == 1
    assert july[("*", "*", "AGRIBANK")]["report_received_on"] == 20240720
    assert july[("*", "*", "AGRIBANK")]["report_on_time"] == 0
    assert july[(HUOI_SO, "*", "*")]["report_received_on"] is None
    assert july[(HUOI_SO, "*", "*")]["report_on_time"] == 0
    assert len([1 for found in july.values() if "report_on_time" in found]) == 12 + 3
    assert "report_on_time" not in july[EVERYTHING]


def test_no_group_without_a_name(progress: dict[str, Figures]) -> None:
    assert all("" not in group for month in progress.values() for group in month)
