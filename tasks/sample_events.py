"""What happens to the people of the fictional district in a month, as rows that tell of it.

Each person is touched by one event a month at most. An event draws whom it touches, changes the
office, and leaves a frame of positions and numbers; tasks.sample_sheets turns these into text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tasks.sample_draw import MIDDLES, chance, draw_accounts, draw_ids
from tasks.sample_names import COMMUNES, POOLS
from tasks.sample_people import (
    DISABLED,
    NONE,
    OLD,
    Benefits,
    Office,
    bands,
    first_benefits,
    joined,
    running_benefits,
    running_people,
)
from tasks.sample_tables import Flags, Ints, age_used, month_number

# Per mille of the running dossiers, a month.
DEATHS, MOVES, LEAVES, STOPS = 4, 3, 2, 4
DEGREES, CATEGORIES, CORRECTIONS, CHANGED_ACCOUNTS, WRONG_REPORTS = 2, 1, 5, 5, 1
LATE_DECISIONS = 300  # per mille of changes of degree
# Per mille of those who could: come back, get a first account.
RETURNS, FIRST_ACCOUNTS = 250, 60
LATE_DEATH = 5
SOCIAL_PENSION_START = month_number("2025-07")


@dataclass
class Draw:
    """Running people in chance order; whoever is taken is not taken again in the month."""

    order: Ints
    is_free: Flags

    def take(self, size: int, who: Flags) -> Ints:
        candidates = self.order[(self.is_free & who)[self.order]][:size]
        self.is_free[candidates] = False
        return candidates


@dataclass
class Month:
    """One month in the making: what each file will say, whose account is new, who had an event."""

    office: Office
    cycle: int
    tang: list[pl.DataFrame] = field(default_factory=list)
    giam: list[pl.DataFrame] = field(default_factory=list)
    dieu_chinh: list[pl.DataFrame] = field(default_factory=list)
    new_accounts: list[Ints] = field(default_factory=list)
    touched: list[Ints] = field(default_factory=list)


def happen(month: Month) -> int:
    """Lets a month happen; returns how many dossiers ran when it began."""
    _start_social_pension(month)
    _leave_last_bands(month)
    running = running_people(month.office)
    draw = Draw(month.office.rng.permutation(np.flatnonzero(running)), running.copy())
    for people in month.touched:
        draw.is_free[people] = False
    size = len(draw.order)
    for event, per_mille in EVENTS:
        event(month, draw, max(1, size * per_mille // 1000))
    _return_some(month)
    return size


def event_rows(month: Month, positions: Ints, effective: Ints | int, reason: str) -> pl.DataFrame:
    """One row per benefit of `positions`, with a decision of the month before it takes effect."""
    office, size = month.office, len(positions)
    person = office.benefits.person[positions]
    rng = office.rng
    months = np.broadcast_to(np.asarray(effective, dtype=np.int64), (size,))
    return pl.DataFrame(
        {
            "person": person,
            "commune": office.people.commune[person],
            "family": office.benefits.family[positions],
            "old_family": np.full(size, NONE),
            "units": office.benefits.units[positions],
            "month": months,
            "reason": pl.repeat(reason, size, dtype=pl.String, eager=True),
            "decision": rng.integers(1, 1800, size),
            "decision_month": months - 1,
            "decision_day": rng.integers(2, 29, size),
            "death_month": np.full(size, NONE),
            "death_day": np.full(size, NONE),
            "shows_id": np.zeros(size, dtype=np.bool_),
            "shows_amount": chance(rng, 300, size),
            "flaw": pl.repeat("", size, dtype=pl.String, eager=True),
        }
    )


def _everyone(month: Month) -> Flags:
    return np.ones(len(month.office.people), dtype=np.bool_)


def _age(month: Month) -> Ints:
    birth = month.office.people.birth_month
    return age_used(birth, np.full(len(birth), month.cycle))


def _receives(month: Month, *families: str) -> Flags:
    """Who has a running benefit of these families."""
    office = month.office
    wanted = np.isin(office.benefits.family, [office.tables.family(name) for name in families])
    mark = _everyone(month) & False
    mark[office.benefits.person[wanted & office.benefits.is_running]] = True
    return mark


def _stays(month: Month) -> Flags:
    """Who leaves no band in the next month."""
    office = month.office
    running = np.flatnonzero(office.benefits.is_running)
    leaving = running[bands(office, running, month.cycle + 1) == NONE]
    stays = _everyone(month)
    stays[office.benefits.person[leaving]] = False
    return stays


def _stop(month: Month, positions: Ints, effective: Ints | int) -> None:
    month.office.benefits.stop_month[positions] = effective


def _end(month: Month, people: Ints, effective: int) -> None:
    """Stops everything of these people for good."""
    mark = _everyone(month) & False
    mark[people] = True
    _stop(month, running_benefits(month.office, people), effective)
    month.office.benefits.may_return &= ~mark[month.office.benefits.person]


def _soon(month: Month, size: int) -> Ints:
    """Mostly this cycle, sometimes the next."""
    return month.cycle + chance(month.office.rng, 250, size).astype(np.int64)


def _leave_last_bands(month: Month) -> None:
    """Benefits past their last band end by themselves; for half of them a decision comes in."""
    office = month.office
    running = np.flatnonzero(office.benefits.is_running)
    gone = running[bands(office, running, month.cycle) == NONE]
    known = gone[office.people.is_known[office.benefits.person[gone]]]
    is_student = office.benefits.family[known] == office.tables.family("BT01")
    _study_on(month, known[is_student])
    decided = known[~is_student & chance(office.rng, 500, len(known))]
    month.giam.append(event_rows(month, decided, month.cycle, "HET_TUOI"))
    month.touched.append(office.benefits.person[gone])
    _stop(month, gone, month.cycle)


def _study_on(month: Month, positions: Ints) -> None:
    """Children without support who turn 16 and go on learning: BT01 becomes BT02."""
    office = month.office
    positions = positions[chance(office.rng, 600, len(positions))]
    # Whoever was known late may be past 16 and some months; the new benefit begins in this cycle.
    _change_family(month, positions, "BT02", "DOI_DOI_TUONG")


def _change_family(month: Month, positions: Ints, family: str, reason: str) -> None:
    """Ends the benefits in this cycle and starts those of `family`, where an age band allows it."""
    office = month.office
    person = office.benefits.person[positions]
    new = np.full(len(positions), office.tables.family(family))
    cycle = np.full(len(positions), month.cycle)
    holds = office.tables.band(new, office.people.birth_month[person], cycle) != NONE
    positions, person, new = positions[holds], person[holds], new[holds]
    old = office.benefits.family[positions]
    late = LATE_DECISIONS if reason == "DOI_MUC_DO_KT" else 0
    effective = _decided_late(month, positions, late)
    rows = event_rows(month, positions, effective, reason)
    month.dieu_chinh.append(
        rows.with_columns(
            family=pl.Series(new), old_family=pl.Series(old), units=pl.lit(1, pl.Int64)
        )
    )
    _stop(month, positions, effective)
    _begin(office, person, new, effective)
    month.touched.append(person)


def _decided_late(month: Month, positions: Ints, per_mille: int) -> Ints:
    """Mostly this cycle, sometimes the one before: arrears of one benefit, recovery of the other.

    Never before the benefit began, nor in the first cycle, when nothing was paid yet.
    """
    is_late = chance(month.office.rng, per_mille, len(positions)).astype(np.int64)
    began = month.office.benefits.from_month[positions]
    return np.where(began < month.cycle - 1, month.cycle - is_late, month.cycle)


def _begin(office: Office, person: Ints, family: Ints, from_month: Ints | int) -> Ints:
    """Adds benefits of one unit; returns their positions."""
    size = len(person)
    added = Benefits(
        person=person,
        family=family,
        units=np.ones(size, dtype=np.int64),
        from_month=np.broadcast_to(np.asarray(from_month, dtype=np.int64), (size,)),
        stop_month=np.full(size, NONE),
        may_return=np.zeros(size, dtype=np.bool_),
    )
    positions = np.arange(size) + len(office.benefits)
    office.benefits = joined(office.benefits, added)
    return positions


def _die(month: Month, draw: Draw, size: int) -> None:
    """Deaths of this month and up to five before: mostly the old; some without a decision yet."""
    office, rng = month.office, month.office.rng
    is_old = _age(month) >= OLD
    people = np.r_[draw.take(size - size // 6, is_old), draw.take(size // 6, ~is_old)]
    positions = first_benefits(office, people)
    begun = np.minimum(office.benefits.from_month[positions], month.cycle)
    late = rng.integers(0, LATE_DEATH + 1, len(positions)) * chance(rng, 450, len(positions))
    death = np.maximum(month.cycle - late, begun)
    rows = event_rows(month, positions, death + 1, "CHET")
    has_decision = ~chance(rng, 60, len(positions))
    month.giam.append(
        rows.with_columns(
            death_month=pl.Series(death),
            death_day=pl.Series(rng.integers(1, 21, len(positions))),
            decision=pl.when(pl.Series(has_decision)).then("decision").otherwise(NONE),
            decision_month=pl.lit(month.cycle, pl.Int64),
            decision_day=pl.Series(rng.integers(21, 29, len(positions))),
        )
    )
    _end(month, people, month.cycle)


def _move(month: Month, draw: Draw, size: int) -> None:
    """From one commune of the office to another: out of one file, into the other, same number."""
    office, rng = month.office, month.office.rng
    people = np.sort(draw.take(size, _stays(month)))
    positions = running_benefits(office, people)
    effective = np.zeros(len(office.people), dtype=np.int64)
    effective[people] = _soon(month, len(people))
    months = effective[office.benefits.person[positions]]
    month.giam.append(event_rows(month, positions, months, "CHUYEN_DI"))
    _stop(month, positions, months)
    communes = len(COMMUNES)
    step = rng.integers(1, communes, len(people))
    office.people.commune[people] = (office.people.commune[people] + step) % communes
    month.tang.append(event_rows(month, positions, months, "CHUYEN_DEN"))
    moved = _begin(
        office,
        office.benefits.person[positions],
        office.benefits.family[positions],
        months,
    )
    office.benefits.units[moved] = office.benefits.units[positions]


def _leave(month: Month, draw: Draw, size: int) -> None:
    """Away from the office: every benefit stops."""
    people = draw.take(size, _everyone(month))
    positions = running_benefits(month.office, people)
    month.giam.append(event_rows(month, positions, month.cycle, "CHUYEN_DI"))
    _end(month, people, month.cycle)


def _give_up(month: Month, draw: Draw, size: int) -> None:
    """One benefit stops, on wish or because its conditions no longer hold."""
    people = draw.take(size, _everyone(month))
    half = len(people) // 3
    for reason, some in (
        ("TU_NGUYEN", people[:half]),
        ("HET_DIEU_KIEN", people[half:]),
    ):
        positions = first_benefits(month.office, some)
        effective = _soon(month, len(positions))
        month.giam.append(event_rows(month, positions, effective, reason))
        _stop(month, positions, effective)
        month.office.benefits.may_return[positions] = True


def _return_some(month: Month) -> None:
    """Some who gave up or were stopped before receive again."""
    office, rng = month.office, month.office.rng
    stopped = office.benefits.may_return & (office.benefits.stop_month < month.cycle)
    positions = np.flatnonzero(stopped & ~running_people(office)[office.benefits.person])
    positions = positions[bands(office, positions, month.cycle) != NONE]
    positions = positions[chance(rng, RETURNS, len(positions))]
    month.tang.append(event_rows(month, positions, month.cycle, "HUONG_LAI"))
    office.benefits.may_return[positions] = False
    person, units = office.benefits.person[positions], office.benefits.units[positions]
    again = _begin(office, person, office.benefits.family[positions], month.cycle)
    office.benefits.units[again] = units


def _change_degree(month: Month, draw: Draw, size: int) -> None:
    """A new certificate: severe becomes especially severe, or the other way round."""
    severe, especially = DISABLED
    for old, new, share in (
        (severe, especially, size - size // 3),
        (especially, severe, size // 3),
    ):
        _change(month, draw.take(share, _receives(month, old)), old, new, "DOI_MUC_DO_KT")


def _change_category(month: Month, draw: Draw, size: int) -> None:
    """Old people left without support; a second martyr recognised in the family."""
    for old, new in (("BT05BC", "BT05A"), ("NC_TNLS_1", "NC_TNLS_2")):
        people = draw.take(max(1, size // 2), _receives(month, old))
        _change(month, people, old, new, "DOI_DOI_TUONG")


def _change(month: Month, people: Ints, old: str, new: str, reason: str) -> None:
    office = month.office
    positions = running_benefits(office, people)
    family = office.benefits.family[positions]
    _change_family(month, positions[family == office.tables.family(old)], new, reason)


def _start_social_pension(month: Month) -> None:
    """July 2025: everyone of BT05BC passes to the social pension (NĐ 176/2025)."""
    if month.cycle == SOCIAL_PENSION_START:
        people = np.flatnonzero(_receives(month, "BT05BC") & month.office.people.is_known)
        _change(month, people, "BT05BC", "HT01", "DOI_DOI_TUONG")


def _correct(month: Month, draw: Draw, size: int) -> None:
    """Corrected names and citizen ids: first those who had none or a wrong one."""
    office, people = month.office, month.office.people
    wrong = draw.take(len(people), people.has_wrong_id)
    missing = draw.take(size - size // 3, people.citizen_id == NONE)
    with_id = np.r_[wrong, missing]
    people.citizen_id[missing] = draw_ids(
        office, people.is_female[missing], people.birth_month[missing] // 12
    )
    people.has_wrong_id[wrong] = False
    people.is_id_checked[with_id] = False
    named = draw.take(max(1, size // 3), _everyone(month))
    people.middle[named] = _other_middles(month, named)
    # The account of one's own bears the corrected name too, so its row is sent again.
    people.has_account_row[named] = False
    for some, shows_id in ((with_id, True), (named, False)):
        positions = first_benefits(office, some)
        rows = event_rows(month, positions, month.cycle, "CAI_CHINH")
        month.dieu_chinh.append(
            rows.with_columns(shows_id=pl.lit(shows_id), shows_amount=pl.lit(False))
        )


def _other_middles(month: Month, people: Ints) -> Ints:
    """Another middle name of the same people and gender."""
    known = month.office.people
    drawn = month.office.rng.integers(0, 100, len(people))
    middles = []
    for person, number in zip(people, drawn, strict=True):
        pool = POOLS[known.ethnicity[person]]
        words = pool.female_middle if known.is_female[person] else pool.male_middle
        others = sorted({MIDDLES.index(word) for word in words} - {int(known.middle[person])})
        middles.append(others[number % len(others)])
    return np.array(middles, dtype=np.int64)


def _change_accounts(month: Month, draw: Draw, size: int) -> None:
    """Another bank, and a first account for some who had none."""
    people = month.office.people
    changed = draw.take(size, (people.bank != NONE) & people.has_account_row)
    none_yet = (people.bank == NONE) & (people.reason != NONE)
    first = draw.take(int(none_yet.sum()) * FIRST_ACCOUNTS // 1000, none_yet)
    new = np.sort(np.r_[changed, first])
    draw_accounts(month.office, new)
    people.has_account_row[new] = False
    people.is_account_checked[new] = False
    month.new_accounts.append(new)


def _report_wrongly(month: Month, draw: Draw, size: int) -> None:
    """Rows that must come back: no decision number, or someone who is not in the registry."""
    office = month.office
    for reason, flaw in (("HET_DIEU_KIEN", "no_decision"), ("TU_NGUYEN", "unknown")):
        people = draw.take(max(1, size // 3), _everyone(month))
        rows = event_rows(month, first_benefits(office, people), month.cycle, reason)
        month.giam.append(rows.with_columns(flaw=pl.lit(flaw)))
    people = draw.take(max(1, size // 3), office.people.citizen_id != NONE)
    rows = event_rows(month, first_benefits(office, people), month.cycle, "CAI_CHINH")
    wrong = rows.with_columns(
        flaw=pl.lit("gender_digit"), shows_id=pl.lit(True), shows_amount=pl.lit(False)
    )
    month.dieu_chinh.append(wrong)


EVENTS: tuple[tuple[Callable[[Month, Draw, int], None], int], ...] = (
    (_die, DEATHS),
    (_move, MOVES),
    (_leave, LEAVES),
    (_give_up, STOPS),
    (_change_degree, DEGREES),
    (_change_category, CATEGORIES),
    (_correct, CORRECTIONS),
    (_change_accounts, CHANGED_ACCOUNTS),
    (_report_wrongly, WRONG_REPORTS),
)
