"""The months of the fictional district: roster, newcomers, accounts, checks, and what is wrong.

A month becomes frames of positions and numbers, one a sheet; about one row in a hundred is wrong
on purpose, and what the office returns is sent again, mended, in the next month.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tasks.sample_draw import add_new, add_roster, chance
from tasks.sample_events import Month, event_rows, happen
from tasks.sample_people import NONE, Office, bands, running_people
from tasks.sample_tables import Flags, Ints

# Per mille of the running dossiers, a month.
NEW = 12
# Per mille of the dossiers without an account row that send one: with the roster, later.
ROSTER_ROWS, LATE_ROWS = 930, 400
# Per mille of the unchecked ids, phones and accounts that are checked in the first month, later,
# and found wrong; new accounts are checked at once more often.
FIRST_CHECKS, LATER_CHECKS, WRONG_CHECKS = (600, 450, 400), (120, 80, 100), (12, 25, 8)
NEW_ACCOUNT_CHECKS = 800
CHECK_KINDS = ("DAN_CU", "THUE_BAO", "TAI_KHOAN")
# Per mille of the rows with a flaw.
TANG_FLAWED, ACCOUNT_FLAWED, CHECK_FLAWED = 8, 8, 2

TANG_FLAWS = (
    "short_id",
    "zero_lost",
    "gender_digit",
    "no_decision",
    "no_birth",
    "repeat",
)
ID_FLAWS = ("short_id", "zero_lost", "gender_digit")
# What of these comes back; a roster row with a wrong gender digit is taken, and paid in cash.
RETURNED_ROSTER = ("short_id", "no_birth", "repeat")
RETURNED_NEW = (*RETURNED_ROSTER, "gender_digit", "no_decision")
ACCOUNT_FLAWS = ("short_account", "unknown_bank", "other_name", "repeat", "old_phone")
RETURNED_ACCOUNT = ("short_account", "unknown_bank", "other_name", "repeat")


@dataclass(frozen=True)
class MonthRows:
    """The rows of one cycle: positions and numbers, one frame a sheet."""

    cycle: int
    tang: pl.DataFrame
    giam: pl.DataFrame
    dieu_chinh: pl.DataFrame
    tai_khoan: pl.DataFrame
    xac_thuc: pl.DataFrame


def first_month(office: Office, people: int, cycle: int) -> MonthRows:
    """The roster as it stands when the system starts."""
    month = Month(office, cycle)
    _send_tang(month, add_roster(office, people, cycle), "HIEN_HUONG")
    office.roster_size = people
    return _rows_of(month, _account_rows(month, ROSTER_ROWS), FIRST_CHECKS)


def next_month(office: Office, cycle: int) -> MonthRows:
    """A later month: news of those who run, mended rows, newcomers, accounts, checks."""
    month = Month(office, cycle)
    returned = ~office.people.is_known
    running = happen(month)
    _send_mended(month, returned)
    _send_tang(month, add_new(office, max(1, running * NEW // 1000), cycle), "MOI")
    return _rows_of(month, _account_rows(month, LATE_ROWS), LATER_CHECKS)


def _rows_of(month: Month, accounts: pl.DataFrame, checks: tuple[int, ...]) -> MonthRows:
    nothing = event_rows(month, np.zeros(0, dtype=np.int64), 0, "")
    return MonthRows(
        month.cycle,
        pl.concat([nothing, *month.tang]),
        pl.concat([nothing, *month.giam]),
        pl.concat([nothing, *month.dieu_chinh]),
        accounts,
        _check_rows(month, checks),
    )


def _send_tang(month: Month, positions: Ints, reason: str) -> None:
    """The rows of new benefits; those that the office returns are sent again next month."""
    office, people = month.office, month.office.people
    rows = event_rows(month, positions, office.benefits.from_month[positions], reason)
    rows = rows.with_columns(flaw=pl.Series(_tang_flaws(month, rows, reason)))
    flaw = rows["flaw"].to_numpy()
    person = rows["person"].to_numpy()
    is_returned = np.isin(flaw, RETURNED_ROSTER if reason == "HIEN_HUONG" else RETURNED_NEW)
    people.is_known[person[is_returned]] = False
    people.has_wrong_id[person[(flaw == "gender_digit") & ~is_returned]] = True
    again = rows.filter(pl.col("flaw") == "repeat").with_columns(month=pl.col("month") + 1)
    month.tang += [rows, again]


def _tang_flaws(month: Month, rows: pl.DataFrame, reason: str) -> list[str]:
    """A flaw for a few rows of dossiers with one benefit; an id flaw needs an id."""
    rng, person = month.office.rng, rows["person"].to_numpy()
    is_flawed = chance(rng, TANG_FLAWED, len(rows)) & (np.bincount(person)[person] == 1)
    flaws = _flaws(month, is_flawed, TANG_FLAWS)
    has_no_id = month.office.people.citizen_id[person] == NONE
    flaws = np.where(has_no_id & np.isin(flaws, ID_FLAWS), "no_birth", flaws)
    if reason == "HIEN_HUONG":
        flaws = np.where(flaws == "no_decision", "zero_lost", flaws)
        flaws = np.where(has_no_id & (flaws == "zero_lost"), "", flaws)
    return [str(flaw) for flaw in flaws]


def _flaws(month: Month, is_flawed: Flags, names: tuple[str, ...]) -> np.ndarray:
    chosen = month.office.rng.integers(0, len(names), len(is_flawed))
    return np.where(is_flawed, np.array(names)[chosen], "")


def _send_mended(month: Month, returned: Flags) -> None:
    """Rows that came back last month, mended."""
    office = month.office
    mark = np.zeros(len(office.people), dtype=np.bool_)
    mark[: len(returned)] = returned
    positions = np.flatnonzero(mark[office.benefits.person] & office.benefits.is_running)
    positions = positions[bands(office, positions, month.cycle) != NONE]
    is_roster = office.benefits.person[positions] < office.roster_size
    for reason, some in (
        ("HIEN_HUONG", positions[is_roster]),
        ("MOI", positions[~is_roster]),
    ):
        month.tang.append(event_rows(month, some, office.benefits.from_month[some], reason))
    office.people.is_known[office.benefits.person[positions]] = True


def _account_rows(month: Month, per_mille: int) -> pl.DataFrame:
    """One row per dossier that tells now where its money goes."""
    people, rng = month.office.people, month.office.rng
    sends = chance(rng, per_mille, len(people)) & ~people.has_account_row
    for new in month.new_accounts:
        sends[new] = True
    person = np.flatnonzero(sends & running_people(month.office))
    is_flawed = chance(rng, ACCOUNT_FLAWED, len(person)) & (people.bank[person] != NONE)
    flaw = _flaws(month, is_flawed, ACCOUNT_FLAWS)
    people.has_account_row[person] = ~np.isin(flaw, RETURNED_ACCOUNT)
    rows = pl.DataFrame(
        {
            "person": person,
            "commune": people.commune[person],
            "flaw": pl.Series([str(name) for name in flaw], dtype=pl.String),
            "is_second": np.zeros(len(person), dtype=np.bool_),
        }
    )
    again = rows.filter(pl.col("flaw") == "repeat").with_columns(is_second=pl.lit(True))
    return pl.concat([rows, again])


def _check_rows(month: Month, per_mille: tuple[int, ...]) -> pl.DataFrame:
    """One row per value that police, telecom or bank checked in the month."""
    people, running = month.office.people, running_people(month.office)
    values = (
        (people.citizen_id != NONE) & ~people.has_wrong_id,
        (people.phone != NONE) & people.has_account_row,
        (people.bank != NONE) & people.has_account_row,
    )
    checked = (people.is_id_checked, people.is_phone_checked, people.is_account_checked)
    frames = []
    for kind, share in enumerate(per_mille):
        is_due = chance(month.office.rng, share, len(people))
        if CHECK_KINDS[kind] == "TAI_KHOAN":
            for new in month.new_accounts:
                is_due[new] |= chance(month.office.rng, NEW_ACCOUNT_CHECKS, len(new))
        person = np.flatnonzero(running & values[kind] & ~checked[kind] & is_due)
        checked[kind][person] = True
        frames.append(_checks(month, person, kind))
    return pl.concat(frames)


def _checks(month: Month, person: Ints, kind: int) -> pl.DataFrame:
    rng, size = month.office.rng, len(person)
    flaw = np.where(chance(rng, CHECK_FLAWED, size), "unknown", "")
    return pl.DataFrame(
        {
            "person": person,
            "commune": month.office.people.commune[person],
            "kind": np.full(size, kind),
            "is_right": ~chance(rng, WRONG_CHECKS[kind], size),
            "day": rng.integers(2, 15, size),
            "flaw": pl.Series([str(name) for name in flaw], dtype=pl.String),
        }
    )
