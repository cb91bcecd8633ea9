"""The people of the fictional district as arrays, and the shares in which they are drawn.

Everything is a whole number in an array with one element per dossier, so that five million people
are drawn in seconds; text is made only when a sheet is written.
"""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np
from numpy.random import Generator

from tasks.sample_tables import Flags, Ints, Tables

NONE = -1
ADULT, CHILD, OLD = 18 * 12, 16 * 12, 60 * 12
FORMS = ("CHINH_CHU", "GIAM_HO", "UY_QUYEN", "TIEN_MAT")
OWN, GUARDIAN, AUTHORISED, CASH = range(4)
NO_ACCOUNT_REASONS = (
    *("CHUA_CO_CCCD", "SIM_KHONG_CHINH_CHU", "KHONG_NANG_LUC", "OM_DAU"),
    *("O_XA", "TU_CHOI", "TRE_EM_CHUA_GIAM_HO", "KHAC"),
)
FULL_DATE, MONTH_ONLY, YEAR_ONLY = range(3)

# (family, youngest, oldest age in months, weight in the roster, weight among the new).
PROFILES = (
    ("BT01", 13, 191, 60, 30),
    ("BT02", 194, 262, 15, 0),
    ("BT03", 13, 190, 6, 4),
    ("BT04", 240, 719, 75, 60),
    ("BT04", 722, 800, 8, 0),
    ("BT05A", 722, 960, 60, 60),
    ("BT05A", 962, 1120, 25, 0),
    ("BT05BC", 902, 959, 90, 110),
    ("BT05BC", 960, 1080, 105, 90),
    ("BT05BC", 1081, 1190, 20, 0),
    ("BT05D", 722, 1060, 8, 8),
    ("BT06N", 14, 190, 45, 70),
    ("BT06N", 194, 718, 105, 70),
    ("BT06N", 722, 1100, 40, 30),
    ("BT06DBN", 14, 190, 25, 40),
    ("BT06DBN", 194, 718, 35, 20),
    ("BT06DBN", 722, 1100, 20, 15),
    ("BT07", 2, 34, 170, 260),
    ("BT08", 240, 600, 8, 6),
    ("HT01", 902, 1190, 210, 180),
    ("HT02", 842, 898, 40, 60),
    ("NC_TNLS_1", 640, 1150, 34, 10),
    ("NC_TNLS_2", 800, 1150, 8, 1),
    ("NC_TNLS_3", 900, 1150, 2, 0),
    ("NC_BB_41_50", 780, 960, 6, 1),
    ("NC_BB_51_60", 780, 960, 4, 0),
    ("NC_BB_61_70", 780, 980, 5, 1),
    ("NC_BB_71_80", 780, 980, 3, 0),
    ("NC_BB_81_90", 780, 980, 2, 0),
    ("NC_BB_91_100", 780, 980, 1, 0),
    ("NC_BMVNAH", 1040, 1190, 2, 0),
)
DISABLED = ("BT06N", "BT06DBN")
# Weights of FORMS and of "no account, with a reason", by the kind of person.
FORM_WEIGHTS = {
    "child": (0, 84, 0, 4, 12),
    "disabled": (36, 36, 13, 9, 6),
    "old": (58, 0, 20, 13, 9),
    "adult": (84, 0, 4, 5, 7),
}
# Weights of NO_ACCOUNT_REASONS for children and for the others.
REASON_WEIGHTS = ((0, 0, 0, 0, 0, 5, 85, 10), (30, 18, 12, 14, 16, 6, 0, 4))
UNITS_WEIGHTS = (46, 34, 15, 5)


@dataclass
class People:
    """One element per dossier in every array; the number of a dossier is its position + 1."""

    commune: Ints
    village: Ints
    ethnicity: Ints
    is_female: Ints
    surname: Ints
    middle: Ints
    given: Ints
    birth_month: Ints
    birth_day: Ints
    precision: Ints
    citizen_id: Ints
    phone: Ints
    form: Ints
    bank: Ints
    account: Ints
    reason: Ints
    document: Ints
    expires: Ints
    holder: Ints
    holder_surname: Ints
    holder_middle: Ints
    holder_given: Ints
    holder_is_female: Ints
    holder_id: Ints
    is_known: Flags
    has_account_row: Flags
    has_wrong_id: Flags
    is_id_checked: Flags
    is_phone_checked: Flags
    is_account_checked: Flags

    def __len__(self) -> int:
        return len(self.commune)


@dataclass
class Benefits:
    """One element per benefit of a dossier; `stop_month` is NONE while it runs."""

    person: Ints
    family: Ints
    units: Ints
    from_month: Ints
    stop_month: Ints
    may_return: Flags

    def __len__(self) -> int:
        return len(self.person)

    @property
    def is_running(self) -> Flags:
        running: Flags = self.stop_month == NONE
        return running


@dataclass
class Counters:
    """Keeps numbers unique: how many ids of each group, phones and accounts are given out."""

    ids: Ints = field(default_factory=lambda: np.zeros(100_000, dtype=np.int64))
    phones: int = 0
    accounts: int = 0
    offset: int = 0


@dataclass
class Office:
    """The fictional district as it stands: generator, tables, people, benefits, counters."""

    rng: Generator
    tables: Tables
    counters: Counters
    people: People
    benefits: Benefits
    roster_size: int = 0


Arrays = TypeVar("Arrays", People, Benefits)


def joined(first: Arrays, second: Arrays) -> Arrays:
    """Both one after the other, array by array."""
    pairs = {f.name: (getattr(first, f.name), getattr(second, f.name)) for f in fields(first)}
    return type(first)(**{name: np.concatenate(pair) for name, pair in pairs.items()})


def nobody(kind: type[Arrays]) -> Arrays:
    """Arrays without elements."""
    flags = np.zeros(0, dtype=np.bool_)
    arrays: dict[str, Any] = {
        f.name: flags if f.type is Flags else flags.astype(np.int64) for f in fields(kind)
    }
    return kind(**arrays)


def running_people(office: Office) -> Flags:
    """Who is in the registry with a benefit that runs."""
    mark = np.zeros(len(office.people), dtype=np.bool_)
    mark[office.benefits.person[office.benefits.is_running]] = True
    return mark & office.people.is_known


def running_benefits(office: Office, people: Ints) -> Ints:
    """The running benefits of these people, by position."""
    mark = np.zeros(len(office.people), dtype=np.bool_)
    mark[people] = True
    return np.flatnonzero(mark[office.benefits.person] & office.benefits.is_running)


def first_benefits(office: Office, people: Ints) -> Ints:
    """One running benefit of each of these people, by position."""
    positions = running_benefits(office, people)
    _, first = np.unique(office.benefits.person[positions], return_index=True)
    return positions[np.sort(first)]


def bands(office: Office, positions: Ints, month: Ints | int) -> Ints:
    """The band of each of these benefits in each month, NONE where it has none."""
    benefits = office.benefits
    birth = office.people.birth_month[benefits.person[positions]]
    months = np.broadcast_to(np.asarray(month, dtype=np.int64), positions.shape)
    return office.tables.band(benefits.family[positions], birth, months)
